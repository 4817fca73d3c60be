use std::f32::consts::TAU;

use super::detect::Spot;
use super::plane::Plane;

const BINS: usize = 36;
/// A second direction counts if it is this strong beside the first.
const SECOND: f32 = 0.8;

/// The directions in which the picture around a spot changes most, the strongest first.
pub(super) fn angles(spot: &Spot, plane: &Plane, most: usize) -> Vec<f32> {
    let histogram = smoothed(histogram(spot, plane));
    let highest = histogram.iter().copied().fold(0.0, f32::max);
    if highest <= 0.0 {
        return Vec::new();
    }
    let bin = |at: usize| histogram.get(at % BINS).copied().unwrap_or_default();
    let mut peaks: Vec<(f32, f32)> = (0..BINS)
        .filter_map(|at| {
            let (before, here, after) = (bin(at + BINS - 1), bin(at), bin(at + 1));
            let peak = here > before && here >= after && here >= SECOND * highest;
            let offset = 0.5 * (before - after) / (before - 2.0 * here + after);
            peak.then_some((here, (at as f32 + 0.5 + offset) / BINS as f32 * TAU))
        })
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0));
    peaks.into_iter().take(most).map(|(_, angle)| angle).collect()
}

fn histogram(spot: &Spot, plane: &Plane) -> [f32; BINS] {
    let mut histogram = [0.0; BINS];
    let spread = 1.5 * spot.sigma;
    let radius = (3.0 * spread).round() as isize;
    let (centre_x, centre_y) = (spot.x.round() as isize, spot.y.round() as isize);
    for dy in -radius..=radius {
        for dx in -radius..=radius {
            if dx * dx + dy * dy > radius * radius {
                continue;
            }
            let (x, y) = (centre_x + dx, centre_y + dy);
            let across = plane.at(x + 1, y) - plane.at(x - 1, y);
            let down = plane.at(x, y + 1) - plane.at(x, y - 1);
            let weight = (-((dx * dx + dy * dy) as f32) / (2.0 * spread * spread)).exp();
            let bin = (down.atan2(across) / TAU * BINS as f32).rem_euclid(BINS as f32) as usize % BINS;
            if let Some(sum) = histogram.get_mut(bin) {
                *sum += weight * across.hypot(down);
            }
        }
    }
    histogram
}

fn smoothed(mut histogram: [f32; BINS]) -> [f32; BINS] {
    for _ in 0..3 {
        let old = histogram;
        let bin = |at: usize| old.get(at % BINS).copied().unwrap_or_default();
        for (at, sum) in histogram.iter_mut().enumerate() {
            *sum = (bin(at + BINS - 1) + bin(at) + bin(at + 1)) / 3.0;
        }
    }
    histogram
}
