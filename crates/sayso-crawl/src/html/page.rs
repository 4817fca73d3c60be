use std::collections::HashMap;

use sayso_core::{CaptionOrigin, SignalKind};
use url::Url;

use super::jsonld::image_objects;
use super::licences::{self, LicenceElement, StatedLicence};
use super::srcset::largest;
use super::tag::{Tag, normal};
use super::tokenizer::{Token, Tokenizer};

/// Limits on what is taken from one page.
#[derive(Debug, Clone, Copy)]
pub struct PageLimits {
    /// Pairs that are taken; the excess is counted.
    pub links: u64,
    /// Bytes of one attribute or embedded script; a larger one is not read.
    pub attribute_bytes: usize,
}

/// What a page says of the pictures on it.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The pairs, in document order; JSON-LD's come last. A pair may stand here more than once.
    pub pairs: Vec<PagePair>,
    /// Name and content of the meta elements that carry a signal.
    pub signals: Vec<(String, String)>,
    /// `<meta name="author">`.
    pub author: Option<String>,
    /// The licences that its elements state, in document order.
    pub licences: Vec<StatedLicence>,
    /// `<title>`, white space folded.
    pub title: Option<String>,
    /// Pairs beyond the limit.
    pub pairs_over_limit: u64,
    /// Attributes and scripts beyond the limit.
    pub oversized: u64,
    /// Sources that cannot be resolved to a URL.
    pub bad_urls: u64,
    /// JSON-LD scripts that are no JSON.
    pub bad_jsonld: u64,
}

/// A pair as it stands on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePair {
    /// The picture's URL, absolute, http or https.
    pub url: String,
    /// The text that goes with it.
    pub caption: String,
    /// Where the text stands.
    pub origin: CaptionOrigin,
    /// The creator that JSON-LD states for this picture.
    pub creator: Option<String>,
    /// The licences that JSON-LD states for this picture.
    pub licences: Vec<StatedLicence>,
}

/// Reads a page.
pub struct PageReader<'a> {
    limits: PageLimits,
    page: Page,
    page_url: Option<Url>,
    base: Option<Url>,
    has_base: bool,
    figures: Vec<Figure>,
    /// Sources of the `picture` that is open.
    picture_sources: Option<Vec<String>>,
    og: OpenGraph,
    scripts: Vec<&'a str>,
    collecting: Option<Collecting>,
}

/// Meta elements with a signal that are looked at: one more than [`crate::signals::MAX_SIGNALS`] would do.
const MAX_META_SIGNALS: usize = 2 * crate::signals::MAX_SIGNALS;

/// Sources of one `picture` that are read: each is a candidate for every `img` in it.
const MAX_SOURCES: usize = 64;

/// Figures inside figures that are followed.
const MAX_FIGURES: usize = 256;

/// A `figure` that is open: the sources inside it as they are written, and the text of its caption.
#[derive(Default)]
struct Figure {
    sources: Vec<String>,
    caption: String,
}

#[derive(Default)]
struct OpenGraph {
    /// Each `og:image` with its `og:image:alt`.
    images: Vec<(String, Option<String>)>,
    title: Option<String>,
}

/// The attributes of `img` that are read.
const IMG_ATTRIBUTES: [&str; 8] =
    ["alt", "title", "src", "srcset", "data-src", "data-srcset", "data-original", "data-lazy-src"];

/// Which text the tokens are being collected for.
#[derive(PartialEq)]
enum Collecting {
    Title(String),
    Figcaption,
    JsonLd,
}

impl<'a> PageReader<'a> {
    /// Reads the page `text`, which was captured from `page_url`.
    #[must_use]
    pub fn read(text: &'a str, page_url: &str, limits: PageLimits) -> Page {
        let page_url = Url::parse(page_url).ok();
        let mut reader = Self {
            limits,
            page: Page::default(),
            base: page_url.clone(),
            page_url,
            has_base: false,
            figures: Vec::new(),
            picture_sources: None,
            og: OpenGraph::default(),
            scripts: Vec::new(),
            collecting: None,
        };
        let mut tokens = Tokenizer::new(text);
        while let Some(token) = tokens.next() {
            match token {
                Token::Start(tag) => reader.start(&tag, tokens.in_foreign_content()),
                Token::End(tag) => reader.end(&tag),
                Token::Text(text) => reader.text(text, true),
                Token::Raw(text) => reader.raw(text),
            }
        }
        while let Some(figure) = reader.figures.pop() {
            reader.close_figure(&figure);
        }
        reader.opengraph();
        reader.jsonld();
        reader.page
    }

