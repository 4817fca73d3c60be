use super::tag::Tag;

/// Whether the tokenizer stands in `svg` or `math`, as far as that changes how text is read.
///
/// The standard decides this by the stack of open elements (13.2.6, "tree construction dispatcher"). Here the stack
/// begins at the outermost `svg` or `math` and what lies around it is not known; everything inside is followed.
#[derive(Debug, Clone, Default)]
pub(super) struct Foreign<'a> {
    open: Vec<Open<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Open<'a> {
    name: &'a str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Svg,
    Math,
    /// A foreign element whose children are HTML elements again.
    HtmlPoint,
    /// One of MathML's: all its children are HTML but `mglyph` and `malignmark`.
    TextPoint,
    /// `annotation-xml` of another encoding than HTML: a `svg` may begin in it.
    Annotation,
    /// An HTML element inside such a point.
    Html,
}

/// Elements that are remembered; a page that nests more is reading the standard against us.
const MAX_OPEN: usize = 256;

impl<'a> Foreign<'a> {
    /// Whether the innermost element is foreign, so that CDATA counts.
    pub(super) fn allows_cdata(&self) -> bool {
        self.open.last().is_some_and(|open| open.kind != Kind::Html)
    }

    /// Takes a start tag; whether it opens a foreign element.
    #[inline]
    pub(super) fn start(&mut self, tag: &Tag<'a>) -> bool {
        if self.open.is_empty() && !matches!(tag.name.len(), 3 | 4) {
            return false;
        }
        self.start_at_length(tag)
    }

    fn start_at_length(&mut self, tag: &Tag<'a>) -> bool {
        let inside = match self.open.last().map(|open| open.kind) {
            None | Some(Kind::Html | Kind::HtmlPoint) => None,
            Some(Kind::TextPoint) => (tag.is("mglyph") || tag.is("malignmark")).then_some(Kind::Math),
            Some(Kind::Annotation) => (!tag.is("svg")).then_some(Kind::Math),
            Some(kind @ (Kind::Svg | Kind::Math)) => Some(kind),
        };
        let kind = match inside {
            Some(_) if breaks_out(tag) => {
                self.leave();
                return self.start_html(tag);
            }
            Some(Kind::Math) => math_kind(tag),
            Some(_) => svg_kind(tag),
            None => return self.start_html(tag),
        };
        self.push(tag, kind);
        true
    }

    /// Takes the start tag of an element that follows HTML's rules.
    fn start_html(&mut self, tag: &Tag<'a>) -> bool {
        if tag.is("svg") || tag.is("math") {
            self.push(tag, if tag.is("svg") { Kind::Svg } else { Kind::Math });
            return true;
        }
        if !self.open.is_empty() && !VOID.iter().any(|name| tag.is(name)) {
            self.open.extend((self.open.len() < MAX_OPEN).then_some(Open { name: tag.name, kind: Kind::Html }));
        }
        false
    }

    fn push(&mut self, tag: &Tag<'a>, kind: Kind) {
        if !tag.self_closing && self.open.len() < MAX_OPEN {
            self.open.push(Open { name: tag.name, kind });
        }
    }

    /// Closes foreign elements up to the nearest point where HTML may stand, or all of them.
    fn leave(&mut self) {
        while self.open.last().is_some_and(|open| matches!(open.kind, Kind::Svg | Kind::Math | Kind::Annotation)) {
            self.open.pop();
        }
    }

    /// Takes an end tag.
    #[inline]
    pub(super) fn end(&mut self, tag: &Tag<'a>) {
        if !self.open.is_empty() {
            self.end_inside(tag);
        }
    }

    fn end_inside(&mut self, tag: &Tag<'a>) {
        let in_html = !self.allows_cdata();
        if !in_html && (tag.is("p") || tag.is("br")) {
            self.leave();
            return;
        }
        for at in (0..self.open.len()).rev() {
            let Some(open) = self.open.get(at) else { return };
            if in_html && matches!(open.kind, Kind::HtmlPoint | Kind::TextPoint | Kind::Annotation) {
                // HTML's end tags do not reach beyond the point they stand in (13.2.4.2, "scope").
                return;
            }
            if open.name.eq_ignore_ascii_case(tag.name) {
                self.open.truncate(at);
                return;
            }
        }
        // It closes an element around the `svg`, and the `svg` with it, if there is such an element: likely if it is HTML's.
        if breaks_out(tag) || AROUND.iter().any(|name| tag.is(name)) {
            self.open.clear();
        }
    }
}

fn svg_kind(tag: &Tag<'_>) -> Kind {
    if ["foreignobject", "desc", "title"].iter().any(|name| tag.is(name)) { Kind::HtmlPoint } else { Kind::Svg }
}

fn math_kind(tag: &Tag<'_>) -> Kind {
    if ["mi", "mo", "mn", "ms", "mtext"].iter().any(|name| tag.is(name)) {
        return Kind::TextPoint;
    }
    if !tag.is("annotation-xml") {
        return Kind::Math;
    }
    let encoding = tag.attribute("encoding").unwrap_or_default();
    let is_html = ["text/html", "application/xhtml+xml"].iter().any(|html| encoding.eq_ignore_ascii_case(html));
    if is_html { Kind::HtmlPoint } else { Kind::Annotation }
}

/// Elements that have no content and no end tag (13.1.2), the obsolete ones included.
const VOID: [&str; 19] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "image", "img", "input", "keygen",
    "link", "meta", "param", "source", "track", "wbr",
];

/// HTML elements in which a `svg` may have been left open, beside those of [`BREAKING_OUT`].
const AROUND: [&str; 20] = [
    "a", "article", "aside", "button", "figure", "footer", "form", "header", "html", "label", "main", "nav",
    "noscript", "section", "tbody", "td", "th", "thead", "tr", "summary",
];

/// HTML elements that end foreign content where they appear in it (13.2.6.5).
const BREAKING_OUT: [&str; 44] = [
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];

fn breaks_out(tag: &Tag<'_>) -> bool {
    let font = tag.is("font") && ["color", "face", "size"].iter().any(|name| tag.attribute(name).is_some());
    font || BREAKING_OUT.iter().any(|name| tag.is(name))
}
