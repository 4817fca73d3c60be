use super::CreatorForm;
use super::name::{NameAt, Then, name_at};
use super::table::{STRONG_LABELS, WEAK_LABELS, is};
use crate::words::{bare, word_before};

/// The name behind the colon at `colon`, if the word before it is a credit's.
///
/// "Photo:" at a caption's start has what is shown behind it as often as who showed it, and counts further on only.
pub(super) fn label(caption: &str, colon: usize) -> Option<(NameAt, CreatorForm)> {
    let before = caption.get(..colon)?.trim_end();
    let word = word_before(caption, before.len());
    let label = bare(word.rsplit('/').next().unwrap_or(word));
    if label.is_empty() || !before.ends_with(char::is_alphanumeric) {
        return None;
    }
    let is_strong = is(label, STRONG_LABELS);
    if !is_strong && !is(label, WEAK_LABELS) {
        return None;
    }
    let rest = before.get(..before.len() - word.len())?;
    let is_strong = is_strong || is(bare(word_before(caption, rest.len())), STRONG_LABELS);
    let opens = rest.trim().is_empty() && !word.starts_with(['(', '[']);
    if opens && !is_strong {
        return None;
    }
    let name = name_at(caption, colon + 1)?;
    let is_likely = if is_strong { name.end - name.start > 2 } else { name.words > 1 && name.then == Then::Stop };
    is_likely.then_some((name, CreatorForm::Credited))
}
