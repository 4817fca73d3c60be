use unicode_normalization::char::is_combining_mark;

/// What a character does to the token it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Ends a token and belongs to none.
    Separator,
    /// Part of a word of a script that puts spaces between words.
    Word,
    /// A letter of a script that puts no spaces between words, or hangs particles on them (Hangul).
    Unspaced,
    /// Belongs to the character before it: a mark, or something that is never seen.
    Extend,
    /// A sign that people search for by itself: an emoji, ©.
    Symbol,
}

/// The class of a character that starts a token, or may.
///
/// Words are not taken by the word boundaries of UAX 29: those glue `example.org`, `IMG_1234.jpg` and
/// `l'artiste` into one word each, and none of their parts would be found. Splitting finer loses nothing,
/// because a query word that falls into several tokens is looked for as a phrase.
pub(super) fn class(c: char) -> Class {
    match c {
        '\0'..='\x7f' => {
            if c.is_ascii_alphanumeric() {
                Class::Word
            } else {
                Class::Separator
            }
        }
        // The letters most captions outside ASCII are made of, ahead of the slower tables.
        'À'..='ʯ' if c != '×' && c != '÷' => Class::Word,
        'Ѐ'..='ҁ' | 'Ҋ'..='ԯ' => Class::Word,
        '\u{4e00}'..='\u{9fff}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '가'..='힣' => Class::Unspaced,
        _ if is_ignorable(c) || is_combining_mark(c) || matches!(c, '\u{2b9}'..='\u{2bf}') => Class::Extend,
        _ if is_symbol(c) => Class::Symbol,
        _ if c.is_alphabetic() && is_unspaced(c) => Class::Unspaced,
        _ if c.is_alphanumeric() => Class::Word,
        _ => Class::Separator,
    }
}

/// Characters that show nothing themselves: joiners, directions, soft hyphens, variation selectors.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}' // tatweel only stretches the word it stands in
            | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Marks that people leave out when they type a name: accents, Hebrew points, Arabic vowels.
///
/// Marks of other scripts (Thai, Devanagari, the voicing of kana) are vowels or change the letter, and stay.
pub(super) fn is_droppable_mark(c: char) -> bool {
    matches!(
        c,
        '\u{2b9}'..='\u{2bf}'
            | '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{487}'
            | '\u{591}'..='\u{5bd}'
            | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{6df}'..='\u{6e4}'
            | '\u{6e7}' | '\u{6e8}'
            | '\u{6ea}'..='\u{6ed}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// The colour of a hand or face in an emoji, which a query for the emoji does not mean.
pub(super) fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Arrows, bullets and lines are left out: captions use them as decoration.
fn is_symbol(c: char) -> bool {
    matches!(
        c,
        '©' | '®' | '™' | '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23fa}' | '\u{2600}'..='\u{27bf}'
            | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{3030}' | '\u{303d}'
            | '\u{3200}'..='\u{33ff}'
            | '\u{1f000}'..='\u{1f0ff}'
            | '\u{1f18e}' | '\u{1f191}'..='\u{1f19a}'
            | '\u{1f1e6}'..='\u{1faff}'
    )
}

/// Blocks of scripts without spaces; their digits and punctuation are not alphabetic and fall out before.
fn is_unspaced(c: char) -> bool {
    matches!(
        c,
        '\u{e01}'..='\u{eff}' // Thai, Lao
            | '\u{1000}'..='\u{109f}' | '\u{a9e0}'..='\u{a9ff}' | '\u{aa60}'..='\u{aa7f}' // Myanmar
            | '\u{1100}'..='\u{11ff}' | '\u{a960}'..='\u{a97f}' | '\u{d7b0}'..='\u{d7ff}' // Hangul, taken apart
            | '\u{1780}'..='\u{17ff}' // Khmer
            | '\u{1950}'..='\u{19df}' | '\u{1a20}'..='\u{1aaf}' | '\u{aa80}'..='\u{aadf}' // Tai scripts
            | '\u{a980}'..='\u{a9df}' // Javanese
            | '\u{3005}'..='\u{a4cf}' // kana, bopomofo, Hangul letters, Han, Yi
            | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}'
            | '\u{ff66}'..='\u{ffdc}' // half-width kana and Hangul
            | '\u{1aff0}'..='\u{1b2ff}' // rarer kana, Nüshu
            | '\u{20000}'..='\u{3ffff}'
    )
}
