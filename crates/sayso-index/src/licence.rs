/// No licence is longer in the index than this; what some pages state as their licence is a page of prose.
const LICENCE_BYTES: usize = 256;

/// Appends a licence as it is indexed and looked for.
///
/// A URL loses its scheme, so that `http:` and `https:` are one licence, and spaces become hyphens, so that
/// `CC BY 4.0` is `cc-by-4.0`.
pub(crate) fn push_licence(stated: &str, out: &mut String) {
    let start = out.len();
    let stated = stated.trim();
    let stated = strip_prefix_ignoring_case(stated, "https://")
        .or_else(|| strip_prefix_ignoring_case(stated, "http://"))
        .unwrap_or(stated);
    let stated = strip_prefix_ignoring_case(stated, "www.").unwrap_or(stated);
    let mut space_due = false;
    for c in stated.chars() {
        if c.is_whitespace() || c.is_control() {
            space_due = true;
            continue;
        }
        if std::mem::take(&mut space_due) {
            out.push('-');
        }
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else {
            out.extend(c.to_lowercase());
        }
        if out.len() - start >= LICENCE_BYTES {
            return;
        }
    }
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::push_licence;

    #[test]
    fn licences_are_compared_in_one_form() {
        for (stated, expected) in [
            ("cc-by-4.0", "cc-by-4.0"),
            ("  CC BY\t 4.0 ", "cc-by-4.0"),
            ("HTTPS://www.example.org/Terms", "example.org/terms"),
            ("http://creativecommons.org/licenses/by/4.0/", "creativecommons.org/licenses/by/4.0/"),
            ("Ä\u{0}b", "ä-b"),
            ("", ""),
        ] {
            let mut out = String::new();
            push_licence(stated, &mut out);
            assert_eq!(out, expected, "{stated}");
        }
        let mut out = String::new();
        push_licence(&"é ".repeat(1_000), &mut out);
        assert!((256..260).contains(&out.len()));
    }
}
