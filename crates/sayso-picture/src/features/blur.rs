use super::plane::Plane;

/// The picture under a Gaussian of this width, edges repeated.
pub(super) fn blurred(plane: &Plane, sigma: f32) -> Plane {
    let kernel = kernel(sigma);
    let radius = kernel.len() - 1;
    let mut across = vec![0.0; plane.values.len()];
    let mut padded = vec![0.0; plane.width + 2 * radius];
    for (row, out) in plane.values.chunks_exact(plane.width).zip(across.chunks_exact_mut(plane.width)) {
        pad(row, radius, &mut padded);
        weigh(out, &kernel, |offset| padded.get(radius.wrapping_add_signed(offset)..));
    }
    let mut values = vec![0.0; plane.values.len()];
    for (y, out) in values.chunks_exact_mut(plane.width).enumerate() {
        weigh(out, &kernel, |offset| {
            let from = y.saturating_add_signed(offset).min(plane.height - 1) * plane.width;
            across.get(from..from + plane.width)
        });
    }
    Plane { values, ..*plane }
}

/// Half a kernel: the weight at the centre, then outwards.
fn kernel(sigma: f32) -> Vec<f32> {
    let radius = (sigma * 3.0).ceil() as usize;
    let mut kernel: Vec<f32> = (0..=radius).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
    let sum = kernel.iter().sum::<f32>() * 2.0 - 1.0;
    kernel.iter_mut().for_each(|weight| *weight /= sum);
    kernel
}

fn pad(row: &[f32], radius: usize, padded: &mut [f32]) {
    let (Some(first), Some(last)) = (row.first(), row.last()) else { return };
    let (left, rest) = padded.split_at_mut(radius);
    let (middle, right) = rest.split_at_mut(row.len());
    left.fill(*first);
    middle.copy_from_slice(row);
    right.fill(*last);
}

/// Sums the lines that lie `offset` away, each with its weight: a loop over whole lines, which becomes vectors.
fn weigh<'a>(out: &mut [f32], kernel: &[f32], line: impl Fn(isize) -> Option<&'a [f32]>) {
    for (at, weight) in kernel.iter().enumerate() {
        let (Some(before), Some(after)) = (line(-(at as isize)), line(at as isize)) else { return };
        if at == 0 {
            out.iter_mut().zip(before).for_each(|(sum, value)| *sum = weight * value);
        } else {
            let both = before.iter().zip(after);
            out.iter_mut().zip(both).for_each(|(sum, (a, b))| *sum += weight * (a + b));
        }
    }
}
