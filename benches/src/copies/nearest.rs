//! The nearest hashes, by comparing all: what an index would find, and beyond its limit of distance.

use sayso_core::Pdq;
use sayso_index::NearPicture;
use sayso_picture::{Sought, Whole};

use crate::known::Known;

/// From so many bits on, nothing is looked up in an index of hashes.
const FAR: u32 = 64;

/// The nearest of the known hashes to any of `sought`, each with its number and distance.
pub fn nearest(known: &[Known], sought: &[Pdq], most: usize) -> Vec<(usize, u32)> {
    if sought.is_empty() {
        return Vec::new();
    }
    let distance = |hash: &Pdq| sought.iter().map(|one| one.distance(hash)).min().unwrap_or(u32::MAX);
    let hashes = known.iter().enumerate();
    let mut all: Vec<(u32, usize)> =
        hashes.filter_map(|(number, known)| Some((distance(known.pdq.as_ref()?), number))).collect();
    all.sort_unstable();
    all.into_iter().take(most).map(|(distance, number)| (number, distance)).collect()
}

/// All pictures whose hash is near one of the query's as a whole, or without its border, the nearest first.
pub fn wholes(known: &[Known], sought: &Sought) -> Vec<NearPicture> {
    let wholes: Vec<(Pdq, Whole)> = sought.wholes().collect();
    let of = |(row, known): (u32, &Known)| {
        let hash = known.pdq.as_ref()?;
        let (distance, whole) =
            wholes.iter().map(|(pdq, whole)| (pdq.distance(hash), whole)).min_by_key(|near| near.0)?;
        let corners = [whole.place(0.0, 0.0), whole.place(1.0, 0.0), whole.place(0.0, 1.0)];
        (distance <= FAR).then(|| NearPicture { shard: 0, row, distance, is_mirrored: whole.is_mirrored(), corners })
    };
    let mut near: Vec<NearPicture> = (0..).zip(known).filter_map(of).collect();
    near.sort_by_key(|near| (near.distance, near.row));
    near
}
