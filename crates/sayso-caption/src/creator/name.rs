use super::table::{ABBREVIATIONS, BEFORE_ROLES, ENDS_NAME, NOT_FIRST, PARTICLES, ROLES, is};

/// More words than this are no name but a caption that goes on in capitals.
const MOST_WORDS: usize = 5;

/// What stands behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Nothing, a mark or a number.
    Stop,
    /// More words.
    Words,
}

/// A name as it stands in a caption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NameAt {
    pub(super) start: usize,
    pub(super) end: usize,
    /// How many words it has, particles left out.
    pub(super) words: usize,
    pub(super) then: Then,
}

/// The name that starts at `from`, behind white space, quotes and words for what somebody is ("the artist Jane Doe").
///
/// A name is up to five words in capitals, with particles between them; it ends at marks, small words, numbers and words
/// of what is sold. What goes on in capitals for longer is none.
pub(super) fn name_at(caption: &str, from: usize) -> Option<NameAt> {
    let from = behind_role(caption, from);
    let text = caption.get(from..)?;
    if let Some(handle) = handle_at(text) {
        return Some(NameAt { start: from + handle.0, end: from + handle.1, words: 1, then: Then::Stop });
    }
    let mut found: Option<NameAt> = None;
    let mut at = 0;
    let mut pending = false;
    while let Some(part) = text.get(at..) {
        let part = part.trim_start_matches(|c: char| c.is_whitespace() || (found.is_none() && is_opening(c)));
        let start = text.len() - part.len();
        let (word, ends) = cut(part);
        let count = found.map_or(0, |name| name.words);
        let is_number = word.is_empty() || word.starts_with(|c: char| c.is_numeric());
        if is_number || (count > 0 && is(word, ENDS_NAME)) || (count == 0 && is(word, NOT_FIRST | ENDS_NAME)) {
            return found.map(|name| NameAt { then: if is_number { Then::Stop } else { Then::Words }, ..name });
        }
        if is_name_word(word) {
            // What goes on behind a possessive is somebody else: "by Turner's friend William Marsh".
            let is_of_another = found.is_some_and(|name| {
                caption.get(..name.end).is_some_and(|text| text.ends_with("'s") || text.ends_with("’s"))
            });
            if count == MOST_WORDS || is_of_another {
                return None;
            }
            let then = if ends { Then::Stop } else { Then::Words };
            let first = found.map_or(from + start, |name| name.start);
            // A particle that opens the name belongs to it.
            let first = if count == 0 && pending { first_word(text).map_or(first, |at| from + at) } else { first };
            found = Some(NameAt { start: first, end: from + start + word.len(), words: count + 1, then });
            pending = false;
        } else if !ends && !pending && is(word, PARTICLES) && (count > 0 || word != "of") {
            pending = true;
        } else if !ends && pending && count > 0 && is(word, PARTICLES) {
            // "van der", "de la".
        } else {
            return found.map(|name| NameAt { then: Then::Words, ..name });
        }
        if ends {
            return found;
        }
        at = start + word.len();
        if at >= text.len() {
            break;
        }
    }
    found.map(|name| NameAt { then: Then::Stop, ..name })
}

fn first_word(text: &str) -> Option<usize> {
    text.find(|c: char| !c.is_whitespace() && !is_opening(c))
}

fn is_opening(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '„' | '‘' | '«' | '»' | '?' | '*')
}

/// Whether a word of a name can look like this: letters, the first of them large where the script has both.
fn is_name_word(word: &str) -> bool {
    let begins = match word.as_bytes() {
        // d'Angelo, l'Hospital, al-Khalifa
        [b'd' | b'l' | b'D' | b'L' | b'O' | b'o', b'\'', rest @ ..] | [b'a' | b'e', b'l', b'-', rest @ ..] => {
            rest.first().is_some_and(u8::is_ascii_uppercase)
        }
        _ => word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase()),
    };
    begins && !word.starts_with("http")
}

