use super::PersonalKind;
use super::runs::Run;
use crate::words::{bare, offset_of, word_before};

/// Telephone numbers: with a country's code, in a form of one country that nothing else has, or called one.
pub(super) fn kind_of(caption: &str, run: &Run) -> Option<PersonalKind> {
    let is_phone = is_international(caption, run) || is_national(caption, run) || is_called_phone(caption, run);
    (is_phone && !is_dates(caption, run)).then_some(PersonalKind::Phone)
}

/// `+` or `00` and a code that some country has.
fn is_international(caption: &str, run: &Run) -> bool {
    let first = run.group(caption, 0);
    let number = if run.plus {
        first
    } else {
        match first.strip_prefix("00") {
            // Without marks between its groups it may be a number of anything.
            Some(number) if run.shape().1 > 1 && number.len() <= 3 => number,
            _ => return false,
        }
    };
    let is_code = (1..=3).any(|len| number.get(..len).is_some_and(|code| COUNTRY_CODES.binary_search(&code).is_ok()));
    (8..=15).contains(&run.digits()) && is_code
}

/// Forms of single countries.
fn is_national(caption: &str, run: &Run) -> bool {
    let (shape, count) = run.shape();
    let Some(shape) = shape.get(..count) else { return false };
    let first = run.group(caption, 0);
    let marks = |number| run.mark(caption, number);
    let bracket = caption.get(run.start..).is_some_and(|text| text.starts_with('(')) && marks(0).starts_with(')');
    let same = count > 1 && (run.marks_are_all(caption, "-") || run.marks_are_all(caption, "."));
    let is_american = |area: &str, exchange: &str| {
        let begins = |group: &str| group.starts_with(|c: char| matches!(c, '2'..='9'));
        begins(area) && begins(exchange) && !area.ends_with("11")
    };
    let is_area = first.starts_with('0') && !first.starts_with("00");
    match shape {
        // (212) 555-0123, 212-555-0123, 212.555.0123
        [3, 3, 4] if (bracket || same) && !is_area => is_american(first, run.group(caption, 1)),
        // 1-800-555-0123
        [1, 3, 3, 4] if first == "1" && same => is_american(run.group(caption, 1), run.group(caption, 2)),
        // 01 23 45 67 89: numbers that only rise are drawn in a lottery
        [2, 2, 2, 2, 2] => is_area && (same || run.marks_are_all(caption, " ")) && !run.groups(caption).is_sorted(),
        // 020 7946 0958, 0161 496 0123, 01632 960123, 07700 900123: eleven digits
        [3, 4, 4] | [4, 3, 4] | [5, 6] | [5, 3, 3]
            if first.starts_with("01") || first.starts_with("02") || first.starts_with("07") =>
        {
            true
        }
        // 06-12345678, 020-1234567, 03-1234-5678, 090-1234-5678
        [2, 8] | [3, 7] | [2, 4, 4] | [3, 4, 4] if same => is_area,
        // (030) 123456, 030/1234567, (02) 9876 5432
        [2..=5, 4..=8] | [2..=5, 3 | 4, 3..=5] if is_area => {
            (bracket || marks(0).contains('/')) && (8..=12).contains(&run.digits())
        }
        // (11) 91234-5678
        [2, 4..=5, 4] if bracket => marks(1) == "-",
        _ => false,
    }
}

/// Whether a word for telephones stands right before.
fn is_called_phone(caption: &str, run: &Run) -> bool {
    if !(7..=15).contains(&run.digits()) {
        return false;
    }
    let mut end = run.start;
    for _ in 0..2 {
        let word = word_before(caption, end);
        end = offset_of(caption, word);
        let word = bare(word);
        if KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) || word.eq_ignore_ascii_case("téléphone") {
            return true;
        }
        if !["", "no", "nr", "number", "us", "me", "now", "at"].iter().any(|known| known.eq_ignore_ascii_case(word)) {
            return false;
        }
    }
    false
}

/// Whether all groups are years, or days, months and a year.
fn is_dates(caption: &str, run: &Run) -> bool {
    let is_year = |group: &str| group.len() == 4 && (group.starts_with("1") || group.starts_with("20"));
    let all_years = run.groups(caption).all(is_year);
    let with_days = run.groups(caption).any(is_year) && run.groups(caption).all(|g| is_year(g) || g.len() <= 2);
    !run.plus && (all_years || with_days)
}

const KEYWORDS: [&str; 22] = [
    "tel",
    "tél",
    "tel.no",
    "telephone",
    "telefon",
    "telefono",
    "teléfono",
    "telefone",
    "telefoon",
    "phone",
    "ph",
    "fon",
    "fone",
    "fax",
    "mobile",
    "mobil",
    "cell",
    "handy",
    "whatsapp",
    "call",
    "hotline",
    "rufnummer",
];

/// The codes of E.164 that are given to countries and networks, sorted as text.
const COUNTRY_CODES: &[&str] = &[
    "1", "20", "211", "212", "213", "216", "218", "220", "221", "222", "223", "224", "225", "226", "227", "228", "229",
    "230", "231", "232", "233", "234", "235", "236", "237", "238", "239", "240", "241", "242", "243", "244", "245",
    "246", "247", "248", "249", "250", "251", "252", "253", "254", "255", "256", "257", "258", "260", "261", "262",
    "263", "264", "265", "266", "267", "268", "269", "27", "290", "291", "297", "298", "299", "30", "31", "32", "33",
    "34", "350", "351", "352", "353", "354", "355", "356", "357", "358", "359", "36", "370", "371", "372", "373",
    "374", "375", "376", "377", "378", "379", "380", "381", "382", "383", "385", "386", "387", "389", "39", "40", "41",
    "420", "421", "423", "43", "44", "45", "46", "47", "48", "49", "500", "501", "502", "503", "504", "505", "506",
    "507", "508", "509", "51", "52", "53", "54", "55", "56", "57", "58", "590", "591", "592", "593", "594", "595",
    "596", "597", "598", "599", "60", "61", "62", "63", "64", "65", "66", "670", "672", "673", "674", "675", "676",
    "677", "678", "679", "680", "681", "682", "683", "685", "686", "687", "688", "689", "690", "691", "692", "7", "81",
    "82", "84", "850", "852", "853", "855", "856", "86", "880", "886", "90", "91", "92", "93", "94", "95", "960",
    "961", "962", "963", "964", "965", "966", "967", "968", "970", "971", "972", "973", "974", "975", "976", "977",
    "98", "992", "993", "994", "995", "996", "998",
];

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_sorted() {
        assert!(super::COUNTRY_CODES.is_sorted());
    }
}
