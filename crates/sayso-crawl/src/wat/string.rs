use std::borrow::Cow;

/// The text of a raw JSON string. `None` where an escape is wrong.
#[inline]
pub(super) fn unescape(raw: &str) -> Option<Cow<'_, str>> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Some(Cow::Borrowed(raw));
    }
    unescape_owned(raw).map(Cow::Owned)
}

fn unescape_owned(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(rest.get(..at)?);
        let escape = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        match escape {
            b'"' | b'\\' | b'/' => text.push(char::from(escape)),
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            b'u' => {
                let (character, length) = code_point(rest)?;
                text.push(character);
                rest = rest.get(length..)?;
            }
            _ => return None,
        }
    }
    text.push_str(rest);
    Some(text)
}

/// The character after `\u`, and how many bytes it takes. A surrogate without its other half is an error.
fn code_point(rest: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(rest.get(at..at + 4)?, 16).ok();
    let first = unit(0)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(u32::from(first)).map(|character| (character, 4));
    }
    let second = rest.get(4..6).filter(|escape| *escape == "\\u").and_then(|_| unit(6))?;
    char::decode_utf16([first, second]).next()?.ok().map(|character| (character, 10))
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_are_undone_as_serde_does() {
        for raw in [r"plain", r#"a\"b\\c\/d\b\f\n\r\t"#, r"caf\u00e9", r"\ud83d\ude00 and \u0041", "é日本"] {
            let expected: Option<String> = serde_json::from_str(&format!("\"{raw}\"")).ok();
            assert_eq!(unescape(raw).map(std::borrow::Cow::into_owned), expected, "{raw}");
            assert!(expected.is_some());
        }
        for raw in [r"\x", r"\u12", r"\ud83d", r"\ud83d\u0041", r"\", r"\udc00"] {
            assert_eq!(unescape(raw), None, "{raw}");
        }
    }
}