/// The word at the start of `text`, and whether a name ends with it: at a mark, or at a word that can be none of a name.
fn cut(text: &str) -> (&str, bool) {
    let mut end = text.len();
    let mut stopped = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c.is_whitespace() {
            end = at;
            break;
        }
        let is_inner = match c {
            _ if c.is_alphabetic() || c.is_numeric() => true,
            '.' if is_abbreviation(text.get(..at).unwrap_or_default()) => true,
            '-' | '\'' | '’' | '‐' | '‑' | '_' => {
                at > 0 && characters.peek().is_some_and(|(_, next)| next.is_alphabetic())
            }
            _ => !c.is_ascii() && unicode_normalization::char::is_combining_mark(c),
        };
        if !is_inner {
            (end, stopped) = (at, true);
            break;
        }
    }
    let word = text.get(..end).unwrap_or_default();
    (word, stopped || end == text.len())
}

/// Whether a full stop behind this belongs to it: initials, several of them too, and a few titles.
fn is_abbreviation(before: &str) -> bool {
    let last = before.rsplit('.').next().unwrap_or(before);
    (last.chars().count() == 1 && last.chars().all(char::is_uppercase)) || is(last, ABBREVIATIONS)
}

/// An account as `@name`, by its bytes in `text`.
fn handle_at(text: &str) -> Option<(usize, usize)> {
    let start = text.len() - text.trim_start().len();
    let name = text.get(start..)?.strip_prefix('@')?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let len = name.find(|c| !is_part(c)).unwrap_or(name.len()).min(64);
    let name = name.get(..len)?.trim_end_matches(['.', '-']);
    (name.len() >= 3).then_some((start, start + 1 + name.len()))
}

/// Behind "the French photographer" or "artist", if that stands at `from`.
fn behind_role(caption: &str, from: usize) -> usize {
    let mut at = from;
    for _ in 0..4 {
        let Some(rest) = caption.get(at..) else { return from };
        let start = caption.len() - rest.trim_start().len();
        let word = caption.get(start..).and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
        at = start + word.len();
        if is(word.trim_end_matches([':', ',']), ROLES) {
            return at;
        }
        if word != "the" && !is(word, BEFORE_ROLES) {
            return from;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use super::{Then, name_at};

    #[test]
    fn names_end_where_they_end() {
        for (text, name, then) in [
            ("Ana Müller", Some("Ana Müller"), Then::Stop),
            (" Vincent van Gogh, 1889", Some("Vincent van Gogh"), Then::Stop),
            ("J.M.W. Turner in 1830", Some("J.M.W. Turner"), Then::Words),
            ("J. R. R. Tolkien.", Some("J. R. R. Tolkien"), Then::Stop),
            ("Jane Doe. Buy it now", Some("Jane Doe"), Then::Stop),
            ("Claude Monet Canvas Print", Some("Claude Monet"), Then::Words),
            ("Jane Doe 2012", Some("Jane Doe"), Then::Stop),
            ("van Gogh", Some("van Gogh"), Then::Stop),
            ("Rogier van der Weyden", Some("Rogier van der Weyden"), Then::Stop),
            ("Jean-Léon Gérôme (1824-1904)", Some("Jean-Léon Gérôme"), Then::Stop),
            ("Georgia O’Keeffe", Some("Georgia O’Keeffe"), Then::Stop),
            ("the French photographer Jane Doe", Some("Jane Doe"), Then::Stop),
            ("artist Jane Doe for sale", Some("Jane Doe"), Then::Words),
            ("@jane_doe.", Some("@jane_doe"), Then::Stop),
            ("“Jane Doe”", Some("Jane Doe"), Then::Stop),
            ("宮崎駿", Some("宮崎駿"), Then::Stop),
            ("Илья Репин", Some("Илья Репин"), Then::Stop),
            ("the sea", None, Then::Stop),
            ("The Sea", None, Then::Stop),
            ("hand", None, Then::Stop),
            ("2030", None, Then::Stop),
            ("Rowan For Cozy Rooms", Some("Rowan"), Then::Words),
            ("Resume Samples Teaching Letters Example Teacher", None, Then::Stop),
            ("", None, Then::Stop),
        ] {
            let found = name_at(text, 0);
            assert_eq!(found.and_then(|name| text.get(name.start..name.end)), name, "{text}");
            assert!(found.is_none_or(|found| found.then == then), "{text}: {found:?}");
        }
    }
}
