use std::fmt::Write;

/// The loss after a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossPoint {
    /// The step, from one on.
    pub step: u64,
    /// Its loss.
    pub loss: f64,
}

/// Points of a line, at most: as many as the curve has pixels.
const POINTS: usize = 640;
/// Where the curve lies in its picture.
const LEFT: f64 = 56.0;
const TOP: f64 = 14.0;
const WIDE: f64 = 640.0;
const HIGH: f64 = 200.0;
/// Weight of what came before in the smoothed line, for a thousand steps; shorter runs are smoothed less.
const SMOOTH: f64 = 0.98;

/// A loss curve as SVG paths: every step's loss pale, and a moving average above.
pub(crate) struct Curve {
    pub(crate) raw: String,
    pub(crate) smooth: String,
    pub(crate) across: Vec<Tick>,
    pub(crate) up: Vec<Tick>,
    /// What it says to those who do not see it.
    pub(crate) said: String,
}

/// A line of the grid with its number.
pub(crate) struct Tick {
    pub(crate) at: String,
    pub(crate) label: String,
}

impl Curve {
    /// None of fewer than two losses.
    pub(crate) fn of(losses: &[LossPoint]) -> Option<Self> {
        let losses: Vec<LossPoint> = losses.iter().filter(|point| point.loss.is_finite()).copied().collect();
        let (first, last) = (losses.first()?, losses.last()?);
        if first.step >= last.step {
            return None;
        }
        let smooth = smoothed(&losses);
        // A single wild step must not press all others flat.
        let mut sorted: Vec<f64> = losses.iter().map(|point| point.loss).collect();
        sorted.sort_by(f64::total_cmp);
        let high = sorted.get(sorted.len() * 98 / 100).or(sorted.last()).copied()?;
        let top = rounded_up(high.max(f64::MIN_POSITIVE));
        let (from, to) = (first.step as f64, last.step as f64);
        let place = |point: &LossPoint| {
            let x = LEFT + (point.step as f64 - from) / (to - from) * WIDE;
            let y = TOP + HIGH - (point.loss / top).clamp(0.0, 1.0) * HIGH;
            (x, y)
        };
        let share = |part: u64| part as f64 / 4.0;
        Some(Self {
            raw: path(&losses, place),
            smooth: path(&smooth, place),
            across: (0..=4)
                .map(|part| Tick {
                    at: format!("{:.1}", LEFT + share(part) * WIDE),
                    label: (first.step + (share(part) * (to - from)) as u64).to_string(),
                })
                .collect(),
            up: (0..=4)
                .map(|part| Tick {
                    at: format!("{:.1}", TOP + HIGH - share(part) * HIGH),
                    label: number(top * share(part)),
                })
                .collect(),
            said: format!(
                "The loss by steps: {} at first, {} now, both averaged over the steps about them.",
                number(smooth.first()?.loss),
                number(smooth.last()?.loss)
            ),
        })
    }
}

/// Moving averages, begun at the mean of the first tenth so that one lucky step says nothing.
fn smoothed(losses: &[LossPoint]) -> Vec<LossPoint> {
    let begin = losses.len().div_ceil(10).max(1);
    let mut mean = losses.iter().take(begin).map(|point| point.loss).sum::<f64>() / begin as f64;
    let keep = SMOOTH.min(1.0 - 10.0 / losses.len() as f64).max(0.0);
    losses
        .iter()
        .map(|point| {
            mean = keep * mean + (1.0 - keep) * point.loss;
            LossPoint { step: point.step, loss: mean }
        })
        .collect()
}

/// The line through the points, a mean for each pixel.
fn path(points: &[LossPoint], place: impl Fn(&LossPoint) -> (f64, f64)) -> String {
    let mut path = String::new();
    for some in points.chunks(points.len().div_ceil(POINTS).max(1)) {
        let loss = some.iter().map(|point| point.loss).sum::<f64>() / some.len() as f64;
        let step = some.last().map_or(0, |point| point.step);
        let (x, y) = place(&LossPoint { step, loss });
        let letter = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{letter}{x:.1} {y:.1}");
    }
    path
}

/// The next number of 1, 2, 4, 5 or 8 times a power of ten.
fn rounded_up(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    let steps = [1.0, 2.0, 4.0, 5.0, 8.0, 10.0].map(|step| step * power);
    steps.into_iter().find(|step| *step >= number).unwrap_or(number)
}

/// A number with three digits that count.
fn number(number: f64) -> String {
    let places = if number >= 1.0 || number == 0.0 { 2 } else { (2.0 - number.log10().floor()) as usize };
    let text = format!("{number:.*}", places.min(12));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Curve, LossPoint, number, rounded_up};

    #[test]
    fn a_curve_begins_left_and_ends_right() {
        let losses: Vec<_> = (1..=5000).map(|step| LossPoint { step, loss: 1.0 / step as f64 }).collect();
        let curve = Curve::of(&losses).unwrap();
        assert!(curve.raw.starts_with('M') && curve.raw.matches('L').count() < 640);
        assert_eq!(curve.across.last().map(|tick| tick.label.as_str()), Some("5000"));
        // The wildest two of a hundred are cut off above, so that the last is not pressed flat: 1/5000 of 0.01.
        assert!(curve.raw.ends_with("L696.0 210.0"));
    }

    #[test]
    fn too_little_to_show_is_not_shown() {
        let one = LossPoint { step: 1, loss: 0.5 };
        let wild = LossPoint { step: 2, loss: f64::NAN };
        assert!(Curve::of(&[]).is_none() && Curve::of(&[one]).is_none() && Curve::of(&[one, wild]).is_none());
    }

    #[test]
    fn axes_have_round_numbers() {
        assert_eq!([0.037, 0.31, 1.0, 4.2, 99.0].map(rounded_up).map(number), ["0.04", "0.4", "1", "5", "100"]);
    }
}
