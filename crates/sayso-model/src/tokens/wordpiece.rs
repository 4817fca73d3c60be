use std::collections::HashMap;
use std::path::Path;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::pattern;
use crate::ModelError;

/// Characters of a word; a longer one is unknown.
const WORD: usize = 100;

/// BERT's tokens: words, and pieces of words that are not in the vocabulary. Letters are small and without accents.
pub(crate) struct WordPieces {
    vocabulary: HashMap<String, u32>,
    unknown: u32,
    start: u32,
    end: u32,
    ignored: Regex,
    accents: Regex,
    punctuation: Regex,
}

impl WordPieces {
    /// With the vocabulary that was read of the file at `path`.
    pub(crate) fn new(path: &Path, vocabulary: impl IntoIterator<Item = (String, u32)>) -> Result<Self, ModelError> {
        let vocabulary: HashMap<String, u32> = vocabulary.into_iter().collect();
        let token = |name: &str| {
            vocabulary.get(name).copied().ok_or_else(|| ModelError::Companion {
                path: path.to_owned(),
                reason: format!("it has no `{name}`"),
                hint: "put the vocab.txt of the model's own repository there",
            })
        };
        let (unknown, start, end) = (token("[UNK]")?, token("[CLS]")?, token("[SEP]")?);
        Ok(Self {
            unknown,
            start,
            end,
            vocabulary,
            ignored: pattern(r"[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u{fffd}--[\t\n\r]]+")?,
            accents: pattern(r"\p{Mn}+")?,
            punctuation: pattern(r"[\p{P}$+<=>^`|~]")?,
        })
    }

    /// The largest token.
    pub(crate) fn largest(&self) -> u32 {
        self.vocabulary.values().copied().max().unwrap_or(0)
    }

    /// The tokens of a text between the marks of its start and end, `room` at most in all.
    pub(crate) fn encode(&self, text: &str, room: usize) -> Vec<u32> {
        let mut tokens = vec![self.start];
        let visible = self.ignored.replace_all(text, "");
        let apart: String = visible.chars().flat_map(apart).collect();
        let decomposed: String = apart.nfd().collect();
        let small = self.accents.replace_all(&decomposed, "").to_lowercase();
        'words: for run in small.split_whitespace() {
            for word in self.cut(run) {
                self.pieces(word, &mut tokens);
                if tokens.len() >= room {
                    break 'words;
                }
            }
        }
        tokens.truncate(room.saturating_sub(1));
        tokens.push(self.end);
        tokens
    }

    /// A run of characters as words; each punctuation mark is one.
    fn cut<'a>(&self, run: &'a str) -> Vec<&'a str> {
        let mut words = Vec::new();
        let mut from = 0;
        for mark in self.punctuation.find_iter(run) {
            words.extend(run.get(from..mark.start()).filter(|word| !word.is_empty()));
            words.push(mark.as_str());
            from = mark.end();
        }
        words.extend(run.get(from..).filter(|word| !word.is_empty()));
        words
    }

    /// Adds the pieces of a word: each time the longest that the vocabulary has.
    fn pieces(&self, word: &str, tokens: &mut Vec<u32>) {
        let before = tokens.len();
        let mut rest = word;
        while !rest.is_empty() && word.chars().count() <= WORD {
            let ends = rest.char_indices().map(|(start, c)| start + c.len_utf8()).rev();
            let piece = ends.filter_map(|end| rest.split_at_checked(end)).find_map(|(piece, after)| {
                let found = if rest.len() == word.len() {
                    self.vocabulary.get(piece)
                } else {
                    self.vocabulary.get(format!("##{piece}").as_str())
                };
                Some((*found?, after))
            });
            let Some((token, after)) = piece else {
                break;
            };
            tokens.push(token);
            rest = after;
        }
        if !rest.is_empty() {
            tokens.truncate(before);
            tokens.push(self.unknown);
        }
    }
}

/// A Chinese character between blanks, since it is a word of its own; any other as it is.
fn apart(c: char) -> impl Iterator<Item = char> {
    let chinese = matches!(
        u32::from(c),
        0x4e00..=0x9fff | 0x3400..=0x4dbf | 0x2_0000..=0x2_a6df | 0x2_a700..=0x2_b73f | 0x2_b740..=0x2_b81f
            | 0x2_b920..=0x2_ceaf | 0xf900..=0xfaff | 0x2_f800..=0x2_fa1f
    );
    let blank = chinese.then_some(' ');
    blank.into_iter().chain([c]).chain(blank)
}
