use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

use super::TEXT_CHARS;

/// How a text is taken before names are looked for in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// As it is read: lower case, no accents, the commonest letters that look like Latin ones as those.
    Read,
    /// As it looks: letters and digits that nobody tells apart are one, by the prototypes of Unicode's Technical Standard 39.
    Seen,
}

impl Spelling {
    /// The words of a text in this spelling.
    pub(super) fn words(self, text: &str) -> Vec<String> {
        self.spelt(text).into_iter().map(|word| word.into_iter().map(|(c, _)| c).collect()).collect()
    }

    /// The words of a text in this spelling, of each character whether it was written as a digit. A word ends where letters do,
    /// and where a capital follows a small letter (`HollieMengert`).
    pub(super) fn spelt(self, text: &str) -> Vec<Vec<(char, bool)>> {
        let mut words: Vec<Vec<(char, bool)>> = Vec::new();
        let mut letters = String::new();
        let mut is_open = false;
        let mut was_small = false;
        for c in text.chars().take(TEXT_CHARS).nfkd().filter(|c| !is_combining_mark(*c)).take(2 * TEXT_CHARS) {
            if is_skipped(c) {
                continue;
            }
            if !c.is_alphanumeric() {
                (is_open, was_small) = (false, false);
                continue;
            }
            if !is_open || c.is_uppercase() && was_small {
                words.push(Vec::new());
                is_open = true;
            }
            was_small = c.is_lowercase();
            letters.clear();
            match self {
                Self::Read => fold(c, &mut letters),
                Self::Seen => fold_seen(c, &mut letters),
            }
            if let Some(word) = words.last_mut() {
                word.extend(letters.chars().map(|letter| (letter, c.is_numeric())));
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }
}

/// `O'Keeffe` is one word, and what is not to be seen ends none: the Hangul fillers are letters that nobody sees.
const fn is_skipped(c: char) -> bool {
    matches!(
        c,
        '\'' | '\u{2019}' | '\u{2bc}' | '\u{200b}'
            ..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
    )
}

fn fold(c: char, out: &mut String) {
    match c {
        'ß' | 'ẞ' => out.push_str("ss"),
        'æ' | 'Æ' => out.push_str("ae"),
        'œ' | 'Œ' => out.push_str("oe"),
        'ø' | 'Ø' => out.push('o'),
        'ł' | 'Ł' => out.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('d'),
        'þ' | 'Þ' => out.push_str("th"),
        'ı' => out.push('i'),
        c => out.extend(c.to_lowercase().map(latin)),
    }
}

/// Letters of other scripts, and small capitals, that nobody tells from Latin ones.
const fn latin(c: char) -> char {
    match c {
        'а' | 'α' | 'ᴀ' => 'a',
        'в' | 'ʙ' => 'b',
        'с' | 'ᴄ' => 'c',
        'ᴅ' => 'd',
        'е' | 'ε' | 'ᴇ' => 'e',
        'ꜰ' => 'f',
        'ɢ' => 'g',
        'н' | 'ʜ' => 'h',
        'і' | 'ι' | 'ɪ' => 'i',
        'ј' | 'ᴊ' => 'j',
        'к' | 'κ' | 'ᴋ' => 'k',
        'ʟ' => 'l',
        'м' | 'ᴍ' => 'm',
        'ɴ' => 'n',
        'о' | 'ο' | 'ᴏ' => 'o',
        'р' | 'ρ' | 'ᴘ' => 'p',
        'ꞯ' => 'q',
        'ʀ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ᴛ' => 't',
        'ᴜ' => 'u',
        'ν' | 'ᴠ' => 'v',
        'ᴡ' => 'w',
        'х' => 'x',
        'у' | 'ʏ' => 'y',
        'ᴢ' => 'z',
        'ς' => 'σ',
        c => c,
    }
}

/// A letter by what it looks like. Which case it has counts: `В` looks like `B`, and `в` like nothing Latin.
fn fold_seen(c: char, out: &mut String) {
    if c.is_ascii() {
        return looks(c, out);
    }
    let mut bytes = [0; 4];
    let prototype: String = skeleton(c.encode_utf8(&mut bytes)).filter(|c| !is_combining_mark(*c)).collect();
    if prototype.is_empty() {
        // There is nothing to be seen of it.
        return;
    }
    if prototype.chars().all(|c| c.is_ascii_alphanumeric()) {
        prototype.chars().for_each(|c| looks(c, out));
    } else {
        // What looks like nothing Latin is as it is read.
        let mut read = String::new();
        fold(c, &mut read);
        read.chars().for_each(|c| looks(c, out));
    }
}

/// What nobody tells apart in one way or another: the standard's letters, and digits as people write them for letters.
fn looks(c: char, out: &mut String) {
    match c {
        '0' => out.push('o'),
        '1' | 'I' | 'i' => out.push('l'),
        '3' => out.push('e'),
        '4' => out.push('a'),
        '5' => out.push('s'),
        '7' => out.push('t'),
        'm' | 'M' => out.push_str("rn"),
        c => out.extend(c.to_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::Spelling;
    use crate::PersonNames;

    #[test]
    fn what_looks_alike_is_one() {
        let seen = |text: &str| Spelling::Seen.words(text).concat();
        for text in [
            "Hollie Mengert",
            "HOLLIE MENGERT",
            "Ηоllіe Мengert",
            "H0ll1e Menger7",
            "HoIIie Rnengert",
            "ｈｏｌｌｉｅ 𝐦𝐞𝐧𝐠𝐞𝐫𝐭",
        ] {
            assert_eq!(seen(text), "holllernengert", "{text}");
        }
    }

    #[test]
    fn a_name_in_letters_that_look_like_its_own_is_found() {
        let mut names = PersonNames::default();
        assert!(names.add("Zoë Brandt") && names.add("Hollie Mengert") && names.add("Δημήτρης Παππάς"));
        for text in [
            "Zoë Brаndt",
            "zoe-brаndt-style",
            "Ζoë Βrandt",
            "zoe_brandt_v2",
            "z0e br4ndt",
            "Zοë Bгaոdt",
            "ZoëBrandt-lora",
            "ＺＯＥ ＢＲＡＮＤＴ",
            "zoebr4ndtv1",
            "zoebr4ndt15",
            "zoebr4ndt_5tyle2",
            "ᴢᴏᴇ ʙʀᴀɴᴅᴛ",
        ] {
            assert_eq!(names.found_in(text), ["Zoë Brandt"], "{text}");
        }
        for text in [
            "a portrait by HoIIie Mengert",
            "hollierneng3rt_v3",
            "in the style of ℍ𝕠𝕝𝕝𝕚𝕖 𝕄𝕖𝕟𝕘𝕖𝕣𝕥",
            "Нollie Мengert",
            "ʜᴏʟʟɪᴇ ᴍᴇɴɢᴇʀᴛ",
            "Hollie Men\u{3164}gert",
            "Hollie Men\u{115f}gert",
            "Hollie Men\u{1160}gert",
            "Hollie Men\u{ffa0}gert",
        ] {
            assert_eq!(names.found_in(text), ["Hollie Mengert"], "{text}");
        }
        // A name in another script is one in either case, as before.
        for text in ["ΔΗΜΗΤΡΗΣ ΠΑΠΠΑΣ", "δημήτρης παππάς"] {
            assert_eq!(names.found_in(text).len(), 1, "{text}");
        }
        for text in
            ["zoebrandtes", "a zoo and brandy", "a photo of sks boat", "zoe", "brandt", "hollie", "Hollie Menger"]
        {
            assert!(names.found_in(text).is_empty(), "{text}: {:?}", names.found_in(text));
        }
    }

    #[test]
    fn what_only_looks_like_a_name_is_not_read() {
        let mut names = PersonNames::default();
        assert!(names.add("James Comey"));
        assert_eq!(names.found_in("James Corney"), ["James Comey"]);
        assert!(names.read_in("James Corney").is_empty());
        assert_eq!(names.read_in("comey, james"), ["James Comey"]);
    }

    #[test]
    fn a_name_that_only_looks_like_a_word_is_no_word() {
        let mut names = PersonNames::default();
        // An account that looks like what stands in every prompt.
        assert!(names.add("rnodel"));
        assert!(names.found_in("a model of a boat").is_empty());
        assert_eq!(names.found_in("by rnodel"), ["rnodel"]);
    }
}
