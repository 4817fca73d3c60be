//! Whether a text is called by a person's name, however it is written: `Hollie Mengert`, `hollie-mengert-artstyle`,
//! `holliemengert_v2`, `in the style of HOLLIE MENGERT`.

mod spelling;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::LazyLock;

use spelling::Spelling;

/// Names of persons, to be looked for in the names of models, in prompts and in tokens.
///
/// A text is gone through once: of every place in it, as many lengths are looked up as the names have.
#[derive(Debug, Default)]
pub struct PersonNames {
    /// As they are read.
    read: Spelled,
    /// As they look.
    seen: Spelled,
    names: Vec<Box<str>>,
}

/// Names in one spelling.
#[derive(Debug, Default)]
struct Spelled {
    /// By what is left of a name once only its letters and digits are: the name as it was given, and whether it is one word.
    by_letters: HashMap<Box<str>, (u32, bool)>,
    /// The lengths that there are, in characters.
    lengths: BTreeSet<usize>,
}

/// Characters of a text in which names are looked for: a prompt has room for fewer.
const TEXT_CHARS: usize = 4_000;

/// Letters of a name, all words together: longer ones are cut off, which makes the rest the name.
const NAME_CHARS: usize = 64;

/// Letters that a name of several words needs, to be looked for at all.
const LEAST_LETTERS: usize = 6;

/// Letters from which on a name stands for itself within a longer word.
const TELLING_LETTERS: usize = 10;

/// Letters that a name of one word needs: shorter ones are in every other word.
const LEAST_LETTERS_OF_ONE: usize = 4;

/// What people put before and behind a name to make a token of it.
const AFFIXES: &[&str] = &[
    "s",
    "style",
    "styles",
    "art",
    "artstyle",
    "arts",
    "lora",
    "locon",
    "loha",
    "model",
    "models",
    "diffusion",
    "ti",
    "xl",
    "sd",
    "sdxl",
    "sd15",
    "v",
    "by",
    "the",
    "my",
    "artist",
    "painter",
    "photo",
    "face",
    "person",
    "like",
    "inspired",
];

/// First names, and words that people write into prompts and call themselves by: alone they mean nobody.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("person_name/common.txt").split_ascii_whitespace().collect());

/// Those words, and what is put around names, as they look: alone they mean nobody either.
static COMMON_SEEN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let words = COMMON.iter().chain(AFFIXES).map(|word| Spelling::Seen.words(word).concat());
    words.collect()
});

/// What is put around names, as it looks.
static AFFIXES_SEEN: LazyLock<HashSet<String>> =
    LazyLock::new(|| AFFIXES.iter().map(|affix| Spelling::Seen.words(affix).concat()).collect());

impl PersonNames {
    /// Adds a name. One that would be found everywhere is left out, which `false` says.
    pub fn add(&mut self, name: &str) -> bool {
        let words = Spelling::Read.words(name);
        let is_one = words.len() == 1;
        let letters: String = words.concat().chars().take(NAME_CHARS).collect();
        let count = letters.chars().count();
        let is_dense = letters.chars().any(is_dense);
        let least = match is_one {
            // Two signs of a script without spaces are a name already.
            _ if is_dense => 3,
            true => LEAST_LETTERS_OF_ONE,
            false => LEAST_LETTERS,
        };
        if count < least || is_one && !is_dense && COMMON.contains(&*letters) {
            return false;
        }
        let Ok(number) = u32::try_from(self.names.len()) else { return false };
        self.names.push(name.trim().into());
        self.read.add(&words, number, is_one && !is_dense);
        let words = Spelling::Seen.words(name);
        if !is_one || !COMMON_SEEN.contains(&words.concat()) {
            self.seen.add(&words, number, is_one && !is_dense);
        }
        true
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names that `text` is called by, each once: first those that are read in it, then those that it only looks like, in the
    /// order in which they stand there.
    #[must_use]
    pub fn found_in(&self, text: &str) -> Vec<&str> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<u32> = Vec::new();
        self.read.find(text, Spelling::Read, &mut found);
        self.seen.find(text, Spelling::Seen, &mut found);
        self.of(found)
    }

    /// The names that are read in `text`, without those that it only looks like: what leave is given by. `James Corney` looks like
    /// `James Comey`, and is somebody else.
    #[must_use]
    pub fn read_in(&self, text: &str) -> Vec<&str> {
        let mut found: Vec<u32> = Vec::new();
        self.read.find(text, Spelling::Read, &mut found);
        self.of(found)
    }

