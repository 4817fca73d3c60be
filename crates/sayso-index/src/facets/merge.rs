use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::index::FacetCount;

/// What the values of one field come to, over all indexes that were counted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FacetTotals {
    /// The commonest values, by count and then by name; of a field of steps all, in their order.
    pub values: Vec<FacetCount>,
    /// How many distinct values were counted.
    pub distinct: u64,
    /// How many samples have none.
    pub without: u64,
}

/// The value behind which a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetAfter {
    /// How many samples have it.
    pub count: u64,
    /// Its name.
    pub value: String,
}

/// Names in the order of their bytes, each with its count.
pub(super) type Named<'a> = Box<dyn Iterator<Item = (&'a [u8], u64)> + 'a>;

/// Adds up what several indexes counted, name by name, and keeps the `limit` commonest behind `after`.
///
/// All lists are in the order of names, so that one walk along them is enough, in the memory of what is kept.
pub(super) fn merged(lists: Vec<Named<'_>>, after: Option<&FacetAfter>, limit: usize) -> (Vec<FacetCount>, u64) {
    let mut lists: Vec<_> = lists.into_iter().map(Iterator::peekable).collect();
    let after = after.map(|after| (Reverse(after.count), after.value.as_bytes()));
    // The least common is on top, to be thrown out.
    let mut best: BinaryHeap<(Reverse<u64>, &[u8])> = BinaryHeap::new();
    let mut distinct = 0;
    while let Some(name) = lists.iter_mut().filter_map(|list| list.peek().map(|(name, _)| *name)).min() {
        let mut count = 0;
        for list in &mut lists {
            while let Some((_, more)) = list.next_if(|(other, _)| *other == name) {
                count += more;
            }
        }
        distinct += 1;
        let value = (Reverse(count), name);
        let is_kept = after.is_none_or(|after| value > after)
            && (best.len() < limit || best.peek().is_some_and(|worst| value < *worst));
        if is_kept {
            best.push(value);
            if best.len() > limit {
                best.pop();
            }
        }
    }
    let counted = |(Reverse(count), name): (Reverse<u64>, &[u8])| FacetCount {
        value: String::from_utf8_lossy(name).into_owned(),
        below: None,
        count,
    };
    (best.into_sorted_vec().into_iter().map(counted).collect(), distinct)
}

#[cfg(test)]
mod tests {
    use super::{FacetAfter, Named, merged};

    fn list<'a>(counts: &'a [(&'a str, u64)]) -> Named<'a> {
        Box::new(counts.iter().map(|(name, count)| (name.as_bytes(), *count)))
    }

    #[test]
    fn what_is_rare_everywhere_may_be_common_in_all() {
        let one = [("a", 9), ("c", 5), ("d", 1)];
        let other = [("b", 8), ("c", 5), ("d", 2)];
        let found = |after: Option<&FacetAfter>, limit| {
            let (values, distinct) = merged(vec![list(&one), list(&other)], after, limit);
            assert_eq!(distinct, 4);
            values.into_iter().map(|value| (value.value, value.count)).collect::<Vec<_>>()
        };
        let all = [("c", 10), ("a", 9), ("b", 8), ("d", 3)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(found(None, 1), all[..1]);
        assert_eq!(found(None, 9), all);
        let after = FacetAfter { count: 9, value: "a".to_owned() };
        assert_eq!(found(Some(&after), 9), all[2..]);
        assert_eq!(found(None, 0), []);
    }
}
