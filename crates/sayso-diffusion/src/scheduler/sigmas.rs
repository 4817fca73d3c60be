use candle_core::{Result, Tensor};

use super::{Prediction, Settings, mixed};

/// How much noise there is for each time step of the training, as a multiple of the picture that is left.
pub(super) fn of_training(settings: &Settings) -> Vec<f64> {
    settings.kept.iter().map(|kept| ((1.0 - kept) / kept).sqrt()).collect()
}

/// The noise in a picture that has `sigma` times as much of it, by what the net said.
pub(super) fn noise(prediction: Prediction, sigma: f64, picture: &Tensor, found: &Tensor) -> Result<Tensor> {
    match prediction {
        Prediction::Noise => Ok(found.clone()),
        Prediction::Velocity => {
            let both = sigma * sigma + 1.0;
            mixed(sigma / both, picture, 1.0 / both.sqrt(), found)
        }
    }
}

/// That of a time step that may lie between two.
pub(super) fn at(sigmas: &[f64], time: f64) -> f64 {
    let below = time.floor().max(0.0) as usize;
    let low = sigmas.get(below).or(sigmas.last()).copied().unwrap_or(0.0);
    let high = sigmas.get(below + 1).copied().unwrap_or(low);
    low + (high - low) * (time - below as f64)
}

/// `count` of them from the most to the least, where Karras and others put them (2022, equation 5, ρ = 7).
pub(super) fn karras(most: f64, least: f64, count: usize) -> Vec<f64> {
    const RHO: f64 = 7.0;
    let (most, least) = (most.powf(1.0 / RHO), least.powf(1.0 / RHO));
    let part = |step: usize| if count > 1 { step as f64 / (count - 1) as f64 } else { 0.0 };
    (0..count).map(|step| (most + part(step) * (least - most)).powf(RHO)).collect()
}

/// The time step with this much noise, between two of the training.
pub(super) fn time_of(sigmas: &[f64], sigma: f64) -> f64 {
    let sigma = sigma.max(1e-10).ln();
    let below = sigmas.partition_point(|other| other.ln() <= sigma).saturating_sub(1);
    let below = below.min(sigmas.len().saturating_sub(2));
    let at = |number: usize| sigmas.get(number).copied().unwrap_or(1.0).ln();
    let (low, high) = (at(below), at(below + 1));
    let part = ((low - sigma) / (low - high)).clamp(0.0, 1.0);
    below as f64 + part
}
