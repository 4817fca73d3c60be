use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, Match, MatchKind, StartKind};

use crate::creator::{NOT_FIRST, is};
use starts::Starts;

use crate::fold::{fold, fold_char};
use crate::words::{bare, word_before};
use crate::{Creator, CreatorForm, display_name};

mod starts;

/// Names of creators to be found in captions.
///
/// They are found in any case, with or without accents and hyphens, as they are said and with the surname first.
#[derive(Debug)]
pub struct Names {
    automaton: AhoCorasick,
    starts: Starts,
    /// The names as they are shown.
    names: Vec<Box<str>>,
    /// Of each pattern of the automaton the name it is a way to write of.
    name_of_pattern: Vec<u32>,
    ignored: usize,
}

/// How much a list of names may hold.
#[derive(Debug, Clone, Copy)]
pub struct NamesLimits {
    /// The most names.
    pub names: usize,
    /// The most bytes of one name.
    pub name_bytes: usize,
}

/// Why a list of names cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NamesError {
    /// A line is not UTF-8.
    #[error("line {line} of the list of names is not UTF-8\nhint: save the list as UTF-8, one name a line")]
    NotText {
        /// The line, counted from 1.
        line: usize,
    },
    /// A name is longer than the limit.
    #[error("line {line} of the list of names has more than {limit} bytes\nhint: one name a line, nothing else on it")]
    TooLong {
        /// The line, counted from 1.
        line: usize,
        /// The most bytes.
        limit: usize,
    },
    /// There are more names than the limit.
    #[error("the list has more than {limit} names\nhint: leave out names that need not be found")]
    TooMany {
        /// The most names.
        limit: usize,
    },
    /// There is no name in it.
    #[error("the list has no names\nhint: one name a line; lines that start with `#` are comments")]
    Empty,
    /// All names together are too long to be looked for at once.
    #[error("the names cannot be looked for at once: {reason}\nhint: use a shorter list")]
    TooLarge {
        /// What the automaton says.
        reason: String,
    },
}

/// Names shorter than this, in bytes, stand in too many captions as something else.
const SHORTEST: usize = 3;

impl Names {
    /// Reads a list: one name a line, empty lines and lines that start with `#` passed over. Names that are listed twice
    /// count once, and those of one or two letters are left out and counted ([`Names::ignored`]).
    ///
    /// # Errors
    ///
    /// When a line is no text, something is over the limits, or there is no name in it.
    pub fn read(list: &[u8], limits: &NamesLimits) -> Result<Self, NamesError> {
        let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
        let mut names: Vec<Box<str>> = Vec::new();
        let mut patterns: Vec<(String, u32)> = Vec::new();
        let mut ignored = 0;
        for (number, line) in list.split(|byte| *byte == b'\n').enumerate() {
            let name = std::str::from_utf8(line).map_err(|_| NamesError::NotText { line: number + 1 })?.trim();
            if name.is_empty() || name.starts_with('#') {
                continue;
            }
            if name.len() > limits.name_bytes {
                return Err(NamesError::TooLong { line: number + 1, limit: limits.name_bytes });
            }
            if name.len() < SHORTEST {
                ignored += 1;
                continue;
            }
            if names.len() == limits.names {
                return Err(NamesError::TooMany { limit: limits.names });
            }
            let id = u32::try_from(names.len()).map_err(|_| NamesError::TooMany { limit: limits.names })?;
            let shown = display_name(name);
            patterns.extend(ways_to_write(&shown).into_iter().map(|way| (way, id)));
            names.push(shown.into());
        }
        if names.is_empty() {
            return Err(NamesError::Empty);
        }
        // Of two names that are written alike the first one listed counts.
        patterns.sort_unstable();
        patterns.dedup_by(|later, earlier| later.0 == earlier.0);
        let name_of_pattern = patterns.iter().map(|(_, id)| *id).collect();
        let starts = Starts::of(patterns.iter().map(|(way, _)| way.as_str()));
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(true)
            .build(patterns.iter().map(|(way, _)| way))
            .map_err(|error| NamesError::TooLarge { reason: error.to_string() })?;
        Ok(Self { automaton, starts, names, name_of_pattern, ignored })
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Never: a list without names is an error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// How many lines were left out because a name of one or two letters would be found everywhere.
    #[must_use]
    pub fn ignored(&self) -> usize {
        self.ignored
    }

    /// The listed name in a caption: one that is credited (it stands behind "by" and its like) before one that is not, then
    /// the longest, then the first.
    ///
    /// A name of one word has to be written with a capital and must not be part of a longer name, unless it is credited.
    #[must_use]
    pub fn find(&self, caption: &str) -> Option<Creator<'_>> {
        if caption.is_ascii() {
            return self.find_folded(caption, caption, |at| at);
        }
        let (folded, places) = fold_with_places(caption);
        self.find_folded(caption, &folded, |at| places.get(at).map_or(caption.len(), |place| *place as usize))
    }

