use std::collections::{BTreeMap, HashSet};

use arrow_array::cast::AsArray as _;
use arrow_array::types::UInt8Type;
use arrow_array::{Array as _, RecordBatch};
use sayso_core::{Features, Pdq};
use sayso_dataset::FEATURES;
use sayso_index::{NearPicture, PartCheck, PartHit, StoredPicture};
use sayso_picture::{Hashed, Sought};

use super::own::OwnPicture;
use super::search::MAX_DISTANCE;
use crate::Error;
use crate::library::Shelf;

/// Rows that one hash of the query leads to, at most: each is read and checked.
const NEAR_MOST: usize = 12;

/// The surest of the rows of which parts agree and that are not known to be copies, and whether there are more.
pub(super) fn parts(
    shelf: &Shelf,
    own: &OwnPicture,
    known: &HashSet<(u32, u32)>,
    limit: usize,
) -> Result<(Vec<PartHit>, bool), Error> {
    let Some(sought) = &own.parts else { return Ok((Vec::new(), false)) };
    let is_known = |shard, row| known.contains(&(shard, row)) || shelf.dataset.is_removed(shard, row);
    let near = near(shelf, sought, &is_known)?;
    let mut fault = None;
    let mut stored = |shard, row| match stored(shelf, shard, row) {
        Ok(stored) => Some(stored),
        Err(error) => {
            fault = Some(error);
            None
        }
    };
    let likeness =
        |pdq: &Pdq, is_mirrored: bool, place: &dyn Fn(f32, f32) -> (f32, f32)| sought.likeness(pdq, is_mirrored, place);
    let mut check = PartCheck { near: &near, stored: &mut stored, likeness: &likeness };
    let mut hits = shelf.features.parts(&sought.features, &mut check, PartHit::SURE, &is_known);
    if let Some(fault) = fault {
        return Err(fault);
    }
    let has_more = hits.len() > limit;
    hits.truncate(limit);
    Ok((hits, has_more))
}

/// The rows whose hashes are near one of the picture as a whole or without its border, farther away than is told by a hash
/// alone.
fn near(shelf: &Shelf, sought: &Sought, is_known: &dyn Fn(u32, u32) -> bool) -> Result<Vec<NearPicture>, Error> {
    let mut nearest: BTreeMap<(u32, u32), NearPicture> = BTreeMap::new();
    for (pdq, whole) in sought.wholes() {
        let corners = [whole.place(0.0, 0.0), whole.place(1.0, 0.0), whole.place(0.0, 1.0)];
        for hit in shelf.hashes.find(&pdq, MAX_DISTANCE, NEAR_MOST, is_known)?.hits {
            let (shard, row, distance) = (hit.shard, hit.row, hit.distance);
            let near = NearPicture { shard, row, distance, is_mirrored: whole.is_mirrored(), corners };
            let known = nearest.entry((shard, row)).or_insert(near);
            if distance < known.distance {
                *known = near;
            }
        }
    }
    let mut near: Vec<NearPicture> = nearest.into_values().collect();
    near.sort_by_key(|near| near.distance);
    Ok(near)
}

/// What a dataset holds of a picture; of one from elsewhere it may hold nothing.
fn stored(shelf: &Shelf, shard: u32, row: u32) -> Result<StoredPicture, Error> {
    let batch = shelf.dataset.range(shard as usize, row as usize, 1, &["pdq", "pdq_quality", FEATURES])?;
    let features = bytes(&batch).and_then(|bytes| Features::from_bytes(bytes).ok());
    Ok(StoredPicture { features, pdq: hash(&batch) })
}

fn bytes(batch: &RecordBatch) -> Option<&[u8]> {
    let column = batch.column_by_name(FEATURES)?.as_binary_opt::<i32>()?;
    (column.len() == 1 && column.is_valid(0)).then(|| column.value(0))
}

fn hash(batch: &RecordBatch) -> Option<Pdq> {
    let hash = batch.column_by_name("pdq")?.as_string_opt::<i32>()?;
    let quality = batch.column_by_name("pdq_quality")?.as_primitive_opt::<UInt8Type>()?;
    let is_good = hash.len() == 1 && hash.is_valid(0) && quality.is_valid(0) && quality.value(0) >= Hashed::GOOD;
    is_good.then(|| hash.value(0).parse().ok()).flatten()
}
