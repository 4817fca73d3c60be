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
    /// The words of a text in this spelling. A word ends where letters do, and where a capital follows a small letter
    /// (`HollieMengert`).
    pub(super) fn words(self, text: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut is_open = false;
        let mut was_small = false;
        for c in text.chars().take(TEXT_CHARS).nfkd().filter(|c| !is_combining_mark(*c)).take(2 * TEXT_CHARS) {
            if matches!(c, '\'' | '\u{2019}' | '\u{2bc}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
            {
                // `O'Keeffe` is one word, and what is not to be seen ends none.
                continue;
            }
            if !c.is_alphanumeric() {
                (is_open, was_small) = (false, false);
                continue;
            }
            if !is_open || c.is_uppercase() && was_small {
                words.push(String::new());
                is_open = true;
            }
            was_small = c.is_lowercase();
            if let Some(word) = words.last_mut() {
                match self {
                    Self::Read => fold(c, word),
                    Self::Seen => fold_seen(c, word),
                }
            }
        }
        words.retain(|word| !word.is_empty());
        words
    }
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

/// Letters of other scripts that nobody tells from Latin ones.
const fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'у' => 'y',
        'х' => 'x',
        'к' | 'κ' => 'k',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'м' => 'm',
        'н' => 'h',
        'в' => 'b',
        'ν' => 'v',
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
    if !prototype.is_empty() && prototype.chars().all(|c| c.is_ascii_alphanumeric()) {
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
        ] {
            assert_eq!(names.found_in(text), ["Zoë Brandt"], "{text}");
        }
        for text in
            ["a portrait by HoIIie Mengert", "hollierneng3rt_v3", "in the style of ℍ𝕠𝕝𝕝𝕚𝕖 𝕄𝕖𝕟𝕘𝕖𝕣𝕥", "Нollie Мengert"]
        {
            assert_eq!(names.found_in(text), ["Hollie Mengert"], "{text}");
        }
        // A name in another script is one in either case, as before.
        for text in ["ΔΗΜΗΤΡΗΣ ΠΑΠΠΑΣ", "δημήτρης παππάς"] {
            assert_eq!(names.found_in(text).len(), 1, "{text}");
        }
        for text in ["a zoo and brandy", "a photo of sks boat", "zoe", "brandt", "hollie", "Hollie Menger"] {
            assert!(names.found_in(text).is_empty(), "{text}: {:?}", names.found_in(text));
        }
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
