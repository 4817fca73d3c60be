//! Telling a web page from the file that was asked for: many sites answer every address with a page.

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The file without its UTF-8 byte order mark.
pub(super) fn without_mark(file: &[u8]) -> &[u8] {
    file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file)
}

/// Whether a `Content-Type` says that the answer is a web page.
pub(super) fn is_page_type(content_type: Option<&str>) -> bool {
    let essence = essence(content_type);
    essence.eq_ignore_ascii_case("text/html") || essence.eq_ignore_ascii_case("application/xhtml+xml")
}

/// Whether a `Content-Type` leaves it possible that the answer is a file of plain text: `text/…`, none at all, or the
/// `application/octet-stream` of servers that do not know.
pub(super) fn may_be_text_type(content_type: Option<&str>) -> bool {
    let essence = essence(content_type);
    let is_text = essence.split_once('/').is_some_and(|(kind, _)| kind.eq_ignore_ascii_case("text"));
    essence.is_empty() || is_text || essence.eq_ignore_ascii_case("application/octet-stream")
}

fn essence(content_type: Option<&str>) -> &str {
    content_type.and_then(|value| value.split([';', ',']).next()).unwrap_or_default().trim_ascii()
}

/// Whether a file that should hold lines of text holds markup, or bytes that are no text at all.
pub(super) fn is_no_plain_text(file: &[u8]) -> bool {
    without_mark(file).trim_ascii_start().starts_with(b"<") || memchr::memchr(0, file).is_some()
}

#[cfg(test)]
mod tests {
    use super::{is_no_plain_text, is_page_type, may_be_text_type};

    #[test]
    fn a_page_is_known_by_its_type_and_by_its_start() {
        for page in ["text/html", "Text/HTML; charset=utf-8", " application/xhtml+xml ", "text/html, text/html"] {
            assert!(is_page_type(Some(page)), "{page}");
        }
        for other in [None, Some(""), Some("text/plain"), Some("application/rsl+xml"), Some("text/htmlx")] {
            assert!(!is_page_type(other), "{other:?}");
        }
        for text in [None, Some(""), Some("text/plain"), Some("TEXT/markdown; a=b"), Some("application/octet-stream")] {
            assert!(may_be_text_type(text), "{text:?}");
        }
        for other in [Some("application/json"), Some("image/png"), Some("texts"), Some("application/text")] {
            assert!(!may_be_text_type(other), "{other:?}");
        }
        for page in [&b"\xef\xbb\xbf\r\n <!DOCTYPE html>"[..], b"<html>", b"U\0s\0e\0r\0"] {
            assert!(is_no_plain_text(page));
        }
        assert!(!is_no_plain_text(b"\xef\xbb\xbf# <html>"));
    }
}
