use candle_core::{Result, Tensor};

use super::spacing::Spacing;
use super::{Prediction, Scheduler, Settings, euler, mixed, sigmas};
use crate::noise::Noise;

/// Euler's method, that goes further than the next step and comes back to it with new noise.
pub(super) struct Ancestral {
    times: Vec<f64>,
    sigmas: Vec<f64>,
    start: f64,
    prediction: Prediction,
}

impl Ancestral {
    pub(super) fn new(settings: &Settings, count: usize) -> Self {
        let spacing = settings.spacing.unwrap_or(Spacing::Linspace);
        let training = sigmas::of_training(settings);
        let times = spacing.between(settings, count);
        let mut all: Vec<f64> = times.iter().map(|time| sigmas::at(&training, *time)).collect();
        all.push(0.0);
        Self { times, start: euler::start(&all, spacing), sigmas: all, prediction: settings.prediction }
    }
}

impl Scheduler for Ancestral {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn start(&self) -> f64 {
        self.start
    }

    fn scaled(&self, step: usize, picture: &Tensor) -> Result<Tensor> {
        euler::scaled(&self.sigmas, step, picture)
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        mixed(1.0, clean, self.sigmas.get(step).copied().unwrap_or(0.0), noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, noise: &mut Noise) -> Result<Tensor> {
        let at = |step: usize| self.sigmas.get(step).copied().unwrap_or(0.0);
        let (from, to) = (at(step), at(step + 1));
        let up = to * (1.0 - to * to / (from * from).max(f64::MIN_POSITIVE)).max(0.0).sqrt();
        let down = (to * to - up * up).max(0.0).sqrt();
        let found = sigmas::noise(self.prediction, from, picture, found)?;
        let moved = mixed(1.0, picture, down - from, &found)?;
        // Thrown after the last step, too, as in diffusers, so that what is thrown later is the same.
        mixed(1.0, &moved, up, &noise.tensor(picture.shape())?)
    }
}

#[cfg(test)]
impl Ancestral {
    pub(super) fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }
}
