use super::CreatorForm;
use super::name::{NameAt, Then, name_at};
use super::table::{NOT_AFTER_COPYRIGHT, is};

/// The name behind a "©", "(c)" or "Copyright" that ends at `end`: behind years, too.
pub(super) fn copyright(caption: &str, end: usize) -> Option<(NameAt, CreatorForm)> {
    let mut at = end;
    // "Copyright © 2010-2015 by".
    for _ in 0..4 {
        let rest = caption.get(at..)?;
        let skipped = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '©'));
        let skipped = behind_years(skipped);
        let skipped =
            ["by ", "By ", "BY ", "(c) ", "(C) "].iter().find_map(|w| skipped.strip_prefix(w)).unwrap_or(skipped);
        if skipped.len() == rest.len() {
            break;
        }
        at = caption.len() - skipped.len();
    }
    let name = name_at(caption, at)?;
    let text = caption.get(name.start..name.end)?;
    let goes_on = name.words == 1 && name.then == Then::Words;
    let is_legal = text.split_whitespace().any(|word| is(word, NOT_AFTER_COPYRIGHT));
    (text.len() > 2 && !goes_on && !is_legal).then_some((name, CreatorForm::Copyright))
}

/// Behind years, ranges of them and the comma after.
fn behind_years(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '–' | ',' | '/'));
    let years = text.get(..text.len() - rest.len()).unwrap_or_default();
    if years.len() >= 4 && years.len() < 32 && years.starts_with(['1', '2']) { rest } else { text }
}
