use super::CreatorForm;
use super::name::{NameAt, Then, name_at};
use super::table::{MEDIA, NATIONS, NOT_FIRST, PARTICLES, is};
use crate::words::bare;

/// The name before the years of a life in the bracket at `open`: "Vincent van Gogh (Dutch, 1853-1890), Irises, oil on canvas".
///
/// Years alone stand behind the names of those who are shown, too. So either the bracket has the nation, or what made the
/// work is named behind it, as museums do.
pub(super) fn life(caption: &str, open: usize) -> Option<(NameAt, CreatorForm)> {
    let (inside, rest) = bracket(caption.get(open + 1..)?)?;
    let (nation, years) = inside.rsplit_once(',').map_or(("", inside), |(nation, years)| (nation.trim(), years));
    let is_nation = !nation.is_empty() && nation.split(|c: char| !c.is_alphabetic()).any(|word| is(word, NATIONS));
    if !is_life(years.trim()) || (!nation.is_empty() && !is_nation) {
        return None;
    }
    let goes_on = rest.trim_start().starts_with([',', '.', ';', ':']);
    let is_museums = is_nation || (goes_on && names_medium(rest));
    if !is_museums {
        return None;
    }
    let start = start_of_name(caption, open)?;
    let name = name_at(caption, start).filter(|name| name.start == start && name.words > 1)?;
    let reaches = caption.get(name.end..open).is_some_and(|between| between.trim().is_empty());
    reaches.then_some((NameAt { then: Then::Stop, ..name }, CreatorForm::Life))
}

/// What is in the bracket, which is short, and what comes behind it.
fn bracket(text: &str) -> Option<(&str, &str)> {
    let close = text.bytes().take(60).position(|byte| byte == b')')?;
    Some((text.get(..close)?, text.get(close + 1..)?))
}

/// Two years that are as far apart as those of a life, or the year of a birth.
fn is_life(years: &str) -> bool {
    let year = |text: &str| -> Option<u32> {
        let text = text.trim().trim_start_matches("c.").trim_start_matches("ca.").trim();
        (text.len() == 4).then(|| text.parse().ok()).flatten().filter(|year| (1200..2100).contains(year))
    };
    let born = ["b. ", "b.", "born ", "geb. ", "né en ", "née en "].iter().find_map(|word| years.strip_prefix(word));
    if let Some(born) = born {
        return year(born).is_some();
    }
    let Some((from, to)) = years.split_once(['-', '–', '—']) else { return false };
    matches!((year(from), year(to)), (Some(from), Some(to)) if (15..=105).contains(&to.saturating_sub(from)))
}

/// Whether one of the next words says of what something was made.
fn names_medium(rest: &str) -> bool {
    rest.split_whitespace().take(24).any(|word| is(bare(word), MEDIA))
}

/// Where the words before `open` that can be a name begin, if something that no name goes on from stands before them.
fn start_of_name(caption: &str, open: usize) -> Option<usize> {
    let mut start = caption.get(..open)?.trim_end().len();
    for count in 0..6 {
        let before = caption.get(..start)?.trim_end();
        if before.is_empty() || before.ends_with([',', ';', ':', '|', '-', '–', '—', '"', '”', '.', ')', ']', '/'])
        {
            let is_initial = before.ends_with('.') && !is_sentence_end(before);
            if !is_initial {
                return (count > 1).then_some(start);
            }
        }
        let from = before.rfind(char::is_whitespace).map_or(0, |at| at + before.get(at..).map_or(0, width));
        let word = before.get(from..)?;
        let is_part =
            word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase()) || is(word, PARTICLES);
        if !is_part || word == "of" || is(word, NOT_FIRST) {
            return None;
        }
        start = from;
    }
    None
}

fn width(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// Whether a full stop ends more than an initial.
fn is_sentence_end(before: &str) -> bool {
    before.trim_end_matches('.').chars().rev().take_while(|c| c.is_alphanumeric()).count() > 1
}
