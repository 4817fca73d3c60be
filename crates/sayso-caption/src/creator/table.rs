use std::sync::LazyLock;

use crate::words::WordTable;

/// Declares the classes of `tables/names.txt`, each a bit in the order of their declaration.
macro_rules! classes {
    ($($class:ident => $name:literal),+ $(,)?) => {
        #[derive(Clone, Copy)]
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "they are the names of the classes, which are constants")]
        enum Bit { $($class),+ }
        $(pub(crate) const $class: u32 = 1 << Bit::$class as u64;)+
        const CLASSES: &[&str] = &[$($name),+];
    };
}

classes! {
    ART_WORDS => "art-words",
    NOT_BEFORE_BY => "not-before-by",
    NOT_FIRST => "not-first",
    ENDS_NAME => "ends-name",
    PARTICLES => "particles",
    ABBREVIATIONS => "abbreviations",
    ROLES => "roles",
    BEFORE_ROLES => "before-roles",
    STRONG_LABELS => "strong-labels",
    WEAK_LABELS => "weak-labels",
    NOT_AFTER_COPYRIGHT => "not-after-copyright",
    FR => "fr",
    ES_PT => "es-pt",
    DE => "de",
    IT => "it",
    NL => "nl",
    OWN_CLAUSE => "own-clause",
    MEDIA => "media",
    NATIONS => "nations",
    NO_FORENAMES => "no-forenames",
}

/// Whether a word is of one of these classes.
pub(crate) fn is(word: &str, classes: u32) -> bool {
    WORDS.classes(word) & classes != 0
}

static WORDS: LazyLock<WordTable> = LazyLock::new(|| WordTable::read(include_str!("../../tables/names.txt"), CLASSES));

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{CLASSES, WORDS};

    #[test]
    fn every_class_of_the_table_is_known_and_every_word_in_it() {
        let text = include_str!("../../tables/names.txt");
        let mut found = Vec::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                found.push(name);
                continue;
            }
            let bit = found.last().and_then(|name| CLASSES.iter().position(|known| known == name));
            for word in line.split_ascii_whitespace() {
                assert!(WORDS.classes(word) & (1 << bit.unwrap()) != 0, "{word}");
                assert_eq!(word, word.to_lowercase());
            }
        }
        found.sort_unstable();
        let mut known = CLASSES.to_vec();
        known.sort_unstable();
        assert_eq!(found, known);
    }
}
