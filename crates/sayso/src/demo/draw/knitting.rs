use super::Colour;
use super::canvas::Canvas;
use super::dice::Dice;
use super::maths::speckle;

/// Ground, then the yarns of the pattern.
const YARNS: [[Colour; 4]; 5] = [
    Colour::hexes([0x9E2A2B, 0xF4EBDD, 0x2F3E46, 0xE0A458]),
    Colour::hexes([0x23395B, 0xF3F1E7, 0x8EB1C7, 0xE15554]),
    Colour::hexes([0xF1EADB, 0x3A5A40, 0xA3B18A, 0xBC4749]),
    Colour::hexes([0x4A4E69, 0xF2E9E4, 0xC9ADA7, 0xF2CC8F]),
    Colour::hexes([0x355070, 0xEAAC8B, 0xE56B6F, 0xF7EDE2]),
];

/// A knitted cloth in stocking stitch: bands of mirrored motifs, one "V" a stitch.
pub(super) fn knitting(canvas: &mut Canvas, seed: u64) {
    let mut dice = Dice::new(seed);
    let yarns = YARNS[seed as usize % YARNS.len()];
    let rows = 42;
    let (height, width) = (1.0 / rows as f64, 1.18 / rows as f64);
    let columns = (canvas.aspect() / width).ceil() as usize + 1;
    let chart = chart(&mut dice, rows, columns);
    canvas.fill(yarns[0].darker(0.45));
    for row in 0..=rows {
        for column in 0..columns {
            let yarn = yarns[chart.get(row * columns + column).copied().unwrap_or(0)];
            let fuzz = (speckle(seed, column as i64, row as i64) - 0.5) * 0.16;
            let yarn = if fuzz > 0.0 { yarn.lighter(fuzz) } else { yarn.darker(-fuzz) };
            stitch(canvas, column as f64 * width, row as f64 * height, (width, height), yarn);
        }
    }
}

/// One leg leans left, one right; each overlaps the stitch below, as loops do.
fn stitch(canvas: &mut Canvas, x: f64, y: f64, (width, height): (f64, f64), yarn: Colour) {
    let middle = x + width / 2.0;
    let (top, foot) = (y - height * 0.42, y + height * 0.9);
    let thick = height * 0.78;
    for (edge, shade) in [(x + width * 0.03, 0.0), (x + width * 0.97, 0.1)] {
        let inner = middle + (edge - middle) * 0.06;
        let leg = [
            (edge, top),
            (edge, top + thick * 0.75),
            (inner + (edge - inner) * 0.35, foot - height * 0.12),
            (inner, foot),
            (inner, foot - thick),
            (inner + (edge - inner) * 0.6, top + height * 0.12),
        ];
        canvas.polygon(&leg, yarn.darker(shade));
        let gloss = [
            (edge + (inner - edge) * 0.25, top + height * 0.3),
            (edge + (inner - edge) * 0.4, top + height * 0.42),
            (inner + (edge - inner) * 0.25, foot - height * 0.42),
            (inner + (edge - inner) * 0.32, foot - height * 0.52),
        ];
        canvas.polygon(&gloss, yarn.darker(shade).lighter(0.2));
    }
}

/// Which yarn each stitch takes: bands from top to bottom, small borders between large motifs.
fn chart(dice: &mut Dice, rows: usize, columns: usize) -> Vec<usize> {
    let mut chart = vec![0; rows * columns];
    let mut row = 1;
    let mut large = dice.chance(0.5);
    while row < rows {
        let height = if large { 13 } else { [3, 5, 1][dice.below(3)] };
        let half = if large { 7 } else { [2, 3, 4][dice.below(3)] };
        let motif = motif(dice, height, half, large);
        let yarn = 1 + dice.below(3);
        let other = 1 + (yarn + dice.below(2)) % 3;
        for (line, stitches) in chart.chunks_exact_mut(columns).skip(row).take(height).enumerate() {
            for (column, stitch) in stitches.iter_mut().enumerate() {
                let period = 2 * half - 1;
                let place = (column + period / 2) % period;
                let mirrored = place.min(period - 1 - place);
                *stitch = match motif[line * half + mirrored] {
                    0 => 0,
                    1 => yarn,
                    _ => other,
                };
            }
        }
        row += height + 1;
        large = !large;
    }
    chart
}

/// A quarter of a motif, mirrored up and down here and left and right by the chart.
fn motif(dice: &mut Dice, height: usize, half: usize, large: bool) -> Vec<usize> {
    let mut motif = vec![0; height * half];
    let middle = height / 2;
    let kind = dice.below(3);
    for line in 0..=middle {
        for column in 0..half {
            // Counted from the motif's heart.
            let (away, up) = (half - 1 - column, middle - line);
            let set = if large {
                match kind {
                    0 => {
                        usize::from(
                            away == up
                                || (away + up == 6 && away.min(up) > 0)
                                || (away == 0 && up < 3)
                                || (up == 0 && away < 3),
                        ) + 2 * usize::from(away + up == 4 && away == up)
                    }
                    1 => usize::from((away + up) % 3 == 0 && away + up < 8) + 2 * usize::from(away + up == 1),
                    _ => {
                        usize::from(away + up == 6 || away + up == 3 || (away == 0 && up == 0))
                            + 2 * usize::from(away + up == 5 && away != up)
                    }
                }
            } else if height == 1 {
                usize::from(column % 2 == 0)
            } else {
                usize::from((away + up) % 2 == kind % 2 && (kind != 2 || away == up))
            };
            motif[line * half + column] = set;
            motif[(height - 1 - line) * half + column] = set;
        }
    }
    motif
}
