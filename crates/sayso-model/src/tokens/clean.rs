use unicode_normalization::UnicodeNormalization;

/// A caption as CLIP's own tokenizer cleans it, with the one exception that text which was decoded wrongly is not guessed.
///
/// That tokenizer runs `ftfy` first. What it does by rule is done here: HTML entities (twice, as the tokenizer does),
/// typographer's quotes, ligatures, full-width forms, control characters, composed accents. Then white space is one blank,
/// and letters are small.
pub(super) fn clean(text: &str) -> String {
    let once = htmlize::unescape(text);
    let twice = htmlize::unescape(once.as_ref());
    let mut plain = String::with_capacity(twice.len());
    for c in twice.chars().filter(|c| !is_ignored(*c)) {
        match c {
            '\u{2bc}' | '\u{2018}'..='\u{201b}' => plain.push('\''),
            '\u{201c}'..='\u{201f}' => plain.push('"'),
            c if is_form(c) => plain.extend(std::iter::once(c).nfkc()),
            c => plain.push(c),
        }
    }
    let composed: String = plain.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Characters that control a terminal or a text's form, and mean nothing.
const fn is_ignored(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}')
        || matches!(c, '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}')
}

/// Ligatures of Latin letters, and forms of letters that differ in width alone.
const fn is_form(c: char) -> bool {
    matches!(c, '\u{132}' | '\u{133}' | '\u{149}' | '\u{1c4}'..='\u{1cc}' | '\u{1f1}'..='\u{1f3}' | '\u{fb00}'..='\u{fb06}')
        || matches!(c, '\u{3000}' | '\u{ff01}'..='\u{ffef}')
}
