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
    let words = &*WORDS;
    let mut said = Said::default();
    let bytes = caption.as_bytes();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let mut wide = 0;
        let is_part = |byte: &&u8| byte.is_ascii_alphabetic() || **byte >= 0x80 || **byte == b'\'';
        let len = rest.iter().take_while(is_part).inspect(|byte| wide |= **byte).count();
        if len > 0 {
            let word = || caption.get(at..at + len).unwrap_or_default();
            said.add(len, if wide < 0x80 { words.classes_at(bytes, at, len) } else { words.classes(word()) });
        }
        at += len + 1;
    }
    for (count, (_, languages)) in marks.iter().zip(MARKED).filter(|(count, _)| **count > 0) {
        let share = WORD / languages.len() as u16 * u16::from((*count).min(2)) / 2;
        for at in languages.iter().filter_map(|language| LANGUAGES.iter().position(|known| known == language)) {
            said.support(at, share);
        }
    }
    said.language()
}

/// What the words of a caption say for each language.
#[derive(Default)]
struct Said {
    scores: [u16; LANGUAGES.len()],
    /// How many words and letters speak for each.
    support: [u16; LANGUAGES.len()],
    words: u16,
}

impl Said {
    fn add(&mut self, len: usize, mut languages: u32) {
        self.words = self.words.saturating_add(1);
        if languages == 0 {
            return;
        }
        // A letter that stands alone may be an initial or a size.
        let share = if len == 1 { WORD / 4 } else { WORD } / languages.count_ones() as u16;
        while languages != 0 {
            self.support(languages.trailing_zeros() as usize, share);
            languages &= languages - 1;
        }
    }

    fn support(&mut self, language: usize, share: u16) {
        if let (Some(score), Some(support)) = (self.scores.get_mut(language), self.support.get_mut(language)) {
            *score = score.saturating_add(share);
            *support += u16::from(share > WORD / 8);
        }
    }

    fn language(&self) -> Option<Language> {
        let mut best = (0, 0);
        let mut second = 0;
        for (at, score) in self.scores.iter().copied().enumerate() {
            if score > best.1 {
                second = best.1;
                best = (at, score);
            } else {
                second = second.max(score);
            }
        }
        let language = LANGUAGES.get(best.0).copied()?;
        let support = self.support.get(best.0).copied()?;
        // Names and titles have words of other languages in them, and most captions are English: any other language needs
        // two things that speak for it, and a share of the caption, where there is more than a word or two.
        let is_meant = language == Language::En || self.words <= 2 || (support >= 2 && support * 5 >= self.words);
        (is_meant && best.1 >= ENOUGH && best.1 / 8 * AHEAD >= second).then_some(language)
    }
}
