use std::collections::BTreeMap;

use super::draw::{For, thrown};

/// In which order examples are seen: in rounds, each of which sees all of them once, thrown anew. A batch holds pictures of
/// one size; the last of a size may be smaller.
pub(super) struct Order {
    seed: u64,
    batch: usize,
    sizes: Vec<Vec<usize>>,
    /// The round that was asked for last.
    round: Option<(u64, Vec<Vec<usize>>)>,
}

impl Order {
    /// Of examples with these sides; none if there are none.
    pub(super) fn new(seed: u64, batch: usize, examples: impl Iterator<Item = (usize, [usize; 2])>) -> Option<Self> {
        let mut sizes: BTreeMap<[usize; 2], Vec<usize>> = BTreeMap::new();
        for (number, size) in examples {
            sizes.entry(size).or_default().push(number);
        }
        let sizes: Vec<Vec<usize>> = sizes.into_values().collect();
        (!sizes.is_empty()).then_some(Self { seed, batch: batch.max(1), sizes, round: None })
    }

    /// The examples of a batch, counted from the first round on.
    pub(super) fn batch(&mut self, number: u64) -> Vec<usize> {
        let each: usize = self.sizes.iter().map(|examples| examples.len().div_ceil(self.batch)).sum();
        let (round, place) = (number / each as u64, number % each as u64);
        if self.round.as_ref().is_none_or(|(of, _)| *of != round) {
            self.round = Some((round, self.shuffled(round)));
        }
        let batches = self.round.as_ref().map(|(_, batches)| batches.as_slice()).unwrap_or_default();
        usize::try_from(place).ok().and_then(|place| batches.get(place)).cloned().unwrap_or_default()
    }

    fn shuffled(&self, round: u64) -> Vec<Vec<usize>> {
        let mut noise = thrown(self.seed, For::Order, round);
        let mut batches = Vec::new();
        for examples in &self.sizes {
            let mut examples = examples.clone();
            (1..examples.len()).rev().for_each(|last| examples.swap(last, noise.below(last + 1)));
            batches.extend(examples.chunks(self.batch).map(<[usize]>::to_vec));
        }
        (1..batches.len()).rev().for_each(|last| batches.swap(last, noise.below(last + 1)));
        batches
    }
}
