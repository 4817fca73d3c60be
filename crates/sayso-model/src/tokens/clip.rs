use std::collections::HashMap;
use std::io::Read;

use regex::Regex;

use super::clean::clean;
use super::pattern;
use crate::ModelError;

/// The merges of byte pairs, the most frequent first; see `data/README.md`.
const MERGES: &[u8] = include_bytes!("../../data/clip-merges.txt.gz");

/// What ends a word.
const END: &str = "</w>";

/// Bytes of a word: what is longer is cut into words of this length. No word of a caption is, and each step of merging
/// looks at the whole word.
const WORD: usize = 1024;

/// CLIP's byte pair encoding.
pub struct ClipTokens {
    words: Regex,
    /// The token of each byte inside a word; the one that ends a word is 256 further.
    bytes: [u32; 256],
    /// What two neighbours become. The earlier a merge, the smaller its token.
    merges: HashMap<(u32, u32), u32>,
    start: u32,
    end: u32,
}

impl ClipTokens {
    /// Tokens in the vocabulary: the bytes, inside a word and at its end, the merges, and the two marks.
    pub const COUNT: usize = 49_408;

    /// With the merges of OpenAI, which all known models have.
    ///
    /// # Errors
    ///
    /// When what this program brings cannot be read.
    pub fn openai() -> Result<Self, ModelError> {
        let broken = |error: std::io::Error| ModelError::Compute(error.to_string());
        let mut text = String::new();
        flate2::read::GzDecoder::new(MERGES).read_to_string(&mut text).map_err(broken)?;
        Self::of_merges(&text)
    }

    /// With the merges of a `merges.txt`: two pieces a line, those that come first in words first.
    ///
    /// # Errors
    ///
    /// When a pattern of this program's own does not compile.
    pub fn of_merges(text: &str) -> Result<Self, ModelError> {
        let alphabet = alphabet();
        let mut bytes = [0; 256];
        let mut names: HashMap<String, u32> = HashMap::new();
        for (token, (byte, c)) in (0..).zip(alphabet) {
            if let Some(slot) = bytes.get_mut(usize::from(byte)) {
                *slot = token;
            }
            names.insert(c.to_string(), token);
            names.insert(format!("{c}{END}"), token + 256);
        }
        let mut merges = HashMap::new();
        let mut next = 512;
        for (first, second) in
            text.lines().filter(|line| !line.starts_with("#version")).filter_map(|line| line.split_once(' '))
        {
            if let (Some(first_token), Some(second_token)) = (names.get(first), names.get(second)) {
                merges.insert((*first_token, *second_token), next);
            }
            names.insert(format!("{first}{second}"), next);
            next += 1;
        }
        let words = pattern(r"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+")?;
        Ok(Self { words, bytes, merges, start: next, end: next + 1 })
    }

    /// What stands for each byte in lists of merges, in the order of the first 256 tokens. The next 256 are the same at the end
    /// of a word; tokens of merges follow in their order, then those of a text's start and its end.
    pub fn alphabet() -> impl Iterator<Item = char> {
        alphabet().map(|(_, letter)| letter)
    }

    /// Tokens in this vocabulary.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.end + 1
    }

    /// The token that ends a text.
    #[must_use]
    pub const fn end(&self) -> u32 {
        self.end
    }

    /// The tokens of a text between the marks of its start and end, `room` at most in all.
    ///
    /// Marks that stand in the text itself are text: a caption does not end itself.
    #[must_use]
    pub fn encode(&self, text: &str, room: usize) -> Vec<u32> {
        let text = clean(text);
        let mut tokens = vec![self.start];
        for word in self.words.find_iter(&text) {
            for piece in word.as_str().as_bytes().chunks(WORD) {
                tokens.extend(self.merged(piece));
            }
            if tokens.len() >= room {
                break;
            }
        }
        tokens.truncate(room.saturating_sub(1));
        tokens.push(self.end);
        tokens
    }

    /// The tokens of a word: the earliest merge that fits anywhere in it comes first.
    fn merged(&self, word: &[u8]) -> Vec<u32> {
        let mut tokens: Vec<u32> =
            word.iter().map(|byte| self.bytes.get(usize::from(*byte)).copied().unwrap_or_default()).collect();
        if let Some(last) = tokens.last_mut() {
            *last += 256;
        }
        let merge = |pair: &[u32]| match pair {
            [first, second] => self.merges.get(&(*first, *second)).copied(),
            _ => None,
        };
        while let Some(earliest) = tokens.windows(2).filter_map(merge).min() {
            let mut shorter = Vec::with_capacity(tokens.len());
            let mut rest = tokens.as_slice();
            while let Some((token, after)) = rest.split_first() {
                if rest.get(..2).and_then(merge) == Some(earliest) {
                    shorter.push(earliest);
                    rest = rest.get(2..).unwrap_or_default();
                } else {
                    shorter.push(*token);
                    rest = after;
                }
            }
            tokens = shorter;
        }
        tokens
    }
}

/// The character that stands for each byte in the list of merges, in the order of their tokens: printable ones of Latin-1
/// for themselves, then the others, moved beyond Latin-1.
fn alphabet() -> impl Iterator<Item = (u8, char)> {
    let printable = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let others = (0..=u8::MAX).filter(move |byte| !printable(byte)).zip('\u{100}'..);
    (0..=u8::MAX).filter(printable).map(|byte| (byte, char::from(byte))).chain(others)
}