    fn find_folded(&self, caption: &str, folded: &str, place: impl Fn(usize) -> usize) -> Option<Creator<'_>> {
        let mut best: Option<((bool, usize), usize, usize, u32)> = None;
        for at in self.starts.places(folded) {
            let Some(found) = self.longest_at(folded, at) else { continue };
            let (start, end) = (place(found.start()), place(found.end()));
            let rank = (is_credited(caption, start), found.end() - found.start());
            if best.is_some_and(|(best_rank, ..)| best_rank >= rank) {
                continue;
            }
            let is_one_word = !folded.get(found.start()..found.end())?.contains(' ');
            if is_one_word && !rank.0 && !stands_alone(caption, start, end) {
                continue;
            }
            best = Some((rank, start, end, *self.name_of_pattern.get(found.pattern().as_usize())?));
        }
        let (_, start, end, name) = best?;
        let name = Cow::Borrowed(&**self.names.get(name as usize)?);
        Some(Creator { name, span: start..end, form: CreatorForm::Listed })
    }

    /// The longest name that starts at `at` and ends with a word.
    fn longest_at(&self, folded: &str, at: usize) -> Option<Match> {
        let mut end = folded.len();
        loop {
            let found = self.automaton.try_find(Input::new(folded).span(at..end).anchored(Anchored::Yes)).ok()??;
            if ends_word(folded, found.end()) {
                return Some(found);
            }
            end = found.end() - 1;
        }
    }
}

/// A name as captions write it: as it is said, with the surname first, and both with spaces for hyphens.
fn ways_to_write(name: &str) -> Vec<String> {
    let mut ways = vec![fold(name)];
    if let Some((forenames, surname)) = name.rsplit_once(' ') {
        ways.push(fold(&format!("{surname}, {forenames}")));
        // "Van Gogh, Vincent": the particles may go with the surname.
        let small = |at: usize| forenames.get(at + 1..).is_some_and(|word| word.starts_with(char::is_lowercase));
        let particles = forenames.match_indices(' ').map(|(at, _)| at).find(|at| small(*at));
        if let Some((first, particles)) = particles.and_then(|at| forenames.split_at_checked(at)) {
            ways.push(fold(&format!("{} {surname}, {first}", particles.trim_start())));
        }
    }
    let without_hyphens: Vec<_> =
        ways.iter().filter(|way| way.contains('-')).map(|way| way.replace('-', " ")).collect();
    ways.extend(without_hyphens);
    ways
}

/// The text folded, and of each of its bytes where in the text its character starts; one place more for the end.
fn fold_with_places(text: &str) -> (String, Vec<u32>) {
    let mut folded = String::with_capacity(text.len() + 8);
    let mut places = Vec::with_capacity(text.len() + 9);
    for (at, c) in text.char_indices() {
        fold_char(c, &mut folded);
        places.resize(folded.len(), u32::try_from(at).unwrap_or(u32::MAX));
    }
    places.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    (folded, places)
}

