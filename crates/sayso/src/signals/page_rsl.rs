//! RSL that a page brings along (RSL 1.0, section 4): links to documents, and documents inside it.

use sayso_consent::files::rsl_link;
use sayso_core::{Limits, Speaker, Statement};
use sayso_crawl::SiteFile;
use sayso_crawl::html::{Tag, Token, Tokenizer};

use crate::build::SiteFileRead;

/// RSL's media type, which tells its links and scripts from others.
const RSL_TYPE: &str = "application/rsl+xml";

/// Links and documents of one page that are taken; honest pages have one.
const MAX_RSL: usize = 16;

/// What a page brings of RSL.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PageRsl {
    /// The targets of its links, as written.
    pub(crate) links: Vec<String>,
    /// What links are relative to, where the page says so.
    pub(crate) base: Option<String>,
    /// The documents inside it.
    pub(crate) documents: Vec<String>,
}

impl PageRsl {
    /// Finds the RSL of a page.
    pub(crate) fn of(text: &str, limits: &Limits) -> Self {
        let limit = usize::try_from(limits.attribute_bytes).unwrap_or(usize::MAX);
        let mut found = Self::default();
        // Most pages have none, and are not read a second time.
        if memchr::memmem::find(text.to_ascii_lowercase().as_bytes(), b"rsl+xml").is_none() {
            return found;
        }
        let mut in_document = false;
        for token in Tokenizer::new(text) {
            match token {
                Token::Start(tag) if tag.is("script") => in_document = is_rsl(&tag),
                Token::Start(tag) if tag.is("base") && found.base.is_none() => {
                    found.base = tag.attribute("href").filter(|href| href.len() <= limit).map(Into::into);
                }
                Token::Start(tag) if tag.is("link") && is_rsl(&tag) && is_licence(&tag) => {
                    let href = tag.attribute("href").filter(|href| !href.trim().is_empty() && href.len() <= limit);
                    let room = found.links.len() < MAX_RSL;
                    found.links.extend(href.filter(|_| room).map(|href| href.trim().to_owned()));
                }
                Token::Raw(document) if in_document && found.documents.len() < MAX_RSL => {
                    found.documents.push(document.to_owned());
                }
                Token::End(tag) if tag.is("script") => in_document = false,
                _ => {}
            }
        }
        found
    }

    /// What the documents inside the page say of the uses of `url`.
    pub(crate) fn statements(&self, url: &str, limits: &Limits) -> Vec<Statement> {
        let of = |document: &String| {
            SiteFileRead::read(SiteFile::Rsl, "", document.trim(), limits).statements(Speaker::Page, url)
        };
        self.documents.iter().flat_map(of).collect()
    }
}

/// The RSL documents that `Link` headers name, as written.
pub(crate) fn rsl_links<'a>(fields: impl Iterator<Item = &'a str>) -> Vec<String> {
    fields.filter_map(rsl_link).take(MAX_RSL).map(str::to_owned).collect()
}

fn is_rsl(tag: &Tag<'_>) -> bool {
    let essence = |value: &str| value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(RSL_TYPE);
    tag.attribute("type").is_some_and(|value| essence(&value))
}

fn is_licence(tag: &Tag<'_>) -> bool {
    tag.attribute("rel")
        .is_some_and(|rel| rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("license")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_core::{Speaker, Stance};

    use super::{PageRsl, rsl_links};
    use crate::build::default_limits;

    const DOCUMENT: &str = r#"<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>
        <prohibits type="usage">ai-train</prohibits></license></content></rsl>"#;

    #[test]
    fn links_and_documents_are_found_by_their_type() {
        let page = format!(
            "<base href=/a/><LINK REL='License nofollow' TYPE='application/RSL+xml; x' HREF=' terms.xml&amp;b '>\
             <link rel=license href=/other><link rel=alternate type=application/rsl+xml href=/feed>\
             <script>'<link rel=license type=application/rsl+xml href=/no>'</script>\
             <script type=application/rsl+xml>{DOCUMENT}</script><!-- <script type=application/rsl+xml>x</script> -->"
        );
        let found = PageRsl::of(&page, &default_limits());
        assert_eq!(found.links, ["terms.xml&b"]);
        assert_eq!((found.base.as_deref(), found.documents.len()), (Some("/a/"), 1));
        let statements = found.statements("https://example.org/x", &default_limits());
        assert_eq!(statements.len(), 1);
        assert_eq!(statements[0].signal.speaker, Speaker::Page);
        assert!(statements[0].preferences.iter().any(|preference| preference.stance == Stance::Disallowed));
        assert_eq!(PageRsl::of("<p>no rsl</p>", &default_limits()), PageRsl::default());
    }

    #[test]
    fn a_broken_document_is_a_doubt_and_many_links_are_not_all_followed() {
        let page = "<script type=application/rsl+xml><rsl</script>";
        let statements = PageRsl::of(page, &default_limits()).statements("https://example.org/", &default_limits());
        assert!(statements[0].preferences.iter().all(|preference| preference.stance == Stance::Unknown));
        let links = "<link rel=license type=application/rsl+xml href=/a>".repeat(1000);
        assert_eq!(PageRsl::of(&links, &default_limits()).links.len(), 16);
        let field = "</a>; rel=license; type=application/rsl+xml";
        assert_eq!(rsl_links(["<x>; rel=next", field].into_iter()), ["/a"]);
        assert_eq!(rsl_links(std::iter::repeat_n(field, 1000)).len(), 16);
    }
}
