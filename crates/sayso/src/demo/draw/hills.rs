use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, cloud, distance, mix, smooth};

/// Sky above, sun, far hill, near hill.
const LIGHTS: [[Colour; 4]; 6] = [
    Colour::hexes([0xF7C59F, 0xFFF1D0, 0xE9A9A0, 0x2F2A4A]),
    Colour::hexes([0x9FD3E0, 0xFFF6E0, 0xB5CFB4, 0x1E4A44]),
    Colour::hexes([0xE07A5F, 0xFFE8B8, 0xD98B80, 0x3D1F3C]),
    Colour::hexes([0x2B3A67, 0xF3E9D2, 0x6D7FAF, 0x101A33]),
    Colour::hexes([0xC9D6DF, 0xFFFDF5, 0xA9BBC9, 0x35505E]),
    Colour::hexes([0xF2CC8F, 0xFFF8E7, 0xC9B27C, 0x4A3B22]),
];

/// Ranges of hills in the haze, with a sun or moon over them and spruces on the nearest.
pub(super) fn hills(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [sky, sun, far, near] = LIGHTS[seed as usize % LIGHTS.len()];
    let aspect = canvas.aspect();
    let place = (aspect * dice.between(0.25, 0.75), dice.between(0.22, 0.36));
    let radius = dice.between(0.06, 0.11);
    canvas.wash(|x, y, _| {
        let air = sky.to(far.lighter(0.55), smooth(0.0, 0.62, y));
        let glow = 1.0 - smooth(radius, radius * 5.5, distance((x, y), place));
        air.to(sun, glow * glow * 0.75)
    });
    canvas.disc(place, radius, sun);
    birds(canvas, &mut dice, near.to(sky, 0.35));

    let ranges = 7;
    for range in 0..ranges {
        let nearness = f64::from(range) / f64::from(ranges - 1);
        let colour = far.to(near, nearness * nearness * 0.4 + nearness * 0.6);
        let base = mix(0.42, 0.9, nearness) - dice.between(0.0, 0.03);
        let (height, bumps) = (mix(0.24, 0.15, nearness), mix(3.6, 1.5, nearness));
        let noise_seed = dice.next();
        let ridge: Vec<Point> = (0..=240)
            .map(|step| {
                let x = aspect * f64::from(step) / 240.0;
                (x, base + height * (0.5 - cloud(noise_seed, x * bumps, f64::from(range), 5)))
            })
            .collect();
        // Haze gathers at the foot of each range: thin bands, each a little lighter, cut by the same ridge.
        let bands = 10;
        for band in 0..bands {
            let sunk = |band: i32| ridge.iter().map(move |(x, y)| (*x, y + f64::from(band) * 0.022));
            let mut outline: Vec<Point> = sunk(band).collect();
            if band + 1 < bands {
                outline.extend(sunk(band + 1).rev());
            } else {
                outline.extend([(aspect, 1.1), (0.0, 1.1)]);
            }
            canvas.polygon(&outline, colour.to(far.lighter(0.5), f64::from(band) * 0.035 * (1.0 - nearness * 0.8)));
        }
        if nearness > 0.6 {
            let size = mix(0.02, 0.085, (nearness - 0.6) / 0.4);
            spruces(canvas, &mut dice, &ridge, size, colour.darker(0.22));
        }
    }
}

fn spruces(canvas: &mut Canvas, dice: &mut Dice, ridge: &[Point], size: f64, colour: Colour) {
    let grove = dice.next();
    for (x, y) in ridge {
        if cloud(grove, x * 5.0, 0.0, 2) > 0.5 && dice.chance(0.55) {
            let tall = size * dice.between(0.55, 1.1);
            let wide = tall * 0.2;
            for tier in 0..4 {
                let top = y - tall * (1.0 - f64::from(tier) * 0.22);
                let spread = wide * (0.45 + 0.2 * f64::from(tier));
                let foot = top + tall * 0.38;
                canvas.polygon(&[(*x, top), (x + spread, foot), (x - spread, foot)], colour);
            }
        }
    }
}

fn birds(canvas: &mut Canvas, dice: &mut Dice, colour: Colour) {
    let flock = (canvas.aspect() * dice.between(0.2, 0.8), dice.between(0.12, 0.3));
    for _ in 0..dice.below(7) {
        let at = (flock.0 + dice.between(-0.14, 0.14), flock.1 + dice.between(-0.07, 0.07));
        let span = dice.between(0.010, 0.018);
        let wings = [
            (at.0 - span, at.1 - span * 0.45),
            (at.0 - span * 0.45, at.1 - span * 0.5),
            at,
            (at.0 + span * 0.45, at.1 - span * 0.5),
            (at.0 + span, at.1 - span * 0.45),
        ];
        canvas.stroke(&wings, 0.0035, colour);
    }
}
