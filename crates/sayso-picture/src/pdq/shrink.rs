use super::SIDE;
use super::tent::{Tent, tents};

/// A picture of 64 x 64 pixels, row by row.
pub(super) type Small = [[f32; SIDE]; SIDE];

/// Shrinks a picture whose rows of luminance `row` writes, each asked for once and from the top.
///
/// Down first, because that is the same work for every pixel of a row; across then for the 64 rows that are left.
pub(super) fn shrink(width: usize, height: usize, mut row: impl FnMut(usize, &mut [f32])) -> Small {
    let (down, across) = (tents(height), tents(width));
    let mut small = [[0.0; SIDE]; SIDE];
    let mut luminance = vec![0.0; width];
    // Tents overlap by little: no more are open at a time than cover one row.
    let mut open: Vec<(usize, Vec<f32>)> = Vec::new();
    let mut spare: Vec<Vec<f32>> = Vec::new();
    let mut next = 0;
    for y in 0..height {
        while down.get(next).is_some_and(|tent| tent.start <= y) {
            let mut sums = spare.pop().unwrap_or_else(|| vec![0.0; width]);
            sums.fill(0.0);
            open.push((next, sums));
            next += 1;
        }
        if open.is_empty() {
            continue;
        }
        row(y, &mut luminance);
        for (number, sums) in &mut open {
            if let Some(weight) = weight(&down, *number, y) {
                sums.iter_mut().zip(&luminance).for_each(|(sum, value)| *sum += weight * value);
            }
        }
        open.retain_mut(|(number, sums)| {
            let is_open = weight(&down, *number, y + 1).is_some();
            if !is_open {
                if let Some(line) = small.get_mut(*number) {
                    squeeze(sums, &across, line);
                }
                spare.push(std::mem::take(sums));
            }
            is_open
        });
    }
    small
}

fn weight(tents: &[Tent], number: usize, at: usize) -> Option<f32> {
    let tent = tents.get(number)?;
    tent.weights.get(at.checked_sub(tent.start)?).copied()
}

fn squeeze(row: &[f32], across: &[Tent], line: &mut [f32; SIDE]) {
    for (pixel, tent) in line.iter_mut().zip(across) {
        let under = row.get(tent.start..).unwrap_or_default();
        *pixel = under.iter().zip(&tent.weights).map(|(value, weight)| value * weight).sum();
    }
}
