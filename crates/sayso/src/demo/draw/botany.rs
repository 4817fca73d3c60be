use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, around, mix, sine};

/// Paper, stem, leaf, second leaf, flower.
const PLATES: [[Colour; 5]; 5] = [
    Colour::hexes([0xF8F3E6, 0x4B5D3A, 0x5E8C4A, 0x9BBF7A, 0xD96C75]),
    Colour::hexes([0xF4EEDF, 0x5B4A3B, 0x3E7C6B, 0x86B9A2, 0xE8A33D]),
    Colour::hexes([0xEFF2EA, 0x3D5148, 0x2F6F5E, 0x7FB685, 0xF2C14E]),
    Colour::hexes([0xF9EFE6, 0x6B4E3D, 0x7A8B3C, 0xBFC66B, 0x8E4A7B]),
    Colour::hexes([0x22302B, 0xA9C29A, 0x7FB27A, 0xC7DDA3, 0xF3B5A5]),
];

/// A plate from a herbal of plants that grow nowhere: each is a rule that repeats itself, smaller.
pub(super) fn botany(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [paper, stem, leaf, second, flower] = PLATES[seed as usize % PLATES.len()];
    let aspect = canvas.aspect();
    canvas.fill(paper);
    let inset = 0.035;
    let frame =
        [(inset, inset), (aspect - inset, inset), (aspect - inset, 1.0 - inset), (inset, 1.0 - inset), (inset, inset)];
    canvas.stroke(&frame, 0.003, stem.to(paper, 0.45));
    let root = (aspect / 2.0, 0.93);
    let plant = Plant { stem, leaf, second, flower };
    match seed / 5 % 4 {
        0 => {
            for _ in 0..5 {
                let (lean, length) = (dice.between(-0.075, 0.075), dice.between(0.55, 0.8));
                plant.fern(
                    canvas,
                    root,
                    0.75 + lean,
                    length - 2.5 * lean.abs(),
                    if dice.chance(0.5) { second } else { leaf },
                );
            }
        }
        1 => plant.tree(canvas, &mut dice, root, 0.75, 0.15, 7),
        2 => plant.sunflower(canvas, &mut dice, root, (aspect / 2.0, 0.4)),
        _ => plant.umbel(canvas, &mut dice, root),
    }
}

struct Plant {
    stem: Colour,
    leaf: Colour,
    second: Colour,
    flower: Colour,
}

impl Plant {
    /// A frond with two rows of leaflets, each a row of blades itself; it bends more towards the tip.
    fn fern(&self, canvas: &mut Canvas, root: Point, turns: f64, length: f64, colour: Colour) {
        let steps = 24;
        let bend = (turns - 0.75) * 0.7;
        let (mut at, mut heading) = (root, turns);
        let mut spine = vec![at];
        for step in 0..steps {
            let share = f64::from(step) / f64::from(steps);
            let next = around(at, length / f64::from(steps), heading);
            if share > 0.2 {
                let reach = length * 0.27 * sine((1.0 - share) * 0.42 + 0.025);
                for side in [-1.0, 1.0] {
                    self.leaflet(canvas, at, heading + side * mix(0.19, 0.1, share), reach, colour);
                }
            }
            heading += bend / f64::from(steps) * (0.4 + 1.6 * share);
            at = next;
            spine.push(at);
        }
        canvas.stroke(&spine, 0.005, self.stem);
    }

    fn leaflet(&self, canvas: &mut Canvas, root: Point, turns: f64, length: f64, colour: Colour) {
        let pairs = 7;
        for pair in 1..pairs {
            let share = f64::from(pair) / f64::from(pairs);
            let at = around(root, length * share, turns);
            let reach = (length * 0.24 * (1.0 - share * 0.7)).min(0.034);
            blade_shape(canvas, at, turns + 0.15, reach, 0.44, colour);
            blade_shape(canvas, at, turns - 0.15, reach, 0.44, colour.darker(0.1));
        }
        blade_shape(canvas, around(root, length * 0.86, turns), turns, length * 0.14, 0.4, colour);
        canvas.stroke(&[root, around(root, length * 0.9, turns)], 0.0022, colour.darker(0.25));
    }

    /// A branch that forks until it carries leaves and blossom.
    fn tree(&self, canvas: &mut Canvas, dice: &mut Dice, root: Point, turns: f64, length: f64, depth: u32) {
        let bow = dice.between(-0.03, 0.03);
        let elbow = around(root, length * 0.5, turns + bow);
        let tip = around(elbow, length * 0.5, turns - bow);
        canvas.stroke(&[root, elbow, tip], 0.0005 * f64::from(depth * depth) + 0.002, self.stem);
        if depth == 0 {
            return;
        }
        if depth < 4 {
            for _ in 0..3 {
                let colour = if dice.chance(0.5) { self.leaf } else { self.second };
                let side = if dice.chance(0.5) { 0.13 } else { -0.13 };
                blade_shape(
                    canvas,
                    tip,
                    turns + side + dice.between(-0.05, 0.05),
                    dice.between(0.03, 0.05),
                    0.42,
                    colour,
                );
            }
            if depth < 3 && dice.chance(0.3) {
                self.blossom(canvas, tip, dice.between(0.009, 0.016));
            }
        }
        let spread = dice.between(0.05, 0.085);
        for side in [-spread, spread] {
            let (heading, reach) = (turns + side + dice.between(-0.02, 0.02), length * dice.between(0.68, 0.84));
            self.tree(canvas, dice, tip, heading, reach, depth - 1);
        }
    }

