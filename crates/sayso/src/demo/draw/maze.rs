use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, cloud, distance, mix, sine, smooth};

const PAPER: Colour = Colour::hex(0x00F6F0E1);
const INKS: [Colour; 4] = Colour::hexes([0x1F1B16, 0x23304A, 0x4A1F1F, 0x1F3A2E]);

/// An engraving that is a maze: one path leads through, and its walls swell where the picture is dark.
pub(super) fn maze(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let ink = INKS[seed as usize % INKS.len()];
    let aspect = canvas.aspect();
    canvas.fill(PAPER);
    let rows = 46;
    let margin = 0.05;
    let cell = (1.0 - 2.0 * margin) / rows as f64;
    let columns = ((aspect - 2.0 * margin) / cell).floor() as usize;
    let left = (aspect - columns as f64 * cell) / 2.0;
    let corner = |column: usize, row: usize| (left + column as f64 * cell, margin + row as f64 * cell);
    let doors = carve(&mut dice, columns, rows);
    let subject = Subject { kind: seed as usize % 5, seed, aspect };
    let wall = |canvas: &mut Canvas, from: Point, to: Point| {
        let pieces = 3;
        for piece in 0..pieces {
            let (a, b) = (f64::from(piece) / f64::from(pieces), f64::from(piece + 1) / f64::from(pieces));
            let start = (mix(from.0, to.0, a), mix(from.1, to.1, a));
            let end = (mix(from.0, to.0, b), mix(from.1, to.1, b));
            let dark = subject.darkness((start.0 + end.0) / 2.0, (start.1 + end.1) / 2.0);
            canvas.stroke(&[start, end], cell * mix(0.1, 0.86, dark), ink);
        }
    };
    for row in 0..rows {
        for column in 0..columns {
            let open = doors[row * columns + column];
            if !open.right && column + 1 < columns {
                wall(canvas, corner(column + 1, row), corner(column + 1, row + 1));
            }
            if !open.down && row + 1 < rows {
                wall(canvas, corner(column, row + 1), corner(column + 1, row + 1));
            }
        }
    }
    let frame = [corner(1, 0), corner(columns, 0), corner(columns, rows), corner(columns - 1, rows)];
    canvas.stroke(&frame[..3], cell * 0.3, ink);
    canvas.stroke(&[corner(0, 0), corner(0, rows), corner(columns - 1, rows)], cell * 0.3, ink);
}

#[derive(Clone, Copy, Default)]
struct Doors {
    right: bool,
    down: bool,
}

/// Walks from cell to unvisited cell and steps back where there is none, until every cell is reached.
fn carve(dice: &mut Dice, columns: usize, rows: usize) -> Vec<Doors> {
    let mut doors = vec![Doors::default(); columns * rows];
    let mut seen = vec![false; columns * rows];
    let mut trail = vec![(0, 0)];
    seen[0] = true;
    while let Some(&(column, row)) = trail.last() {
        let mut ways = [(1, 0), (-1, 0), (0, 1), (0, -1)];
        dice.shuffle(&mut ways);
        let step = ways.iter().find_map(|&(dx, dy): &(isize, isize)| {
            let (next_column, next_row) = (column + dx, row + dy);
            let inside = (0..columns as isize).contains(&next_column) && (0..rows as isize).contains(&next_row);
            (inside && !seen[next_row as usize * columns + next_column as usize]).then_some((next_column, next_row))
        });
        let Some((next_column, next_row)) = step else {
            trail.pop();
            continue;
        };
        let door = &mut doors[row.min(next_row) as usize * columns + column.min(next_column) as usize];
        if next_row == row {
            door.right = true;
        } else {
            door.down = true;
        }
        seen[next_row as usize * columns + next_column as usize] = true;
        trail.push((next_column, next_row));
    }
    doors
}

struct Subject {
    kind: usize,
    seed: u64,
    aspect: f64,
}

impl Subject {
    /// How dark the engraved picture is at a place: 0 is paper, 1 is ink.
    fn darkness(&self, x: f64, y: f64) -> f64 {
        let middle = (self.aspect / 2.0, 0.5);
        match self.kind {
            // A moon, lit from the upper left.
            0 => {
                let away = distance((x, y), middle);
                if away < 0.36 {
                    let lit = distance((x, y), (middle.0 - 0.14, middle.1 - 0.14));
                    smooth(0.02, 0.5, lit) * 0.95 + (cloud(self.seed, x * 9.0, y * 9.0, 2) - 0.5) * 0.5
                } else {
                    0.1 + 0.12 * smooth(0.36, 0.6, away)
                }
            }
            // A mountain with snow, and its shaded side.
            1 => {
                let slope = 0.16 + (x - middle.0).abs() * 1.05 + (cloud(self.seed, x * 8.0, y * 5.0, 3) - 0.5) * 0.16;
                if y < slope {
                    smooth(0.6, 0.0, y) * 0.12
                } else if y - slope < 0.13 {
                    0.06
                } else {
                    let shade =
                        if x > middle.0 + (cloud(self.seed ^ 5, 0.0, y * 7.0, 2) - 0.5) * 0.2 { 0.92 } else { 0.5 };
                    shade - smooth(0.75, 1.0, y) * 0.45
                }
            }
            // A sea under a low sun.
            2 => {
                let horizon = 0.56;
                if y < horizon {
                    let sun = distance((x, y), (middle.0, horizon - 0.02));
                    if sun < 0.2 { 0.0 } else { 0.16 + 0.45 * smooth(0.2, 0.75, sun) }
                } else {
                    let glint = smooth(0.24, 0.02, (x - middle.0).abs() * (0.5 / (y - horizon + 0.2)));
                    0.62 + 0.3 * sine(y * 16.0 + sine(x * 2.0) * 0.3) - glint * 0.6
                }
            }
            // A vase between two shadows.
            3 => {
                let width = 0.15 + 0.11 * sine((y - 0.3) * 0.95) + 0.05 * sine(y * 2.2);
                let from_axis = (x - middle.0) / width;
                if (0.16..0.86).contains(&y) && from_axis.abs() < 1.0 {
                    0.4 + 0.6 * smooth(-0.3, 1.0, from_axis)
                        - if (y * 12.0).floor() as i64 % 3 == 0 { 0.3 } else { 0.0 }
                } else if y > 0.84 {
                    0.45
                } else {
                    0.08
                }
            }
            // Rings on still water.
            _ => {
                let away = distance((x, (y - middle.1) * 1.7 + middle.1), (middle.0 * 0.9, 0.5));
                (0.5 + 0.5 * sine(away * 6.5)) * smooth(0.95, 0.1, away) + 0.12
            }
        }
        .clamp(0.0, 1.0)
    }
}
