use super::pyramid::{INTERVALS, Octave, sigma_at};

/// A difference below this is noise: it is one of 255 levels.
const CONTRAST: f32 = 0.004;
/// Curvatures may differ by this factor; along an edge they differ more, and the place could slide.
const EDGE: f32 = 10.0;

/// A place where the difference of blurs is extreme, in space and in scale.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) octave: usize,
    /// Place and width of the Gaussian, in the octave's pixels.
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) sigma: f32,
    /// The scale whose blur is the nearest.
    pub(super) scale: usize,
    /// How extreme it is.
    pub(super) contrast: f32,
}

/// All spots of an octave.
pub(super) fn spots(number: usize, octave: &Octave) -> Vec<Spot> {
    let mut spots = Vec::new();
    for scale in 1..=INTERVALS {
        let Some([below, here, above]) = octave.differences.get(scale - 1..scale + 2) else { continue };
        let width = here.width;
        for y in 2..here.height.saturating_sub(2) {
            let row = y * width;
            let Some(line) = here.values.get(row..row + width) else { continue };
            for x in 2..width.saturating_sub(2) {
                let Some(value) = line.get(x).copied() else { continue };
                if value.abs() < CONTRAST * 0.8 {
                    continue;
                }
                let at = row + x;
                let around = [(&here.values, true), (&below.values, false), (&above.values, false)];
                let extreme = around.iter().all(|(values, own)| is_extreme(value, values, at, width, *own));
                if extreme {
                    spots.extend(refined(number, octave, x, y, scale));
                }
            }
        }
    }
    spots
}

/// Whether a value lies above, or below, its neighbours in one plane.
fn is_extreme(value: f32, values: &[f32], at: usize, width: usize, own: bool) -> bool {
    let sign = value.signum();
    let mut lines = [at - width, at, at + width].into_iter().filter_map(|middle| values.get(middle - 1..middle + 2));
    let beyond = |other: &f32| sign * (value - other) > 0.0;
    lines.all(|line| match line {
        [a, b, c] => beyond(a) && beyond(c) && (beyond(b) || (own && *b == value)),
        _ => false,
    })
}

/// The place between the pixels and the scales where a parabola through the neighbours has its extreme.
fn refined(number: usize, octave: &Octave, x: usize, y: usize, scale: usize) -> Option<Spot> {
    let (mut x, mut y, mut scale) = (x as isize, y as isize, scale as isize);
    for _ in 0..4 {
        let [below, here, above] = octave.differences.get(scale as usize - 1..scale as usize + 2)? else { return None };
        let value = here.at(x, y);
        let gradient = [
            (here.at(x + 1, y) - here.at(x - 1, y)) / 2.0,
            (here.at(x, y + 1) - here.at(x, y - 1)) / 2.0,
            (above.at(x, y) - below.at(x, y)) / 2.0,
        ];
        let xx = here.at(x + 1, y) + here.at(x - 1, y) - 2.0 * value;
        let yy = here.at(x, y + 1) + here.at(x, y - 1) - 2.0 * value;
        let ss = above.at(x, y) + below.at(x, y) - 2.0 * value;
        let cross = |a: f32, b: f32, c: f32, d: f32| (a - b - c + d) / 4.0;
        let xy = cross(here.at(x + 1, y + 1), here.at(x - 1, y + 1), here.at(x + 1, y - 1), here.at(x - 1, y - 1));
        let xs = cross(above.at(x + 1, y), above.at(x - 1, y), below.at(x + 1, y), below.at(x - 1, y));
        let ys = cross(above.at(x, y + 1), above.at(x, y - 1), below.at(x, y + 1), below.at(x, y - 1));
        let [dx, dy, ds] = solve([[xx, xy, xs], [xy, yy, ys], [xs, ys, ss]], gradient)?;
        if dx.abs().max(dy.abs()).max(ds.abs()) > 0.6 {
            x += dx.round().clamp(-1.0, 1.0) as isize;
            y += dy.round().clamp(-1.0, 1.0) as isize;
            scale += ds.round().clamp(-1.0, 1.0) as isize;
            let inside = (1..here.width as isize - 1).contains(&x) && (1..here.height as isize - 1).contains(&y);
            if !inside || !(1..=INTERVALS as isize).contains(&scale) {
                return None;
            }
            continue;
        }
        let contrast = (value + 0.5 * (gradient[0] * dx + gradient[1] * dy + gradient[2] * ds)).abs();
        let (trace, determinant) = (xx + yy, xx * yy - xy * xy);
        let along_edge = determinant <= 0.0 || trace * trace * EDGE >= (EDGE + 1.0).powi(2) * determinant;
        if contrast < CONTRAST || along_edge {
            return None;
        }
        let exact = scale as f32 + ds;
        let scale = exact.round().clamp(0.0, INTERVALS as f32 + 2.0) as usize;
        let (x, y) = (x as f32 + dx, y as f32 + dy);
        return Some(Spot { octave: number, x, y, sigma: sigma_at(exact), scale, contrast });
    }
    None
}

/// The step to the extreme: the solution of `hessian * step = -gradient`, by Cramer's rule.
fn solve(hessian: [[f32; 3]; 3], gradient: [f32; 3]) -> Option<[f32; 3]> {
    let [a, b, c] = hessian;
    let whole = determinant(a, b, c);
    if whole.abs() < 1e-20 {
        return None;
    }
    let [g0, g1, g2] = gradient.map(|value| -value);
    let with = |column: usize| {
        let put = |row: [f32; 3], value: f32| {
            let mut row = row;
            if let Some(cell) = row.get_mut(column) {
                *cell = value;
            }
            row
        };
        determinant(put(a, g0), put(b, g1), put(c, g2)) / whole
    };
    let step = [with(0), with(1), with(2)];
    step.iter().all(|value| value.is_finite()).then_some(step)
}

fn determinant(a: [f32; 3], b: [f32; 3], c: [f32; 3]) -> f32 {
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0])
}
