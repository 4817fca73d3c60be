use sayso_core::Pdq;

use super::answer::HashHit;
use super::compare::{Words, distance, words, words_of};
use super::index::HashIndex;
use super::part::{Astray, Part};
use super::stored::{HASH_BYTES, Stored, TABLES};
use crate::error::IndexError;

/// Hashes that are looked up one by one: of more it is faster to walk along all that there are.
const FEW: usize = 500;

/// The farthest at which two hashes have one of the 16 keys that differs in no more than a bit.
const FARTHEST: u32 = 31;

/// Values of a key.
const VALUES: usize = 1 << 16;

/// Is told the number of what was wanted, the position and the distance.
type Take<'a> = &'a mut dyn FnMut(usize, usize, u32) -> Result<(), Astray>;

impl HashIndex {
    /// Finds, for many hashes at once, every row whose hash is within the distance that stands with each; tells which of them it
    /// is near to. Rows of which `is_gone` says so are passed over. The order is that of the index, not that of nearness.
    pub fn join(
        &self,
        wanted: &[(Pdq, u32)],
        is_gone: &dyn Fn(u32, u32) -> bool,
        take: &mut dyn FnMut(usize, HashHit),
    ) -> Result<(), IndexError> {
        if wanted.len() <= FEW || wanted.iter().any(|(_, distance)| *distance > FARTHEST) {
            for (number, (hash, distance)) in wanted.iter().enumerate() {
                let found = self.find(hash, *distance, usize::MAX, is_gone)?;
                found.hits.into_iter().for_each(|hit| take(number, hit));
            }
            return Ok(());
        }
        let wanted: Vec<Wanted> = wanted.iter().map(|(hash, most)| Wanted::of(hash, *most)).collect();
        for (part, file) in self.parts_with_files() {
            let joined = join_part(part, &wanted, &mut |number, position, distance| {
                let (shard, row) = self.place(part.row(position)?)?;
                if !is_gone(shard, row) {
                    take(number, HashHit { distance, shard, row });
                }
                Ok(())
            });
            joined.map_err(|Astray| self.astray(file))?;
        }
        Ok(())
    }
}

/// A hash that is wanted, and how far another may be.
struct Wanted {
    stored: Stored,
    words: Words,
    most: u32,
}

impl Wanted {
    fn of(hash: &Pdq, most: u32) -> Self {
        let stored = Stored::of(hash);
        Self { words: words(&stored), stored, most }
    }
}

/// The numbers of hashes in the order of one of their keys.
struct ByKey {
    /// Where those of each value start, and behind the last where they end.
    starts: Vec<u32>,
    numbers: Vec<u32>,
}

impl ByKey {
    fn of(keys: impl Iterator<Item = u32> + Clone, count: usize) -> Self {
        let mut starts = vec![0_u32; VALUES + 1];
        for key in keys.clone() {
            if let Some(start) = starts.get_mut(key as usize + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let (mut next, mut numbers) = (starts.clone(), vec![0; count]);
        for (number, key) in (0_u32..).zip(keys) {
            if let Some(at) = next.get_mut(key as usize) {
                if let Some(slot) = numbers.get_mut(*at as usize) {
                    *slot = number;
                }
                *at += 1;
            }
        }
        Self { starts, numbers }
    }

    #[inline(always)]
    fn range(&self, key: usize) -> std::ops::Range<usize> {
        let at = |key: usize| self.starts.get(key).map_or(0, |start| *start as usize);
        at(key)..at(key + 1)
    }
}

/// Compares all of a part with all that is wanted, key by key: what has the same key, or one that differs in a bit, lies
/// together, so that it is compared in the processor's nearest memory and not in the order of chance.
fn join_part(part: &Part, wanted: &[Wanted], take: Take<'_>) -> Result<(), Astray> {
    for table in 0..TABLES {
        let hashes = part.hashes();
        let own = ByKey::of(hashes.iter().map(|hash| key(hash, table)), hashes.len());
        let grouped: Vec<Words> =
            own.numbers.iter().filter_map(|number| hashes.get(*number as usize)).map(words_of).collect();
        let others = ByKey::of(wanted.iter().map(|wanted| wanted.stored.key(table, 16)), wanted.len());
        for value in 0..VALUES {
            let range = own.range(value);
            let Some(group) = grouped.get(range.clone()).filter(|group| !group.is_empty()) else { continue };
            let numbers = own.numbers.get(range).unwrap_or_default();
            let neighbours = std::iter::once(value).chain((0..16).map(|bit| value ^ 1 << bit));
            for number in neighbours.flat_map(|near| others.numbers.get(others.range(near)).unwrap_or_default()) {
                let Some(one) = wanted.get(*number as usize) else { continue };
                compare(group, &one.words, one.most, &mut |at, distance| {
                    let position = numbers.get(at).map_or(usize::MAX, |number| *number as usize);
                    // An earlier key may have led to the same two.
                    let is_first = hashes.get(position).is_some_and(|hash| !was_compared(hash, one, table));
                    if is_first { take(*number as usize, position, distance) } else { Ok(()) }
                })?;
            }
        }
    }
    Ok(())
}

fn key(hash: &[u8; HASH_BYTES], table: usize) -> u32 {
    let pair = hash.as_chunks::<2>().0.get(table).copied().unwrap_or_default();
    u32::from(u16::from_be_bytes(pair))
}

fn was_compared(hash: &[u8; HASH_BYTES], one: &Wanted, table: usize) -> bool {
    (0..table).any(|earlier| (key(hash, earlier) ^ one.stored.key(earlier, 16)).count_ones() <= 1)
}

/// Tells of each of a group that is near enough: its place in the group, and the distance.
fn compare(
    group: &[Words],
    wanted: &Words,
    most: u32,
    found: &mut dyn FnMut(usize, u32) -> Result<(), Astray>,
) -> Result<(), Astray> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("popcnt") {
        #[expect(unsafe_code, reason = "the function is safe but for the processor's feature, which was just found")]
        return unsafe { compare_with_popcnt(group, wanted, most, found) };
    }
    compare_all(group, wanted, most, found)
}

/// The same with an instruction that counts bits, which a program for every x86-64 processor must do without.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn compare_with_popcnt(
    group: &[Words],
    wanted: &Words,
    most: u32,
    found: &mut dyn FnMut(usize, u32) -> Result<(), Astray>,
) -> Result<(), Astray> {
    compare_all(group, wanted, most, found)
}

#[inline(always)]
fn compare_all(
    group: &[Words],
    wanted: &Words,
    most: u32,
    found: &mut dyn FnMut(usize, u32) -> Result<(), Astray>,
) -> Result<(), Astray> {
    for (at, other) in group.iter().enumerate() {
        let distance = distance(wanted, other);
        if distance <= most {
            found(at, distance)?;
        }
    }
    Ok(())
}
