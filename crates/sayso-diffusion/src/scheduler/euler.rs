use candle_core::{Result, Tensor};

use super::spacing::Spacing;
use super::{Prediction, Scheduler, Settings, mixed, sigmas};
use crate::noise::Noise;

/// Euler's method (Karras and others, 2022, algorithm 2 without its noise).
pub(super) struct Euler {
    times: Vec<f64>,
    /// One more than there are steps: nothing is left of the noise at the end.
    sigmas: Vec<f64>,
    start: f64,
    prediction: Prediction,
}

/// What noise is multiplied with at the start.
pub(super) fn start(sigmas: &[f64], spacing: Spacing) -> f64 {
    let most = sigmas.iter().copied().fold(0.0, f64::max);
    match spacing {
        Spacing::Linspace | Spacing::Trailing => most,
        Spacing::Leading => (most * most + 1.0).sqrt(),
    }
}

/// A picture as nets want it, whose variance is that of a picture.
pub(super) fn scaled(sigmas: &[f64], step: usize, picture: &Tensor) -> Result<Tensor> {
    let sigma = sigmas.get(step).copied().unwrap_or(0.0);
    picture / (sigma * sigma + 1.0).sqrt()
}

impl Euler {
    pub(super) fn new(settings: &Settings, count: usize, karras: bool) -> Self {
        let spacing = settings.spacing.unwrap_or(Spacing::Linspace);
        let training = sigmas::of_training(settings);
        let mut times = spacing.between(settings, count);
        let mut all: Vec<f64> = times.iter().map(|time| sigmas::at(&training, *time)).collect();
        if karras {
            let (most, least) = (all.first().copied().unwrap_or(0.0), all.last().copied().unwrap_or(0.0));
            all = sigmas::karras(most, least, count);
            times = all.iter().map(|sigma| sigmas::time_of(&training, *sigma)).collect();
        }
        all.push(0.0);
        Self { times, start: start(&all, spacing), sigmas: all, prediction: settings.prediction }
    }
}

impl Scheduler for Euler {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn start(&self) -> f64 {
        self.start
    }

    fn scaled(&self, step: usize, picture: &Tensor) -> Result<Tensor> {
        scaled(&self.sigmas, step, picture)
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        mixed(1.0, clean, self.sigmas.get(step).copied().unwrap_or(0.0), noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, _: &mut Noise) -> Result<Tensor> {
        let at = |step: usize| self.sigmas.get(step).copied().unwrap_or(0.0);
        let found = sigmas::noise(self.prediction, at(step), picture, found)?;
        mixed(1.0, picture, at(step + 1) - at(step), &found)
    }
}

#[cfg(test)]
impl Euler {
    pub(super) fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }
}
