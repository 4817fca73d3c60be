use std::sync::LazyLock;

use crate::words::WordTable;

macro_rules! classes {
    ($($class:ident: $name:literal = $bit:literal),+ $(,)?) => {
        $(pub(super) const $class: u32 = 1 << $bit;)+
        const CLASSES: &[&str] = &[$($name),+];
    };
}

classes! {
    STREET: "street" = 0,
    PERHAPS_STREET: "perhaps-street" = 1,
    RUE: "rue" = 2,
    CALLE: "calle" = 3,
    NOT_PLACE: "not-place" = 4,
    SMALL: "small" = 5,
    TO: "to" = 6,
}

/// Whether a word is of one of these classes of `tables/streets.txt`.
pub(super) fn is(word: &str, classes: u32) -> bool {
    WORDS.classes(word) & classes != 0
}

/// Whether a word of German or Dutch ends as the names of streets do, and with what.
pub(super) fn ends_as_street(word: &str) -> bool {
    const ENDS: [&str; 17] = [
        "straße", "strasse", "str.", "str", "gasse", "weg", "platz", "allee", "ufer", "damm", "chaussee", "straat",
        "laan", "gracht", "kade", "plein", "steeg",
    ];
    let begins = word.chars().next().is_some_and(char::is_uppercase);
    begins
        && word.len() <= 64
        && ENDS.iter().any(|end| word.len() > end.len() + 2 && ends_with(word, end))
        && !is(word, NOT_PLACE)
}

fn ends_with(word: &str, end: &str) -> bool {
    word.len().checked_sub(end.len()).and_then(|at| word.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

static WORDS: LazyLock<WordTable> =
    LazyLock::new(|| WordTable::read(include_str!("../../tables/streets.txt"), CLASSES));