    fn of(&self, numbers: Vec<u32>) -> Vec<&str> {
        numbers.into_iter().filter_map(|number| self.names.get(number as usize)).map(|name| &**name).collect()
    }
}

impl Spelled {
    fn add(&mut self, words: &[String], number: u32, is_one: bool) {
        let letters: String = words.concat().chars().take(NAME_CHARS).collect();
        // `Mengert, Hollie`, too.
        let turned: String = match words.split_last() {
            Some((last, first)) if !first.is_empty() => {
                std::iter::once(last).chain(first).map(String::as_str).collect()
            }
            _ => letters.clone(),
        };
        for letters in [letters, turned.chars().take(NAME_CHARS).collect()] {
            self.lengths.insert(letters.chars().count());
            self.by_letters.entry(letters.into()).or_insert((number, is_one));
        }
    }

    fn find(&self, text: &str, spelling: Spelling, found: &mut Vec<u32>) {
        let mut letters = String::new();
        // Of each character whether it was written as a digit.
        let mut digits: Vec<bool> = Vec::new();
        // Where each character starts, and whether a word does.
        let (mut starts, mut word_starts): (Vec<usize>, BTreeSet<usize>) = (Vec::new(), BTreeSet::new());
        for word in spelling.spelt(text) {
            word_starts.insert(starts.len());
            for (c, is_digit) in word {
                starts.push(letters.len());
                digits.push(is_digit);
                letters.push(c);
            }
        }
        let count = starts.len();
        starts.push(letters.len());
        word_starts.insert(count);
        for first in 0..count {
            for length in self.lengths.iter().copied().take_while(|length| first + length <= count) {
                let (Some(&from), Some(&to)) = (starts.get(first), starts.get(first + length)) else { continue };
                let Some((number, is_one)) = letters.get(from..to).and_then(|part| self.by_letters.get(part)) else {
                    continue;
                };
                let last = first + length;
                let borders = Borders {
                    letters: &letters,
                    digits: &digits,
                    starts: &starts,
                    words: &word_starts,
                    first,
                    last,
                    spelling,
                };
                if borders.is_a_name(*is_one) && !found.contains(number) {
                    found.push(*number);
                }
            }
        }
    }
}

/// What stands around a place that may be a name.
struct Borders<'a> {
    letters: &'a str,
    digits: &'a [bool],
    starts: &'a [usize],
    words: &'a BTreeSet<usize>,
    first: usize,
    last: usize,
    spelling: Spelling,
}

impl Borders<'_> {
    fn is_a_name(&self, is_one: bool) -> bool {
        let length = self.last - self.first;
        let text = self.between(self.first, self.last);
        if !is_one && (length >= TELLING_LETTERS || text.chars().any(is_dense)) {
            return true;
        }
        // What is left of the words in which it begins and ends has to be what people put around names.
        let begin = self.words.range(..=self.first).next_back().copied().unwrap_or(0);
        let end = self.words.range(self.last..).next().copied().unwrap_or(self.last);
        [(begin, self.first), (self.last, end)].into_iter().all(|(first, last)| self.is_affix(first, last))
    }

    /// Nothing, numbers, or what people put around names. A digit may stand for a letter (`5tyle`) or for a number (`v1`), so
    /// both are tried.
    fn is_affix(&self, first: usize, last: usize) -> bool {
        let is_digit = |at: &usize| self.digits.get(*at).copied().unwrap_or_default();
        let behind = (first..last).find(|at| !is_digit(at)).unwrap_or(last);
        let before = (behind..last).rev().find(|at| !is_digit(at)).map_or(behind, |at| at + 1);
        behind == last
            || [(first, last), (behind, last), (first, before), (behind, before)]
                .into_iter()
                .any(|(first, last)| self.spelling.has_affix(self.between(first, last)))
    }

    fn between(&self, first: usize, last: usize) -> &str {
        let at = |number: usize| self.starts.get(number).copied().unwrap_or(self.letters.len());
        self.letters.get(at(first)..at(last)).unwrap_or_default()
    }
}

impl Spelling {
    /// Whether it is what people put around names.
    fn has_affix(self, rest: &str) -> bool {
        match self {
            Self::Read => AFFIXES.contains(&rest),
            Self::Seen => AFFIXES_SEEN.contains(rest),
        }
    }
}

/// Scripts that put no spaces between words.
const fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}
