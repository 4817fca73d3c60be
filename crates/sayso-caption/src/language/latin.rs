use std::sync::LazyLock;

use super::Language;
use super::script::{MARKED, Marks};
use crate::words::WordTable;

/// What one word says, or one letter that only one language has: dividable by the number of languages it speaks for.
const WORD: u16 = 60;
/// What has to be said for a language.
const ENOUGH: u16 = 45;
/// By how much more than for the next one: in eighths of what is said for it.
const AHEAD: u16 = 5;

/// Languages of `tables/languages.txt`, in the order of their bits.
const LANGUAGES: [Language; 28] = {
    use Language::{
        Af, Ca, Cs, Da, De, En, Eo, Es, Et, Fi, Fr, Gl, Hr, Hu, Id, It, Lt, Lv, Nb, Nl, Pl, Pt, Ro, Sk, Sl, Sv, Tr, Vi,
    };
    [En, De, Fr, Es, Pt, It, Nl, Sv, Da, Nb, Fi, Pl, Cs, Sk, Hu, Ro, Tr, Id, Ca, Hr, Sl, Lt, Lv, Et, Eo, Af, Gl, Vi]
};

static WORDS: LazyLock<WordTable> = LazyLock::new(|| {
    let codes: Vec<_> = LANGUAGES.iter().map(|language| language.as_str()).collect();
    WordTable::read(include_str!("../../tables/languages.txt"), &codes)
});

/// The language of text in Latin letters.
pub(super) fn language(caption: &str, marks: Marks) -> Option<Language> {
    let mut scores = [0_u16; LANGUAGES.len()];
    let mut start = 0;
    let mut inside = false;
    for (at, byte) in caption.bytes().enumerate() {
        let is_letter = byte.is_ascii_alphabetic() || byte >= 0x80 || byte == b'\'';
        if is_letter && !inside {
            start = at;
        } else if inside && !is_letter {
            add(caption.get(start..at), &mut scores);
        }
        inside = is_letter;
    }
    if inside {
        add(caption.get(start..), &mut scores);
    }
    for (count, (_, languages)) in marks.iter().zip(MARKED).filter(|(count, _)| **count > 0) {
        let share = WORD / languages.len() as u16 * u16::from((*count).min(2)) / 2;
        for language in *languages {
            if let Some(score) = LANGUAGES.iter().position(|known| known == language).and_then(|at| scores.get_mut(at))
            {
                *score = score.saturating_add(share);
            }
        }
    }
    let (best, most) = scores.iter().copied().enumerate().max_by_key(|(_, score)| *score)?;
    let second = scores.iter().copied().enumerate().filter(|(at, _)| *at != best).map(|(_, score)| score).max()?;
    (most >= ENOUGH && most / 8 * AHEAD >= second).then(|| LANGUAGES.get(best).copied())?
}

fn add(word: Option<&str>, scores: &mut [u16; LANGUAGES.len()]) {
    let mut languages = word.map_or(0, |word| WORDS.classes(word));
    if languages == 0 {
        return;
    }
    // A letter that stands alone may be an initial or a size.
    let share = if word.is_some_and(|word| word.len() == 1) { WORD / 4 } else { WORD } / languages.count_ones() as u16;
    while languages != 0 {
        if let Some(score) = scores.get_mut(languages.trailing_zeros() as usize) {
            *score = score.saturating_add(share);
        }
        languages &= languages - 1;
    }
}