/// Whether no letter or digit goes on at `end`; scripts without spaces have no words to go on.
fn ends_word(text: &str, end: usize) -> bool {
    let next = text.get(end..).and_then(|rest| rest.chars().next());
    next.is_none_or(|c| !c.is_alphanumeric() || is_without_spaces(c))
}

fn is_without_spaces(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{e00}'..='\u{e7f}')
}

/// Whether the word before `start` credits what stands there.
fn is_credited(caption: &str, start: usize) -> bool {
    let before = caption.get(..start).unwrap_or_default().trim_end();
    if before.ends_with(['©', '@']) {
        return true;
    }
    let word = bare(word_before(caption, before.len()));
    ["by", "par", "von", "por", "door"].iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether a word is written with a capital (where its script has any) and the words beside it are not.
fn stands_alone(caption: &str, start: usize, end: usize) -> bool {
    let (Some(before), Some(name), Some(behind)) = (caption.get(..start), caption.get(start..end), caption.get(end..))
    else {
        return false;
    };
    let is_large = |text: &str| text.chars().next().is_some_and(char::is_uppercase);
    let begins = name.chars().next().is_some_and(|c| !c.is_lowercase());
    let goes_on = behind.strip_prefix(' ').is_some_and(is_large);
    let word = word_before(caption, start);
    begins && !goes_on && !(before.ends_with(' ') && is_large(word) && !is(word, NOT_FIRST))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Names, NamesError, NamesLimits};

    const LIMITS: NamesLimits = NamesLimits { names: 10, name_bytes: 40 };

    fn names(list: &str) -> Names {
        Names::read(list.as_bytes(), &LIMITS).unwrap()
    }

    #[test]
    fn listed_names_are_found_however_they_are_written() {
        let names =
            names("# painters\nVincent van Gogh\nJean-Léon Gérôme\nPicasso\nMan Ray\nRay\n葛飾北斎\nTurner, Joseph\n");
        for (caption, name) in [
            ("sunflowers VINCENT VAN GOGH poster", Some("Vincent van Gogh")),
            ("Van Gogh, Vincent: Irises", Some("Vincent van Gogh")),
            ("Gogh, Vincent van", Some("Vincent van Gogh")),
            ("Jean-Leon Gerome, The Duel", Some("Jean-Léon Gérôme")),
            ("« Le duel » de Jean Léon Gérôme", Some("Jean-Léon Gérôme")),
            ("Joseph Turner", Some("Joseph Turner")),
            ("Picasso, portrait by Man Ray", Some("Man Ray")),
            ("A Picasso on the wall", Some("Picasso")),
            ("drawn by picasso", Some("Picasso")),
            ("a picasso on the wall", None),
            ("Paloma Picasso", None),
            ("Xray of a hand", None),
            ("Man Rays", None),
            ("冨嶽三十六景葛飾北斎画", Some("葛飾北斎")),
            ("", None),
        ] {
            let found = names.find(caption);
            assert_eq!(found.as_ref().map(|creator| &*creator.name), name, "{caption}");
            assert!(found.is_none_or(|creator| caption.get(creator.span).is_some()), "{caption}");
        }
        let caption = "« Le duel » de Jean Léon Gérôme (1824)";
        assert_eq!(names.find(caption).map(|creator| &caption[creator.span]), Some("Jean Léon Gérôme"));
    }

    #[test]
    fn lists_that_cannot_be_used_say_why() {
        let read = |list: &[u8]| Names::read(list, &LIMITS).map(|names| (names.len(), names.ignored()));
        assert_eq!(read(b"\xef\xbb\xbfAna\r\n\r\nBo\r\n"), Ok((1, 1)));
        assert_eq!(read(b"# nothing\n\n"), Err(NamesError::Empty));
        assert_eq!(read(b"Ana\n\xff\n"), Err(NamesError::NotText { line: 2 }));
        assert_eq!(read("x".repeat(41).as_bytes()), Err(NamesError::TooLong { line: 1, limit: 40 }));
        assert_eq!(read("Ana\n".repeat(11).as_bytes()), Err(NamesError::TooMany { limit: 10 }));
    }
}
