use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::decompose_compatible;

use super::script::{is_droppable_mark, is_ignorable, is_skin_tone};

/// Appends `word` as it is compared: without case, accents, width and ligatures.
pub(super) fn fold_word(word: &str, out: &mut String) {
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else if ('а'..='я').contains(&c) && c != 'й' {
            // Most letters of a Cyrillic caption are folded already.
            out.push(c);
        } else {
            decompose_compatible(c, |part| fold_part(part, out));
        }
    }
}

/// Appends one unit of a script without spaces. Its marks stay, but half-width and taken-apart forms are unified.
pub(super) fn fold_unit(unit: &str, out: &mut String) {
    let mut characters = unit.chars();
    match (characters.next(), characters.next()) {
        (Some(c @ ('\u{4e00}'..='\u{9fff}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '가'..='힣')), None) => out.push(c),
        _ => out.extend(unit.nfkc().filter(|&c| !is_ignorable(c))),
    }
}

/// Appends a sign; the choice of its colour or of its drawing as text or picture is left out.
pub(super) fn fold_symbol(symbol: &str, out: &mut String) {
    let start = out.len();
    for c in symbol.chars().filter(|&c| !is_ignorable(c) && !is_skin_tone(c)) {
        decompose_compatible(c, |part| {
            if !is_droppable_mark(part) {
                out.extend(part.to_lowercase());
            }
        });
    }
    if out.len() == start {
        out.push_str(symbol);
    }
}

fn fold_part(part: char, out: &mut String) {
    if part.is_ascii() {
        // `½` comes apart into digits and a slash; only the digits are text.
        if part.is_ascii_alphanumeric() {
            out.push(part.to_ascii_lowercase());
        }
        return;
    }
    if is_droppable_mark(part) || is_ignorable(part) || part == '\u{2044}' {
        return;
    }
    for lower in part.to_lowercase() {
        match lower {
            // Full case folding, which lower-casing alone is not.
            'ß' => out.push_str("ss"),
            'ς' => out.push('σ'),
            // Turkish has two letters i; whoever searches for Istanbul may have a keyboard with one.
            'ı' => out.push('i'),
            // Letters that people without them on their keyboard replace, and that no decomposition reaches.
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            'đ' | 'ð' => out.push('d'),
            'ħ' => out.push('h'),
            'ŧ' => out.push('t'),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'þ' => out.push_str("th"),
            other if is_droppable_mark(other) => {}
            other => out.push(other),
        }
    }
}