    fn blossom(&self, canvas: &mut Canvas, at: Point, size: f64) {
        for petal in 0..5 {
            canvas.disc(
                around(at, size * 0.75, f64::from(petal) / 5.0 + 0.05),
                size * 0.62,
                self.flower.lighter(0.12 * f64::from(petal % 2)),
            );
        }
        canvas.disc(at, size * 0.4, self.second.lighter(0.5));
    }

    /// Seeds set at the golden angle, as in every sunflower, with petals around and a leafy stem below.
    fn sunflower(&self, canvas: &mut Canvas, dice: &mut Dice, root: Point, heart: Point) {
        let sway = dice.between(-0.06, 0.06);
        let stem: Vec<Point> = (0..=30)
            .map(|step| {
                let share = f64::from(step) / 30.0;
                (mix(root.0, heart.0, share) + sway * sine(share * 0.5), mix(root.1, heart.1, share))
            })
            .collect();
        canvas.stroke(&stem, 0.015, self.stem);
        for (place, side) in [(6, 1.0), (10, -1.0), (15, 1.0), (18, -1.0)] {
            if let Some(joint) = stem.get(place) {
                let size = 0.24 - 0.006 * place as f64;
                let turns = 0.75 + side * 0.17;
                blade_shape(canvas, *joint, turns, size, 0.4, if side > 0.0 { self.leaf } else { self.second });
                canvas.stroke(&[*joint, around(*joint, size * 0.9, turns)], 0.003, self.stem);
            }
        }
        for ring in 0..3 {
            let count = 24;
            for petal in 0..count {
                let turns = (f64::from(petal) + f64::from(ring) * 0.5) / f64::from(count);
                let reach = 0.275 - 0.045 * f64::from(ring);
                blade_shape(
                    canvas,
                    around(heart, 0.05, turns),
                    turns,
                    reach - 0.05,
                    0.2,
                    self.flower.lighter(0.16 * f64::from(ring)),
                );
            }
        }
        canvas.disc(heart, 0.132, self.stem.darker(0.35));
        for kernel in 0..420 {
            let share = f64::from(kernel) / 420.0;
            let at = around(heart, 0.128 * share.sqrt(), f64::from(kernel) * 0.381_966);
            canvas.disc(at, mix(0.0026, 0.0044, share), self.flower.to(self.stem, mix(0.75, 0.1, share)));
        }
    }

    /// Rays that end in smaller umbrellas of rays that end in flowers.
    fn umbel(&self, canvas: &mut Canvas, dice: &mut Dice, root: Point) {
        for (lean, height, size) in [(-0.055, 0.42, 0.15), (0.06, 0.5, 0.17), (0.004, 0.56, 0.24)] {
            let top = around(root, height, 0.75 + lean);
            let knee = around(root, height * 0.5, 0.75 + lean * 0.6);
            canvas.stroke(&[root, knee, top], 0.008, self.stem);
            for side in [-0.13, 0.13] {
                blade_shape(
                    canvas,
                    knee,
                    0.75 + lean + side,
                    0.15,
                    0.22,
                    if side > 0.0 { self.leaf } else { self.second },
                );
                blade_shape(
                    canvas,
                    around(root, height * 0.25, 0.75 + lean * 0.6),
                    0.75 + side * 1.3,
                    0.12,
                    0.22,
                    self.leaf,
                );
            }
            let rays = 13;
            for ray in 0..rays {
                let turns = 0.75 + lean + (f64::from(ray) / f64::from(rays - 1) - 0.5) * 0.38;
                let tip = around(top, size * dice.between(0.86, 1.02), turns);
                canvas.stroke(&[top, tip], 0.0036, self.stem);
                for small in 0..9 {
                    let spread = turns + (f64::from(small) / 8.0 - 0.5) * 0.6;
                    let end = around(tip, size * dice.between(0.2, 0.27), spread);
                    canvas.stroke(&[tip, end], 0.002, self.stem);
                    canvas.disc(end, size * 0.043, self.flower.lighter(dice.between(0.0, 0.4)));
                }
            }
        }
    }
}

/// A leaf from `root` towards `turns`; `width` is the half of its width as a share of its length.
fn blade_shape(canvas: &mut Canvas, root: Point, turns: f64, length: f64, width: f64, colour: Colour) {
    let steps = 10;
    let side = |sign: f64, share: f64| {
        let along = around(root, length * share, turns);
        around(along, length * width * 0.5 * sine(share * 0.5) * (1.15 - share * 0.5), turns + 0.25 * sign)
    };
    let mut outline: Vec<Point> = (0..=steps).map(|step| side(1.0, f64::from(step) / f64::from(steps))).collect();
    outline.extend((0..=steps).rev().map(|step| side(-1.0, f64::from(step) / f64::from(steps))));
    canvas.polygon(&outline, colour);
    let half: Vec<Point> =
        outline[..=steps as usize].iter().copied().chain([around(root, length, turns), root]).collect();
    canvas.polygon(&half, colour.darker(0.1));
}
