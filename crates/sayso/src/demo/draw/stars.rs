use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, around, cloud, distance, smooth};

/// Night, deep night, ink of the lines, ink of the stars.
const SKIES: [[Colour; 4]; 4] = [
    Colour::hexes([0x1B2A4E, 0x0B1226, 0xC9A45C, 0xFFF3D1]),
    Colour::hexes([0x173F3F, 0x081C1E, 0xD0B36C, 0xF8F4DE]),
    Colour::hexes([0x43202F, 0x190A14, 0xD9A679, 0xFFEFE0]),
    Colour::hexes([0x2C2556, 0x100C26, 0xB9AEE0, 0xFAF7FF]),
];

/// A chart of a sky that is nobody's: circles, rays, a milky band and made-up constellations.
pub(super) fn stars(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [night, deep, line, star] = SKIES[seed as usize % SKIES.len()];
    let middle = (canvas.aspect() / 2.0, 0.5);
    let reach = 0.44;
    let (tilt, noise_seed) = (dice.between(-0.5, 0.5), dice.next());
    canvas.wash(|x, y, _| {
        let away = distance((x, y), middle);
        if away > reach {
            return deep;
        }
        let band = ((y - middle.1) - tilt * (x - middle.0)).abs();
        let milk = smooth(0.2, 0.0, band) * cloud(noise_seed, x * 8.0, y * 8.0, 4);
        night.to(deep, smooth(0.1, reach, away) * 0.55).to(star, milk * milk * 0.6)
    });

    let faint = line.to(night, 0.62);
    for circle in 1..4 {
        canvas.ring(middle, reach * f64::from(circle) / 4.0, 0.0018, faint);
    }
    for ray in 0..12 {
        let turns = f64::from(ray) / 12.0;
        canvas.stroke(&[around(middle, reach / 4.0, turns), around(middle, reach, turns)], 0.0018, faint);
    }
    let off_centre = around(middle, reach * 0.24, dice.unit());
    for dash in 0..72 {
        let turns = f64::from(dash) / 72.0;
        let arc = [around(off_centre, reach * 0.74, turns), around(off_centre, reach * 0.74, turns + 0.006)];
        canvas.stroke(&arc, 0.003, line.to(night, 0.25));
    }

    for _ in 0..380 {
        let at = around(middle, reach * dice.unit().sqrt() * 0.98, dice.unit());
        canvas.disc(at, dice.between(0.0008, 0.0022), star.to(night, dice.between(0.1, 0.6)));
    }
    let mut centres: Vec<Point> = Vec::new();
    for _ in 0..200 {
        let centre = around(middle, reach * 0.8 * dice.unit().sqrt(), dice.unit());
        if centres.len() < 9 && centres.iter().all(|other| distance(*other, centre) > 0.2) {
            centres.push(centre);
            constellation(canvas, &mut dice, centre, (middle, reach), (line, star, night));
        }
    }
    rim(canvas, middle, reach, line);
}

fn constellation(
    canvas: &mut Canvas,
    dice: &mut Dice,
    centre: Point,
    sky: (Point, f64),
    inks: (Colour, Colour, Colour),
) {
    let mut members: Vec<Point> = Vec::new();
    for _ in 0..60 {
        let at = around(centre, dice.between(0.02, 0.1), dice.unit());
        let free = members.iter().all(|other| distance(*other, at) > 0.035);
        if members.len() < 4 + dice.below(4) && free && distance(at, sky.0) < sky.1 * 0.95 {
            members.push(at);
        }
    }
    // Each star is joined to the nearest one before it: a tree, which is what real figures look like.
    for (index, at) in members.iter().enumerate().skip(1) {
        if let Some(nearest) = members[..index].iter().min_by(|a, b| distance(**a, *at).total_cmp(&distance(**b, *at)))
        {
            canvas.stroke(&[*nearest, *at], 0.0028, inks.0.to(inks.2, 0.15));
        }
    }
    for at in members {
        let size = dice.between(0.005, 0.0105);
        canvas.disc(at, size * 1.7, inks.2);
        sparkle(canvas, at, size * 1.5, inks.1);
    }
}

fn sparkle(canvas: &mut Canvas, at: Point, size: f64, colour: Colour) {
    let corners: Vec<Point> =
        (0..8).map(|step| around(at, if step % 2 == 0 { size } else { size * 0.36 }, f64::from(step) / 8.0)).collect();
    canvas.polygon(&corners, colour);
}

fn rim(canvas: &mut Canvas, middle: Point, reach: f64, line: Colour) {
    canvas.ring(middle, reach, 0.004, line);
    canvas.ring(middle, reach + 0.028, 0.0025, line);
    for tick in 0..120 {
        let turns = f64::from(tick) / 120.0;
        let length = if tick % 10 == 0 { 0.028 } else { 0.011 };
        canvas.stroke(&[around(middle, reach, turns), around(middle, reach + length, turns)], 0.0022, line);
    }
    for (x, y) in [(0.06, 0.06), (-0.06, 0.06), (0.06, -0.06), (-0.06, -0.06)] {
        let place = |side: f64, far: f64| if side > 0.0 { side } else { far + side };
        sparkle(canvas, (place(x, middle.0 * 2.0), place(y, 1.0)), 0.028, line);
    }
}
