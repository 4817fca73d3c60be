use std::cmp::Ordering;
use std::io;

use sayso_core::{Sample, Uid};
use sayso_index::{FacetCount, FacetCounter, FacetField, FacetTotals};

use super::{Library, Shelf};
use crate::Error;

/// What two datasets have in common, pair by pair: the same address with the same caption.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Pairs that are in both.
    pub both: u64,
    /// Those that are in the first alone.
    pub first: OneSide,
    /// Those that are in the second alone.
    pub second: OneSide,
}

/// What one of two datasets has and the other has not.
#[derive(Debug, Clone, PartialEq)]
pub struct OneSide {
    /// The dataset.
    pub dataset: String,
    /// How many pairs.
    pub only: u64,
    /// Their commonest sites.
    pub domains: Vec<FacetCount>,
    /// Some of them, the first by their identity, which is as good as by chance.
    pub examples: Vec<Sample>,
}

/// Pairs that are shown of each side.
const EXAMPLES: usize = 20;

/// Sites that are named of each side.
const DOMAINS: usize = 20;

/// What one side has alone, as it is found.
struct Side<'a> {
    shelf: &'a Shelf,
    only: u64,
    examples: Vec<(u32, u32)>,
    domains: Option<FacetCounter<'a>>,
    /// The first row of each shard among all.
    firsts: Vec<u64>,
}

impl<'a> Side<'a> {
    fn new(shelf: &'a Shelf) -> Self {
        let mut first = 0;
        let firsts = shelf.dataset.manifest().samples.iter().map(|entry| {
            let own = first;
            first += entry.rows;
            own
        });
        let firsts = firsts.collect();
        Self { shelf, only: 0, examples: Vec::new(), domains: shelf.facets.counter(FacetField::Domain), firsts }
    }

    fn add(&mut self, shard: u32, row: u32) {
        self.only += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push((shard, row));
        }
        if let (Some(domains), Some(first)) = (&mut self.domains, self.firsts.get(shard as usize)) {
            domains.add(first + u64::from(row));
        }
    }

    fn finish(self) -> Result<OneSide, Error> {
        let domains = FacetTotals::of_counted(self.domains.into_iter().collect(), None, DOMAINS);
        Ok(OneSide {
            dataset: self.shelf.name.clone(),
            only: self.only,
            domains: domains.map_or_else(Vec::new, |domains| domains.values),
            examples: self.shelf.dataset.samples_at(&self.examples)?,
        })
    }
}

impl Library {
    /// Compares two of the datasets, by name; `None` where one is not there.
    ///
    /// Both lists of identities are sorted, so that one walk along both is enough, in the memory of a few buffers.
    pub fn compare(&self, first: &str, second: &str) -> Result<Option<Comparison>, Error> {
        let named = |name: &str| self.shelves.iter().find(|shelf| shelf.name == name);
        let (Some(first), Some(second)) = (named(first), named(second)) else { return Ok(None) };
        let unreadable = |error| Error::Index(sayso_index::IndexError::from(error));
        let (mut left, mut right) = (present(first).map_err(unreadable)?, present(second).map_err(unreadable)?);
        let (mut of_left, mut of_right) =
            (left.next().transpose().map_err(unreadable)?, right.next().transpose().map_err(unreadable)?);
        let (mut one, mut other, mut both) = (Side::new(first), Side::new(second), 0);
        loop {
            let order = match (&of_left, &of_right) {
                (Some((a, ..)), Some((b, ..))) => a.cmp(b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            if order.is_eq() {
                both += 1;
            }
            if order.is_le() {
                if let Some((_, shard, row)) = of_left.filter(|_| order.is_lt()) {
                    one.add(shard, row);
                }
                of_left = left.next().transpose().map_err(unreadable)?;
            }
            if order.is_ge() {
                if let Some((_, shard, row)) = of_right.filter(|_| order.is_gt()) {
                    other.add(shard, row);
                }
                of_right = right.next().transpose().map_err(unreadable)?;
            }
        }
        Ok(Some(Comparison { both, first: one.finish()?, second: other.finish()? }))
    }
}

/// All pairs of a dataset, in the order of their identities.
fn present(shelf: &Shelf) -> io::Result<impl Iterator<Item = io::Result<(Uid, u32, u32)>> + '_> {
    let is_there = |found: &io::Result<(Uid, u32, u32)>| match found {
        Ok((_, shard, row)) => !shelf.dataset.is_removed(*shard, *row),
        Err(_) => true,
    };
    Ok(shelf.uids.sorted()?.filter(is_there))
}
