use std::collections::{BTreeMap, HashSet};

use sayso_core::{Pdq, Sample};
use sayso_index::IndexError;
use sayso_picture::Turn;

use super::class::{Agreement, MatchClass, MatchHow, NEAR_COPY};
use super::own::OwnPicture;
use super::parts::parts;
use crate::Error;
use crate::library::{Library, Shelf, hash_index_dir};

/// The farthest that can be looked: beyond it, most of what is found is chance.
pub const MAX_DISTANCE: u32 = 64;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchOptions {
    /// In how many of 256 bits a hash may differ; [`Pdq::NEAR`] is usual, [`MAX_DISTANCE`] the most.
    pub distance: u32,
    /// How many copies of one picture are returned, the nearest first.
    pub limit: usize,
    /// Of which of one's own pictures a small one is made.
    pub thumbnails: Thumbnails,
}

/// Of which of one's own pictures a small one is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thumbnails {
    /// Of none.
    None,
    /// Of those of which something was found.
    OfFound,
    /// Of all.
    OfAll,
}

/// What was found of one picture.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Copies {
    /// The copies, the nearest first.
    pub copies: Vec<PictureCopy>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

/// A sample whose picture is like one's own.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureCopy {
    /// The name of the dataset that holds it.
    pub dataset: String,
    /// The sample.
    pub sample: Sample,
    /// How it was found.
    pub how: MatchHow,
}

impl PictureCopy {
    /// How much alike the pictures are.
    #[must_use]
    pub const fn class(&self) -> MatchClass {
        self.how.class()
    }
}

/// How near a row is, and which way round: what is near as it is comes before what is as near turned.
type Nearness = (u32, Turn);

impl Library {
    /// Finds the samples of all datasets whose pictures look like one's own, or of which a part does.
    pub fn copies(&self, own: &OwnPicture, options: &MatchOptions) -> Result<Copies, Error> {
        let mut found = Copies::default();
        for shelf in &self.shelves {
            let (mut rows, has_more) = rows(shelf, own, options)?;
            found.has_more |= has_more;
            let (parts, has_more) = parts(shelf, own, &known_copies(&rows), options.limit)?;
            found.has_more |= has_more;
            let of_parts: HashSet<(u32, u32)> = parts.iter().map(|hit| (hit.shard, hit.row)).collect();
            rows.retain(|(_, place)| !of_parts.contains(place));
            let places: Vec<(u32, u32)> = rows.iter().map(|(_, place)| *place).collect();
            for ((nearness, _), sample) in rows.into_iter().zip(shelf.dataset.samples_at(&places)?) {
                let how = how(own, &sample, nearness).ok_or_else(|| stale(shelf))?;
                found.copies.push(PictureCopy { dataset: shelf.name.clone(), sample, how });
            }
            let places: Vec<(u32, u32)> = parts.iter().map(|hit| (hit.shard, hit.row)).collect();
            for (hit, sample) in parts.iter().zip(shelf.dataset.samples_at(&places)?) {
                let how = MatchHow::Features(Agreement::of_hit(hit));
                found.copies.push(PictureCopy { dataset: shelf.name.clone(), sample, how });
            }
        }
        // Stable: what is equally near stays in the order of datasets, shards and rows.
        let key = |how: MatchHow| (how.class(), how.distance(), how.turn());
        let score = |how: MatchHow| how.agreement().map_or(0.0, |agreement| agreement.score);
        found.copies.sort_by(|a, b| key(a.how).cmp(&key(b.how)).then(score(b.how).total_cmp(&score(a.how))));
        found.has_more |= found.copies.len() > options.limit;
        found.copies.truncate(options.limit);
        Ok(found)
    }
}

/// The nearest rows of a dataset, each once, and whether there are more.
#[expect(clippy::type_complexity, reason = "a row and how near it is, in the order of that")]
fn rows(shelf: &Shelf, own: &OwnPicture, options: &MatchOptions) -> Result<(Vec<(Nearness, (u32, u32))>, bool), Error> {
    let mut nearest: BTreeMap<(u32, u32), Nearness> = BTreeMap::new();
    let mut has_more = false;
    let distance = options.distance.min(MAX_DISTANCE);
    for hash in &own.hashes {
        let answer = shelf.hashes.find(&hash.pdq, distance, options.limit, &shelf.is_gone())?;
        has_more |= answer.total > answer.hits.len() as u64;
        for hit in answer.hits {
            let nearness = (hit.distance, hash.turn);
            nearest.entry((hit.shard, hit.row)).and_modify(|known| *known = nearness.min(*known)).or_insert(nearness);
        }
    }
    let mut rows: Vec<_> = nearest.into_iter().map(|(place, nearness)| (nearness, place)).collect();
    rows.sort_unstable();
    has_more |= rows.len() > options.limit;
    rows.truncate(options.limit);
    Ok((rows, has_more))
}

/// The rows that are known to be copies: there is no need to look at their parts.
fn known_copies(rows: &[(Nearness, (u32, u32))]) -> HashSet<(u32, u32)> {
    rows.iter().filter(|(nearness, _)| nearness.0 <= NEAR_COPY).map(|(_, place)| *place).collect()
}

/// How a sample was found; none if it is not what the index took it for.
fn how(own: &OwnPicture, sample: &Sample, (distance, turn): Nearness) -> Option<MatchHow> {
    let theirs = sample.pair.pdq?;
    let is_so = |pdq: &Pdq| pdq.distance(&theirs) == distance;
    own.hashes.iter().any(|hash| hash.turn == turn && is_so(&hash.pdq)).then(|| {
        let is_same = own.sha256.is_some_and(|digest| sample.pair.sha256.as_deref() == Some(&*digest.to_string()));
        if is_same { MatchHow::SameBytes } else { MatchHow::Hash { turn, distance } }
    })
}

/// The index leads to another picture than the one it was made of.
fn stale(shelf: &Shelf) -> Error {
    let dir = hash_index_dir(shelf.dataset.dir());
    IndexError::Damaged { dir, reason: "it leads to samples that have other hashes".to_owned() }.into()
}
