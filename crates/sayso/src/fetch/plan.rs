use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use arrow_array::Array;
use arrow_array::cast::AsArray;
use sayso_dataset::Dataset;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Which samples are worked on together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartPlan {
    pub(super) number: u32,
    pub(super) shard: usize,
    /// The first row in the shard.
    pub(super) first: usize,
    pub(super) rows: usize,
    /// Rows of the part before these that were not removed: a lane may have a stretch of it.
    pub(super) skip: usize,
    /// The lane whose stretch it is, where there are lanes.
    pub(super) lane: usize,
    /// A digest of the domain, where all its samples are of one.
    sole_domain: Option<u64>,
}

impl PartPlan {
    /// What no other stretch has.
    pub(super) const fn key(&self) -> (u32, usize) {
        (self.number, self.first)
    }

    /// An empty stretch of a lane in this part, behind so many of its rows, of which `skip` were not removed.
    #[cfg(feature = "cluster")]
    pub(super) const fn stretch(&self, lane: usize, behind: usize, skip: usize) -> Self {
        Self { first: self.first + behind, rows: 0, skip, lane, sole_domain: None, ..*self }
    }
}

/// Parts that are still to be begun.
///
/// Samples lie in the order of their domains. Parts far from each other are begun at the same time, so that there are
/// many hosts to ask; and no two parts that are of the same domain alone, which would only fill the memory.
#[derive(Debug)]
pub(super) struct Parts {
    waiting: Vec<PartPlan>,
    domains: HashSet<u64>,
}

/// Cuts a snapshot into parts of `part_rows` samples; none reaches over the end of a shard.
pub(super) fn parts(dataset: &Dataset, part_rows: usize) -> Result<Vec<PartPlan>, Error> {
    let mut parts: Vec<PartPlan> = Vec::new();
    let mut at = (u32::MAX, 0);
    // Parts are ranges of rows as the shards have them; what was removed is passed over when a part is read.
    dataset.scan_all(&["domain"], |shard, batch| {
        if at.0 != shard {
            at = (shard, 0);
        }
        let domains = batch.column_by_name("domain").and_then(|column| column.as_string_opt::<i32>());
        for row in 0..batch.num_rows() {
            let domain = domains.filter(|column| column.is_valid(row)).map(|column| digest(column.value(row)));
            if at.1 % part_rows == 0 {
                let number = u32::try_from(parts.len()).unwrap_or(u32::MAX);
                let (shard, first) = (usize::try_from(shard).unwrap_or(usize::MAX), at.1);
                parts.push(PartPlan { number, shard, first, rows: 0, skip: 0, lane: 0, sole_domain: domain });
            }
            if let Some(part) = parts.last_mut() {
                part.rows += 1;
                part.sole_domain = part.sole_domain.filter(|sole| Some(*sole) == domain);
            }
            at.1 += 1;
        }
        Ok(())
    })?;
    Ok(parts)
}

fn digest(domain: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    domain.hash(&mut hasher);
    hasher.finish()
}

impl Parts {
    pub(super) fn new(parts: &[PartPlan]) -> Self {
        let mut all = Self { waiting: Vec::new(), domains: HashSet::new() };
        all.add(parts);
        all
    }

    /// Adds parts that are to be begun.
    pub(super) fn add(&mut self, parts: &[PartPlan]) {
        self.waiting.extend_from_slice(parts);
        // Bits backwards: each next part lies in the middle of the widest gap. The last is taken first.
        self.waiting.sort_by_key(|part| std::cmp::Reverse(part.number.reverse_bits()));
    }

    /// The next part that is worth beginning.
    pub(super) fn next(&mut self) -> Option<PartPlan> {
        let is_free = |part: &PartPlan| part.sole_domain.is_none_or(|domain| !self.domains.contains(&domain));
        let at = self.waiting.iter().rposition(is_free)?;
        let part = self.waiting.remove(at);
        self.domains.extend(part.sole_domain);
        Some(part)
    }

    /// A part is complete.
    pub(super) fn done(&mut self, part: &PartPlan) {
        if let Some(domain) = part.sole_domain {
            self.domains.remove(&domain);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{PartPlan, Parts};

    fn part(number: u32, sole_domain: Option<u64>) -> PartPlan {
        PartPlan { number, shard: 0, first: 0, rows: 1, skip: 0, lane: 0, sole_domain }
    }

    #[test]
    fn parts_are_begun_far_from_each_other() {
        let all: Vec<PartPlan> = (0..8).map(|number| part(number, None)).collect();
        let mut parts = Parts::new(&all);
        let order: Vec<u32> = std::iter::from_fn(|| parts.next()).map(|part| part.number).collect();
        assert_eq!(order, [0, 4, 2, 6, 1, 5, 3, 7]);
    }

    #[test]
    fn one_part_of_a_domain_at_a_time() {
        let all = [part(0, Some(7)), part(1, Some(7)), part(2, None), part(3, Some(8))];
        let mut parts = Parts::new(&all);
        let first: Vec<u32> = std::iter::from_fn(|| parts.next()).map(|part| part.number).collect();
        assert_eq!(first, [0, 2, 3]);
        assert!(!parts.is_empty());
        parts.done(&all[0]);
        assert_eq!(parts.next().map(|part| part.number), Some(1));
        assert!(parts.is_empty() && parts.next().is_none());
    }
}
