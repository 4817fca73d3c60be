use sayso_core::Likeness;

use super::recheck::Recheck;

/// All that is known of a picture and a query.
pub(super) struct Evidence<'a> {
    pub(super) recheck: &'a Recheck,
    /// The score by which the index found it; nothing if it did not.
    pub(super) score: f32,
    /// How well its hash goes with where the frame puts it, where it has one.
    pub(super) likeness: Option<Likeness>,
    /// In how many bits its hash differs from the nearest of the query's as a whole.
    pub(super) distance: Option<u32>,
}

/// From so many bits on, hashes of wholes say nothing more.
const FAR: u32 = 64;

/// How sure it is that picture and query show the same, as the logarithm of the odds among what is checked.
///
/// A logistic regression, learned once from edits of pictures that are none of those that are measured
/// (`docs/copies.md`). Frames that squeeze, or that make much larger or smaller, are rarely right.
pub(super) fn sureness(evidence: &Evidence<'_>) -> f32 {
    let Evidence { recheck, score, likeness, distance } = evidence;
    let expected = recheck.expected as f32;
    let both = recheck.expected.min(recheck.asked) as f32;
    let missed = recheck.expected.saturating_sub(recheck.seen) as f32;
    let none = Likeness { inside: 0.0, agreement: 0.0, strength: 1.0 };
    let Likeness { inside, agreement, strength } = likeness.unwrap_or(none);
    let agreement = agreement.max(0.0) * strength;
    let near = FAR.saturating_sub(distance.unwrap_or(FAR)) as f32 / 8.0;
    CONSTANT
        + WORTH * recheck.worth.min(8.0)
        + SHARE * recheck.worth / expected.max(4.0)
        + SHARE_OF_BOTH * recheck.worth / both.max(6.0)
        + SCORE * score.min(10.0)
        + MISSED * missed.ln_1p()
        + AGREEMENT * agreement
        + BEYOND_FIVE * (agreement - 5.0).max(0.0)
        + NEAR * near * strength
        + STRENGTH * strength
        + INSIDE * inside.clamp(0.0, 1.0)
        + SQUEEZE * recheck.frame.squeeze().min(1.0)
        + SCALE * recheck.frame.scale().max(1e-3).ln().abs().min(1.4)
}

const CONSTANT: f32 = -3.215;
const WORTH: f32 = 0.364;
const SHARE: f32 = 8.244;
const SHARE_OF_BOTH: f32 = 4.772;
const SCORE: f32 = 0.489;
const MISSED: f32 = -0.131;
const AGREEMENT: f32 = 0.773;
const BEYOND_FIVE: f32 = -0.621;
const NEAR: f32 = 0.95;
const STRENGTH: f32 = -7.22;
const INSIDE: f32 = 0.503;
const SQUEEZE: f32 = -7.625;
const SCALE: f32 = -2.402;
