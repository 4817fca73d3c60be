use super::part::{Astray, Part, RINGS};
use super::stored::{Stored, TABLES};

/// How a part is searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Plan {
    /// All hashes are compared.
    Scan,
    /// In each table, how many rings of keys around that of the question are looked up; none leaves the table out.
    Tables([usize; TABLES]),
}

/// How many hashes are compared in a row while one is looked up somewhere.
const SCAN_GAIN: usize = 8;

/// What looking into a bucket costs, in hashes that are looked up.
const BUCKET_COST: usize = 1;

/// Hashes looked up of which it does not pay to look for fewer.
const CHEAP_SHARE: usize = 256;

impl Plan {
    /// The cheapest way to find all hashes that are no more than `distance` bits from `hash`.
    ///
    /// If two hashes differ in fewer bits than all tables have rings, then in some table the keys differ in fewer bits
    /// than it has rings: else the differences would add up to more. So `distance + 1` rings have to be spread over the
    /// tables, and keys that many pictures share can be left out where others are rare.
    pub(super) fn of(part: &Part, hash: &Stored, distance: u32) -> Result<Self, Astray> {
        let wanted = distance as usize + 1;
        if part.header.key_bits == 0 || wanted > TABLES * (RINGS - 1) {
            return Ok(Self::Scan);
        }
        let mut costs = [[0; RINGS + 1]; TABLES];
        // Two bits around a key are a hundred buckets; they are not even counted where one bit is cheap.
        for rings in 2..=RINGS {
            for (table, costs) in costs.iter_mut().enumerate() {
                let known = if rings == 2 { 0 } else { rings - 1 };
                for ring in known..rings {
                    let cost = ring_cost(part, hash, table, ring)?;
                    let before = costs.get(ring).copied().unwrap_or_default();
                    if let Some(slot) = costs.get_mut(ring + 1) {
                        *slot = before + cost;
                    }
                }
            }
            if let Some((cost, plan)) = cheapest(&costs, rings, wanted) {
                let is_cheap = cost * CHEAP_SHARE <= part.header.hashes;
                if is_cheap || rings == RINGS {
                    let scan = part.header.hashes / SCAN_GAIN;
                    return Ok(if cost < scan { Self::Tables(plan) } else { Self::Scan });
                }
            }
        }
        Ok(Self::Scan)
    }
}

/// What looking up one ring of keys costs: the postings in their buckets, and the buckets.
fn ring_cost(part: &Part, hash: &Stored, table: usize, ring: usize) -> Result<usize, Astray> {
    let key = hash.key(table, part.header.key_bits);
    let mut cost = 0;
    for difference in part.rings.get(ring).into_iter().flatten() {
        cost += part.bucket(table, key ^ difference)?.len() + BUCKET_COST;
    }
    Ok(cost)
}

/// Spreads `wanted` rings over the tables, no more than `most` each, so that the sum of their costs is least.
fn cheapest(costs: &[[usize; RINGS + 1]; TABLES], most: usize, wanted: usize) -> Option<(usize, [usize; TABLES])> {
    // For each number of rings, the least cost of the tables so far, and how it came about.
    let mut best: Vec<Option<(usize, [usize; TABLES])>> = vec![None; wanted + 1];
    if let Some(first) = best.first_mut() {
        *first = Some((0, [0; TABLES]));
    }
    for (table, costs) in costs.iter().enumerate() {
        // From many rings to few: what is read was not yet changed for this table.
        for rings in (0..=wanted).rev() {
            let options = (0..=most.min(rings)).filter_map(|here| {
                let (cost, mut plan) = best.get(rings - here).copied().flatten()?;
                *plan.get_mut(table)? = here;
                Some((cost + costs.get(here)?, plan))
            });
            let least = options.min_by_key(|(cost, _)| *cost);
            if let Some(slot) = best.get_mut(rings) {
                *slot = least;
            }
        }
    }
    best.pop().flatten()
}

#[cfg(test)]
mod tests {
    use super::{RINGS, TABLES, cheapest};

    #[test]
    fn rings_go_where_they_cost_least() {
        let mut costs = [[0, 1, 10, 100]; TABLES];
        let (cost, plan) = cheapest(&costs, RINGS, 32).unwrap_or_default();
        assert_eq!((cost, plan), (160, [2; TABLES]));
        // A key that half of the pictures share is left out, at the price of two others.
        costs[3] = [0, 1_000_000, 1_000_000, 1_000_000];
        let (cost, plan) = cheapest(&costs, RINGS, 32).unwrap_or_default();
        assert_eq!((cost, plan[3], plan.iter().sum::<usize>()), (13 * 10 + 2 * 100, 0, 32));
        assert_eq!(cheapest(&costs, 2, 32), Some((14 * 10 + 10 + 1_000_000, [2; TABLES])));
        assert_eq!(cheapest(&costs, 2, 33), None);
        // Equal hashes only: one table will do.
        assert_eq!(cheapest(&costs, 2, 1).map(|(cost, _)| cost), Some(1));
    }
}
