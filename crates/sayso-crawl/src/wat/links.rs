use std::sync::LazyLock;

use memchr::memmem::Finder;
use memchr::memrchr;

use super::json::Cursor;

/// One link object, its strings still raw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RawLink<'a> {
    pub(super) path: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) alt: &'a str,
}

/// The picture links of the `Links` array `array`, in order.
///
/// Nine links of ten are of other kinds, so the array is not walked: the text `"IMG@/src"` is searched for, and the
/// object around each occurrence is read. In valid JSON those bytes are a whole string and nothing else, because a
/// quote inside a string is written `\"`. Where the surroundings are not those of a flat object of strings,
/// the array is walked after all.
///
/// `None` where the array is no JSON as far as it was looked at.
pub(super) fn picture_links<'a>(text: &'a str, mut found: impl FnMut(RawLink<'a>)) -> Option<()> {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"IMG@/src\""));
    let array = text.as_bytes();
    let mut at = 0;
    while let Some(hit) = FINDER.find(array.get(at..)?) {
        let token = at + hit;
        at = token + 10;
        // Nearly always the path comes first.
        let first = array.get(..token)?.ends_with(FIRST_KEY).then(|| token - FIRST_KEY.len());
        if first.is_none() && is_escaped(array, token) {
            continue;
        }
        let Some(object) = first.or_else(|| object_start(array, token)) else {
            return walk(text, at, found);
        };
        let mut cursor = Cursor::new(text, object);
        let link = read_link(&mut cursor)?;
        at = at.max(cursor.at);
        if link.path == "IMG@/src" {
            found(link);
        }
    }
    Some(())
}

/// How a link object starts whose path comes first. No string holds these bytes: its quotes would be escaped.
const FIRST_KEY: &[u8] = b"{\"path\":";

/// Reads the array link by link, leaving out those that end before `from`.
fn walk<'a>(text: &'a str, from: usize, mut found: impl FnMut(RawLink<'a>)) -> Option<()> {
    Cursor::new(text, 0).array(|cursor| {
        let link = read_link(cursor)?;
        if link.path == "IMG@/src" && cursor.at > from {
            found(link);
        }
        Some(())
    })
}

fn read_link<'a>(cursor: &mut Cursor<'a>) -> Option<RawLink<'a>> {
    let mut link = RawLink::default();
    cursor.object(|key, cursor| {
        match key {
            "path" => link.path = cursor.string_or_skip()?.unwrap_or_default(),
            "url" => link.url = cursor.string_or_skip()?,
            "alt" => link.alt = cursor.string_or_skip()?.unwrap_or_default(),
            _ => cursor.skip()?,
        }
        Some(())
    })?;
    Some(link)
}

/// Whether the byte at `at` follows an odd run of backslashes.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes.get(..at).unwrap_or_default().iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// Where the flat object of strings starts that has the string at `token` as one of its values.
fn object_start(bytes: &[u8], token: usize) -> Option<usize> {
    let mut at = before_key(bytes, token)?;
    loop {
        match *bytes.get(at)? {
            b'{' => return Some(at),
            b',' => {
                let value = string_before(bytes, blank_before(bytes, at)?)?;
                at = before_key(bytes, value)?;
            }
            _ => return None,
        }
    }
}

/// The byte before the key whose value starts at `value`.
fn before_key(bytes: &[u8], value: usize) -> Option<usize> {
    let colon = blank_before(bytes, value)?;
    if bytes.get(colon) != Some(&b':') {
        return None;
    }
    let key = string_before(bytes, blank_before(bytes, colon)?)?;
    blank_before(bytes, key)
}

/// Where the string starts whose closing quote is at `end`.
fn string_before(bytes: &[u8], end: usize) -> Option<usize> {
    if bytes.get(end) != Some(&b'"') {
        return None;
    }
    let mut before = end;
    loop {
        before = memrchr(b'"', bytes.get(..before)?)?;
        if !is_escaped(bytes, before) {
            return Some(before);
        }
    }
}

/// The last byte before `at` that is no white space.
fn blank_before(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(..at)?.iter().rposition(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::{RawLink, picture_links, walk};

    fn found(array: &str) -> Vec<RawLink<'_>> {
        let mut links = Vec::new();
        assert!(picture_links(array, |link| links.push(link)).is_some());
        let mut walked = Vec::new();
        assert!(walk(array, 0, |link| walked.push(link)).is_some());
        assert_eq!(links, walked, "the search finds what the walk finds");
        links
    }

    #[test]
    fn links_are_found_whatever_the_order_of_their_keys() {
        let links = found(
            r#"[{"path":"A@/href","url":"a"},{"path":"IMG@/src","url":"b.jpg","alt":"B \" {"},
               {"alt":"C\\","url":"c.jpg","path":"IMG@/src"}, { "url" : "d" , "path" : "IMG@/src" }]"#,
        );
        let urls: Vec<_> = links.iter().map(|link| link.url.unwrap_or_default()).collect();
        assert_eq!(urls, ["b.jpg", "c.jpg", "d"]);
        assert_eq!(links[0].alt, r#"B \" {"#);
    }

    #[test]
    fn the_words_in_other_places_are_no_links() {
        let links = found(
            r#"[{"path":"A@/href","text":"IMG@/src"},{"path":"A@/href","text":"say \"IMG@/src\" twice"},
               {"IMG@/src":"path"},{"path":"IMG@/src","url":"x","alt":"\"IMG@/src\""}]"#,
        );
        assert_eq!(links.len(), 1);
    }

    #[test]
    fn unusual_objects_are_walked() {
        let links = found(
            r#"[{"path":"IMG@/src","url":"a"},{"n":1,"path":"IMG@/src","url":"b"},{"path":"IMG@/src","url":"c"}]"#,
        );
        assert_eq!(links.len(), 3);
    }
}
