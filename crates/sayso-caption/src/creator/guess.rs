use std::borrow::Cow;

use super::by::{by, preposition};
use super::copyright::copyright;
use super::label::label;
use super::life::life;
use super::name::NameAt;
use super::{Creator, CreatorForm};
use crate::words::offset_of;

/// The last byte of `©` in UTF-8; of some other characters, too.
const COPYRIGHT_SIGN: u8 = 0xa9;

/// The creator that a caption's form names.
///
/// Goes through the words once; only behind those that can introduce a name is looked any closer, a few words far.
pub(super) fn guess(caption: &str) -> Option<Creator<'_>> {
    let mut best: Option<(NameAt, CreatorForm)> = None;
    let has_marks = memchr::memchr3(b'(', b':', COPYRIGHT_SIGN, caption.as_bytes()).is_some();
    for word in caption.split_ascii_whitespace() {
        let start = offset_of(caption, word);
        let found = look(caption, word, start, has_marks);
        if let Some(found) = found.filter(|found| best.is_none_or(|best| found.1 < best.1)) {
            best = Some(found);
            if found.1 == CreatorForm::Credited {
                break;
            }
        }
    }
    let (name, form) = best?;
    let text = caption.get(name.start..name.end)?;
    Some(Creator { name: Cow::Borrowed(text.strip_prefix('@').unwrap_or(text)), span: name.start..name.end, form })
}

/// What a word introduces, if it can introduce anything. Most words are turned away by their length and first byte.
fn look(caption: &str, word: &str, start: usize, has_marks: bool) -> Option<(NameAt, CreatorForm)> {
    let end = start + word.len();
    let bytes = word.as_bytes();
    if has_marks {
        let is_mark = |byte: &u8| matches!(*byte, b'(' | b':' | COPYRIGHT_SIGN);
        if let Some(at) = bytes.iter().take(64).position(is_mark) {
            return marked(caption, word, start, at);
        }
    }
    match bytes {
        [b'b' | b'B', b'y' | b'Y'] => by(caption, start, end),
        [b'-' | b'|' | b'~' | b'"' | b'[', b'b' | b'B', b'y' | b'Y'] => by(caption, start + 1, end),
        [b'd' | b'v' | b'p', _] | [b'p' | b'v', _, _] | [b'd', b'o', b'o', b'r'] => preposition(caption, start, end),
        [b'c' | b'C', b'o' | b'O', b'p' | b'P', ..] if word.eq_ignore_ascii_case("copyright") => {
            copyright(caption, end)
        }
        _ => None,
    }
}

/// What a word with a bracket, a colon or the sign of copyright in it introduces.
fn marked(caption: &str, word: &str, start: usize, at: usize) -> Option<(NameAt, CreatorForm)> {
    let place = start + at;
    let end = start + word.len();
    match word.as_bytes().get(at..)? {
        [COPYRIGHT_SIGN, ..] if word.get(..=at).is_some_and(|before| before.ends_with('©')) => {
            copyright(caption, place + 1)
        }
        [b':', ..] if word.len() == 3 && word.get(..2).is_some_and(|by| by.eq_ignore_ascii_case("by")) => {
            by(caption, start, end)
        }
        [b':', ..] => label(caption, place),
        [b'(', b'c' | b'C', b')', ..] if !has_enumeration(caption, place) => copyright(caption, place + 3),
        [b'(', b'b' | b'B', b'y' | b'Y'] => by(caption, place + 1, end),
        [b'(', rest @ ..] => match rest.iter().take(64).position(|byte| *byte == b':') {
            Some(colon) => label(caption, place + 1 + colon),
            None if rest.starts_with("©".as_bytes()) => copyright(caption, place + 3),
            None => life(caption, place),
        },
        _ => None,
    }
}

/// Whether a "(c)" is the third of a list and no mark of copyright: "(b)" stands shortly before it.
fn has_enumeration(caption: &str, at: usize) -> bool {
    let before = caption.as_bytes().get(at.saturating_sub(100)..at).unwrap_or_default();
    before.windows(3).any(|window| window.eq_ignore_ascii_case(b"(b)"))
}
