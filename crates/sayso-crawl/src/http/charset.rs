use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use memchr::memmem;

/// Bytes of a page in which a `<meta charset>` is looked for (HTML, section 13.2.3.2: the first 1,024).
const PRESCAN_BYTES: usize = 1024;
/// Bytes of a page on which its charset is guessed when nothing states one.
const DETECTION_BYTES: usize = 64 << 10;

/// Decodes a page to UTF-8 as a browser would: BOM, then the header's charset, then meta, then detection.
///
/// What cannot be decoded becomes U+FFFD, as in a browser.
#[must_use]
pub fn decode_text<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    // Most of the web is UTF-8, and bytes that are valid UTF-8 with anything beyond ASCII are hardly ever anything else.
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, bom)) => (encoding, bytes.get(bom..).unwrap_or_default()),
        None => (encoding_without_bom(bytes, content_type), bytes),
    };
    encoding.decode_without_bom_handling(body).0
}

fn encoding_without_bom(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some(encoding) =
        content_type.and_then(charset_parameter).and_then(|label| Encoding::for_label(label.as_bytes()))
    {
        return encoding;
    }
    if let Some(encoding) = prescan(bytes.get(..PRESCAN_BYTES.min(bytes.len())).unwrap_or_default()) {
        return encoding;
    }
    let sample = bytes.get(..DETECTION_BYTES.min(bytes.len())).unwrap_or_default();
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, sample.len() == bytes.len());
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// The value of `charset` in a Content-Type or in the content of a meta element.
fn charset_parameter(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset")? + "charset".len();
    let value = content_type.get(at..)?.trim_ascii_start().strip_prefix('=')?.trim_ascii_start();
    let value = value.trim_start_matches(['"', '\'']);
    let end =
        value.find(|c: char| c.is_ascii_whitespace() || matches!(c, ';' | '"' | '\'' | ',')).unwrap_or(value.len());
    value.get(..end).filter(|value| !value.is_empty())
}

/// The encoding that a meta element near the page's start names.
fn prescan(bytes: &[u8]) -> Option<&'static Encoding> {
    let lower = bytes.to_ascii_lowercase();
    for at in memmem::find_iter(&lower, b"<meta") {
        let tag = lower.get(at..)?;
        let tag = tag.get(..memchr::memchr(b'>', tag).unwrap_or(tag.len()))?;
        let Some(label) = std::str::from_utf8(tag).ok().and_then(charset_parameter) else { continue };
        let label = label.trim_end_matches('/');
        if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
            // A page whose meta element could be read as ASCII is not UTF-16, whatever it says (same section).
            let is_utf16 = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
            return Some(if is_utf16 { UTF_8 } else { encoding });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::decode_text;

    #[test]
    fn each_source_of_a_charset_is_heard_in_its_order() {
        let latin = b"<p>caf\xe9";
        assert_eq!(decode_text(latin, Some("text/html; charset=ISO-8859-1")), "<p>café");
        assert_eq!(
            decode_text(b"<meta charset=windows-1252><p>caf\xe9", Some("text/html")),
            "<meta charset=windows-1252><p>café"
        );
        let http_equiv = b"<meta http-equiv=Content-Type content='text/html; charset=shift_jis'>\x8e\xca";
        assert!(decode_text(http_equiv, None).ends_with('写'));
        assert_eq!(decode_text(b"\xef\xbb\xbfcaf\xc3\xa9", Some("text/html; charset=latin1")), "café");
        assert_eq!(decode_text("<p>café au lait".as_bytes(), None), "<p>café au lait");
        assert_eq!(decode_text(b"\xff\xfea\0b\0", None), "ab");
    }

    #[test]
    fn what_cannot_be_decoded_is_replaced() {
        assert_eq!(decode_text(b"a\xffb\0c", Some("text/html; charset=utf-8")), "a\u{fffd}b\0c");
        assert_eq!(decode_text(b"", None), "");
        assert_eq!(decode_text(b"abc", Some("text/html; charset=\"\"")), "abc");
    }
}
