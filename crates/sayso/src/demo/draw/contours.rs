use super::canvas::Canvas;
use super::dice::Dice;
use super::glyphs;
use super::maths::{cloud, distance, mix, smooth};
use super::{Colour, ramp};

/// Deep water, shallow water, then shore to summit.
const SHEETS: [[Colour; 6]; 4] = [
    Colour::hexes([0x7FA9BD, 0xC6DEDF, 0xE4DDB0, 0xB9C98B, 0xD8B27A, 0xF6EFE2]),
    Colour::hexes([0x88A0B8, 0xD2DFE4, 0xEFE3C8, 0xD9C79C, 0xB88B68, 0xF4E8DC]),
    Colour::hexes([0x6FA8A0, 0xBFDDD2, 0xF0E6BE, 0x9CBF8A, 0x6E9A78, 0xE6EBD2]),
    Colour::hexes([0x93A7C4, 0xD7DEEA, 0xEEDFD3, 0xDDB7A0, 0xB9807A, 0xF5E9EA]),
];
const NAMES: [&str; 8] = [
    "NADALANDIA",
    "ISLA TINTA",
    "CABO NUNCA",
    "LAS AUSENTES",
    "PUERTO QUIZAS",
    "ISLA OLVIDO",
    "MAR DE TIZA",
    "LAS TRES DUDAS",
];
const INK: Colour = Colour::hex(0x004A4038);

/// A survey of an island that is not there: tints by height, a line every so many metres, a grid, a name.
pub(super) fn contours(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [deep, shallow, land @ ..] = SHEETS[seed as usize % SHEETS.len()];
    let aspect = canvas.aspect();
    let survey = Survey::new(&mut dice, aspect);
    let steps = 15.0;
    let pen = canvas.pixel() * 0.75;
    canvas.shade(|x, y| {
        let Ground { height, across, down } = survey.ground(x, y);
        let tint = if height < 0.0 {
            shallow.to(deep, ((-height * 5.0).floor() / 3.0).min(1.0))
        } else {
            ramp(&land, (height * steps).floor() / steps * 1.5)
        };
        // Light falls from the upper left.
        let slope = if height > 0.0 { -(across + down) * 0.013 } else { 0.0 };
        let lit = if slope > 0.0 { tint.darker(slope.min(0.25)) } else { tint.lighter((-slope).min(0.25)) };
        // A line where the ground reaches the next step within the width of the pen; every fifth is heavier.
        let steepest = (across * across + down * down).sqrt();
        let high = ((height + steepest * pen) * steps).floor();
        if high == (height * steps).floor() {
            lit
        } else if high == 0.0 {
            INK
        } else if height < 0.0 {
            lit.to(Colour::hex(0x00FF_FFFF), 0.5)
        } else {
            lit.to(INK, if high as i64 % 5 == 0 { 0.75 } else { 0.38 })
        }
    });
    sheet(canvas, NAMES[seed as usize % NAMES.len()]);
}

/// A height, and how fast it rises to the right and downwards.
struct Ground {
    height: f64,
    across: f64,
    down: f64,
}

/// Heights on a grid, because noise at every sample would cost more than all the rest.
struct Survey {
    columns: usize,
    heights: Vec<f64>,
}

impl Survey {
    const ROWS: usize = 240;

    fn new(dice: &mut Dice, aspect: f64) -> Self {
        let columns = (aspect * Self::ROWS as f64) as usize + 3;
        let seed = dice.next();
        let peaks: Vec<(f64, f64, f64)> = (0..2 + dice.below(3))
            .map(|_| (dice.between(0.3, 0.7) * aspect, dice.between(0.28, 0.66), dice.between(0.18, 0.34)))
            .collect();
        let heights = (0..(Self::ROWS + 3) * columns)
            .map(|cell| {
                let (x, y) = ((cell % columns) as f64 / Self::ROWS as f64, (cell / columns) as f64 / Self::ROWS as f64);
                let mass = peaks
                    .iter()
                    .map(|(px, py, reach)| smooth(reach * 1.5, 0.0, distance((x, y), (*px, *py))))
                    .fold(0.0, f64::max);
                mix(-0.62, 0.5, mass) + (cloud(seed, x * 4.2, y * 4.2, 5) - 0.5) * 1.1
            })
            .collect();
        Self { columns, heights }
    }

    fn ground(&self, x: f64, y: f64) -> Ground {
        let (u, v) = (x * Self::ROWS as f64, y * Self::ROWS as f64);
        let (column, row) = ((u as usize).min(self.columns - 2), (v as usize).min(Self::ROWS + 1));
        let (across, down) = (u - column as f64, v - row as f64);
        let corner = row * self.columns + column;
        let (upper_left, upper_right) = (self.heights[corner], self.heights[corner + 1]);
        let (lower_left, lower_right) = (self.heights[corner + self.columns], self.heights[corner + self.columns + 1]);
        let (upper, lower) = (mix(upper_left, upper_right, across), mix(lower_left, lower_right, across));
        Ground {
            height: mix(upper, lower, down),
            across: mix(upper_right - upper_left, lower_right - lower_left, down) * Self::ROWS as f64,
            down: (lower - upper) * Self::ROWS as f64,
        }
    }
}

fn sheet(canvas: &mut Canvas, name: &str) {
    let aspect = canvas.aspect();
    let paper = Colour::hex(0x00FA_F6EC);
    for line in 1..5 {
        let place = f64::from(line) / 5.0;
        canvas.rectangle(0.0, place, aspect, 0.0016, INK.veil(0.28));
        canvas.rectangle(place * aspect, 0.0, 0.0016, 1.0, INK.veil(0.28));
    }
    let border = 0.032;
    canvas.rectangle(0.0, 0.0, aspect, border, paper);
    canvas.rectangle(0.0, 1.0 - border, aspect, border, paper);
    canvas.rectangle(0.0, 0.0, border, 1.0, paper);
    canvas.rectangle(aspect - border, 0.0, border, 1.0, paper);
    let frame = [
        (border, border),
        (aspect - border, border),
        (aspect - border, 1.0 - border),
        (border, 1.0 - border),
        (border, border),
    ];
    canvas.stroke(&frame, 0.0035, INK);
    let dot = 0.0062;
    let (width, height) = (glyphs::width(name) as f64 * dot, 7.0 * dot);
    let (x, y) = (border + 0.03, 1.0 - border - 0.035 - height);
    canvas.rectangle(x - 0.016, y - 0.016, width + 0.032, height + 0.032, paper);
    canvas.stroke(&[(x - 0.016, y + height + 0.016), (x + width + 0.016, y + height + 0.016)], 0.003, INK);
    glyphs::write(canvas, name, (x, y), dot, INK);
}
