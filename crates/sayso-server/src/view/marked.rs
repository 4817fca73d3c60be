use std::ops::Range;

/// A stretch of foreign text, and whether it is one of those that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) is_marked: bool,
}

impl Piece {
    fn new(text: &str, is_marked: bool) -> Self {
        Self { text: text.to_owned(), is_marked }
    }
}

/// Cuts `text` at the ends of `ranges`, so that a template can mark them and escape every stretch by itself.
///
/// Ranges that are out of order, out of the text or inside a character are passed over: a page without a mark is
/// better than none.
pub(crate) fn pieces(text: &str, ranges: &[Range<usize>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for range in ranges {
        if range.start < done || range.is_empty() {
            continue;
        }
        let (Some(before), Some(marked)) = (text.get(done..range.start), text.get(range.clone())) else { continue };
        if !before.is_empty() {
            pieces.push(Piece::new(before, false));
        }
        pieces.push(Piece::new(marked, true));
        done = range.end;
    }
    match text.get(done..) {
        Some(rest) if !rest.is_empty() => pieces.push(Piece::new(rest, false)),
        _ => {}
    }
    pieces
}

/// Like [`pieces`], of at most about `most_chars` characters of `text`, chosen so that the first match is among them.
pub(crate) fn excerpt(text: &str, ranges: &[Range<usize>], most_chars: usize) -> Vec<Piece> {
    if text.chars().nth(most_chars).is_none() {
        return pieces(text, ranges);
    }
    let first_match = ranges.iter().map(|range| range.start).find(|start| text.is_char_boundary(*start)).unwrap_or(0);
    let chars_before = text.get(..first_match).unwrap_or_default().chars().count();
    // A match in the first half needs no cut at the front.
    let skipped = if chars_before < most_chars / 2 { 0 } else { chars_before - most_chars / 4 };
    let byte_of = |nth: usize| text.char_indices().nth(nth).map_or(text.len(), |(byte, _)| byte);
    let start = word_start(text, byte_of(skipped), first_match);
    let end = word_end(text, byte_of(skipped + most_chars));
    let shown = text.get(start..end).unwrap_or_default();
    let moved: Vec<_> = ranges
        .iter()
        .filter(|range| start <= range.start && range.start < end)
        .map(|range| range.start - start..range.end.min(end) - start)
        .collect();
    let mut cut = Vec::new();
    if start > 0 {
        cut.push(Piece::new("… ", false));
    }
    cut.extend(pieces(shown, &moved));
    if end < text.len() {
        cut.push(Piece::new(" …", false));
    }
    cut
}

/// Whole text without marks, at most about `most_chars` characters of it.
pub(crate) fn shortened(text: &str, most_chars: usize) -> String {
    excerpt(text, &[], most_chars).into_iter().map(|piece| piece.text).collect()
}

/// The next start of a word from `byte` on, if there is one before the match and near.
fn word_start(text: &str, byte: usize, first_match: usize) -> usize {
    if byte == 0 {
        return 0;
    }
    let between = text.get(byte..first_match).unwrap_or_default();
    between.find(char::is_whitespace).map_or(byte, |space| {
        let after = between.get(space..).unwrap_or_default();
        byte + space + (after.len() - after.trim_start().len())
    })
}

/// The last end of a word before `byte`, if it is near: scripts without spaces are cut anywhere.
fn word_end(text: &str, byte: usize) -> usize {
    let shown = text.get(..byte).unwrap_or(text);
    match shown.rfind(char::is_whitespace) {
        Some(space) if byte < text.len() && byte - space < 40 => {
            shown.get(..space).unwrap_or_default().trim_end().len()
        }
        _ => shown.len(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::single_range_in_vec_init, reason = "one range that matched is meant")]

    use super::{excerpt, pieces, shortened};

    fn shown(pieces: &[super::Piece]) -> String {
        pieces
            .iter()
            .map(|piece| if piece.is_marked { format!("[{}]", piece.text) } else { piece.text.clone() })
            .collect()
    }

    #[test]
    fn matches_are_marked_and_nothing_is_lost() {
        assert_eq!(shown(&pieces("a black cat", &[2..7])), "a [black] cat");
        assert_eq!(shown(&pieces("cat", &[0..3])), "[cat]");
        assert_eq!(shown(&pieces("", &[])), "");
        assert_eq!(shown(&pieces("قطة سوداء", &[0..6])), "[قطة] سوداء");
    }

    #[test]
    fn ranges_that_cannot_be_right_are_passed_over() {
        let inside_é = 1..3;
        assert_eq!(shown(&pieces("éa", &[inside_é])), "éa");
        assert_eq!(shown(&pieces("abc", &[1..9])), "abc");
        assert_eq!(shown(&pieces("abc", &[1..2, 0..1])), "a[b]c");
        let empty = 1..1;
        assert_eq!(shown(&pieces("abc", &[empty])), "abc");
        assert_eq!(shown(&pieces("abc", &[usize::MAX - 1..usize::MAX])), "abc");
    }

    #[test]
    fn an_excerpt_holds_the_first_match() {
        let text = format!("{}the black cat sat on {}", "word ".repeat(50), "and more ".repeat(50));
        let at = text.find("black").unwrap_or_default();
        let found = shown(&excerpt(&text, &[at..at + 5], 60));
        assert!(found.contains("[black]"), "{found}");
        assert!(found.starts_with("… word") && found.ends_with(" …"), "{found}");
        assert!(found.chars().count() < 80, "{found}");
        // A script without spaces is cut between characters.
        let text = "猫".repeat(500);
        let found = shown(&excerpt(&text, &[1_200..1_203], 40));
        assert!(found.contains("[猫]"), "{found}");
        assert!(found.chars().count() < 60, "{found}");
    }

    #[test]
    fn short_text_stays_whole() {
        assert_eq!(shortened("a cat", 5), "a cat");
        assert_eq!(shortened("a black cat", 8), "a black …");
    }
}
