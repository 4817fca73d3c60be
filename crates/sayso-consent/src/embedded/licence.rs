//! The licences that a picture's own XMP states.

use super::reading::Found;
use super::signal::{LICENCE, SignalPath, WEB_STATEMENT};
use crate::licences::{licence_of, licence_of_url};

/// What of XMP states licences, as signals.
///
/// `cc:license` is the licence. `xmpRights:WebStatement` leads to a page on the rights and is one only where that page is the
/// licence itself. Terms in prose are a licence where they are nothing but its name or address; beside a licence they agree
/// with it if every licence whose address is in them is stated there, too, and otherwise they are a licence that nobody
/// can read, beside which no other grants anything.
pub(super) fn stated(
    licences: Vec<Found>,
    statements: Vec<Found>,
    terms: Vec<(SignalPath, Found)>,
) -> Vec<(SignalPath, Found)> {
    let is_licence = |found: &Found| licence_of_url(found.text.trim()).is_some();
    let statements = statements.into_iter().filter(is_licence).map(|found| (WEB_STATEMENT, found));
    let mut stated: Vec<(SignalPath, Found)> =
        licences.into_iter().map(|found| (LICENCE, found)).chain(statements).collect();
    let (names, prose): (Vec<_>, Vec<_>) =
        terms.into_iter().partition(|(_, found)| licence_of(found.text.trim()).is_some());
    stated.extend(names);
    if stated.is_empty() {
        return stated;
    }
    let known: Vec<String> =
        stated.iter().filter_map(|(_, found)| Some(licence_of(found.text.trim())?.short)).collect();
    stated.extend(prose.into_iter().filter(|(_, found)| !is_notice(&found.text, &known)));
    stated
}

/// Whether a text is the notice that goes with one of these licences: it has the address of one, and of no other.
fn is_notice(text: &str, known: &[String]) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '[' | ']');
    let address = |part: &str| {
        let at = part.to_ascii_lowercase().find("creativecommons.org/")?;
        Some(part.get(at..)?.trim_end_matches(['.', ',', ';', '\'']).to_owned())
    };
    let mut addresses = text.split(ends).filter_map(address).peekable();
    addresses.peek().is_some()
        && addresses.all(|address| licence_of_url(&address).is_some_and(|licence| known.contains(&licence.short)))
}

#[cfg(test)]
mod tests {
    use super::is_notice;

    #[test]
    fn a_notice_has_the_address_of_its_licence_and_of_no_other() {
        let known = ["cc-by-4.0".to_owned()];
        for text in [
            "This work is licensed under CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).",
            "see <http://www.creativecommons.org/licenses/by/4.0/deed.en>, by Ana",
        ] {
            assert!(is_notice(text, &known), "{text}");
        }
        for text in [
            "",
            "All rights reserved",
            "CC BY 4.0, but no AI training",
            "https://creativecommons.org/licenses/by-nc/4.0/",
            "https://creativecommons.org/licenses/by/4.0/ or https://creativecommons.org/licenses/by-nd/4.0/",
            "https://creativecommons.org/share-your-work",
        ] {
            assert!(!is_notice(text, &known), "{text}");
        }
    }
}
