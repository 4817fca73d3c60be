use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::Point;

const GROUND: [Colour; 4] = Colour::hexes([0xE8E3D3, 0xDDE8E4, 0xF1DFD1, 0x2E3350]);
const LAWN: Colour = Colour::hex(0x00A9C29A);
const WATER: Colour = Colour::hex(0x007FB7C9);
const WALLS: [Colour; 7] = Colour::hexes([0xF4EBD9, 0xF2C9A1, 0xE9A38F, 0xD7DDE3, 0xF3D98B, 0xC7D3B0, 0xFAFAF5]);
const ROOFS: [Colour; 6] = Colour::hexes([0xB5533C, 0x8C3B36, 0x4C5B76, 0x6F6A5B, 0xC9743F, 0x3F6B6B]);
const NIGHT: Colour = Colour::hex(0x001D2345);

/// Looks down on a plateau of cells: `i` runs to the lower right, `j` to the lower left, `k` up.
struct View {
    origin: Point,
    cell: f64,
}

impl View {
    fn at(&self, i: f64, j: f64, k: f64) -> Point {
        (self.origin.0 + (i - j) * self.cell, self.origin.1 + (i + j) * self.cell * 0.5 - k * self.cell)
    }
}

/// A small town on a plate, seen from above at an angle.
pub(super) fn houses(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let ground = GROUND[seed as usize % GROUND.len()];
    let night = ground == GROUND[3];
    let dim = |colour: Colour| if night { colour.to(NIGHT, 0.42) } else { colour };
    let aspect = canvas.aspect();
    canvas.wash(|_, y, _| ground.lighter(0.25 * (1.0 - y)));
    if night {
        canvas.disc((aspect * 0.8, 0.16), 0.06, Colour::hex(0x00F5ECCB));
        for _ in 0..40 {
            canvas.disc((dice.unit() * aspect, dice.unit() * 0.4), 0.0025, ground.lighter(0.6));
        }
    }

    let cells = 6 + dice.below(2);
    let side = cells as f64;
    let cell = (aspect * 0.475 / (side + 0.7)).min(0.72 / side);
    let view = View { origin: (aspect / 2.0, 0.56 - side * cell * 0.5), cell };
    plate(canvas, &view, side, dim(LAWN));
    let street = 1 + dice.below(cells - 2);
    for i in 0..cells {
        for j in 0..cells {
            let (x, y) = (i as f64, j as f64);
            if j == street {
                flat(canvas, &view, x, y, 1.0, dim(Colour::hex(0x00CFC8B8)));
                flat(canvas, &view, x + 0.35, y + 0.46, 0.12, dim(Colour::hex(0x00F5F2E8)));
                continue;
            }
            match dice.below(10) {
                0 => flat(canvas, &view, x + 0.08, y + 0.08, 0.84, dim(WATER)),
                1 | 2 => {
                    for _ in 0..3 {
                        let (dx, dy) = (dice.between(0.2, 0.8), dice.between(0.2, 0.8));
                        tree(canvas, &view, (x + dx, y + dy), dice.between(0.5, 0.9), dim(Colour::hex(0x00557A5B)));
                    }
                }
                3 => tree(canvas, &view, (x + 0.5, y + 0.5), 1.1, dim(Colour::hex(0x00C98A4B))),
                _ => {
                    let house = House {
                        walls: dim(dice.colour(&WALLS)),
                        roof: dim(dice.colour(&ROOFS)),
                        floors: 1 + dice.below(3),
                        pitched: dice.chance(0.75),
                    };
                    house.build(canvas, &view, &mut dice, (x, y), night);
                }
            }
        }
    }
}

fn plate(canvas: &mut Canvas, view: &View, side: f64, lawn: Colour) {
    let (low, high) = (-0.35, side + 0.35);
    let earth = lawn.to(Colour::hex(0x008A6A4F), 0.7);
    let corner = |i, j, k| view.at(i, j, k);
    canvas.polygon(
        &[corner(low, high, 0.0), corner(high, high, 0.0), corner(high, high, -0.5), corner(low, high, -0.5)],
        earth,
    );
    canvas.polygon(
        &[corner(high, low, 0.0), corner(high, high, 0.0), corner(high, high, -0.5), corner(high, low, -0.5)],
        earth.darker(0.25),
    );
    canvas.polygon(
        &[corner(low, low, 0.0), corner(high, low, 0.0), corner(high, high, 0.0), corner(low, high, 0.0)],
        lawn,
    );
}

fn flat(canvas: &mut Canvas, view: &View, i: f64, j: f64, side: f64, colour: Colour) {
    let corners =
        [view.at(i, j, 0.0), view.at(i + side, j, 0.0), view.at(i + side, j + side, 0.0), view.at(i, j + side, 0.0)];
    canvas.polygon(&corners, colour);
}

