use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::{Point, cosine, direction, distance, sine, speckle};

const PALETTES: [[Colour; 6]; 5] = [
    Colour::hexes([0x0D3B66, 0xF4D35E, 0xEE964B, 0xF95738, 0xFAF0CA, 0x4F86A6]),
    Colour::hexes([0x264653, 0x2A9D8F, 0xE9C46A, 0xF4A261, 0xE76F51, 0xF6EFE0]),
    Colour::hexes([0x3D348B, 0x7678ED, 0xF7B801, 0xF18701, 0xF35B04, 0xF4EFE6]),
    Colour::hexes([0x1B4332, 0x40916C, 0x95D5B2, 0xD8F3DC, 0xBC6C25, 0xFEFAE0]),
    Colour::hexes([0x5F0F40, 0x9A031E, 0xFB8B24, 0xE36414, 0x0F4C5C, 0xF3E9DC]),
];

/// A motif laid in small stones, each cut a little differently, with grout between them.
pub(super) fn mosaic(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let palette = PALETTES[seed as usize % PALETTES.len()];
    let motif = Motif {
        kind: seed as usize / PALETTES.len() % 4,
        petals: 5 + dice.below(4),
        middle: (canvas.aspect() / 2.0, 0.5),
    };
    let floor = Floor::lay(seed, canvas.aspect(), &motif, &palette);
    let grout = Colour::hex(0x00E4_DCCB).darker(0.08);
    canvas.shade(|x, y| floor.colour(x, y).unwrap_or(grout));
}

/// The stones, row after row, with one more on every side of the picture.
struct Floor {
    columns: usize,
    stones: Vec<Stone>,
}

struct Stone {
    middle: Point,
    face: Colour,
    lit: Colour,
}

impl Floor {
    /// Stones from the top of the picture to the bottom.
    const ROWS: usize = 32;

    fn lay(seed: u64, aspect: f64, motif: &Motif, palette: &[Colour]) -> Self {
        let scale = Self::ROWS as f64;
        let columns = (aspect * scale).ceil() as usize + 2;
        let stone = |place: usize| {
            let (column, row) = ((place % columns) as i64 - 1, (place / columns) as i64 - 1);
            let jitter = |salt: u64| 0.5 + (speckle(seed ^ salt, column, row) - 0.5) * 0.62;
            let middle = (column as f64 + jitter(0), row as f64 + jitter(0xBEAD));
            let colour = palette[motif.colour(middle.0 / scale, middle.1 / scale) % palette.len()];
            // Each stone reflects its own way.
            let tilt = (speckle(seed ^ 0x717E, column, row) - 0.5) * 0.3;
            let face = if tilt > 0.0 { colour.lighter(tilt) } else { colour.darker(-tilt) };
            Stone { middle, face, lit: face.lighter(0.15) }
        };
        Self { columns, stones: (0..columns * (Self::ROWS + 2)).map(stone).collect() }
    }

    /// The colour of the stone at a place; `None` in the grout between two.
    fn colour(&self, x: f64, y: f64) -> Option<Colour> {
        let at = (x * Self::ROWS as f64, y * Self::ROWS as f64);
        let (column, row) = (at.0 as usize, at.1 as usize);
        let (mut nearest, mut second, mut stone) = (f64::INFINITY, f64::INFINITY, None);
        for line in row..row + 3 {
            for candidate in self.stones.iter().skip(line * self.columns + column).take(3) {
                let (dx, dy) = (candidate.middle.0 - at.0, candidate.middle.1 - at.1);
                let away = dx * dx + dy * dy;
                if away < nearest {
                    (second, nearest, stone) = (nearest, away, Some(candidate));
                } else if away < second {
                    second = away;
                }
            }
        }
        let gap = second.sqrt() - nearest.sqrt();
        let stone = stone.filter(|_| gap > 0.13)?;
        // The upper left edge catches the light.
        let edge = gap < 0.36 && stone.middle.0 + stone.middle.1 > at.0 + at.1;
        Some(if edge { stone.lit } else { stone.face })
    }
}

struct Motif {
    kind: usize,
    petals: usize,
    middle: Point,
}

impl Motif {
    /// Which colour of the palette lies at a place.
    fn colour(&self, x: f64, y: f64) -> usize {
        let (dx, dy) = (x - self.middle.0, y - self.middle.1);
        let (radius, angle) = (distance((x, y), self.middle), direction(dx, dy));
        let border = x.min(self.middle.0 * 2.0 - x).min(y).min(1.0 - y);
        if border < 0.055 {
            return if ((x + y) * 16.0).floor() as i64 % 2 == 0 { 0 } else { 4 };
        }
        match self.kind {
            0 => {
                // An even and an odd flower both stand upright when a petal points up.
                let petal = cosine((angle - 0.75) * self.petals as f64) * 0.5 + 0.5;
                let edge = 0.17 + 0.22 * petal;
                if radius < 0.07 {
                    1
                } else if radius < edge * 0.62 {
                    3
                } else if radius < edge {
                    2
                } else {
                    usize::from(radius > 0.43) * 5
                }
            }
            1 => {
                let ray = (angle * 24.0).floor() as usize % 2;
                match radius {
                    r if r < 0.16 => 1,
                    r if r < 0.19 => 3,
                    r if r < 0.34 => 1 + ray,
                    r if r < 0.37 => 4,
                    _ => usize::from((y * 9.0 + sine(x * 1.5) * 0.6).floor() as i64 % 2 == 0) * 5,
                }
            }
            2 => {
                let wave = y + sine(x * 1.6) * 0.05;
                [5, 4, 1, 2, 3, 0, 5, 0][((wave * 8.0).max(0.0) as usize).min(7)]
            }
            _ => {
                let (column, row) = ((x * 4.0).floor(), (y * 4.0).floor());
                let (u, v) = (x * 4.0 - column - 0.5, y * 4.0 - row - 0.5);
                let diamond = u.abs() + v.abs();
                let parity = (column + row) as i64 % 2 == 0;
                match diamond {
                    d if d < 0.16 => 1,
                    d if d < 0.34 => {
                        if parity {
                            3
                        } else {
                            2
                        }
                    }
                    d if d < 0.5 => 4,
                    _ => {
                        if parity {
                            0
                        } else {
                            5
                        }
                    }
                }
            }
        }
    }
}
