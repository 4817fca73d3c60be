use super::detect::Spot;
use super::plane::Plane;

/// Samples along a side of the patch that is looked at.
const SIDE: usize = 16;
/// Width of the patch, in widths of the spot's Gaussian.
const REACH: f32 = 13.0;
/// Waves over the direction of a gradient.
const CHANNELS: usize = 9;
/// Spatial patterns along each axis.
pub(super) const WAVES: usize = 5;
/// All patterns.
pub(super) const PATTERNS: usize = CHANNELS * WAVES * WAVES;

/// How the gradients around a spot go with each of the patterns, as parts of their sum.
///
/// A pattern is a product of three waves: across the patch, down the patch, and over the gradient's direction. It is what
/// the histograms of gradients of SIFT hold, after a cosine transform over the places and a Fourier transform over the
/// directions, which leaves numbers that depend little on each other, each even or odd when the patch is mirrored.
pub(super) fn patterns(spot: &Spot, angle: f32, plane: &Plane, waves: &Waves) -> [f32; PATTERNS] {
    let patch = patch(spot, angle, plane);
    // Channel by channel and wave by wave across, for each row; then down.
    let mut sums = [0.0; PATTERNS];
    for row in 0..SIDE {
        let mut across = [[0.0_f32; CHANNELS]; WAVES];
        for column in 0..SIDE {
            let value =
                |dy: usize, dx: usize| patch.get((row + dy) * (SIDE + 2) + column + dx).copied().unwrap_or_default();
            let (gx, gy) = (value(1, 2) - value(1, 0), value(2, 1) - value(0, 1));
            let Some((window, waves)) =
                waves.columns.get(column).zip(waves.windows.get(row * SIDE + column)).map(|(a, b)| (*b, a))
            else {
                continue;
            };
            let channels = channels(gx, gy, window);
            for (sums, wave) in across.iter_mut().zip(waves) {
                sums.iter_mut().zip(channels).for_each(|(sum, channel)| *sum += wave * channel);
            }
        }
        let Some(down) = waves.columns.get(row) else { continue };
        let across = across.as_flattened();
        for (sums, wave) in sums.chunks_exact_mut(across.len()).zip(down) {
            sums.iter_mut().zip(across).for_each(|(sum, value)| *sum += wave * value);
        }
    }
    let all = sums.first().copied().unwrap_or_default().max(1e-12);
    sums.map(|sum| sum / all)
}

/// The strength of a gradient, spread over waves of its direction: 1, cos, sin, cos of the double, and so on.
fn channels(gx: f32, gy: f32, window: f32) -> [f32; CHANNELS] {
    let strength = (gx * gx + gy * gy).sqrt();
    if strength < 1e-6 {
        return [0.0; CHANNELS];
    }
    let (c1, s1) = (gx / strength, gy / strength);
    let (c2, s2) = (c1 * c1 - s1 * s1, 2.0 * c1 * s1);
    let (c3, s3) = (c2 * c1 - s2 * s1, s2 * c1 + c2 * s1);
    let (c4, s4) = (c2 * c2 - s2 * s2, 2.0 * c2 * s2);
    let weight = window * strength.sqrt();
    [1.0, c1, s1, c2, s2, c3, s3, c4, s4].map(|channel| channel * weight)
}

/// The picture around a spot, turned so that its angle points right, with one sample more on each side.
fn patch(spot: &Spot, angle: f32, plane: &Plane) -> [f32; (SIDE + 2) * (SIDE + 2)] {
    let step = REACH * spot.sigma / SIDE as f32;
    let (right_x, right_y) = (angle.cos() * step, angle.sin() * step);
    let middle = (SIDE as f32 + 1.0) / 2.0;
    let mut patch = [0.0; (SIDE + 2) * (SIDE + 2)];
    for (at, sample) in patch.iter_mut().enumerate() {
        let (across, down) = ((at % (SIDE + 2)) as f32 - middle, (at / (SIDE + 2)) as f32 - middle);
        *sample = plane.between(spot.x + across * right_x - down * right_y, spot.y + across * right_y + down * right_x);
    }
    patch
}

/// Tables that are the same for every spot.
pub(super) struct Waves {
    columns: [[f32; WAVES]; SIDE],
    windows: [f32; SIDE * SIDE],
}

impl Waves {
    pub(super) fn new() -> Self {
        let at = |index: usize| (index as f32 + 0.5) / SIDE as f32;
        let columns = std::array::from_fn(|column| {
            std::array::from_fn(|wave| (std::f32::consts::PI * wave as f32 * at(column)).cos())
        });
        let windows = std::array::from_fn(|index| {
            let (x, y) = (at(index % SIDE) - 0.5, at(index / SIDE) - 0.5);
            (-(x * x + y * y) / (2.0 * 0.3 * 0.3)).exp()
        });
        Self { columns, windows }
    }
}
