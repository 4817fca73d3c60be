//! Curves and noise from `+ - * /`, `sqrt` and `floor` alone. IEEE 754 rounds those the same everywhere, while
//! `sin`, `exp` and `powf` come from the system's library and differ in the last bit from one to the next.

use super::dice::scramble;

pub(super) type Point = (f64, f64);

pub(super) fn mix(from: f64, to: f64, share: f64) -> f64 {
    from + (to - from) * share
}

/// 0 below `low`, 1 above `high`, a smooth rise between.
pub(super) fn smooth(low: f64, high: f64, value: f64) -> f64 {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// The sine of an angle given in turns: 0.25 is a right angle.
pub(super) fn sine(turns: f64) -> f64 {
    let turns = turns - (turns + 0.5).floor();
    // Fold to a quarter turn, where five terms of the series leave an error under one part in 10⁶.
    let folded = if turns > 0.25 {
        0.5 - turns
    } else if turns < -0.25 {
        -0.5 - turns
    } else {
        turns
    };
    let angle = folded * std::f64::consts::TAU;
    let square = angle * angle;
    angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0 * (1.0 - square / 72.0))))
}

pub(super) fn cosine(turns: f64) -> f64 {
    sine(turns + 0.25)
}

/// The point at `radius` from `centre` in the direction of `turns`.
pub(super) fn around(centre: Point, radius: f64, turns: f64) -> Point {
    (centre.0 + radius * cosine(turns), centre.1 + radius * sine(turns))
}

pub(super) fn distance(a: Point, b: Point) -> f64 {
    let (dx, dy) = (a.0 - b.0, a.1 - b.1);
    (dx * dx + dy * dy).sqrt()
}

/// The direction of a vector in turns, within a thousandth of a turn: enough to pick a petal by.
pub(super) fn direction(x: f64, y: f64) -> f64 {
    let (wide, tall) = (x.abs(), y.abs());
    if wide + tall == 0.0 {
        return 0.0;
    }
    let slope = wide.min(tall) / wide.max(tall);
    let eighth = slope * (0.125 + 0.0434 * (1.0 - slope));
    let quarter = if tall > wide { 0.25 - eighth } else { eighth };
    let half = if x < 0.0 { 0.5 - quarter } else { quarter };
    if y < 0.0 { 1.0 - half } else { half }
}

/// A number in `0.0..1.0` that belongs to a cell of the plane.
pub(super) fn speckle(seed: u64, column: i64, row: i64) -> f64 {
    let cell = (column as u64).wrapping_mul(0x8CB9_2BA7_2F3D_8DD7) ^ (row as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    (scramble(cell ^ seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Smooth noise in `0.0..1.0` with one bump a unit.
pub(super) fn noise(seed: u64, x: f64, y: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let (column, row) = (left as i64, top as i64);
    let (across, down) = (smooth(0.0, 1.0, x - left), smooth(0.0, 1.0, y - top));
    let upper = mix(speckle(seed, column, row), speckle(seed, column + 1, row), across);
    let lower = mix(speckle(seed, column, row + 1), speckle(seed, column + 1, row + 1), across);
    mix(upper, lower, down)
}

/// Noise of `octaves` sizes, each half as large and half as strong as the one before; in `0.0..1.0`.
pub(super) fn cloud(seed: u64, x: f64, y: f64, octaves: u32) -> f64 {
    let (mut sum, mut weight, mut strength, mut scale) = (0.0, 0.0, 1.0, 1.0);
    for octave in 0..u64::from(octaves) {
        sum += strength * noise(seed.wrapping_add(octave * 7919), x * scale, y * scale);
        weight += strength;
        strength *= 0.5;
        scale *= 2.0;
    }
    sum / weight
}

#[cfg(test)]
mod tests {
    use super::{direction, sine};

    #[test]
    fn the_series_stay_close_to_the_curves() {
        for step in -400..400 {
            let turns = f64::from(step) / 100.0;
            let angle = turns * std::f64::consts::TAU;
            assert!((sine(turns) - angle.sin()).abs() < 1e-5, "{turns}");
            let error = (direction(angle.cos(), angle.sin()) - turns.rem_euclid(1.0)).abs();
            assert!(error.min(1.0 - error) < 2e-3, "{turns}: {error}");
        }
    }
}