    fn start(&mut self, tag: &Tag<'a>, foreign: bool) {
        // The name's length sorts out most elements before anything is compared.
        match tag.name.len() {
            3 if tag.is("img") => self.img(tag),
            5 if tag.is("image") && !foreign => self.img(tag),
            4 if tag.is("base") => self.base(tag),
            4 if tag.is("meta") => self.meta(tag),
            4 if tag.is("link") => self.licence(tag, LicenceElement::Link),
            1 if tag.is("a") => self.licence(tag, LicenceElement::Anchor),
            5 if tag.is("title") && !foreign && self.page.title.is_none() => {
                self.collecting = Some(Collecting::Title(String::new()));
            }
            6 if tag.is("figure") && self.figures.len() < MAX_FIGURES => self.figures.push(Figure::default()),
            10 if tag.is("figcaption") && !self.figures.is_empty() => self.collecting = Some(Collecting::Figcaption),
            7 if tag.is("picture") => self.picture_sources = Some(Vec::new()),
            6 if tag.is("source") => self.source(tag),
            6 if tag.is("script") => {
                let is_jsonld =
                    tag.attribute("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/ld+json"));
                if is_jsonld {
                    self.collecting = Some(Collecting::JsonLd);
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: &Tag<'a>) {
        match tag.name.len() {
            5 if tag.is("title") => {
                if let Some(Collecting::Title(title)) =
                    self.collecting.take_if(|what| matches!(what, Collecting::Title(_)))
                {
                    self.page.title = Some(folded(&title)).filter(|title| !title.is_empty());
                }
            }
            6 if tag.is("figure") => {
                self.collecting.take_if(|what| *what == Collecting::Figcaption);
                if let Some(figure) = self.figures.pop() {
                    self.close_figure(&figure);
                }
            }
            10 if tag.is("figcaption") => drop(self.collecting.take_if(|what| *what == Collecting::Figcaption)),
            7 if tag.is("picture") => self.picture_sources = None,
            6 if tag.is("script") => drop(self.collecting.take_if(|what| *what == Collecting::JsonLd)),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, references: bool) {
        let limit = self.limits.attribute_bytes;
        let target = match &mut self.collecting {
            Some(Collecting::Title(title)) => title,
            Some(Collecting::Figcaption) => match self.figures.last_mut() {
                Some(figure) => &mut figure.caption,
                None => return,
            },
            _ => return,
        };
        if target.len() + text.len() > limit {
            self.page.oversized += 1;
            self.collecting = None;
            return;
        }
        if references && text.contains('&') {
            target.push_str(&htmlize::unescape(text));
        } else {
            target.push_str(text);
        }
    }

    fn raw(&mut self, text: &'a str) {
        if self.collecting == Some(Collecting::JsonLd) {
            if text.len() > self.limits.attribute_bytes {
                self.page.oversized += 1;
                licences::add_unread(&mut self.page.licences);
            } else {
                self.scripts.push(text);
            }
        }
    }

    fn base(&mut self, tag: &Tag<'_>) {
        if self.has_base {
            return;
        }
        if let Some(href) = self.attribute(tag, "href") {
            self.has_base = true;
            // A base that is no URL leaves the page's own in force (4.2.3).
            let base = self.page_url.as_ref().and_then(|page| page.join(&href).ok()).or_else(|| Url::parse(&href).ok());
            self.base = base.or_else(|| self.page_url.clone());
        }
    }

    fn meta(&mut self, tag: &Tag<'_>) {
        let (mut name, mut property, mut content) = (None, None, None);
        for attribute in tag.attributes() {
            let slot = match attribute.name.len() {
                4 if attribute.name.eq_ignore_ascii_case("name") => &mut name,
                10 if attribute.name.eq_ignore_ascii_case("http-equiv") => &mut name,
                8 if attribute.name.eq_ignore_ascii_case("property") => &mut property,
                7 if attribute.name.eq_ignore_ascii_case("content") => &mut content,
                _ => continue,
            };
            if attribute.raw.len() > self.limits.attribute_bytes {
                self.page.oversized += 1;
            } else if slot.is_none() {
                *slot = Some(attribute.value());
            }
        }
        let Some(content) = content else { return };
        let content = content.trim();
        let named = name.as_deref().map(str::trim);
        if let Some(name) = named {
            if SignalKind::of_meta(name, content).is_some() {
                let signal = (name.to_owned(), content.to_owned());
                if self.page.signals.len() < MAX_META_SIGNALS && !self.page.signals.contains(&signal) {
                    self.page.signals.push(signal);
                }
            } else if name.eq_ignore_ascii_case("author") && self.page.author.is_none() && !content.is_empty() {
                self.page.author = Some(folded(content));
            }
        }
        // Open Graph's names belong into `property`; half of the web puts them into `name`.
        match property.as_deref().map(str::trim).or(named) {
            Some("og:image" | "og:image:url" | "og:image:secure_url") => {
                self.og.images.push((content.to_owned(), None));
            }
            Some("og:image:alt") => {
                if let Some((_, alt)) = self.og.images.last_mut() {
                    *alt = Some(content.to_owned());
                }
            }
            Some("og:title") => self.og.title = Some(folded(content)),
            _ => {}
        }
    }

    fn licence(&mut self, tag: &Tag<'_>, element: LicenceElement) {
        // `rel` is on a tenth of all links at most, and nothing is unescaped before it is known to matter.
        let (mut is_licence, mut is_known) = (false, false);
        for attribute in tag.attributes() {
            match attribute.name.len() {
                3 if attribute.name.eq_ignore_ascii_case("rel") => {
                    is_licence =
                        attribute.raw.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("license"));
                }
                4 if element == LicenceElement::Anchor && attribute.name.eq_ignore_ascii_case("href") => {
                    is_known = licences::is_licence_of_creative_commons(attribute.raw);
                }
                _ => {}
            }
        }
        if !is_licence && !is_known {
            return;
        }
        let oversized = self.page.oversized;
        if let Some(href) = self.attribute(tag, "href") {
            let address = self.resolve(&href).unwrap_or(href);
            let how = if is_licence { element } else { LicenceElement::BareAnchor };
            licences::add(&mut self.page.licences, how, address);
        } else if self.page.oversized > oversized {
            licences::add_unread(&mut self.page.licences);
        }
    }

    fn source(&mut self, tag: &Tag<'_>) {
        if self.picture_sources.is_none() {
            return;
        }
        let largest = ["srcset", "data-srcset"]
            .iter()
            .find_map(|name| self.attribute(tag, name))
            .and_then(|srcset| largest(&srcset).map(str::to_owned));
        if let (Some(sources), Some(largest)) = (&mut self.picture_sources, largest)
            && sources.len() < MAX_SOURCES
        {
            sources.push(largest);
        }
    }

    fn img(&mut self, tag: &Tag<'_>) {
        let mut values: [Option<String>; IMG_ATTRIBUTES.len()] = Default::default();
        for attribute in tag.attributes() {
            let is_it = |name: &&str| name.len() == attribute.name.len() && attribute.name.eq_ignore_ascii_case(name);
            let Some(slot) = IMG_ATTRIBUTES.iter().position(is_it).and_then(|at| values.get_mut(at)) else {
                continue;
            };
            // Of attributes with the same name the first counts, even one that is too large.
            if slot.is_some() {
                continue;
            }
            if attribute.raw.len() > self.limits.attribute_bytes {
                self.page.oversized += 1;
                *slot = Some(String::new());
            } else {
                *slot = Some(attribute.value().into_owned());
            }
        }
        let [alt, title, src, srcset, data_src, data_srcset, data_original, data_lazy_src] = values;
        let largest_of = |srcset: Option<String>| srcset.and_then(|srcset| largest(&srcset).map(str::to_owned));
        // `src` goes first: it is the one that other tools see.
        let own = [src, largest_of(srcset), data_src, largest_of(data_srcset), data_original, data_lazy_src];
        let mut sources: Vec<String> = own.into_iter().flatten().filter(|source| !source.is_empty()).collect();
        sources.extend(self.picture_sources.as_ref().into_iter().flatten().cloned());
        let alt = alt.filter(|alt| !alt.is_empty());
        let title =
            title.filter(|title| !title.trim().is_empty() && alt.as_deref().map(str::trim) != Some(title.trim()));
        if alt.is_some() || title.is_some() {
            for url in self.resolve_all(&sources) {
                if let Some(alt) = &alt {
                    self.push(&url, alt, CaptionOrigin::Alt);
                }
                if let Some(title) = &title {
                    self.push(&url, title, CaptionOrigin::Title);
                }
            }
        }
        if let Some(figure) = self.figures.last_mut() {
            let room = usize::try_from(self.limits.links).unwrap_or(usize::MAX).saturating_sub(figure.sources.len());
            figure.sources.extend(sources.into_iter().take(room));
        }
    }

    /// The distinct URLs of `sources`. A page that has its fill of pairs resolves no more.
    fn resolve_all(&mut self, sources: &[String]) -> Vec<String> {
        let mut urls: Vec<String> = Vec::with_capacity(sources.len().min(8));
        if self.page.pairs.len() as u64 >= self.limits.links {
            self.page.pairs_over_limit += sources.len() as u64;
            return urls;
        }
        for source in sources {
            let Some(url) = self.resolve(source) else { continue };
            if !urls.contains(&url) {
                urls.push(url);
            }
        }
        urls
    }

    fn close_figure(&mut self, figure: &Figure) {
        let caption = folded(&figure.caption);
        if !caption.is_empty() {
            for source in &figure.sources {
                for url in self.resolve_all(std::slice::from_ref(source)) {
                    self.push(&url, &caption, CaptionOrigin::Figcaption);
                }
            }
        }
    }

    fn opengraph(&mut self) {
        let og = std::mem::take(&mut self.og);
        for (source, alt) in og.images {
            let caption =
                alt.or_else(|| og.title.clone()).or_else(|| self.page.title.clone()).filter(|text| !text.is_empty());
            if let (Some(url), Some(caption)) = (self.resolve(&source), caption) {
                self.push(&url, &caption, CaptionOrigin::Opengraph);
            }
        }
    }

    fn jsonld(&mut self) {
        let mut stated: HashMap<String, (Option<String>, Vec<StatedLicence>)> = HashMap::new();
        for script in std::mem::take(&mut self.scripts) {
            let Ok(objects) = image_objects(script) else {
                self.page.bad_jsonld += 1;
                // It may have said of a picture that it is not free, while the page is.
                if memchr::memmem::find(script.as_bytes(), b"license").is_some() {
                    licences::add_unread(&mut self.page.licences);
                }
                continue;
            };
            for object in objects {
                let Some(url) = self.resolve(&object.url) else { continue };
                if let Some(caption) = &object.caption {
                    self.push(&url, caption, CaptionOrigin::JsonLd);
                }
                let known = stated.entry(url).or_default();
                known.0 = object.creator.or_else(|| known.0.take());
                for licence in object.licences {
                    let address = self.resolve(&licence).unwrap_or(licence);
                    licences::add(&mut known.1, LicenceElement::JsonLd, address);
                }
            }
        }
        // What JSON-LD says of a picture holds for it wherever on the page it stands.
        for pair in &mut self.page.pairs {
            if let Some(known) = stated.get(&pair.url) {
                (pair.creator, pair.licences) = known.clone();
            }
        }
    }

    fn push(&mut self, url: &str, caption: &str, origin: CaptionOrigin) {
        if self.page.pairs.len() as u64 >= self.limits.links {
            self.page.pairs_over_limit += 1;
            return;
        }
        let pair =
            PagePair { url: url.to_owned(), caption: caption.to_owned(), origin, creator: None, licences: Vec::new() };
        self.page.pairs.push(pair);
    }

    /// The attribute's value, unless it is larger than the limit.
    fn attribute(&mut self, tag: &Tag<'_>, name: &str) -> Option<String> {
        let attribute = tag.attributes().find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
        if attribute.raw.len() > self.limits.attribute_bytes {
            self.page.oversized += 1;
            return None;
        }
        Some(attribute.value().into_owned())
    }

    /// The absolute http or https URL of `source`. Pictures written into the page (`data:`) have none, nor do scripts.
    fn resolve(&mut self, source: &str) -> Option<String> {
        let source = source.trim_matches(|c: char| c.is_ascii_whitespace());
        if source.is_empty() || source.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            return None;
        }
        let resolved = match &self.base {
            Some(base) => base.join(source),
            None => Url::parse(source),
        };
        match resolved {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url.into()),
            Ok(_) => None,
            Err(_) => {
                self.page.bad_urls += 1;
                None
            }
        }
    }
}

/// `text` with every run of white space as one space, and none at the ends, as a browser shows it.
fn folded(text: &str) -> String {
    let text = normal(text);
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}
