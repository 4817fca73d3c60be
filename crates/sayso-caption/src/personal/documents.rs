use super::checks::{bsn, codice_fiscale, cpf, dni, iban, luhn};
use super::runs::Run;
use super::{Finding, PersonalKind};
use crate::words::{bare, offset_of, word_before};

/// Numbers of documents and accounts that have letters: those whose check holds, those of a form that nothing else has, and,
/// where a number has neither, those that are called one.
pub(super) fn find(caption: &str, findings: &mut Vec<Finding>) {
    for word in caption.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '(' | ')')) {
        // Most words have no capital or digit to begin with.
        if !word.starts_with(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit()) {
            continue;
        }
        let word = word.trim_end_matches(['.', '!', '?', '"']);
        let start = offset_of(caption, word);
        if let Some((kind, end)) = of_letters(caption, word, start) {
            findings.push(Finding { kind, span: start..end });
        }
    }
}

/// The same for numbers of digits alone.
pub(super) fn kind_of(caption: &str, run: &Run) -> Option<PersonalKind> {
    if run.plus {
        return None;
    }
    let (shape, count) = run.shape();
    let shape = shape.get(..count)?;
    let apart = run.marks_are_all(caption, "-") || run.marks_are_all(caption, " ");
    match shape {
        [3, 2, 4] if run.marks_are_all(caption, "-") => is_ssn(caption, run).then_some(PersonalKind::UsSsn),
        [4, 4, 4, 4] | [4, 6, 5] | [4, 6, 4] if apart => {
            (is_issued(caption, run) && luhn(run.values(caption))).then_some(PersonalKind::PaymentCard)
        }
        [3, 3, 3, 2] if run.mark(caption, 0) == "." && run.mark(caption, 1) == "." && run.mark(caption, 2) == "-" => {
            cpf(&run.values(caption).collect::<Vec<_>>()).then_some(PersonalKind::BrCpf)
        }
        [11] if is_called(caption, run.start, &["cpf"]) => {
            cpf(&run.values(caption).collect::<Vec<_>>()).then_some(PersonalKind::BrCpf)
        }
        [13..=16] if is_called(caption, run.start, &["visa", "mastercard", "amex", "card", "kreditkarte"]) => {
            (is_issued(caption, run) && luhn(run.values(caption))).then_some(PersonalKind::PaymentCard)
        }
        _ if run.digits() == 9 && is_called(caption, run.start, &["bsn", "burgerservicenummer", "sofinummer"]) => {
            bsn(&run.values(caption).collect::<Vec<_>>()).then_some(PersonalKind::NlBsn)
        }
        [7..=9] if is_numbered_passport(caption, run.start) => Some(PersonalKind::Passport),
        _ => None,
    }
}

/// What has letters in it, and where it ends: some are written in groups.
fn of_letters(caption: &str, word: &str, start: usize) -> Option<(PersonalKind, usize)> {
    let bytes = word.as_bytes();
    let end = start + word.len();
    match bytes {
        [b'A'..=b'Z', b'A'..=b'Z', b'0'..=b'9', b'0'..=b'9', ..] => {
            iban_at(caption, start).map(|end| (PersonalKind::Iban, end))
        }
        [b'A'..=b'Z', b'A'..=b'Z'] => nino_at(caption, start).map(|end| (PersonalKind::UkNino, end)),
        [b'A'..=b'Z', ..] if bytes.len() == 16 => {
            codice_fiscale(bytes).then_some((PersonalKind::ItCodiceFiscale, end)).filter(|_| has_form_of_fiscale(bytes))
        }
        [b'X' | b'Y' | b'Z', ..] if is_nie(bytes) => Some((PersonalKind::EsDni, end)),
        [b'0'..=b'9', ..] if is_dni(caption, bytes, start) => Some((PersonalKind::EsDni, end)),
        [b'A'..=b'Z', ..] if has_form_of_passport(bytes) && is_numbered_passport(caption, start) => {
            Some((PersonalKind::Passport, end))
        }
        _ => None,
    }
}

/// An area that was given out, and no part of zeros alone.
fn is_ssn(caption: &str, run: &Run) -> bool {
    let area = run.group(caption, 0);
    !matches!(area, "000" | "666")
        && !area.starts_with('9')
        && run.group(caption, 1) != "00"
        && run.group(caption, 2) != "0000"
}

/// Whether a number starts as those of Visa, Mastercard, American Express, Discover, Diners Club or JCB do.
fn is_issued(caption: &str, run: &Run) -> bool {
    let first = run.values(caption).take(4).fold(0, |number, digit| number * 10 + digit);
    let by_digits = match run.digits() {
        13 | 19 => matches!(first, 4000..=4999),
        14 => matches!(first, 3000..=3059 | 3600..=3699 | 3800..=3999),
        15 => matches!(first, 3400..=3499 | 3700..=3799),
        16 => matches!(first, 4000..=4999 | 5100..=5599 | 2221..=2720 | 6011 | 6440..=6599 | 3528..=3589),
        _ => false,
    };
    by_digits && run.values(caption).skip(4).any(|digit| digit != 0)
}

