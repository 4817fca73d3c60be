use std::cmp::Ordering;
use std::collections::BinaryHeap;

use tantivy::query::EnableScoring;
use tantivy::{DocId, Score};

use crate::compile::{Compiled, compile};
use crate::error::IndexError;
use crate::query::Query;
use crate::search::{Found, TextIndex};

/// Where a list of hits goes on: with those of a lower score, and of the same score with those from this place on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behind {
    /// The score of the last hit before.
    pub score: f32,
    /// The first place among all samples that may follow with the same score.
    pub place: u64,
}

impl Behind {
    /// Where a list begins.
    pub(crate) const NOTHING: Self = Self { score: f32::INFINITY, place: 0 };
}

/// A hit that may be among the best; the greatest is the one to be thrown out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate<R> {
    rank: R,
    place: u64,
}

/// Scores in the order in which hits are listed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ByScore(f32);

impl Eq for ByScore {}

impl Ord for ByScore {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.total_cmp(&self.0)
    }
}

impl PartialOrd for ByScore {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R: Eq> Eq for Candidate<R> {}

impl<R: Ord> Ord for Candidate<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank.cmp(&other.rank).then(self.place.cmp(&other.place))
    }
}

impl<R: Ord> PartialOrd for Candidate<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best so many.
struct Best<R> {
    limit: usize,
    heap: BinaryHeap<Candidate<R>>,
}

impl<R: Ord + Copy> Best<R> {
    fn new(limit: usize) -> Self {
        Self { limit, heap: BinaryHeap::with_capacity(limit.saturating_add(1).min(TextIndex::MAX_WINDOW + 1)) }
    }

    #[inline]
    fn add(&mut self, rank: R, place: u64) {
        let new = Candidate { rank, place };
        if self.heap.len() < self.limit {
            self.heap.push(new);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && new < *worst
        {
            *worst = new;
        }
    }

    /// The rank that a hit has to be better than; `None` where any will do.
    fn worst(&self) -> Option<R> {
        self.heap.peek().filter(|_| self.heap.len() >= self.limit).map(|worst| worst.rank)
    }
}

impl TextIndex {
    /// The hits of `query` as [`Self::search`] lists them, from behind one of them on: `limit` at most. Going on costs as
    /// much as the first page does.
    pub fn search_behind(&self, query: &Query, behind: Behind, limit: usize) -> Result<Found, IndexError> {
        let limit = limit.min(Self::MAX_WINDOW);
        let compiled = compile(query);
        let found = match (compiled.is_ranked && limit > 0, behind.score.total_cmp(&0.0)) {
            (true, _) => self.ranked_behind(&compiled, behind, limit),
            // Where nothing ranks, every score is 0.
            (false, Ordering::Less) => self.in_row_order_from(&*compiled.query, u64::MAX, 0, limit),
            (false, Ordering::Equal) => self.in_row_order_from(&*compiled.query, behind.place, 0, limit),
            (false, Ordering::Greater) => self.in_row_order_from(&*compiled.query, 0, 0, limit),
        };
        found.map_err(|error| self.failed(&error))
    }

    /// The hits of `query` in the order of the samples, from this place on: `limit` at most behind the first `offset`.
    pub fn search_in_order(&self, query: &Query, from: u64, offset: usize, limit: usize) -> Result<Found, IndexError> {
        let found = self.in_row_order_from(&*compile(query).query, from, offset, limit.min(Self::MAX_WINDOW));
        found.map_err(|error| self.failed(&error))
    }

    /// The `limit` hits of `query` with the smallest ranks, and of one rank the first in the order of samples. `rank` says
    /// the rank of the sample at a place, and `None` of one that is passed over. Every hit is looked at once, and no
    /// more than `limit` are remembered.
    pub fn search_by(
        &self,
        query: &Query,
        limit: usize,
        rank: &dyn Fn(u64) -> Option<u64>,
    ) -> Result<Found, IndexError> {
        let limit = limit.min(Self::MAX_WINDOW);
        let mut best = Best::new(limit);
        let mut total = 0;
        self.each(query, &mut |place| {
            total += 1;
            if limit > 0
                && let Some(rank) = rank(place)
            {
                best.add(rank, place);
            }
        })?;
        let best = best.heap.into_sorted_vec();
        Ok(Found { total, hits: best.into_iter().map(|best| self.hit_at(best.place, 0.0)).collect() })
    }

    pub(crate) fn ranked_behind(&self, compiled: &Compiled, behind: Behind, limit: usize) -> tantivy::Result<Found> {
        let weight = compiled.query.weight(EnableScoring::enabled_from_searcher(self.searcher()))?;
        let mut best = Best::new(limit);
        let (mut total, mut before) = (0, 0);
        for reader in self.searcher().segment_readers() {
            let threshold = best.worst().map_or(Score::MIN, |worst: ByScore| worst.0);
            let mut take = |document: DocId, score: Score| -> Score {
                let place = before + u64::from(document);
                let order = score.total_cmp(&behind.score);
                let is_behind = order.is_lt() || (order.is_eq() && place >= behind.place);
                if is_behind && !self.is_removed(place) {
                    best.add(ByScore(score), place);
                }
                best.worst().map_or(Score::MIN, |worst| worst.0)
            };
            if compiled.is_prunable {
                weight.for_each_pruning(threshold, reader, &mut take)?;
                total += u64::from(self.count(&*weight, reader, before)?);
            } else {
                weight.for_each(reader, &mut |document, score| {
                    total += u64::from(!self.is_removed(before + u64::from(document)));
                    take(document, score);
                })?;
            }
            before += u64::from(reader.max_doc());
        }
        let best = best.heap.into_sorted_vec();
        Ok(Found { total, hits: best.into_iter().map(|best| self.hit_at(best.place, best.rank.0)).collect() })
    }
}
