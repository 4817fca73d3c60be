use std::borrow::Cow;

use super::table::{ABBREVIATIONS, NO_FORENAMES, PARTICLES, is};
use crate::fold::fold;

/// A name the way it is said: `Turner, Joseph Mallord William` as `Joseph Mallord William Turner`.
///
/// What has one comma, up to three words before it and up to four behind it, all of them words of names, is taken for a
/// surname and forenames; `Jr.` and numbers may follow behind a second comma. Companies and lists of several people
/// (`Smith, Jones and Co`, `A. Smith, B. Jones`) stay as they are. `Smith, Jones` cannot be told from a surname and a
/// forename, and is turned round.
#[must_use]
pub fn display_name(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    let mut parts = name.split(',').map(str::trim);
    let (Some(surname), Some(forenames)) = (parts.next(), parts.next()) else { return name.into() };
    let (suffix, more) = (parts.next(), parts.next());
    if more.is_some()
        || suffix.is_some_and(|suffix| !is_suffix(suffix))
        || is_suffix(forenames)
        || are_honours(forenames, surname)
    {
        return name.into();
    }
    if !is_part(surname, 3) || !is_part(forenames, 4) || surname.contains('.') {
        return name.into();
    }
    let mut turned = String::with_capacity(name.len());
    for part in [Some(forenames), Some(surname), suffix].into_iter().flatten() {
        if !turned.is_empty() {
            turned.push(' ');
        }
        turned.push_str(part);
    }
    turned.into()
}

/// Whether that is what stands behind a name for honours, such as `OM, CH` or `RA`: short words in capitals behind a name
/// that is not.
fn are_honours(words: &str, name: &str) -> bool {
    let is_honour = |word: &str| (2..=4).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase());
    name.chars().any(char::is_lowercase) && words.split_whitespace().all(is_honour)
}

/// What is the same for all the ways to write a creator's name: the way it is said, in lower case, without accents and
/// marks: `vincent van gogh` for `Van Gogh, Vincent` and `Vincent VAN GOGH`; initials stand apart (`j m w turner`).
///
/// Two creators of the same name have the same key.
#[must_use]
pub fn creator_key(name: &str) -> String {
    let folded = fold(&display_name(name));
    let mut key = String::with_capacity(folded.len());
    for word in
        folded.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|word| word.contains(char::is_alphanumeric))
    {
        if !key.is_empty() {
            key.push(' ');
        }
        key.extend(word.chars().filter(|c| *c != '\''));
    }
    key
}

fn is_suffix(part: &str) -> bool {
    matches!(part, "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV")
}

/// Whether this is up to `most` words that names are made of.
fn is_part(part: &str, most: usize) -> bool {
    let mut count = 0;
    for word in part.split_whitespace() {
        count += 1;
        let begins = word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
        let is_word = begins || is(word, PARTICLES) || is(word, ABBREVIATIONS) || word.contains('\'');
        let is_plain = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '\'' | '’' | '-'));
        if count > most || !is_word || !is_plain || is(word, NO_FORENAMES) {
            return false;
        }
    }
    count > 0
}

#[cfg(test)]
mod tests {
    use super::{creator_key, display_name};

    #[test]
    fn surnames_go_behind_forenames() {
        for (name, shown) in [
            ("Henry Moore OM, CH", "Henry Moore OM, CH"),
            ("Turner, RA", "Turner, RA"),
            ("WANG, LI", "LI WANG"),
            ("Turner, Joseph Mallord William", "Joseph Mallord William Turner"),
            ("Van Gogh, Vincent", "Vincent Van Gogh"),
            ("Gogh, Vincent van", "Vincent van Gogh"),
            ("Turner, J.M.W.", "J.M.W. Turner"),
            ("King, Martin Luther, Jr.", "Martin Luther King Jr."),
            ("  Vincent van Gogh ", "Vincent van Gogh"),
            ("Smith, Jones and Co", "Smith, Jones and Co"),
            ("Smith, Jones & Sons", "Smith, Jones & Sons"),
            ("Acme, Inc.", "Acme, Inc."),
            ("Hank Williams, Jr.", "Hank Williams, Jr."),
            ("A. Smith, B. Jones", "A. Smith, B. Jones"),
            ("Smith, John, Doe, Jane", "Smith, John, Doe, Jane"),
            ("Paris, 1889", "Paris, 1889"),
            ("one, two", "one, two"),
            (",", ","),
            ("", ""),
        ] {
            assert_eq!(display_name(name), shown);
        }
    }

    #[test]
    fn keys_are_the_same_for_one_name() {
        for (one, other) in [
            ("Van Gogh, Vincent", "Vincent VAN GOGH"),
            ("Gérôme, Jean-Léon", "jean leon gerome"),
            ("J.M.W. Turner", "J. M. W. Turner"),
            ("Georgia O’Keeffe", "Georgia OKeeffe"),
        ] {
            assert_eq!(creator_key(one), creator_key(other));
        }
        assert_ne!(creator_key("Robert Blake"), creator_key("William Blake"));
        assert_eq!(creator_key("葛飾北斎"), "葛飾北斎");
    }
}
