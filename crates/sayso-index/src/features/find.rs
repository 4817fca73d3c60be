use sayso_core::FeatureQuery;

use super::geometry::agreement;
use super::hit::{FeatureHit, Region};
use super::part::Part;
use super::vote::{Pairing, pairings};

/// Places that agree at least: two always do, as they define a frame.
const LEAST_AGREEING: usize = 3;

/// The pictures of a part that agree with the query, in no order. `is_mirrored` says what the query is; `common` counts for
/// each of its keypoints the pictures that have one like it.
pub(super) fn find_in(part: &Part, query: &FeatureQuery, is_mirrored: bool, common: &mut [u32]) -> Vec<FeatureHit> {
    let found = pairings(part, query);
    let mut last = None;
    for pairing in &found {
        let place = Some((pairing.picture, pairing.asked));
        if last != place {
            common.get_mut(pairing.asked as usize).into_iter().for_each(|count| *count += 1);
        }
        last = place;
    }
    let of_picture = found.chunk_by(|a, b| a.picture == b.picture);
    of_picture.filter_map(|pairings| hit(part, query, is_mirrored, pairings)).collect()
}

fn hit(part: &Part, query: &FeatureQuery, is_mirrored: bool, pairings: &[Pairing]) -> Option<FeatureHit> {
    let places = pairings.chunk_by(|a, b| a.asked == b.asked).count();
    if places < LEAST_AGREEING {
        return None;
    }
    let picture = part.picture(pairings.first()?.picture)?;
    let features = query.features();
    let agreement = agreement(features.keypoints(), pairings)?;
    if agreement.pairs.len() < LEAST_AGREEING {
        return None;
    }
    let sought = Region::around(agreement.pairs.iter().map(|pair| &pair.0), features.width(), features.height());
    Some(FeatureHit {
        shard: picture.shard,
        row: picture.row,
        score: agreement.score,
        agreeing: agreement.pairs.len() as u32,
        mirrored: is_mirrored,
        frame: agreement.frame,
        sought: if is_mirrored { sought.mirrored() } else { sought },
        found: Region::around(agreement.pairs.iter().map(|pair| &pair.1), picture.width, picture.height),
    })
}
