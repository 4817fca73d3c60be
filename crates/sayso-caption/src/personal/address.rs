use super::streets::{CALLE, PERHAPS_STREET, RUE, SMALL, STREET, TO, ends_as_street, is};
use super::{Finding, PersonalKind};
use crate::words::offset_of;

/// More words than this between a number and the word for a street are no address.
const REACH: usize = 4;

/// One word: its text without the marks around it, where it stands, and whether a mark stands behind it.
#[derive(Clone, Copy, Default)]
struct Word<'c> {
    text: &'c str,
    start: usize,
    ends: bool,
}

/// Street addresses: a number with words of a street's name behind or before it, as six languages write them.
///
/// Keeps the last few words at hand and goes through the caption once.
pub(super) fn find(caption: &str, findings: &mut Vec<Finding>) {
    let mut last = [Word::default(); REACH + 1];
    // How many words ago there was a number.
    let mut since = REACH;
    for raw in caption.split_ascii_whitespace() {
        let text = trim(raw);
        let is_number = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        let ends = raw.ends_with([',', ';', ':', ')', '|']) || (raw.ends_with('.') && (text.len() > 5 || is_number));
        let word = Word { text: text.trim_end_matches(['.', '/']), start: offset_of(caption, text), ends };
        since = if is_number { 0 } else { since + 1 };
        let span = match since {
            0 => number_behind(&last, word, caption),
            1..=REACH => number_before(&last, word, caption),
            _ => None,
        };
        if let Some(span) = span {
            findings.push(Finding { kind: PersonalKind::Address, span });
            last = [Word::default(); REACH + 1];
            continue;
        }
        last.rotate_left(1);
        if let Some(place) = last.last_mut() {
            *place = word;
        }
    }
}

/// A word without the marks around it, those that belong to it left.
fn trim(word: &str) -> &str {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return word;
    }
    let word = word.trim_matches(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '/' | '\'' | '’')));
    word.trim_start_matches('.')
}

/// "12 Main Street", "12 rue de Rivoli": `word` is of a street, a house's number stands before.
fn number_before(last: &[Word<'_>], word: Word<'_>, caption: &str) -> Option<std::ops::Range<usize>> {
    let end = word.start + word.text.len();
    if word.text.as_bytes().first().is_some_and(u8::is_ascii_uppercase) && is(word.text, STREET | PERHAPS_STREET) {
        let closes = closes(caption, end);
        for (count, number) in last.iter().rev().enumerate() {
            if is_house(number.text) && !number.ends {
                // "1923 Main Street" may be a picture of that year, "2015 Penny Lane" a coin's.
                let is_likely = if is_year(number.text) {
                    caption.get(end..).is_some_and(|rest| rest.starts_with(','))
                } else {
                    closes || is(word.text, STREET)
                };
                return (count > 0 && is_likely && !is_decade(number.text)).then_some(number.start..end);
            }
            let is_name =
                number.text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && !is(number.text, TO);
            if number.ends || !is_name {
                return None;
            }
        }
        return None;
    }
    // The word that opens a French street's name: small words and a capital behind it belong to it.
    let [.., number] = last else { return None };
    let [.., before, _] = last else { return None };
    let house = if matches!(number.text, "bis" | "ter") { before } else { number };
    if !is_house(house.text) || is_year(house.text) || !is(word.text, RUE) {
        return None;
    }
    let mut end = None;
    let mut count = 0;
    for raw in caption.get(word.start + word.text.len()..)?.split_whitespace().take(5) {
        let text = raw.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_name = text.starts_with(char::is_uppercase) || text.contains('\'') || text.contains('’');
        if !is_name && !is(text, SMALL) {
            break;
        }
        if is_name {
            count += 1;
            end = Some(offset_of(caption, text) + text.len());
        }
        if text.len() < raw.len() || count == 3 {
            break;
        }
    }
    end.map(|end| house.start..end)
}

/// "Hauptstraße 12", "Berliner Str. 5a", "Calle Mayor, 5", "Via Roma 12": `word` is the number.
fn number_behind(last: &[Word<'_>], word: Word<'_>, caption: &str) -> Option<std::ops::Range<usize>> {
    let end = word.start + word.text.len();
    if !is_house(word.text) || is_year(word.text) || is_measure(caption, end) {
        return None;
    }
    let [.., before, street] = last else { return None };
    if !street.ends && ends_as_street(street.text) {
        return Some(street.start..end);
    }
    // "Berliner Straße 5": the word alone, with a name before it.
    let alone = ["straße", "strasse", "str", "allee", "straat", "laan"]
        .iter()
        .any(|word| street.text.eq_ignore_ascii_case(word) && street.text.starts_with(char::is_uppercase));
    if alone && !street.ends && !before.ends && before.text.len() > 3 && before.text.starts_with(char::is_uppercase) {
        return Some(before.start..end);
    }
    let is_small = word.text.len() <= 3;
    for (count, opening) in last.iter().rev().enumerate() {
        if is(opening.text, CALLE) && opening.text.starts_with(char::is_uppercase) {
            return (count > 0 && is_small).then_some(opening.start..end);
        }
        let is_name = opening.text.starts_with(char::is_uppercase) || is(opening.text, SMALL);
        if !is_name || (opening.ends && count > 0) {
            return None;
        }
    }
    None
}

/// One to five digits, perhaps with a letter or a second number: `12`, `12a`, `12-14`.
fn is_house(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    let is_second = |rest: &str| rest.len() <= 4 && !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let is_rest = match rest.as_bytes() {
        [] => true,
        [letter] => matches!(letter.to_ascii_lowercase(), b'a'..=b'h'),
        [b'-' | b'/', ..] => rest.get(1..).is_some_and(is_second),
        _ => false,
    };
    (1..=5).contains(&digits) && is_rest && !text.starts_with('0')
}

fn is_year(text: &str) -> bool {
    text.len() >= 4
        && text.get(..4).and_then(|year| year.parse().ok()).is_some_and(|year: u32| (1500..2100).contains(&year))
}

fn is_decade(text: &str) -> bool {
    text.ends_with('s')
}

/// Whether nothing follows that would make "Drive" or "Place" something else than the end of a street's name.
fn closes(caption: &str, end: usize) -> bool {
    let rest = caption.get(end..).unwrap_or_default().trim_start_matches('.').trim_start();
    rest.is_empty()
        || rest.starts_with([',', ';', ')', '|', '#'])
        || rest.starts_with("Apt")
        || rest.starts_with("Unit")
}

/// Whether a unit stands behind the number.
fn is_measure(caption: &str, end: usize) -> bool {
    let next = caption.get(end..).and_then(|rest| rest.split_whitespace().next());
    next.is_some_and(|word| is(word, TO))
        || caption.get(end..).is_some_and(|rest| rest.starts_with(['%', '€', '°', ':', '.', 'x']))
}
