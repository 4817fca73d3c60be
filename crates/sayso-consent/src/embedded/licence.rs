//! The licences that a picture's own XMP states.

use std::collections::BTreeSet;

use super::reading::Found;
use super::signal::{LICENCE, SignalPath, WEB_STATEMENT};
use crate::licences::{licence_of, licence_of_url};

/// What of XMP states licences, as signals.
///
/// `cc:license` is the licence. `xmpRights:WebStatement` leads to a page on the rights and is one only where that page is the
/// licence itself. Terms in prose are a licence where they are nothing but its name or address; beside a licence they agree
/// with it if they are the notice that goes with it, and otherwise they are a licence that nobody can read, beside which no
/// other grants anything. Of what is said of the rights only a licence that is not free counts.
pub(super) fn stated(
    licences: Vec<Found>,
    statements: Vec<Found>,
    terms: Vec<(SignalPath, Found)>,
    rights: Vec<(SignalPath, Found)>,
) -> Vec<(SignalPath, Found)> {
    let is_licence = |found: &Found| licence_of_url(found.text.trim()).is_some();
    let statements = statements.into_iter().filter(is_licence).map(|found| (WEB_STATEMENT, found));
    let mut stated: Vec<(SignalPath, Found)> =
        licences.into_iter().map(|found| (LICENCE, found)).chain(statements).collect();
    let (names, prose): (Vec<_>, Vec<_>) =
        terms.into_iter().partition(|(_, found)| licence_of(found.text.trim()).is_some());
    stated.extend(names);
    stated.extend(rights.into_iter().filter(|(_, found)| is_restricted(&found.text)));
    if stated.is_empty() {
        return stated;
    }
    let known: Vec<String> =
        stated.iter().filter_map(|(_, found)| Some(licence_of(found.text.trim())?.short)).collect();
    stated.extend(prose.into_iter().filter(|(_, found)| !is_notice(&found.text, &known)));
    // The same text in two languages, or in two packets, is one.
    let mut texts = BTreeSet::new();
    stated.retain(|(path, found)| {
        *path == LICENCE || *path == WEB_STATEMENT || texts.insert((*path, found.text.clone()))
    });
    stated
}

/// The words of a notice, besides the licence's name and address.
const NOTICE: &[&str] = &[
    "a",
    "an",
    "the",
    "this",
    "work",
    "image",
    "photo",
    "photograph",
    "picture",
    "is",
    "are",
    "licensed",
    "licenced",
    "released",
    "available",
    "under",
    "terms",
    "of",
    "creative",
    "commons",
    "attribution",
    "public",
    "domain",
    "zero",
    "universal",
    "dedication",
    "international",
    "unported",
    "generic",
    "license",
    "licence",
    "version",
    "see",
];

/// What Creative Commons' own notices have before the address.
const INVITATION: &str = "to view a copy of this license, visit";

/// Whether a text is the notice that goes with one of these licences: it has the address of one, and nothing else in it that
/// could mean anything.
fn is_notice(text: &str, known: &[String]) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']');
    let trim = |part: &str| part.trim_matches(['.', ',', ';', ':', '\'']).to_owned();
    let text = text.to_lowercase().replace(INVITATION, " ");
    let parts = text.split(ends).map(trim).filter(|part| !part.is_empty());
    let (addresses, words): (Vec<String>, Vec<String>) = parts.partition(|part| part.contains("creativecommons.org"));
    let is_of_name = |element: &str| known.iter().any(|short| short.split('-').any(|known| known == element));
    !addresses.is_empty()
        && addresses.iter().all(|address| licence_of_url(address).is_some_and(|licence| known.contains(&licence.short)))
        && words.iter().all(|word| NOTICE.contains(&word.as_str()) || word.split('-').all(is_of_name))
}

/// Whether a text names a licence of Creative Commons that is not free, by its address or by its name.
fn is_restricted(text: &str) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_of_them = words.iter().any(|word| matches!(*word, "cc" | "creative" | "creativecommons"));
    let restricts = |word: &&str| {
        matches!(
            *word,
            "nc" | "nd"
                | "sa"
                | "noncommercial"
                | "commercial"
                | "noderivatives"
                | "noderivs"
                | "sharealike"
                | "derivatives"
                | "alike"
        )
    };
    is_of_them && words.iter().any(restricts) || licence_of(text.trim()).is_some_and(|licence| !licence.free)
}

#[cfg(test)]
mod tests {
    use super::{is_notice, is_restricted};

    #[test]
    fn a_notice_has_the_address_of_its_licence_and_says_nothing_else() {
        let known = ["cc-by-4.0".to_owned()];
        for text in [
            "This work is licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).",
            "see <http://www.creativecommons.org/licenses/by/4.0/deed.en>",
            "CC-BY-4.0: https://creativecommons.org/licenses/by/4.0/",
            "This work is licensed under a Creative Commons Attribution 4.0 International License. To view a copy of this \
             license, visit http://creativecommons.org/licenses/by/4.0/.",
        ] {
            assert!(is_notice(text, &known), "{text}");
        }
        for text in [
            "",
            "All rights reserved",
            "CC BY 4.0",
            "CC BY 4.0, but no AI training",
            "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). Use for AI training is prohibited.",
            "https://creativecommons.org/licenses/by/4.0/ - not for AI training",
            "see <http://www.creativecommons.org/licenses/by/4.0/deed.en>, by Ana",
            "https://creativecommons.org/licenses/by/4.0/;https://creativecommons.org/licenses/by-nc/4.0/",
            "CC BY-NC 4.0: https://creativecommons.org/licenses/by/4.0/",
            "https://creativecommons.org/licenses/by-nc/4.0/",
            "https://creativecommons.org/licenses/by/4.0/ or https://creativecommons.org/licenses/by-nd/4.0/",
            "https://creativecommons.org/share-your-work",
        ] {
            assert!(!is_notice(text, &known), "{text}");
        }
    }

    #[test]
    fn of_the_rights_a_licence_that_is_not_free_counts() {
        for text in [
            "CC BY-NC 4.0",
            "© Ana 2020, CC-BY-ND",
            "© Ana 2020 (https://creativecommons.org/licenses/by-sa/4.0/)",
            "Creative Commons Attribution-NonCommercial 4.0",
            "cc by_nc 2.0, Ana",
        ] {
            assert!(is_restricted(text), "{text}");
        }
        for text in ["", "© Ana 2020", "CC BY 4.0", "Pictures S.A.", "https://creativecommons.org/licenses/by/4.0/"] {
            assert!(!is_restricted(text), "{text}");
        }
    }
}
