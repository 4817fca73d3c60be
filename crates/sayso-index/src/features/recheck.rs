use std::f32::consts::TAU;

use sayso_core::{Features, Keypoint};

use super::frame::Frame;
use super::vote::MOST_APART;

/// Bits in which keypoints may differ where the frame says that they are the same.
const APART: u32 = 36;
/// Steps of size (eighths of an octave) and of angle (64ths of a turn) by which they may.
const STEPS_APART: f32 = 4.5;
const TURNS_APART: f32 = 6.5;
/// Keypoints by which a frame is fitted again, and by which it may be squeezed, at least.
const LEAST: usize = 3;
const LEAST_SQUEEZED: usize = 8;
/// How far from its place a keypoint may lie, with the first frame, one that was fitted, and one that was squeezed.
const FIRST: f32 = 14.0;
const FITTED: f32 = 10.0;
const LAST: f32 = 7.0;
const SQUEEZED: f32 = 6.0;

/// What all keypoints of two pictures say of a frame, those that agree with it and those that should and do not.
pub(super) struct Recheck {
    /// The frame, fitted to what agrees.
    pub(super) frame: Frame,
    /// Keypoints of the query that agree with one of the picture, each with it.
    pub(super) pairs: Vec<(Keypoint, Keypoint)>,
    /// What those that look very much alike are worth: one if no other picture has its like, nothing if all have.
    pub(super) worth: f32,
    /// Keypoints of the picture that should be seen in the query: they lie inside it, neither too small nor too large.
    pub(super) expected: usize,
    /// Those of them of which something looks a little alike.
    pub(super) seen: usize,
    /// Keypoints of the query that should be seen in the picture.
    pub(super) asked: usize,
}

/// Looks at all keypoints where a frame puts them, first with room, and then with a frame that was fitted to them. Unlike
/// the index it misses none that is there, and it sees what is not. `rarity` says what a keypoint of the query is worth.
pub(super) fn recheck(query: &Features, found: &Features, first: &Frame, rarity: &dyn Fn(usize) -> f32) -> Recheck {
    let turned = fitted(query, &seen(query, found, first, FIRST), LEAST, Frame::of_many);
    let squeezed = turned.and_then(|turned| {
        fitted(query, &seen(query, found, &turned, FITTED), LEAST_SQUEEZED, Frame::of_many_squeezed)
    });
    let frame = squeezed.or(turned).unwrap_or(*first);
    let seen = seen(query, found, &frame, if squeezed.is_some() { SQUEEZED } else { LAST });
    let mut used = vec![false; query.keypoints().len()];
    let (mut pairs, mut worth, mut alike) = (Vec::new(), 0.0, 0);
    for (asked, apart, keypoint) in seen.iter().filter_map(Seen::alike) {
        alike += 1;
        // Two keypoints of the picture may look like one of the query's, which proves no more than one of them.
        let Some(used) = used.get_mut(asked).filter(|used| !**used) else { continue };
        *used = true;
        pairs.extend(query.keypoints().get(asked).map(|asked| (*asked, *keypoint)));
        if apart <= MOST_APART {
            worth += rarity(asked);
        }
    }
    Recheck { frame, pairs, worth, expected: seen.len(), seen: alike, asked: asked(query, found, &frame) }
}

/// The frame that fits all that look alike, if these are enough.
fn fitted(
    query: &Features,
    seen: &[Seen<'_>],
    least: usize,
    of: fn(&[(&Keypoint, &Keypoint)]) -> Option<Frame>,
) -> Option<Frame> {
    let alike = seen.iter().filter_map(Seen::alike);
    let pairs: Vec<_> = alike.filter_map(|(asked, _, found)| Some((query.keypoints().get(asked)?, found))).collect();
    (pairs.len() >= least).then(|| of(&pairs)).flatten()
}

/// A keypoint that should be seen in the query, and the one there that looks most like it, by number, with the bits in
/// which they differ.
struct Seen<'a> {
    found: &'a Keypoint,
    asked: Option<(usize, u32)>,
}

impl<'a> Seen<'a> {
    /// Both, if they look alike enough.
    fn alike(&self) -> Option<(usize, u32, &'a Keypoint)> {
        self.asked.filter(|(_, apart)| *apart <= APART).map(|(asked, apart)| (asked, apart, self.found))
    }
}

/// All keypoints of the picture that should be seen in the query.
fn seen<'a>(query: &Features, found: &'a Features, frame: &Frame, tolerance: f32) -> Vec<Seen<'a>> {
    let (steps, turns) = (frame.scale().log2() * 8.0, frame.angle() / TAU * 64.0);
    let (width, height) = (f32::from(query.width()), f32::from(query.height()));
    let smallest = smallest(query);
    let mut all = Vec::new();
    for keypoint in found.keypoints() {
        let (x, y) = frame.place(keypoint.x(), keypoint.y());
        let step = f32::from(keypoint.step()) + steps;
        let size = (step / 8.0).exp2();
        let is_inside = (-EDGE..=width + EDGE).contains(&x) && (-EDGE..=height + EDGE).contains(&y);
        if !is_inside || step < smallest - 1.0 || size > width.min(height) / 3.0 {
            continue;
        }
        let reach = tolerance + 0.5 * size;
        let is_there = |asked: &Keypoint| {
            let turned = (f32::from(asked.turn()) - f32::from(keypoint.turn()) - turns + 96.0).rem_euclid(64.0) - 32.0;
            (asked.x() - x).abs() <= reach
                && (asked.y() - y).abs() <= reach
                && (f32::from(asked.step()) - step).abs() <= STEPS_APART
                && turned.abs() <= TURNS_APART
        };
        let there = query.keypoints().iter().enumerate().filter(|(_, asked)| is_there(asked));
        let asked = there.map(|(number, asked)| (number, asked.distance(keypoint))).min_by_key(|(_, apart)| *apart);
        all.push(Seen { found: keypoint, asked });
    }
    all
}

/// A keypoint at the edge counts as inside.
const EDGE: f32 = 2.0;

/// How many keypoints of the query should be seen in the picture.
fn asked(query: &Features, found: &Features, frame: &Frame) -> usize {
    let Some(back) = frame.inverse() else { return 0 };
    let steps = frame.scale().log2() * 8.0;
    let smallest = smallest(found);
    let should_be_seen = |asked: &&Keypoint| {
        let (x, y) = back.place(asked.x(), asked.y());
        (0.0..=f32::from(found.width())).contains(&x)
            && (0.0..=f32::from(found.height())).contains(&y)
            && f32::from(asked.step()) - steps >= smallest - 1.0
    };
    query.keypoints().iter().filter(should_be_seen).count()
}

fn smallest(features: &Features) -> f32 {
    f32::from(features.keypoints().iter().map(Keypoint::step).min().unwrap_or(63))
}
