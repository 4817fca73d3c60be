use std::fmt::Write;

/// Evidence as a page shows it: what a reader could not see, or would see in another place than it stands, has a sign.
///
/// Directional overrides are the reason: with one of them `train-ai=n` can be made to look like something else.
pub(crate) fn visible(raw: &str) -> String {
    let mut shown = String::with_capacity(raw.len());
    for char in raw.chars() {
        match char {
            '\n' | '\t' => shown.push(char),
            '\r' => {}
            char if char.is_control() || is_hidden(char) => {
                // Brackets that no vocabulary uses. Writing to a string cannot fail.
                let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(char));
            }
            char => shown.push(char),
        }
    }
    shown
}

/// Characters without a width of their own that change how their neighbours are shown or compared.
fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("train-ai=\u{202e}n"), "train-ai=⟨U+202E⟩n");
        assert_eq!(visible("no\u{200b}ai\0"), "no⟨U+200B⟩ai⟨U+0000⟩");
        assert_eq!(visible("User-agent: *\r\nDisallow: /"), "User-agent: *\nDisallow: /");
        assert_eq!(visible("قطة 猫 é"), "قطة 猫 é");
    }
}
