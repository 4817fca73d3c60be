use std::ops::Range;

use crate::text::{Kind, Tokens};

/// A word or phrase as the tokens that a text must have, with their places relative to the first.
///
/// A word can be several tokens (`wi-fi`, anything in a script without spaces) and is a phrase then, so that a
/// query word means the same characters in a row that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    terms: Vec<(usize, String)>,
}

impl Pattern {
    /// The pattern of `text`; `None` if it has no tokens.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut buffer = String::new();
        let mut tokens = Tokens::new(text, &mut buffer);
        let mut terms: Vec<(usize, String)> = Vec::new();
        while tokens.advance() {
            // A pair says more than the single units it is made of.
            if tokens.kind() != (Kind::Single { alone: false }) {
                terms.push((tokens.position(), tokens.text().to_owned()));
            }
        }
        let first = terms.first()?.0;
        for (position, _) in &mut terms {
            *position -= first;
        }
        Some(Self { terms })
    }

    pub(crate) fn terms(&self) -> &[(usize, String)] {
        &self.terms
    }
}

/// All tokens of one text, for finding several patterns in it.
pub(super) struct TokenizedText {
    /// The folded tokens, one after the other.
    folded: String,
    tokens: Vec<PlacedToken>,
}

struct PlacedToken {
    position: usize,
    folded: Range<usize>,
    range: Range<usize>,
}

impl TokenizedText {
    pub(super) fn new(text: &str) -> Self {
        let mut buffer = String::new();
        let mut tokens = Tokens::new(text, &mut buffer);
        let mut all = Self { folded: String::new(), tokens: Vec::new() };
        while tokens.advance() {
            let start = all.folded.len();
            all.folded.push_str(tokens.text());
            all.tokens.push(PlacedToken {
                position: tokens.position(),
                folded: start..all.folded.len(),
                range: tokens.range(),
            });
        }
        all
    }

    /// Adds to `found` the range of every place where `pattern` stands.
    pub(super) fn find(&self, pattern: &Pattern, found: &mut Vec<Range<usize>>) {
        let Some(((_, first), others)) = pattern.terms.split_first() else { return };
        for (index, token) in self.tokens.iter().enumerate() {
            if self.folded[token.folded.clone()] != **first {
                continue;
            }
            let mut from = index;
            let end = others.iter().try_fold(token.range.end, |end, (offset, term)| {
                from = self.at(from, token.position + offset, term)?;
                Some(end.max(self.tokens[from].range.end))
            });
            found.extend(end.map(|end| token.range.start..end));
        }
    }

    /// The token at `position` that is `term`, if it is there; tokens before `from` are before it.
    fn at(&self, from: usize, position: usize, term: &str) -> Option<usize> {
        let behind = self.tokens[from..].iter().take_while(|token| token.position <= position);
        let found = behind
            .enumerate()
            .find(|(_, token)| token.position == position && self.folded[token.folded.clone()] == *term);
        found.map(|(offset, _)| from + offset)
    }
}