fn tree(canvas: &mut Canvas, view: &View, foot: Point, height: f64, colour: Colour) {
    let base = view.at(foot.0, foot.1, 0.0);
    canvas.stroke(&[base, view.at(foot.0, foot.1, height * 0.5)], view.cell * 0.09, Colour::hex(0x005B4636));
    for (step, share) in [(0.45, 0.34), (0.7, 0.28), (0.95, 0.19)] {
        let middle = view.at(foot.0, foot.1, height * step + 0.15);
        canvas.disc(middle, view.cell * share, colour.darker(0.12));
        canvas.disc(
            (middle.0 - view.cell * share * 0.25, middle.1 - view.cell * share * 0.2),
            view.cell * share * 0.7,
            colour.lighter(0.12),
        );
    }
}

struct House {
    walls: Colour,
    roof: Colour,
    floors: usize,
    pitched: bool,
}

impl House {
    fn build(&self, canvas: &mut Canvas, view: &View, dice: &mut Dice, cell: Point, night: bool) {
        let (near, far) = (0.88, 0.12);
        let (i0, i1, j0, j1) = (cell.0 + far, cell.0 + near, cell.1 + far, cell.1 + near);
        let top = 0.42 * self.floors as f64;
        let left = self.walls;
        let right = self.walls.darker(0.22);
        let wall = |from: (f64, f64), to: (f64, f64), low: f64, high: f64| {
            [
                view.at(from.0, from.1, low),
                view.at(to.0, to.1, low),
                view.at(to.0, to.1, high),
                view.at(from.0, from.1, high),
            ]
        };
        canvas.polygon(&wall((i0, j1), (i1, j1), 0.0, top), left);
        canvas.polygon(&wall((i1, j1), (i1, j0), 0.0, top), right);
        let lit = Colour::hex(0x00FFD879);
        for floor in 0..self.floors {
            let (low, high) = (floor as f64 * 0.42 + 0.13, floor as f64 * 0.42 + 0.33);
            for window in 0..3 {
                let (from, to) = (0.1 + 0.22 * f64::from(window), 0.22 + 0.22 * f64::from(window));
                let pane = |dice: &mut Dice, shade: Colour| if night && dice.chance(0.6) { lit } else { shade };
                let glass = self.walls.to(Colour::hex(0x00405468), 0.8);
                let front = pane(dice, glass);
                let flank = pane(dice, glass.darker(0.2));
                if floor == 0 && window == 1 {
                    canvas
                        .polygon(&wall((i0 + from - 0.01, j1), (i0 + to + 0.03, j1), 0.0, 0.31), self.roof.darker(0.2));
                } else {
                    canvas.polygon(&wall((i0 + from, j1), (i0 + to, j1), low, high), front);
                }
                canvas.polygon(&wall((i1, j1 - from), (i1, j1 - to), low, high), flank);
            }
        }
        if self.pitched {
            self.gable(canvas, view, (i0, i1, j0, j1), top);
        } else {
            let rim = 0.05;
            let lid = [view.at(i0, j0, top), view.at(i1, j0, top), view.at(i1, j1, top), view.at(i0, j1, top)];
            canvas.polygon(&lid, self.walls.lighter(0.5));
            let inner = [
                view.at(i0 + rim, j0 + rim, top),
                view.at(i1 - rim, j0 + rim, top),
                view.at(i1 - rim, j1 - rim, top),
                view.at(i0 + rim, j1 - rim, top),
            ];
            canvas.polygon(&inner, self.roof.lighter(0.45));
        }
    }

    fn gable(&self, canvas: &mut Canvas, view: &View, (i0, i1, j0, j1): (f64, f64, f64, f64), top: f64) {
        let (ridge, eave, middle) = (top + 0.38, 0.07, (j0 + j1) / 2.0);
        let low = top - 0.05;
        let back = [
            view.at(i0 - eave, j0 - eave, low),
            view.at(i1 + eave, j0 - eave, low),
            view.at(i1 + eave, middle, ridge),
            view.at(i0 - eave, middle, ridge),
        ];
        canvas.polygon(&back, self.roof.darker(0.3));
        canvas.polygon(
            &[view.at(i1, j0, top), view.at(i1, j1, top), view.at(i1, middle, ridge - 0.03)],
            self.walls.darker(0.22),
        );
        let front = [
            view.at(i0 - eave, j1 + eave, low),
            view.at(i1 + eave, j1 + eave, low),
            view.at(i1 + eave, middle, ridge),
            view.at(i0 - eave, middle, ridge),
        ];
        canvas.polygon(&front, self.roof);
        for course in 1..5 {
            let share = f64::from(course) / 5.0;
            let (j, k) = (j1 + eave + (middle - j1 - eave) * share, low + (ridge - low) * share);
            canvas.stroke(
                &[view.at(i0 - eave, j, k), view.at(i1 + eave, j, k)],
                view.cell * 0.014,
                self.roof.darker(0.16),
            );
        }
        let (ci, cj) = (i0 + 0.18, middle + 0.16);
        let stack = [
            view.at(ci, cj, ridge - 0.15),
            view.at(ci + 0.1, cj, ridge - 0.15),
            view.at(ci + 0.1, cj, ridge + 0.14),
            view.at(ci, cj, ridge + 0.14),
        ];
        canvas.polygon(&stack, self.walls.darker(0.35));
    }
}
