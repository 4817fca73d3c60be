use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, cloud, mix, noise, smooth};
use super::{Colour, ramp};

const PAPER: Colour = Colour::hex(0x00FBF7EE);
const PAINTS: [[Colour; 5]; 5] = [
    Colour::hexes([0x3D6B8E, 0x6BA3B8, 0xE8A87C, 0x4F7C6A, 0x2E4057]),
    Colour::hexes([0x7A5C9E, 0xC98BB9, 0xF3B670, 0x5A7D9A, 0x3A2E5C]),
    Colour::hexes([0x2F8F83, 0x8CC7A1, 0xF2D16B, 0xD9796A, 0x1F4E5A]),
    Colour::hexes([0xC8553D, 0xF2A65A, 0xF6D186, 0x6A8D92, 0x5B3A4E]),
    Colour::hexes([0x4A6FA5, 0x9DB4C0, 0xDB8A74, 0x7C9885, 0x28334A]),
];

/// One puddle of thinned paint: it spreads unevenly and dries darker at its edge.
struct Puddle {
    middle: Point,
    reach: f64,
    /// How much wider than high it lies.
    flat: f64,
    paint: Colour,
    strength: f64,
    drift: f64,
}

/// Wet paper: a sky of puddles, land in the distance, water, and one small boat in ink.
pub(super) fn monsoon(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let paints = PAINTS[seed as usize % PAINTS.len()];
    let aspect = canvas.aspect();
    let horizon = dice.between(0.58, 0.68);
    let mut puddles = Vec::new();
    for layer in 0..9 {
        let low = layer >= 6;
        puddles.push(Puddle {
            middle: (
                dice.between(0.05, 0.95) * aspect,
                if low { dice.between(horizon + 0.05, 0.95) } else { dice.between(0.08, 0.45) },
            ),
            reach: dice.between(0.13, 0.3),
            flat: if low { 2.6 } else { dice.between(1.0, 1.8) },
            paint: dice.colour(&paints[if low { 0..2 } else { 0..3 }]),
            strength: dice.between(0.3, 0.6),
            drift: dice.between(0.0, 50.0),
        });
    }
    let (warp, grain) = (dice.next(), dice.next());
    canvas.wash(|x, y, _| {
        let sway = (cloud(warp, x * 3.2, y * 3.2, 3) - 0.5, cloud(warp ^ 77, x * 3.2, y * 3.2, 3) - 0.5);
        let wet = ramp(&[paints[1], paints[2], paints[1]], y + sway.1 * 0.3);
        let mut paper = wet.glaze(PAPER, 0.16 + 0.22 * smooth(0.9, 0.1, y));
        for puddle in &puddles {
            let (dx, dy) = (x - puddle.middle.0, y - puddle.middle.1);
            let away = ((dx / puddle.flat) * (dx / puddle.flat) + dy * dy).sqrt() + sway.0 * 0.22 + sway.1 * 0.12;
            if away < puddle.reach + 0.02 {
                let ripple = noise(warp ^ 9, x * 9.0 + puddle.drift, y * 9.0) - 0.5;
                let inside = puddle.reach - away - ripple * 0.03;
                let edge = smooth(0.0, 0.008, inside) * (0.55 + 0.45 * smooth(0.03, 0.0, inside));
                let pool = 0.7 + 0.5 * sway.0;
                paper = puddle.paint.glaze(paper, puddle.strength * edge * pool);
            }
        }
        // Pigment settles in the pores of the paper; quantised, because a fine grain would make a large file.
        let pore = (noise(grain, x * 90.0, y * 90.0) * 4.0).floor() / 4.0;
        paints[4].glaze(paper, pore * 0.05)
    });
    for ridge in 0..3 {
        land(
            canvas,
            &mut dice,
            horizon - 0.06 + 0.035 * f64::from(ridge),
            paints[3].to(paints[4], 0.3 * f64::from(ridge)),
        );
    }
    rain(canvas, &mut dice, paints[4]);
    let at = (aspect * dice.between(0.25, 0.75), mix(horizon, 1.0, 0.5));
    boat(canvas, at, dice.between(0.07, 0.1), paints[4].darker(0.3));
}

fn land(canvas: &mut Canvas, dice: &mut Dice, y: f64, paint: Colour) {
    let aspect = canvas.aspect();
    let (from, to) = (dice.between(-0.2, 0.45) * aspect, dice.between(0.6, 1.2) * aspect);
    let shape = dice.next();
    canvas.wash(|x, place, below| {
        if x < from || x > to || place < y - 0.17 || place > y + 0.07 {
            return below;
        }
        let along = (x - from) / (to - from);
        let end = smooth(0.0, 0.35, along) * smooth(1.0, 0.65, along);
        let (ridge, foot) = (y - 0.17 * end * cloud(shape, x * 5.0, y, 4), y + 0.07 * end);
        let down = ((place - ridge) / (foot - ridge).max(0.001)).clamp(0.0, 1.0);
        // The brush runs dry downwards, so that the foot is lost in the mist over the water.
        paint.glaze(below, smooth(ridge, ridge + 0.006, place) * 0.8 * (1.0 - down) * (1.0 - 0.4 * down))
    });
}

fn rain(canvas: &mut Canvas, dice: &mut Dice, paint: Colour) {
    let aspect = canvas.aspect();
    let centre = dice.between(0.2, 0.8) * aspect;
    for _ in 0..70 {
        let (x, y) = (centre + dice.between(-0.28, 0.28), dice.between(0.22, 0.55));
        let length = dice.between(0.03, 0.09);
        let thin = dice.between(0.0009, 0.0016);
        let drop =
            [(x, y), (x + thin * 2.0, y), (x + thin - length * 0.22, y + length), (x - length * 0.22, y + length)];
        canvas.polygon(&drop, paint.veil(0.32));
    }
}

fn boat(canvas: &mut Canvas, at: Point, size: f64, ink: Colour) {
    let (x, y) = at;
    let hull = [
        (x - size, y - size * 0.2),
        (x - size * 0.6, y),
        (x + size * 0.6, y),
        (x + size, y - size * 0.24),
        (x + size * 0.55, y - size * 0.12),
        (x - size * 0.55, y - size * 0.1),
    ];
    canvas.polygon(&hull, ink);
    canvas.stroke(&[(x - size * 0.1, y - size * 0.1), (x - size * 0.1, y - size * 1.25)], size * 0.035, ink);
    canvas.polygon(
        &[(x - size * 0.05, y - size * 1.2), (x - size * 0.05, y - size * 0.2), (x + size * 0.65, y - size * 0.3)],
        ink.veil(0.75),
    );
    canvas.polygon(
        &[(x - size * 0.15, y - size * 1.1), (x - size * 0.15, y - size * 0.22), (x - size * 0.6, y - size * 0.3)],
        ink.veil(0.5),
    );
    for line in 1..5 {
        let wide = size * (1.1 - 0.2 * f64::from(line));
        let depth = y + size * 0.11 * f64::from(line);
        canvas.rectangle(x - wide, depth, wide * 2.0, size * 0.022, ink.veil(0.35 - 0.06 * f64::from(line)));
    }
}
