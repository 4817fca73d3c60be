use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::glyphs;
use super::maths::{Point, around, mix, sine};

/// Paper, ink, first and second accent.
const INKS: [[Colour; 4]; 6] = [
    Colour::hexes([0xF2E8D5, 0x1D1D1B, 0xE63926, 0x1F6FB2]),
    Colour::hexes([0x19323C, 0xF3F7F0, 0xF9A03F, 0xA93F55]),
    Colour::hexes([0xF6C90E, 0x222831, 0xD1345B, 0xFBFBF2]),
    Colour::hexes([0xE8EDDF, 0x2B4141, 0x0EB1D2, 0xF18F01]),
    Colour::hexes([0xD7263D, 0xFDF6EC, 0x1B1B3A, 0xF4B942]),
    Colour::hexes([0xC7DAD4, 0x2D2A32, 0xDDD92A, 0xE4572E]),
];
/// Silence, light, dream, snow, midnight, wind, root.
const WORDS: [&str; 7] = ["HILJAA", "VALO", "UNI", "LUMI", "KESKIYÖ", "TUULI", "JUURI"];

/// A poster set from dots: one word, one idea, and small type at the foot.
pub(super) fn posters(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let [paper, ink, accent, second] = INKS[seed as usize % INKS.len()];
    let word = WORDS[seed as usize % WORDS.len()];
    let aspect = canvas.aspect();
    canvas.fill(paper);
    match seed % 4 {
        0 => fading(canvas, word, (ink, accent)),
        1 => round(canvas, word, (ink, accent, second)),
        2 => stacked(canvas, word, (ink, accent, second)),
        _ => swaying(canvas, &mut dice, word, (ink, accent)),
    }
    let dot = 0.0046;
    canvas.rectangle(0.06, 0.925, aspect - 0.12, 0.003, ink);
    glyphs::write(canvas, "AINO SIVUKIRJAIN", (0.06, 0.942), dot, ink);
    canvas.disc((aspect - 0.06 - dot * 3.5, 0.942 + dot * 3.5), dot * 3.5, accent);
}

/// The word again and again, each line lighter than the one above it, one line in the accent.
fn fading(canvas: &mut Canvas, word: &str, (ink, accent): (Colour, Colour)) {
    let aspect = canvas.aspect();
    let dot = (aspect - 0.12) / glyphs::width(word) as f64;
    let lines = (0.86 / (dot * 8.4)).floor() as usize;
    for line in 0..lines {
        let share = line as f64 / lines as f64;
        let y = 0.06 + line as f64 * dot * 8.4;
        glyphs::each_dot(word, |column, row| {
            let size = dot * mix(0.5, 0.08, share);
            let at = (0.06 + (column as f64 + 0.5) * dot, y + (row as f64 + 0.5) * dot);
            canvas.disc(at, size, if line == 2 { accent } else { ink });
        });
    }
}

/// One letter as large as the sheet, cut out of rings.
fn round(canvas: &mut Canvas, word: &str, (ink, accent, second): (Colour, Colour, Colour)) {
    let aspect = canvas.aspect();
    canvas.disc((aspect * 0.62, 0.36), 0.3, accent);
    canvas.disc((aspect * 0.3, 0.68), 0.14, second);
    let initial: String = word.chars().take(1).collect();
    let dot = (0.74 / 7.0_f64).min((aspect - 0.12) / 5.0);
    let left = (aspect - dot * 5.0) / 2.0;
    glyphs::each_dot(&initial, |column, row| {
        let at = (left + (column as f64 + 0.5) * dot, 0.07 + (row as f64 + 0.5) * dot);
        for ring in 0..4 {
            canvas.ring(at, dot * (0.09 + 0.115 * f64::from(ring)), dot * 0.055, ink);
        }
    });
    let small = 0.009;
    glyphs::write(canvas, word, (0.06, 0.885 - 7.0 * small + 0.02), small, ink);
}

/// The letters one under another, each in a bar of its own width.
fn stacked(canvas: &mut Canvas, word: &str, (ink, accent, second): (Colour, Colour, Colour)) {
    let aspect = canvas.aspect();
    let letters: Vec<char> = word.chars().collect();
    let bar = 0.84 / letters.len() as f64;
    for (index, letter) in letters.iter().enumerate() {
        let y = 0.06 + index as f64 * bar;
        let colour = [ink, accent, second][index % 3];
        let dot = (bar * 0.82) / 7.0;
        let shift = 0.06 + (aspect - 0.12 - 5.0 * dot) * (0.5 + 0.5 * sine(index as f64 * 0.19));
        canvas.rectangle(0.06, y + bar * 0.82 - dot, shift - 0.06 - dot, dot, colour);
        canvas.rectangle(shift + 6.0 * dot, y, aspect - 0.06 - shift - 6.0 * dot, dot, colour);
        glyphs::write(canvas, &letter.to_string(), (shift, y), dot, colour);
    }
}

/// The word on a wave, its dots turning into diamonds.
fn swaying(canvas: &mut Canvas, dice: &mut Dice, word: &str, (ink, accent): (Colour, Colour)) {
    let aspect = canvas.aspect();
    let dot = (aspect - 0.14) / glyphs::width(word) as f64;
    let start = dice.unit();
    let lines = (0.8 / (dot * 8.6)).floor() as usize;
    for line in 0..lines {
        let (y, phase) = (0.09 + line as f64 * dot * 8.6, line as f64 * 0.13);
        glyphs::each_dot(word, |column, row| {
            let x = 0.07 + (column as f64 + 0.5) * dot;
            let lift = 0.022 * sine(start + x * 1.5 + phase);
            let at: Point = (x, y + lift + row as f64 * dot);
            let size = dot * (0.46 + 0.2 * sine(x * 2.2 + phase));
            let corners: Vec<Point> = (0..4).map(|corner| around(at, size, f64::from(corner) / 4.0)).collect();
            canvas.polygon(&corners, if line == 1 { accent } else { ink });
        });
    }
}
