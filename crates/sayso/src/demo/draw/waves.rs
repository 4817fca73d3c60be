use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, around, cosine, mix, sine};

/// Paper, sun, far water, near water, foam.
const PRINTS: [[Colour; 5]; 5] = [
    Colour::hexes([0xF3E7D0, 0xD1495B, 0x9DB8C4, 0x1B3A5C, 0xFBF6EA]),
    Colour::hexes([0xEADBC2, 0xE39B3B, 0x8FB5A8, 0x14454A, 0xF7F1E1]),
    Colour::hexes([0xD9DEE4, 0xF6F1E0, 0x8795B5, 0x20264D, 0xF4F6F8]),
    Colour::hexes([0xF6D9C4, 0xC8553D, 0xB99AAE, 0x3B2A55, 0xFDF3EC]),
    Colour::hexes([0xE6EBD9, 0xD98E73, 0xA6C4B0, 0x2C5545, 0xF8FAF0]),
];

/// Printed sea: crest behind crest, each with its own grain of parallel lines and its own foam.
pub(super) fn waves(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [paper, sun, far, near, foam] = PRINTS[seed as usize % PRINTS.len()];
    let aspect = canvas.aspect();
    canvas.wash(|_, y, _| paper.to(far, (y * 1.1 - 0.25).clamp(0.0, 0.5) * 0.8));
    let place = (aspect * dice.between(0.25, 0.75), dice.between(0.2, 0.3));
    canvas.disc(place, dice.between(0.1, 0.15), sun);
    for cloud in 0..3 {
        mist(canvas, &mut dice, 0.1 + 0.11 * f64::from(cloud), paper.lighter(0.35));
    }

    let rows = 7;
    for row in 0..rows {
        let nearness = f64::from(row) / f64::from(rows - 1);
        let crest = Crest {
            base: mix(0.42, 0.98, nearness),
            height: mix(0.018, 0.095, nearness),
            length: mix(0.15, 0.6, nearness) * dice.between(0.85, 1.15),
            phase: dice.unit(),
            lean: dice.between(0.5, 0.8),
        };
        crest.print(canvas, &mut dice, far.to(near, nearness), foam, nearness);
    }
}

struct Crest {
    base: f64,
    height: f64,
    length: f64,
    phase: f64,
    lean: f64,
}

impl Crest {
    /// Narrower at the crest than in the trough, and pushed forward the more the higher it stands.
    fn outline(&self, aspect: f64, sink: f64) -> Vec<Point> {
        let steps = 320_i32;
        (-20..=steps + 20)
            .map(|step| {
                let x = aspect * f64::from(step) / f64::from(steps);
                let turns = x / self.length + self.phase;
                let rise = cosine(turns);
                let flat = 1.0 - sink * 2.5;
                let shift = flat * (self.lean * self.height * rise - 0.055 * self.length * sine(turns));
                (x + shift, self.base - self.height * rise * flat + sink)
            })
            .collect()
    }

    fn print(&self, canvas: &mut Canvas, dice: &mut Dice, colour: Colour, foam: Colour, nearness: f64) {
        let aspect = canvas.aspect();
        let mut body = self.outline(aspect, 0.0);
        body.extend([(aspect * 1.2, 1.3), (-0.2, 1.3)]);
        canvas.polygon(&body, colour);
        let thin = mix(0.0022, 0.005, nearness);
        for line in 1..=6 {
            let sink = f64::from(line) * mix(0.009, 0.022, nearness);
            canvas.stroke(
                &self.outline(aspect, sink),
                thin * (1.0 - f64::from(line) * 0.1),
                colour.to(foam, 0.42 - 0.05 * f64::from(line)),
            );
        }
        canvas.stroke(&self.outline(aspect, 0.0), mix(0.0035, 0.01, nearness), foam);
        // Foam gathers where the crest is high and blows forward from it.
        for (x, y) in self.outline(aspect, 0.0) {
            let high = (self.base - y) / self.height;
            if high > 0.82 && dice.chance(0.5) {
                let reach = mix(0.006, 0.034, nearness);
                let at = around((x, y - reach * 0.2), dice.unit() * reach, dice.between(0.35, 1.15));
                canvas.disc(at, dice.between(0.12, 0.34) * reach, foam);
            }
        }
    }
}

fn mist(canvas: &mut Canvas, dice: &mut Dice, height: f64, colour: Colour) {
    let aspect = canvas.aspect();
    let start = dice.between(-0.1, 0.7) * aspect;
    for band in 0..3 {
        let y = height + f64::from(band) * 0.017;
        let from = start + dice.between(-0.12, 0.12);
        canvas.stroke(&[(from, y), (from + dice.between(0.15, 0.45), y)], 0.011, colour);
    }
}
