use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};

use super::cells::NearCell;
use super::code::{View, words_of};
use super::index::VectorIndex;
use super::kernels::{FACTORS, Seen, estimates};
use super::nearest::VectorHit;

/// How many of its own deviations a product may be above its estimate before it is missed: one in forty is, and of those
/// hardly one is among the nearest.
const SLACK: f32 = 1.9;

/// One look through cells for the nearest vectors.
pub(super) struct Scan<'a> {
    index: &'a VectorIndex,
    query: &'a [f32],
    keep: &'a dyn Fn(u32, u32) -> bool,
    limit: usize,
    best: BinaryHeap<Farthest>,
    view: View,
    most: Vec<f32>,
    seen_cells: HashSet<usize>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        index: &'a VectorIndex,
        query: &'a [f32],
        limit: usize,
        keep: &'a dyn Fn(u32, u32) -> bool,
    ) -> Self {
        let view = View::new(query.len());
        let best = BinaryHeap::with_capacity(limit.min(1 << 16) + 1);
        Self { index, query, keep, limit, best, view, most: Vec::new(), seen_cells: HashSet::new() }
    }

    /// Whether there are as many hits as were asked for.
    pub(super) fn is_full(&self) -> bool {
        self.best.len() >= self.limit
    }

    /// Looks through a cell, unless it was looked through.
    pub(super) fn cell(&mut self, near: &NearCell) {
        if !self.seen_cells.insert(near.cell) {
            return;
        }
        let bounds = (self.index.starts.get(near.cell), self.index.starts.get(near.cell + 1));
        let (Some(start), Some(end)) = bounds else { return };
        let range = *start..*end;
        if range.is_empty() {
            return;
        }
        self.view.look(self.query, self.index.cells.centroid(near.cell));
        let words = words_of(self.query.len());
        let layout = &self.index.layout;
        let codes = self.index.entries(&layout.codes, words * 8, range.clone()).as_chunks::<8>().0;
        let factors = self.index.entries(&layout.factors, FACTORS, range.clone()).as_chunks::<FACTORS>().0;
        let seen = Seen {
            planes: &self.view.planes,
            step: self.view.step,
            base: self.view.base,
            offset: self.view.offset,
            product: near.product,
            slack: SLACK * self.view.distance,
        };
        self.most.clear();
        self.most.resize(range.len(), f32::NEG_INFINITY);
        estimates(&seen, codes, factors, &mut self.most);
        let mut worst = self.worst();
        let most = std::mem::take(&mut self.most);
        for (number, most) in range.zip(&most) {
            // Also false for what is no number, which only a mangled file has.
            if *most > worst {
                self.weigh(number, worst);
                worst = self.worst();
            }
        }
        self.most = most;
    }

    /// The similarity that a vector has to be above to be of use.
    fn worst(&self) -> f32 {
        if !self.is_full() {
            return f32::NEG_INFINITY;
        }
        self.best.peek().map_or(f32::NEG_INFINITY, |worst| worst.0.similarity)
    }

    /// Compares a vector itself.
    fn weigh(&mut self, number: usize, worst: f32) {
        let Some(similarity) = self.index.product(self.query, number).filter(|product| *product > worst) else {
            return;
        };
        let Some((shard, row)) = self.index.place(number as u32) else { return };
        if !(self.keep)(shard, row) {
            return;
        }
        self.best.push(Farthest(VectorHit {
            shard,
            row,
            similarity: similarity.clamp(-1.0, 1.0),
            number: number as u32,
        }));
        if self.best.len() > self.limit {
            self.best.pop();
        }
    }

    /// What was found, nearest first.
    pub(super) fn hits(self) -> Vec<VectorHit> {
        self.best.into_sorted_vec().into_iter().map(|farthest| farthest.0).collect()
    }
}

/// A hit in the order of a heap: the farthest is on top, of equals the one that comes later in the dataset.
struct Farthest(VectorHit);

impl Ord for Farthest {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |hit: &VectorHit| (hit.shard, hit.row);
        let by_similarity = other.0.similarity.total_cmp(&self.0.similarity);
        by_similarity.then_with(|| place(&self.0).cmp(&place(&other.0)))
    }
}

impl PartialOrd for Farthest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Farthest {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Farthest {}
