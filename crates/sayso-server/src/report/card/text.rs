//! Foreign text in Markdown and YAML.

use crate::view::visible;

/// Text inside a paragraph or a cell of a table: nothing in it is markup, and it stays on its line.
pub(in crate::report) fn escaped(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ");
    let text = text.trim();
    let mut safe = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        if is_markup(&text[..at], char, &text[at + char.len_utf8()..]) {
            safe.push('\\');
        }
        safe.push(char);
    }
    safe
}

/// Whether the character could begin or end an element where it stands: CommonMark's, a table's, or a link that some
/// renderers make of an address.
fn is_markup(before: &str, char: char, after: &str) -> bool {
    match char {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' | '!' | '$' | '@' => true,
        ':' => after.starts_with("//"),
        '.' if before.to_ascii_lowercase().ends_with("www") => true,
        // A list, its items numbered or not, or the line under a heading.
        '.' | ')' if after.is_empty() || after.starts_with(' ') => {
            !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit())
        }
        '-' | '+' | '=' => before.is_empty(),
        _ => false,
    }
}

/// A code or name between backticks, which nothing inside can close.
pub(in crate::report) fn code(text: &str) -> String {
    let text = visible(text).replace(['\n', '\t'], " ").replace('`', "'");
    // A cell of a table ends at a bar, even between backticks.
    format!("`{}`", text.replace('|', "¦"))
}

/// A string of YAML: JSON's strings are such.
pub(super) fn yaml(text: &str) -> String {
    serde_json::Value::from(visible(text)).to_string()
}

#[cfg(test)]
mod tests {
    use super::{code, escaped, yaml};

    #[test]
    fn nothing_foreign_is_markup() {
        assert_eq!(escaped("<b>|[a](x)"), "\\<b\\>\\|\\[a\\](x)");
        assert_eq!(escaped("a\nb\u{202e}"), "a b⟨U+202E⟩");
        assert_eq!(escaped("www.example.org, 1.5 - 2"), "www\\.example.org, 1.5 - 2");
        assert_eq!(escaped("https://example.org"), "https\\://example.org");
        assert_eq!(escaped("- x"), "\\- x");
        assert_eq!(escaped(" 12. May (ca. 1900)"), "12\\. May (ca. 1900)");
        assert_eq!(code("a`b|c"), "`a'b¦c`");
        assert_eq!(yaml("a\": b\n- c"), r#""a\": b\n- c""#);
    }
}
