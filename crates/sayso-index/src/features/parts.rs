use std::collections::HashSet;

use sayso_core::{FeatureQuery, Features, Likeness, Pdq};

use super::frame::Frame;
use super::hit::{FeatureAnswer, FeatureHit, Region};
use super::index::FeatureIndex;
use super::part_hit::PartHit;
use super::recheck::recheck;
use super::sureness::{Evidence, sureness};

/// Pictures that the features lead to and that are checked, and such that a hash of the whole leads to.
const BY_FEATURES: usize = 30;
const BY_HASH: usize = 12;

/// What is stored of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPicture {
    /// Its features; none of a picture without texture.
    pub features: Option<Features>,
    /// Its hash, where it is worth comparing.
    pub pdq: Option<Pdq>,
}

/// A picture whose hash is near one of the query's as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearPicture {
    /// The shard of the sample.
    pub shard: u32,
    /// Its row.
    pub row: u32,
    /// In how many bits the hashes differ.
    pub distance: u32,
    /// Whether it is near the query's mirror image.
    pub is_mirrored: bool,
    /// Where its upper left, upper right and lower left corners lie in the query (in its mirror image, where it is near that),
    /// from 0 to 1.
    pub corners: [(f32, f32); 3],
}

/// Looks a place of a picture up in the query; both count from 0 to 1.
type Place<'a> = &'a dyn Fn(f32, f32) -> (f32, f32);

/// What a picture that was found is checked by.
pub struct PartCheck<'a> {
    /// Pictures whose hashes are near, the nearest first.
    pub near: &'a [NearPicture],
    /// What is stored of a picture, by its shard and row.
    pub stored: &'a mut dyn FnMut(u32, u32) -> Option<StoredPicture>,
    /// How well a hash goes with a part of the query, or of its mirror image where so said.
    pub likeness: &'a dyn Fn(&Pdq, bool, Place<'_>) -> Option<Likeness>,
}

/// Where a picture may lie in the query.
struct Guess {
    place: (u32, u32),
    is_mirrored: bool,
    score: f32,
    distance: Option<u32>,
    /// Known at once, or from the corners when the sides are.
    frame: Result<Frame, [(f32, f32); 3]>,
}

impl FeatureIndex {
    /// Finds the pictures of which a part is like a part of the query: those that features or hashes lead to are checked by
    /// all that is stored of them. Returns all that are as sure as `least`, the surest first. Rows of which `is_gone` says so
    /// are not returned.
    #[must_use]
    pub fn parts(
        &self,
        query: &FeatureQuery,
        check: &mut PartCheck<'_>,
        least: f32,
        is_gone: &dyn Fn(u32, u32) -> bool,
    ) -> Vec<PartHit> {
        let answer = self.find(query, 0.0, BY_FEATURES, is_gone);
        let mirrored = query.mirrored();
        let distance = |place: (u32, u32)| {
            check.near.iter().find(|near| (near.shard, near.row) == place).map(|near| near.distance)
        };
        let guess_of_hit = |hit: &FeatureHit| {
            let place = (hit.shard, hit.row);
            let (is_mirrored, frame) = (hit.mirrored, Ok(hit.frame));
            Guess { place, is_mirrored, score: hit.score, distance: distance(place), frame }
        };
        let guess_of_near = |near: &NearPicture| Guess {
            place: (near.shard, near.row),
            is_mirrored: near.is_mirrored,
            score: 0.0,
            distance: Some(near.distance),
            frame: Err(near.corners),
        };
        let near = check.near.iter().filter(|near| !is_gone(near.shard, near.row)).take(BY_HASH);
        let guesses: Vec<Guess> = answer.hits.iter().map(guess_of_hit).chain(near.map(guess_of_near)).collect();
        let mut hits: Vec<PartHit> = Vec::new();
        for guess in &guesses {
            let query = if guess.is_mirrored { &mirrored } else { query };
            let stored = (check.stored)(guess.place.0, guess.place.1);
            hits.extend(
                stored.and_then(|stored| self.judged(query.features(), &answer, guess, &stored, check.likeness)),
            );
        }
        hits.retain(|hit| hit.sureness >= least);
        hits.sort_by(|a, b| b.sureness.total_cmp(&a.sureness).then((a.shard, a.row).cmp(&(b.shard, b.row))));
        // Features and hash may lead to the same picture: the surer guess stays.
        let mut seen = HashSet::new();
        hits.retain(|hit| seen.insert((hit.shard, hit.row)));
        hits
    }

    fn judged(
        &self,
        query: &Features,
        answer: &FeatureAnswer,
        guess: &Guess,
        stored: &StoredPicture,
        likeness: &dyn Fn(&Pdq, bool, Place<'_>) -> Option<Likeness>,
    ) -> Option<PartHit> {
        let found = stored.features.clone().unwrap_or_else(|| Features::new(1024, 1024, Vec::new()));
        let sides = |features: &Features| (f32::from(features.width()), f32::from(features.height()));
        let ((asked_width, asked_height), (width, height)) = (sides(query), sides(&found));
        let first = guess.frame.unwrap_or_else(|corners| {
            let [origin, right, lower] = corners.map(|(x, y)| (x * asked_width, y * asked_height));
            Frame::of_corners(width, height, origin, right, lower)
        });
        let common = if guess.is_mirrored { &answer.common_mirrored } else { &answer.common };
        let all = (self.pictures().max(2) as f32).ln();
        let rarity = |at: usize| 1.0 - (common.get(at).copied().unwrap_or(0).max(1) as f32).ln() / all;
        let recheck = recheck(query, &found, &first, &rarity);
        let place = |x: f32, y: f32| {
            let (x, y) = recheck.frame.place(x * width, y * height);
            (x / asked_width, y / asked_height)
        };
        let likeness = stored.pdq.as_ref().and_then(|pdq| likeness(pdq, guess.is_mirrored, &place));
        let evidence = Evidence { recheck: &recheck, score: guess.score, likeness, distance: guess.distance };
        let (sought, shown) = if recheck.pairs.is_empty() {
            (Region::seen(&place), Region::WHOLE)
        } else {
            let of = |keypoints: Vec<_>, features: &Features| {
                Region::around(keypoints.into_iter(), features.width(), features.height())
            };
            (
                of(recheck.pairs.iter().map(|pair| &pair.0).collect(), query),
                of(recheck.pairs.iter().map(|pair| &pair.1).collect(), &found),
            )
        };
        Some(PartHit {
            shard: guess.place.0,
            row: guess.place.1,
            sureness: sureness(&evidence),
            agreeing: recheck.pairs.len() as u32,
            mirrored: guess.is_mirrored,
            frame: recheck.frame,
            sought: if guess.is_mirrored { sought.mirrored() } else { sought },
            found: shown,
        })
    }
}
