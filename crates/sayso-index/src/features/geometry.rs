use sayso_core::Keypoint;

use super::frame::Frame;
use super::vote::{MOST_APART, Pairing};

/// Pairings that a frame is tried from.
const TRIED: usize = 48;
/// Pairings by which a frame is judged before it is fitted to all.
const JUDGED: usize = 200;
/// A frame with which so many agree is not looked for any longer.
const ENOUGH: usize = 24;
/// Steps of size (eighths of an octave) and of angle (64ths of a turn) by which pairings of one frame may differ.
const STEPS_APART: i32 = 4;
const TURNS_APART: i32 = 6;

/// What a picture and a query agree on.
pub(super) struct Agreement {
    pub(super) frame: Frame,
    /// How sure it is that this is no chance: the sum over the pairings that agree.
    pub(super) score: f32,
    /// The pairings that agree, each place counted once.
    pub(super) pairs: Vec<(Keypoint, Keypoint)>,
}

/// The frame with which most pairings agree.
pub(super) fn agreement(asked: &[Keypoint], pairings: &[Pairing]) -> Option<Agreement> {
    let mut pairs: Vec<(&Keypoint, &Keypoint, u32)> =
        pairings.iter().filter_map(|pair| Some((asked.get(pair.asked as usize)?, &pair.found, pair.apart))).collect();
    pairs.sort_by_key(|pair| pair.2);
    let mut best: Option<(f32, Vec<usize>)> = None;
    let judged = pairs.get(..JUDGED).unwrap_or(&pairs);
    for (q, f, _) in judged.iter().take(TRIED) {
        let frame = Frame::of_one(q, f);
        let inliers = inliers(judged, &frame, (steps(q, f), turns(q, f)), |at| {
            let distance = (at.x() - q.x()).hypot(at.y() - q.y());
            10.0 + 0.15 * distance
        });
        let score = score(judged, &inliers);
        let is_enough = inliers.len() >= ENOUGH;
        if best.as_ref().is_none_or(|best| score > best.0) {
            best = Some((score, inliers));
        }
        if is_enough {
            break;
        }
    }
    let (_, mut agreeing) = best?;
    let mut frame = None;
    for _ in 0..3 {
        let chosen: Vec<_> = agreeing.iter().filter_map(|at| pairs.get(*at)).map(|(q, f, _)| (*q, *f)).collect();
        if chosen.len() < 2 {
            return None;
        }
        let fitted = Frame::of_many(&chosen)?;
        let pose = (fitted.scale().log2() * 8.0, fitted.angle() / std::f32::consts::TAU * 64.0);
        agreeing = inliers(&pairs, &fitted, (pose.0.round() as i32, pose.1.round() as i32), |at| {
            8.0 + 0.5 * (f32::from(at.step()) / 8.0).exp2()
        });
        frame = Some(fitted);
    }
    let score = score(&pairs, &agreeing);
    let pairs = agreeing.iter().filter_map(|at| pairs.get(*at)).map(|(q, f, _)| (**q, **f)).collect();
    Some(Agreement { frame: frame?, score, pairs })
}

/// By how many steps the query's keypoint is larger.
fn steps(asked: &Keypoint, found: &Keypoint) -> i32 {
    i32::from(asked.step()) - i32::from(found.step())
}

fn turns(asked: &Keypoint, found: &Keypoint) -> i32 {
    i32::from(asked.turn()) - i32::from(found.turn())
}

/// Which pairings lie where the frame puts them, no place of either picture twice. They come sorted, the most alike first.
fn inliers(
    pairs: &[(&Keypoint, &Keypoint, u32)],
    frame: &Frame,
    pose: (i32, i32),
    tolerance: impl Fn(&Keypoint) -> f32,
) -> Vec<usize> {
    let mut kept: Vec<usize> = Vec::new();
    let mut places: Vec<(&Keypoint, &Keypoint)> = Vec::new();
    for (at, (q, f, _)) in pairs.iter().enumerate() {
        let turned = (turns(q, f) - pose.1 + 96).rem_euclid(64) - 32;
        if (steps(q, f) - pose.0).abs() > STEPS_APART || turned.abs() > TURNS_APART || frame.miss(q, f) > tolerance(q) {
            continue;
        }
        let near = |a: &Keypoint, b: &Keypoint| (a.x() - b.x()).abs() + (a.y() - b.y()).abs() < 6.0;
        if places.iter().any(|(other_q, other_f)| near(q, other_q) || near(f, other_f)) {
            continue;
        }
        places.push((q, f));
        kept.push(at);
    }
    kept
}

/// What pairings are worth together: the more alike, the more each.
fn score(pairs: &[(&Keypoint, &Keypoint, u32)], inliers: &[usize]) -> f32 {
    let worth = |at: &usize| {
        pairs.get(*at).map_or(0.0, |pair| 0.2 + (MOST_APART.saturating_sub(pair.2)) as f32 / MOST_APART as f32)
    };
    inliers.iter().map(worth).sum()
}
