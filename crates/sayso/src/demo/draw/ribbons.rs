use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{distance, sine, speckle};
use super::{Colour, ramp};

const BANDS: [[Colour; 5]; 4] = [
    Colour::hexes([0x1F2041, 0xFFC857, 0xE9724C, 0xC5283D, 0x481D24]),
    Colour::hexes([0x10302F, 0x9BC53D, 0x5BC0EB, 0xFDE74C, 0xE55934]),
    Colour::hexes([0xF5EFE6, 0x3D5A80, 0x98C1D9, 0xEE6C4D, 0x293241]),
    Colour::hexes([0x2D1E2F, 0xF7AEF8, 0xB388EB, 0x8093F1, 0x72DDF7]),
];

/// Woven ribbons: every tile carries two arcs, turned one way or the other, and the eye follows them across.
pub(super) fn ribbons(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [ground, bands @ ..] = BANDS[seed as usize % BANDS.len()];
    let tiles = [6.0, 8.0, 10.0][dice.below(3)];
    let (spin, swirl) = (dice.unit(), dice.between(0.3, 0.7));
    let aspect = canvas.aspect();
    let half = 0.19;
    let hues: Vec<Colour> = (0..=24).map(|hue| ramp(&bands, f64::from(hue) / 24.0)).collect();
    canvas.shade(|x, y| {
        let (u, v) = (x * tiles, y * tiles);
        let (column, row) = (u.floor(), v.floor());
        let turned = speckle(seed, column as i64, row as i64) < 0.5;
        let (mut a, b) = (u - column, v - row);
        if turned {
            a = 1.0 - a;
        }
        // Distance from the middle line of the nearer arc.
        let first = distance((a, b), (0.0, 0.0)) - 0.5;
        let second = distance((a, b), (1.0, 1.0)) - 0.5;
        let off = if first.abs() < second.abs() { first } else { second };
        let hue = hues[((sine(spin + x / aspect * swirl + y * 0.6) + 1.0) * 12.0) as usize % hues.len()];
        let shadow = smoothed(off.abs(), half + 0.13, half);
        match off.abs() {
            away if away > half => ground.darker(0.35 * shadow),
            away if away > half - 0.045 => hue.darker(0.55),
            away if away > half * 0.42 && away < half * 0.56 => hue.lighter(0.55),
            away if away < half * 0.42 => hue.lighter(0.14),
            _ => hue,
        }
    });
}

fn smoothed(value: f64, far: f64, near: f64) -> f64 {
    ((far - value) / (far - near)).clamp(0.0, 1.0)
}
