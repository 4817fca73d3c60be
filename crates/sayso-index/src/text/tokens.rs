use unicode_segmentation::UnicodeSegmentation as _;

use super::fold::{fold_symbol, fold_unit, fold_word};
use super::script::{Class, class};

/// No token is longer than this. What is longer is cut into consecutive tokens of at most this size, so that
/// nothing of it is lost and it is still found as the phrase of its pieces.
const TOKEN_BYTES: usize = 64;

/// What a token is, which decides whether a query needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word, or a piece of one that is too long.
    Word,
    /// An emoji or another sign.
    Symbol,
    /// One unit of a script without spaces.
    Single {
        /// Whether it has no neighbours of its kind, so that no [`Kind::Pair`] speaks for it.
        alone: bool,
    },
    /// Two neighbouring units of a script without spaces, at the position of the first.
    Pair,
}

/// Cuts text into folded tokens, one at a time and without allocating for each.
///
/// Scripts without spaces become overlapping pairs beside the single units: a query of two units or more is
/// then a phrase of pairs, which is as exact as a search for the substring, and one of a single unit works too.
#[derive(Debug)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    /// Where the next token is looked for.
    at: usize,
    start: usize,
    end: usize,
    position: usize,
    next_position: usize,
    kind: Kind,
    /// The token as it is compared, unless the text has it in that form already.
    folded: &'t mut String,
    is_verbatim: bool,
    /// How much of `folded` the current token is: `(from, to)`.
    piece: (usize, usize),
    /// The unit at `start..end` may be the first of a pair.
    pair_due: bool,
    /// The unit before the current one was given out as the first of a pair.
    follows_unit: bool,
}

impl<'t> Tokens<'t> {
    /// The tokens of `text`; `buffer` is lent for folding, so that one serves many texts.
    pub(crate) fn new(text: &'t str, buffer: &'t mut String) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            end: 0,
            position: 0,
            next_position: 0,
            kind: Kind::Word,
            folded: buffer,
            is_verbatim: true,
            piece: (0, 0),
            pair_due: false,
            follows_unit: false,
        }
    }

    /// The current token as it is compared.
    pub(crate) fn text(&self) -> &str {
        if self.is_verbatim { &self.text[self.start..self.end] } else { &self.folded[self.piece.0..self.piece.1] }
    }

    /// The bytes of the text that the current token stands for.
    pub(crate) fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// The current token's place in the order of tokens; a pair and its first unit share one.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Moves to the next token; `false` at the end of the text.
    pub(crate) fn advance(&mut self) -> bool {
        if !self.is_verbatim && self.kind == Kind::Word && self.piece.1 < self.folded.len() {
            return self.next_piece();
        }
        if self.pair_due && self.pair() {
            return true;
        }
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if byte.is_ascii_alphanumeric() {
                if self.word() {
                    return true;
                }
            } else if byte.is_ascii() {
                self.at += 1;
            } else if self.beyond_ascii() {
                return true;
            }
        }
        false
    }

    /// Takes the token that starts with the character at `at`, or steps over a separator.
    fn beyond_ascii(&mut self) -> bool {
        let Some(c) = self.text[self.at..].chars().next() else { return false };
        match class(c) {
            Class::Unspaced => self.unit(),
            Class::Symbol => self.symbol(),
            Class::Word => self.word(),
            // A vowel sign that has lost its consonant is still a letter.
            Class::Extend if c.is_alphanumeric() => self.word(),
            Class::Extend | Class::Separator => {
                self.at += c.len_utf8();
                false
            }
        }
    }

    fn word(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        self.start = self.at;
        let mut has_upper = false;
        while let Some(byte) = bytes.get(self.at).filter(|byte| byte.is_ascii_alphanumeric()) {
            has_upper |= byte.is_ascii_uppercase();
            self.at += 1;
        }
        let is_ascii = bytes.get(self.at).is_none_or(u8::is_ascii);
        if !is_ascii {
            self.at = self.word_end();
        }
        self.end = self.at;
        let length = self.end - self.start;
        self.kind = Kind::Word;
        self.is_verbatim = is_ascii && !has_upper && length <= TOKEN_BYTES;
        if !self.is_verbatim {
            self.folded.clear();
            if is_ascii {
                self.folded.push_str(&self.text[self.start..self.end]);
                self.folded.make_ascii_lowercase();
            } else {
                fold_word(&self.text[self.start..self.end], self.folded);
            }
            self.piece = (0, 0);
            return self.next_piece();
        }
        self.place();
        true
    }

    /// Where the word that reaches to `at` ends, with everything that belongs to its last letter.
    fn word_end(&self) -> usize {
        let mut rest = self.text[self.at..].char_indices();
        let end = rest.find(|&(_, c)| !matches!(class(c), Class::Word | Class::Extend));
        end.map_or(self.text.len(), |(offset, _)| self.at + offset)
    }

    fn next_piece(&mut self) -> bool {
        let from = self.piece.1;
        if from == self.folded.len() {
            return false;
        }
        let to = boundary_at_or_before(self.folded, from + TOKEN_BYTES);
        self.piece = (from, to);
        self.place();
        true
    }

    fn symbol(&mut self) -> bool {
        // Emoji are sequences: flags, families, hands with a colour.
        let cluster = self.text[self.at..].graphemes(true).next().unwrap_or_default();
        self.start = self.at;
        self.at += cluster.len();
        self.end = self.at;
        self.kind = Kind::Symbol;
        self.fold_with(fold_symbol);
        self.place();
        true
    }

    fn unit(&mut self) -> bool {
        self.start = self.at;
        self.at = self.unit_end(self.at);
        self.end = self.at;
        let has_next = self.unit_follows();
        self.kind = Kind::Single { alone: !self.follows_unit && !has_next };
        self.pair_due = has_next;
        self.follows_unit = has_next;
        self.fold_with(fold_unit);
        self.place();
        true
    }

    fn pair(&mut self) -> bool {
        self.pair_due = false;
        let second = self.at;
        self.end = self.unit_end(second);
        self.kind = Kind::Pair;
        fold_unit(&self.text[second..self.end], self.folded);
        self.piece = (0, self.folded.len());
        true
    }

    fn unit_follows(&self) -> bool {
        self.text[self.at..].chars().next().is_some_and(|c| class(c) == Class::Unspaced)
    }

    /// Where the unit that starts at `start` ends: after one letter, mostly.
    fn unit_end(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        let mut characters = rest.chars();
        let first = characters.next().map_or(0, char::len_utf8);
        let is_whole = match characters.next() {
            None | Some('\0'..='\x7f' | '\u{4e00}'..='\u{9fff}' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '가'..='힣') => {
                true
            }
            Some(_) => false,
        };
        if is_whole {
            return start + first;
        }
        let cluster = rest.graphemes(true).next().map_or(first, str::len);
        let beyond = rest[cluster..].char_indices().find(|&(_, c)| class(c) != Class::Extend);
        start + cluster + beyond.map_or(rest.len() - cluster, |(offset, _)| offset)
    }

    fn fold_with(&mut self, fold: fn(&str, &mut String)) {
        self.is_verbatim = false;
        self.folded.clear();
        fold(&self.text[self.start..self.end], self.folded);
        self.piece = (0, self.folded.len());
    }

    fn place(&mut self) {
        self.position = self.next_position;
        self.next_position += 1;
    }
}

/// What `str::floor_char_boundary` does, which needs a newer compiler than the workspace promises.
fn boundary_at_or_before(text: &str, index: usize) -> usize {
    if index >= text.len() {
        return text.len();
    }
    (0..=index).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;
