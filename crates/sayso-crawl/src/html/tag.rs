use std::borrow::Cow;

/// A start or end tag: its name as written, and its attributes still in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag<'a> {
    /// The name as written; compare with [`Tag::is`].
    pub name: &'a str,
    /// Everything from behind the name to the closing `>`, that included.
    attributes: &'a str,
    /// Whether it ends with `/>`.
    pub self_closing: bool,
}

/// One attribute, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The name as written.
    pub name: &'a str,
    /// The value with its character references.
    pub raw: &'a str,
}

impl<'a> Tag<'a> {
    /// Whether the name is `name`, which must be in lower case.
    #[inline]
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The attributes in order. Of those with the same name only the first counts in HTML.
    #[must_use]
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The value of the first attribute of this lower-case name, its character references resolved.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attributes().find(|attribute| attribute.name.eq_ignore_ascii_case(name)).map(|attribute| attribute.value())
    }
}

impl<'a> Attribute<'a> {
    /// The value, its character references resolved.
    #[must_use]
    pub fn value(&self) -> Cow<'a, str> {
        let raw = normal(self.raw);
        if !raw.contains('&') {
            return raw;
        }
        Cow::Owned(htmlize::unescape_attribute(raw.as_ref()).into_owned())
    }
}

/// Line ends and NUL as the input stream and the attribute states of the standard leave them.
pub(super) fn normal(raw: &str) -> Cow<'_, str> {
    if !raw.bytes().any(|byte| byte == b'\r' || byte == 0) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"))
}

/// The attributes of one tag.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (attribute, used) = next_attribute(self.rest)?;
        self.rest = self.rest.get(used..).unwrap_or("");
        Some(attribute)
    }
}

/// Reads the tag whose name starts at `text[0]`: the tag and how many bytes it takes, its `>` included.
///
/// `None` where the text ends inside the tag, which then is no tag at all (13.2.5.33 and on: eof-in-tag).
pub(super) fn read_tag(text: &str) -> Option<(Tag<'_>, usize)> {
    let bytes = text.as_bytes();
    let name_end =
        bytes.iter().position(|byte| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'/' | b'>'))?;
    let name = text.get(..name_end)?;
    if bytes.get(name_end) == Some(&b'>') {
        return Some((Tag { name, attributes: "", self_closing: false }, name_end + 1));
    }
    let end = tag_end(bytes, name_end)?;
    let self_closing = end.self_closing;
    let attributes = text.get(name_end..=end.at)?;
    Some((Tag { name, attributes, self_closing }, end.at + 1))
}

struct TagEnd {
    at: usize,
    self_closing: bool,
}

#[inline]
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

/// Where the `>` is that ends the tag: the states from "before attribute name" on, keeping nothing.
fn tag_end(bytes: &[u8], mut at: usize) -> Option<TagEnd> {
    let mut after_slash = false;
    loop {
        match *bytes.get(at)? {
            b'>' => return Some(TagEnd { at, self_closing: after_slash }),
            b'/' => {
                after_slash = true;
                at += 1;
                continue;
            }
            byte if is_space(byte) => at += 1,
            _ => at = attribute_end(bytes, at)?.after,
        }
        after_slash = false;
    }
}

/// The parts of the attribute that starts at a byte.
struct AttributeEnd {
    name: usize,
    value: (usize, usize),
    after: usize,
}

/// Reads one attribute that starts at `start`, which is neither space, `/` nor `>` (13.2.5.32 to 13.2.5.39).
fn attribute_end(bytes: &[u8], start: usize) -> Option<AttributeEnd> {
    // An equals sign at the start belongs to the name (unexpected-equals-sign-before-attribute-name).
    let stop = |byte: &u8| matches!(byte, b'=' | b'/' | b'>') || is_space(*byte);
    let name = start + 1 + bytes.get(start + 1..)?.iter().position(stop)?;
    let equals = name + bytes.get(name..)?.iter().position(|byte| !is_space(*byte))?;
    if bytes.get(equals) != Some(&b'=') {
        return Some(AttributeEnd { name, value: (name, name), after: equals });
    }
    let value = equals + 1 + bytes.get(equals + 1..)?.iter().position(|byte| !is_space(*byte))?;
    match *bytes.get(value)? {
        quote @ (b'"' | b'\'') => {
            let end = value + 1 + memchr::memchr(quote, bytes.get(value + 1..)?)?;
            Some(AttributeEnd { name, value: (value + 1, end), after: end + 1 })
        }
        b'>' => Some(AttributeEnd { name, value: (value, value), after: value }),
        _ => {
            let end = value + bytes.get(value..)?.iter().position(|byte| *byte == b'>' || is_space(*byte))?;
            Some(AttributeEnd { name, value: (value, end), after: end })
        }
    }
}

/// The first attribute of `text`, a tag from behind its name to its `>`, and how many bytes lead up to its end.
fn next_attribute(text: &str) -> Option<(Attribute<'_>, usize)> {
    let bytes = text.as_bytes();
    let start = bytes.iter().position(|byte| !is_space(*byte) && *byte != b'/')?;
    if bytes.get(start) == Some(&b'>') {
        return None;
    }
    let end = attribute_end(bytes, start)?;
    let attribute = Attribute { name: text.get(start..end.name)?, raw: text.get(end.value.0..end.value.1)? };
    Some((attribute, end.after))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::read_tag;

    fn attributes(text: &str) -> Vec<(String, String)> {
        let (tag, _) = read_tag(text).unwrap();
        tag.attributes().map(|attribute| (attribute.name.to_owned(), attribute.value().into_owned())).collect()
    }

    #[test]
    fn attributes_are_read_however_they_are_written() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(attributes("img src=a.jpg alt='b > c'>"), [pair("src", "a.jpg"), pair("alt", "b > c")]);
        assert_eq!(
            attributes("img\n a = \"x\"b=y/z c/d>"),
            [pair("a", "x"), pair("b", "y/z"), pair("c", ""), pair("d", "")]
        );
        assert_eq!(attributes("img =a b=>"), [pair("=a", ""), pair("b", "")]);
        assert_eq!(attributes("img a=b/>"), [pair("a", "b/")]);
        assert_eq!(attributes("img alt='A &amp; B&copy &notit; &x=1'>"), [pair("alt", "A & B© &notit; &x=1")]);
        assert_eq!(attributes("br/>"), []);
    }

    #[test]
    fn the_end_of_a_tag_is_not_inside_quotes() {
        let (tag, used) = read_tag("a title='>' href=\">\">rest").unwrap();
        assert_eq!((tag.name, used), ("a", 21));
        assert!(read_tag("a title='>").is_none());
        assert!(read_tag("br / >").is_some_and(|(tag, _)| !tag.self_closing));
        assert!(read_tag("br />").is_some_and(|(tag, _)| tag.self_closing));
    }
}
