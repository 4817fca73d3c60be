use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;

const WALLS: [Colour; 6] = Colour::hexes([0xF2C57C, 0x7FB7BE, 0xDDB6C6, 0xA7C4A0, 0xB8B3E9, 0xEF8A6F]);
const METALS: [Colour; 6] = Colour::hexes([0x8D99AE, 0xC08552, 0x5B8E7D, 0x6D6A75, 0xB56576, 0xD8D4C7]);
const LAMPS: [Colour; 5] = Colour::hexes([0xFFF3B0, 0x90F1EF, 0xFF6B6B, 0xB9FBC0, 0xFFFFFF]);
const DARK: Colour = Colour::hex(0x002B2D42);
const SIDE: usize = 24;

/// A portrait of a robot in 24 × 24 cells. Nobody sat for it.
pub(super) fn robots(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let wall = WALLS[seed as usize % WALLS.len()];
    let metal = METALS[(seed as usize / 2 + 1) % METALS.len()];
    let lamp = dice.colour(&LAMPS);
    let mut portrait = Portrait { cells: vec![wall; SIDE * SIDE] };
    portrait.backdrop(wall);
    portrait.body(&mut dice, metal);
    portrait.head(&mut dice, metal, lamp);
    let aspect = canvas.aspect();
    let side = SIDE as f64;
    canvas.shade(|x, y| {
        // A wider picture shows more wall, not a wider robot.
        let column = ((x - (aspect - 1.0) / 2.0) * side).floor().clamp(0.0, side - 1.0);
        portrait.cells[(y * side) as usize * SIDE + column as usize]
    });
}

struct Portrait {
    cells: Vec<Colour>,
}

impl Portrait {
    /// Paints a cell and its mirror image; `away` counts from the middle line, both sides alike.
    fn both(&mut self, away: usize, row: usize, colour: Colour) {
        if away < SIDE / 2 && row < SIDE {
            self.cells[row * SIDE + SIDE / 2 + away] = colour;
            self.cells[row * SIDE + SIDE / 2 - 1 - away] = colour;
        }
    }

    fn block(&mut self, aways: std::ops::Range<usize>, rows: std::ops::Range<usize>, colour: Colour) {
        for row in rows {
            for away in aways.clone() {
                self.both(away, row, colour);
            }
        }
    }

    fn backdrop(&mut self, wall: Colour) {
        for row in 0..SIDE {
            for column in 0..SIDE {
                let level = row / 4;
                let dots = row % 4 == 3 && column % 2 == 0;
                self.cells[row * SIDE + column] = wall.lighter(0.42 - 0.07 * (level + usize::from(dots)) as f64);
            }
        }
    }

    fn body(&mut self, dice: &mut Dice, metal: Colour) {
        let shoulders = 7 + dice.below(3);
        self.block(0..2, 17..19, metal.darker(0.4));
        self.block(0..shoulders + 1, 19..SIDE, DARK);
        self.block(0..shoulders, 20..SIDE, metal.darker(0.12));
        self.block(0..3, 21..SIDE, metal.lighter(0.3));
        let button = dice.colour(&LAMPS);
        self.cells[22 * SIDE + 11] = button.darker(0.1);
        self.cells[22 * SIDE + 12] = DARK;
        self.both(shoulders - 2, 21, metal.darker(0.5));
    }

    fn head(&mut self, dice: &mut Dice, metal: Colour, lamp: Colour) {
        let (half, top) = (6 + dice.below(2), 5 + dice.below(2));
        let bottom = 17;
        self.antenna(dice, top, lamp);
        let ear = 2 + dice.below(2);
        self.block(half..half + 2, 9..10 + ear, DARK);
        self.block(half..half + 1, 9..10 + ear, metal.darker(0.3));
        // Outline with its corners cut, then the plate, lit from the left.
        self.block(0..half, top..bottom, DARK);
        self.block(0..half - 1, top + 1..bottom - 1, metal);
        for row in top + 1..bottom - 1 {
            let middle = row * SIDE + SIDE / 2;
            self.cells[middle - (half - 1)] = metal.lighter(0.35);
            self.cells[middle + half - 2] = metal.darker(0.25);
        }
        self.block(0..half - 1, top + 1..top + 2, metal.lighter(0.35));
        if dice.chance(0.5) {
            self.both(half - 2, top + 2, metal.darker(0.5));
            self.both(half - 2, bottom - 3, metal.darker(0.5));
        }
        self.eyes(dice, top + 3, lamp);
        self.mouth(dice, bottom - 4, metal);
    }

    fn antenna(&mut self, dice: &mut Dice, top: usize, lamp: Colour) {
        match dice.below(3) {
            0 => {
                self.block(0..1, 2..top, DARK);
                self.block(0..1, 1..3, lamp.darker(0.06));
            }
            1 => {
                self.block(3..4, 2..top, DARK);
                self.both(3, 1, lamp.darker(0.06));
                self.both(4, 1, DARK);
            }
            _ => {
                self.block(0..4, top - 1..top, DARK);
                self.block(0..2, top - 2..top - 1, lamp.darker(0.12));
                self.block(2..3, top - 2..top - 1, DARK);
            }
        }
    }

    fn eyes(&mut self, dice: &mut Dice, row: usize, lamp: Colour) {
        match dice.below(4) {
            0 => {
                self.block(1..5, row - 1..row + 3, DARK);
                self.block(2..4, row..row + 2, lamp);
            }
            1 => {
                self.block(0..5, row..row + 3, DARK);
                self.block(1..4, row + 1..row + 2, lamp);
                let glint = row * SIDE + SIDE + 8;
                self.cells[glint] = Colour::hex(0x00FF_FFFF);
            }
            2 => {
                self.block(1..4, row..row + 3, DARK);
                self.block(2..3, row..row + 3, lamp);
                self.block(1..4, row + 1..row + 2, lamp);
                self.both(2, row + 1, DARK);
            }
            _ => {
                self.block(1..5, row..row + 3, lamp);
                self.block(2..4, row + 1..row + 3, DARK);
                self.block(1..5, row - 1..row, DARK);
            }
        }
    }

    fn mouth(&mut self, dice: &mut Dice, row: usize, metal: Colour) {
        self.block(0..4, row..row + 2, DARK);
        match dice.below(3) {
            0 => {
                for away in [0, 2] {
                    self.both(away, row, metal.lighter(0.6));
                    self.both(away + 1, row + 1, metal.lighter(0.6));
                }
            }
            1 => self.block(0..3, row..row + 1, Colour::hex(0x00F7_F7F2)),
            _ => {
                self.both(4, row - 1, DARK);
                self.block(0..4, row..row + 1, metal.lighter(0.1));
            }
        }
    }
}
