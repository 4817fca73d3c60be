use std::ops::Range;

/// Where the elements of a JSON array stand. `json` has been found to be one.
///
/// The parser says what an element means and not where it stands; since strings alone can hide a bracket or a comma,
/// one pass finds out.
pub(super) fn elements(json: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = json.iter().position(|&byte| byte == b'[').map_or(json.len(), |start| start + 1);
    std::iter::from_fn(move || {
        let between = |byte: &u8| byte.is_ascii_whitespace() || *byte == b',';
        at += json.get(at..)?.iter().take_while(|byte| between(byte)).count();
        let start = at;
        let end = start + end_of_element(json.get(start..)?)?;
        at = end;
        let written = json.get(start..end)?.trim_ascii_end().len();
        (written > 0).then_some(start..start + written)
    })
}

/// Where the first element of `rest` ends: at a comma, or at the bracket that closes the array around it.
fn end_of_element(rest: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => depth += 1,
            b',' | b']' if depth == 0 => return Some(at),
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::elements;

    fn shown(json: &str) -> Vec<&str> {
        elements(json.as_bytes()).map(|at| &json[at]).collect()
    }

    #[test]
    fn strings_hide_what_would_end_an_element() {
        assert_eq!(
            shown(r#" [ {"a": "],}\"" } ,1, [2,{"b":[]}] ,"\\"]"#),
            [r#"{"a": "],}\"" }"#, "1", r#"[2,{"b":[]}]"#, r#""\\""#]
        );
        assert!(shown("[]").is_empty());
        assert!(shown(" [ ] ").is_empty());
    }
}
