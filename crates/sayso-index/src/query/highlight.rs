use std::ops::Range;

use super::pattern::TokenizedText;
use super::{Clause, Field, Wish};
use crate::licence::push_licence;
use crate::site::site_in;

pub(super) fn matches(clauses: &[Clause], field: Field, text: &str) -> Vec<Range<usize>> {
    let wishes = clauses.iter().filter(|clause| !clause.is_negated).map(|clause| &clause.wish);
    let mut found = Vec::new();
    // Tokens are made once, and only for a field that has them.
    let mut tokenized = None;
    for wish in wishes {
        match (field, wish) {
            (Field::Caption, Wish::Caption(pattern) | Wish::Anywhere(pattern))
            | (Field::Creator, Wish::Creator(pattern) | Wish::Anywhere(pattern)) => {
                tokenized.get_or_insert_with(|| TokenizedText::new(text)).find(pattern, &mut found);
            }
            (Field::Site, Wish::Site(site)) => found.extend(site_in(text, site)),
            (Field::Licence, Wish::Licence(start)) => {
                let mut indexed = String::new();
                push_licence(text, &mut indexed);
                // Where the stated form differs from the indexed one, no part of it can be pointed at.
                if indexed.starts_with(start) {
                    let at = text.find(start.as_str());
                    found.push(at.map_or(0..text.len(), |at| at..at + start.len()));
                }
            }
            (Field::Verdict, Wish::Verdict(stance)) if stance.as_str() == text => found.push(0..text.len()),
            _ => {}
        }
    }
    merge(found)
}

/// Sorts ranges and joins those that overlap or touch.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged.retain(|range| !range.is_empty());
    merged
}