/// Whether one of these words stands shortly before `at`, with "no.", "number" or a colon between at most.
fn is_called(caption: &str, at: usize, words: &[&str]) -> bool {
    let mut end = at;
    for _ in 0..3 {
        let word = word_before(caption, end);
        if word.is_empty() {
            return false;
        }
        end = offset_of(caption, word);
        let word = bare(word);
        if words.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            return true;
        }
        if !is_number_word(word) {
            return false;
        }
    }
    false
}

fn is_number_word(word: &str) -> bool {
    ["", "no", "nr", "number", "nummer", "num", "numéro", "n°", "nº", "número", "numero"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// "Passport no. X123": with a word or mark for "number", as passports are sold with covers and patterns that have numbers.
fn is_numbered_passport(caption: &str, at: usize) -> bool {
    let before = word_before(caption, at);
    let is_marked = (is_number_word(bare(before)) && !before.is_empty()) || before.ends_with([':', '#', '.']);
    is_marked && is_called(caption, at, &["passport", "reisepass", "passeport", "pasaporte", "passaporto", "paspoort"])
}

fn has_form_of_passport(bytes: &[u8]) -> bool {
    (7..=9).contains(&bytes.len())
        && bytes.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= 6
}

fn has_form_of_fiscale(bytes: &[u8]) -> bool {
    let is_letter = [0, 1, 2, 3, 4, 5, 8, 11, 15];
    bytes.iter().enumerate().all(|(at, byte)| byte.is_ascii_uppercase() == is_letter.contains(&at))
}

/// A letter, seven digits and the letter that goes with them.
fn is_nie(bytes: &[u8]) -> bool {
    let [first @ b'X'..=b'Z', digits @ .., check] = bytes else { return false };
    let digits = digits.strip_prefix(b"-").unwrap_or(digits);
    let digits = digits.strip_suffix(b"-").unwrap_or(digits);
    let number =
        std::str::from_utf8(digits).ok().filter(|_| digits.len() == 7 && digits.iter().all(u8::is_ascii_digit));
    let number = number.and_then(|digits| digits.parse::<u32>().ok());
    number.is_some_and(|number| dni(u32::from(first - b'X') * 10_000_000 + number) == *check)
}

/// Eight digits and the letter that goes with them, with a hyphen between or called a DNI.
fn is_dni(caption: &str, bytes: &[u8], start: usize) -> bool {
    let Some((check, digits)) = bytes.split_last() else { return false };
    let apart = digits.strip_suffix(b"-");
    let digits = apart.unwrap_or(digits);
    let number =
        std::str::from_utf8(digits).ok().filter(|_| digits.len() == 8 && digits.iter().all(u8::is_ascii_digit));
    let number = number.and_then(|digits| digits.parse().ok());
    number.is_some_and(|number| dni(number) == *check)
        && (apart.is_some() || is_called(caption, start, &["dni", "nif"]))
}

/// Where the IBAN that starts at `start` ends: as long as its country has them, in groups of four or in one.
fn iban_at(caption: &str, start: usize) -> Option<usize> {
    let bytes = caption.as_bytes().get(start..)?;
    let country = std::str::from_utf8(bytes.get(..2)?).ok()?;
    let len = IBAN_LENGTHS.iter().find(|(code, _)| *code == country)?.1;
    let mut characters = [0; 34];
    let mut count = 0;
    for (at, byte) in bytes.iter().enumerate().take(len * 5 / 4 + 1) {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' => {
                *characters.get_mut(count)? = *byte;
                count += 1;
            }
            b' ' if count % 4 == 0 => continue,
            _ => return None,
        }
        if count == len {
            let goes_on = bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            return (!goes_on && iban(characters.get(..len)?)).then_some(start + at + 1);
        }
    }
    None
}

/// "QQ 12 34 56 C", with its spaces: without them it has no more to be known by than any number of goods.
fn nino_at(caption: &str, start: usize) -> Option<usize> {
    let text = caption.as_bytes().get(start..start + 13)?;
    let [first, second, b' ', a, b, b' ', c, d, b' ', e, f, b' ', b'A'..=b'D'] = text else { return None };
    let is_first = !matches!(first, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V');
    let is_second = !matches!(second, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U' | b'V');
    let is_given =
        !matches!((first, second), (b'B', b'G') | (b'G', b'B') | (b'N', b'K' | b'T') | (b'T', b'N') | (b'Z', b'Z'));
    let ends = !caption.as_bytes().get(start + 13).is_some_and(u8::is_ascii_alphanumeric);
    let digits = [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit());
    (is_first && is_second && is_given && ends && digits).then_some(start + 13)
}

/// How many characters IBANs have, for the countries of the registry whose captions are likely to be met.
const IBAN_LENGTHS: [(&str, usize); 43] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("CH", 21),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DK", 18),
    ("EE", 20),
    ("ES", 24),
    ("FI", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GR", 27),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IS", 26),
    ("IT", 27),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("MC", 27),
    ("MD", 24),
    ("MT", 31),
    ("NL", 18),
    ("NO", 15),
    ("PL", 28),
    ("PT", 25),
    ("RO", 24),
    ("RS", 22),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("TR", 26),
    ("UA", 29),
];
