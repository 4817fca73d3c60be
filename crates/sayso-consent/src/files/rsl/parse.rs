use super::super::found::Found;
use super::super::markup::{is_page_type, without_mark};
use super::Rsl;
use super::elements::{Reader, Unreadable};

impl Rsl {
    /// Reads an RSL document. Nothing is an error: what is no RSL makes a statement of doubt.
    ///
    /// `content_type` is that of the response, where it had one. A document counts whatever its type (section 2.2); but
    /// one that was sent as a web page was perhaps meant as one, so that it reserves and does not grant. A
    /// document of more than `limit_bytes` is not read at all, since what is cut off may prohibit. Document types and
    /// entities are refused, so that nothing is fetched and nothing multiplies. `signal_bytes` of a content are kept
    /// as evidence.
    #[must_use]
    pub fn parse(document: &[u8], content_type: Option<&str>, limit_bytes: u64, signal_bytes: u64) -> Self {
        let read = || {
            if document.len() as u64 > limit_bytes {
                return Err(Unreadable);
            }
            let xml = without_mark(document);
            // XML comes in UTF-16 and Latin-1 too; RSL does not.
            let text = std::str::from_utf8(xml).map_err(|_| Unreadable)?;
            Reader::new(text, document, document.len() - xml.len(), signal_bytes).read()
        };
        let rsl = read().unwrap_or_else(|Unreadable| Self::unreadable(Found::whole(document, signal_bytes)));
        Self { is_mistyped: is_page_type(content_type), ..rsl }
    }

    /// A document that somebody names and that could not be had: as much in doubt as one that cannot be read, with why it
    /// could not be had in the place of its start.
    #[must_use]
    pub fn out_of_reach(why: &str, signal_bytes: u64) -> Self {
        Self::unreadable(Found::whole(why.as_bytes(), signal_bytes))
    }

    fn unreadable(found: Found) -> Self {
        Self { patterns: Vec::new(), contents: Vec::new(), unreadable: Some(found), is_mistyped: false }
    }
}
