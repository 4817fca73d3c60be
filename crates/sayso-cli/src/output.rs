//! What goes to people: messages to standard error, tables to standard output, foreign text made harmless.

use std::io::{self, Write};

/// Prints an error: one sentence, its hints on lines of their own.
pub(crate) fn error(error: &anyhow::Error) {
    let text = in_words(error);
    let mut lines = text.lines();
    let mut out = io::stderr().lock();
    // Nobody is left to tell if standard error is gone, too.
    let _ = writeln!(out, "error: {}", harmless(lines.next().unwrap_or("")));
    for line in lines {
        let _ = writeln!(out, "{}", harmless(line));
    }
}

/// The error with those of its causes that it does not name itself, and the hints behind all of them.
fn in_words(error: &anyhow::Error) -> String {
    let whole = error.to_string();
    let (sentence, hints) = whole.split_once('\n').unwrap_or((&whole, ""));
    let mut text = sentence.to_owned();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !whole.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    if !hints.is_empty() {
        text.push('\n');
        text.push_str(hints);
    }
    text
}

/// Whether the reader of standard output went away, as `head` does.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe))
}

/// A number with what it counts, whose plural ends with an `s`.
pub(crate) fn counted(count: impl TryInto<u64>, one: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// `text` without anything that a terminal would obey: control characters, and those that turn the writing direction.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// `text`, harmless and cut to `columns` characters.
pub(crate) fn shortened(text: &str, columns: usize) -> String {
    let text = harmless(text);
    if text.chars().count() <= columns {
        return text;
    }
    let mut short: String = text.chars().take(columns.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::{harmless, in_words, shortened};

    #[test]
    fn a_cause_is_told_once_and_before_the_hint() {
        let full = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        let named = anyhow::Error::from(full()).context(format!("cannot use `x`: {}\nhint: make room", full()));
        assert_eq!(in_words(&named), format!("cannot use `x`: {}\nhint: make room", full()));
        let unnamed = anyhow::Error::from(full()).context("cannot use `x`\nhint: make room");
        assert_eq!(in_words(&unnamed), format!("cannot use `x`: {}\nhint: make room", full()));
    }

    #[test]
    fn a_terminal_gets_nothing_to_obey() {
        assert_eq!(harmless("a\u{1b}[31mb\u{7}\n<c>"), "a\u{fffd}[31mb\u{fffd} <c>");
        assert_eq!(harmless("a\u{202e}b"), "a\u{fffd}b");
        assert_eq!(shortened("日本語の題", 3), "日本…");
    }
}
