use crate::licences::{Licence, licence_of};

/// The licence that a table's cell names: by address, by short name, in words, or that all rights are reserved.
///
/// Tables of pictures write what judges of pages do not meet: `Attribution-NonCommercial License`, `No known copyright
/// restrictions`, `© All rights reserved`. Beside the short names of Creative Commons there are `all-rights-reserved`,
/// `no-known-copyright`, `public-domain` (said in words, which is no mark of anybody's) and `us-government-work`; none of these
/// is free, as a statement that somebody knows of no right gives none.
#[must_use]
pub fn licence_of_table(text: &str) -> Option<Licence> {
    let text = text.trim().trim_start_matches('©').trim();
    if text.len() > LONGEST {
        return None;
    }
    if let Some(licence) = licence_of(text) {
        return Some(licence);
    }
    let words = words_of(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let Some((_, short)) = IN_WORDS.iter().find(|(said, _)| said.split(' ').eq(words.iter().copied())) {
        return Some(Licence { short: (*short).to_owned(), free: false });
    }
    licence_of(&short_of_words(&words)?)
}

/// The licence of this number in Flickr's interface, as YFCC and Open Images keep it.
#[must_use]
pub fn licence_of_flickr(number: u8) -> Option<Licence> {
    licence_of_table(FLICKR.get(usize::from(number))?)
}

/// What is longer is prose about a licence.
const LONGEST: usize = 200;

/// In the order of their numbers.
const FLICKR: [&str; 11] = [
    "all rights reserved",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-2.0",
    "cc-by-nc-nd-2.0",
    "cc-by-2.0",
    "cc-by-sa-2.0",
    "cc-by-nd-2.0",
    "no known copyright restrictions",
    "united states government work",
    "cc0-1.0",
    "pdm-1.0",
];

const IN_WORDS: [(&str, &str); 10] = [
    ("all rights reserved", "all-rights-reserved"),
    ("copyright all rights reserved", "all-rights-reserved"),
    ("c all rights reserved", "all-rights-reserved"),
    ("no known copyright restrictions", "no-known-copyright"),
    ("no known copyright", "no-known-copyright"),
    ("public domain", "public-domain"),
    // The name it had in the metadata of Creative Commons before 2008.
    ("http web.resource.org cc publicdomain", "public-domain"),
    ("united states government work", "us-government-work"),
    ("us government work", "us-government-work"),
    ("u s government work", "us-government-work"),
];

/// The words in lower case, numbers with their point.
fn words_of(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '.';
    let words = text.split(|c| !is_part(c)).map(|word| word.trim_matches('.').to_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}

/// `cc-by-nc-2.0` of "Creative Commons Attribution NonCommercial 2.0 Generic License"; `None` where a word is none of theirs.
fn short_of_words(words: &[&str]) -> Option<String> {
    let (mut terms, mut version, mut head) = (Vec::new(), None, None);
    let mut rest = words;
    while let [word, tail @ ..] = rest {
        rest = tail;
        match (*word, tail) {
            ("creative", ["commons", tail @ ..]) => rest = tail,
            (
                "cc" | "license" | "licence" | "generic" | "unported" | "international" | "the" | "deed" | "under"
                | "a",
                _,
            ) => {}
            ("universal" | "dedication", _) if head.is_some() => {}
            ("attribution" | "by", _) => terms.push("by"),
            ("noncommercial" | "nc", _) => terms.push("nc"),
            ("non", ["commercial", tail @ ..])
            | ("share", ["alike", tail @ ..])
            | ("no", ["derivs" | "derivatives" | "derivative", tail @ ..]) => {
                terms.push(match *word {
                    "non" => "nc",
                    "share" => "sa",
                    _ => "nd",
                });
                rest = match tail {
                    ["works", tail @ ..] | tail => tail,
                };
            }
            ("sharealike" | "sa", _) => terms.push("sa"),
            ("noderivs" | "noderivatives" | "nd", _) => terms.push("nd"),
            ("cc0" | "zero", _) => head = Some("cc0"),
            ("public", ["domain", "mark", tail @ ..]) => (head, rest) = (Some("pdm"), tail),
            ("public", ["domain", "dedication", tail @ ..]) if head.is_some() => rest = tail,
            (number, _)
                if number.len() == 3 && number.starts_with(|c: char| c.is_ascii_digit()) && version.is_none() =>
            {
                version = Some(number);
            }
            _ => return None,
        }
    }
    let mut short = match (head, terms.as_slice()) {
        (Some(head), []) => head.to_owned(),
        (None, ["by", ..]) => format!("cc-{}", terms.join("-")),
        _ => return None,
    };
    if let Some(version) = version {
        short.push('-');
        short.push_str(version);
    }
    Some(short)
}

#[cfg(test)]
mod tests {
    use super::{licence_of_flickr, licence_of_table};

    #[test]
    fn licences_are_known_as_tables_write_them() {
        for (text, short, free) in [
            ("CC BY 2.0", "cc-by-2.0", true),
            ("cc-by-2.0", "cc-by-2.0", true),
            ("http://creativecommons.org/licenses/by/2.0/", "cc-by-2.0", true),
            ("Attribution License", "cc-by", true),
            ("Attribution-NonCommercial License", "cc-by-nc", false),
            ("Attribution-NonCommercial-NoDerivs License", "cc-by-nc-nd", false),
            ("Creative Commons Attribution-Share Alike 4.0 International", "cc-by-sa-4.0", false),
            ("Creative Commons Attribution Non-Commercial No Derivative Works 3.0", "cc-by-nc-nd-3.0", false),
            ("Public Domain Mark 1.0", "pdm-1.0", true),
            ("Public Domain Dedication (CC0)", "", false),
            ("CC0", "cc0", true),
            ("CC0 1.0 Universal", "cc0-1.0", true),
            ("CC0 1.0 Universal Public Domain Dedication", "cc0-1.0", true),
            ("No known copyright restrictions", "no-known-copyright", false),
            ("All Rights Reserved", "all-rights-reserved", false),
            ("© All rights reserved", "all-rights-reserved", false),
            ("all-rights-reserved", "all-rights-reserved", false),
            ("Public Domain", "public-domain", false),
            ("http://web.resource.org/cc/PublicDomain", "public-domain", false),
            ("United States Government Work", "us-government-work", false),
            ("Attribution 9.9", "", false),
            ("Attribution to the artist", "", false),
            ("NonCommercial", "", false),
            ("unknown", "", false),
            ("?", "", false),
            ("", "", false),
        ] {
            let found = licence_of_table(text).map(|licence| (licence.short, licence.free)).unwrap_or_default();
            assert_eq!(found, (short.to_owned(), free), "{text}");
        }
        assert_eq!(licence_of_table(&"cc ".repeat(1_000)), None);
    }

    #[test]
    fn all_of_flickrs_numbers_are_licences() {
        let shorts: Vec<_> = (0..=11).map(|number| licence_of_flickr(number).map(|licence| licence.short)).collect();
        assert!(shorts[..11].iter().all(Option::is_some), "{shorts:?}");
        assert_eq!(
            (shorts[4].as_deref(), shorts[10].as_deref(), &shorts[11]),
            (Some("cc-by-2.0"), Some("pdm-1.0"), &None)
        );
    }
}
