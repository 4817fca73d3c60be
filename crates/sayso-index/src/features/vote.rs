use sayso_core::{FeatureQuery, Keypoint};

use super::part::{Part, key_of};

/// Bits in which two keypoints of the same place may differ.
pub(super) const MOST_APART: u32 = 28;
/// Keypoints of one bucket that are looked at: what is that common tells nothing apart.
const BUCKET_MOST: usize = 4096;
/// Of the pairings of one keypoint with one picture, so many are kept: a pattern that repeats proves nothing.
const REPEATS: usize = 3;
/// Pairings of one query with one part, of which the rest are not looked at: 48 MiB.
const PAIRINGS_MOST: usize = 1 << 20;

/// A keypoint of the query that looks like a keypoint of a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pairing {
    pub(super) picture: u32,
    /// The query's keypoint, by its number.
    pub(super) asked: u32,
    pub(super) apart: u32,
    pub(super) found: Keypoint,
}

/// All pairings of a query with the pictures of a part: by picture, by the query's keypoint, the most alike first.
pub(super) fn pairings(part: &Part, query: &FeatureQuery) -> Vec<Pairing> {
    let mut all: Vec<Pairing> = Vec::new();
    for ((asked, keypoint), doubts) in (0..).zip(query.features().keypoints()).zip(query.doubts()) {
        let key = key_of(keypoint.bits(), part.key_bits);
        probe(key, doubts, part.key_bits, |key| {
            for (found, picture) in part.bucket(key).take(BUCKET_MOST) {
                let apart = keypoint.distance(&found);
                if apart <= MOST_APART && all.len() < PAIRINGS_MOST {
                    all.push(Pairing { picture, asked, apart, found });
                }
            }
        });
    }
    all.sort_unstable_by_key(|pairing| (pairing.picture, pairing.asked, pairing.apart, pairing.found.pose()));
    let mut last = (u32::MAX, u32::MAX, 0);
    all.retain(|pairing| {
        let same = (last.0, last.1) == (pairing.picture, pairing.asked);
        last = (pairing.picture, pairing.asked, if same { last.2 + 1 } else { 1 });
        last.2 <= REPEATS
    });
    all
}

/// Looks up a key, and those that differ from it in one or two of the bits that are in doubt.
fn probe(key: u32, doubts: &[u8], key_bits: u32, mut look: impl FnMut(u32)) {
    look(key);
    let bits = || doubts.iter().filter(|bit| u32::from(**bit) < key_bits).map(|bit| 1_u32 << bit);
    for (number, first) in bits().enumerate() {
        look(key ^ first);
        for second in bits().skip(number + 1) {
            look(key ^ first ^ second);
        }
    }
}
