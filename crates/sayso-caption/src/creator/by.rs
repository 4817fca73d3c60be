use super::CreatorForm;
use super::name::{NameAt, Then, name_at};
use super::table::{ART_WORDS, DE, ES_PT, FR, IT, NL, NOT_BEFORE_BY, OWN_CLAUSE, is};
use crate::words::{bare, word_before};

/// The name behind a "by" that stands from `start` to `end`.
pub(super) fn by(caption: &str, start: usize, end: usize) -> Option<(NameAt, CreatorForm)> {
    let before = word_before(caption, start);
    let word = bare(before);
    let form = if is(word, ART_WORDS) {
        CreatorForm::Credited
    } else if ends_clause(before) || word.is_empty() {
        CreatorForm::By
    } else if is(word, NOT_BEFORE_BY) || is_participle(word) {
        return None;
    } else {
        CreatorForm::By
    };
    let name = name_at(caption, end).or_else(|| account_on_a_site(caption, end))?;
    is_likely(caption, &name, form).then_some((name, form))
}

/// The name behind a preposition of another language, if the words before it make it a credit.
pub(super) fn preposition(caption: &str, start: usize, end: usize) -> Option<(NameAt, CreatorForm)> {
    let before = word_before(caption, start);
    let noun = bare(before);
    if noun.is_empty() || ends_clause(before) {
        return None;
    }
    let (credits, alone) = match caption.get(start..end)? {
        "par" => (FR, 0),
        "por" => (ES_PT, 0),
        "von" => (DE, OWN_CLAUSE),
        "da" => (IT, 0),
        "door" => (NL, 0),
        "de" | "di" | "van" => (0, OWN_CLAUSE),
        _ => return None,
    };
    let is_credit = is(noun, credits) || (is(noun, alone) && stands_apart(caption, start, before));
    let name = name_at(caption, end).filter(|name| is_credit && name.words > 1)?;
    // What goes on may be a place that is shown: "Foto von Bad Aibling im Winter".
    (is(noun, credits) || name.then == Then::Stop).then_some((name, CreatorForm::Credited))
}

/// Whether the clause that starts with the word `noun`, which stands before `end`, is set apart from what is before it.
fn stands_apart(caption: &str, end: usize, noun: &str) -> bool {
    if noun.starts_with(['(', '[', '/', '|']) {
        return true;
    }
    let start = caption.get(..end).map_or(0, |text| text.trim_end().len()).saturating_sub(noun.len());
    let before = caption.get(..start).unwrap_or_default().trim_end();
    before.ends_with(['(', ',', ';', '|', '/', '.', '–', '—', '-', '©'])
}

/// Whether the word has a mark behind it, so that "by" opens a clause of its own.
fn ends_clause(word: &str) -> bool {
    word.ends_with(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
}

fn is_participle(word: &str) -> bool {
    word.len() > 4 && word.as_bytes().last_chunk().is_some_and(|end: &[u8; 2]| end.eq_ignore_ascii_case(b"ed"))
}

/// A name of one word is more often a thing than a person: it has to end the clause, or be credited.
fn is_likely(caption: &str, name: &NameAt, form: CreatorForm) -> bool {
    let text = caption.get(name.start..name.end).unwrap_or_default();
    if name.words > 1 {
        return true;
    }
    if text.is_ascii() && text.len() < 3 {
        return false;
    }
    form == CreatorForm::Credited
        || name.then == Then::Stop
        || caption.get(name.end..).is_some_and(|rest| site_behind(rest).is_some())
}

/// What stands between an account and the site where it is.
fn site_behind(rest: &str) -> Option<&str> {
    ["on ", "via "].iter().find_map(|word| rest.trim_start().strip_prefix(word)).filter(|rest| {
        let site = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        SITES.iter().any(|known| known.eq_ignore_ascii_case(site))
    })
}

/// "by some-one on DeviantArt": the one case in which a word in small letters is taken for an account.
fn account_on_a_site(caption: &str, from: usize) -> Option<NameAt> {
    let rest = caption.get(from..)?;
    let start = caption.len() - rest.trim_start().len();
    let word = caption.get(start..)?.split_whitespace().next()?;
    let end = start + word.len();
    let is_account = word.len() <= 64 && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let stands_there = is_account && word.len() > 2 && site_behind(caption.get(end..)?).is_some();
    stands_there.then_some(NameAt { start, end, words: 1, then: Then::Stop })
}

/// Sites that put an account's name into captions.
const SITES: [&str; 16] = [
    "500px",
    "ArtStation",
    "Behance",
    "Bluesky",
    "Cara",
    "DeviantArt",
    "Dribbble",
    "Etsy",
    "Flickr",
    "FurAffinity",
    "Instagram",
    "Newgrounds",
    "Pixiv",
    "Tumblr",
    "Twitter",
    "Unsplash",
];
