//! The nearest hashes, by comparing all: what an index would find, without its limit of distance.

use sayso_core::Pdq;

/// The nearest of `hashes` to any of `sought`, each with its number and distance.
pub fn nearest(hashes: &[Option<Pdq>], sought: &[Pdq], most: usize) -> Vec<(usize, u32)> {
    if sought.is_empty() {
        return Vec::new();
    }
    let distance = |hash: &Pdq| sought.iter().map(|one| one.distance(hash)).min().unwrap_or(u32::MAX);
    let mut all: Vec<(u32, usize)> =
        hashes.iter().enumerate().filter_map(|(number, hash)| Some((distance(hash.as_ref()?), number))).collect();
    all.sort_unstable();
    all.into_iter().take(most).map(|(distance, number)| (number, distance)).collect()
}
