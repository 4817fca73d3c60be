use candle_core::{Result, Tensor};

use super::spacing::Spacing;
use super::{Prediction, Scheduler, Settings, mixed, sigmas};
use crate::noise::Noise;

/// How much of picture and of noise there is at a step, together of variance one, and the logarithm of their ratio.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shares {
    pub(super) picture: f64,
    pub(super) noise: f64,
    pub(super) lambda: f64,
}

impl Shares {
    pub(super) fn of(sigma: f64) -> Self {
        let picture = 1.0 / (sigma * sigma + 1.0).sqrt();
        // At the end there is no noise, and the ratio is infinite: the exponentials of it are not.
        Self { picture, noise: sigma * picture, lambda: -sigma.ln() }
    }

    /// The clean picture behind a noisy one.
    pub(super) fn clean(self, prediction: Prediction, picture: &Tensor, found: &Tensor) -> Result<Tensor> {
        match prediction {
            Prediction::Noise => mixed(1.0 / self.picture, picture, -self.noise / self.picture, found),
            Prediction::Velocity => mixed(self.picture, picture, -self.noise, found),
        }
    }
}

/// The time steps and noise of DPM-Solver++ and UniPC, which end with the picture itself.
pub(super) fn steps(settings: &Settings, count: usize, karras: bool) -> (Vec<f64>, Vec<f64>) {
    let training = sigmas::of_training(settings);
    let mut times = settings.spacing.unwrap_or(Spacing::Linspace).times(settings, count, true);
    let mut all: Vec<f64> = times.iter().map(|time| sigmas::at(&training, *time)).collect();
    if karras {
        let (most, least) = (training.last().copied().unwrap_or(0.0), training.first().copied().unwrap_or(0.0));
        all = sigmas::karras(most, least, count);
        times = all.iter().map(|sigma| sigmas::time_of(&training, *sigma).round_ties_even()).collect();
    }
    all.push(0.0);
    (times, all)
}

/// DPM-Solver++ of second order with two steps in memory (Lu and others, 2022, algorithm 2).
pub(super) struct Dpm {
    times: Vec<f64>,
    sigmas: Vec<f64>,
    /// The clean picture of the step before.
    before: Option<Tensor>,
    prediction: Prediction,
}

impl Dpm {
    pub(super) fn new(settings: &Settings, count: usize, karras: bool) -> Self {
        let (times, sigmas) = steps(settings, count, karras);
        Self { times, sigmas, before: None, prediction: settings.prediction }
    }
}

impl Scheduler for Dpm {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let shares = Shares::of(self.sigmas.get(step).copied().unwrap_or(0.0));
        mixed(shares.picture, clean, shares.noise, noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, _: &mut Noise) -> Result<Tensor> {
        let at = |step: usize| Shares::of(self.sigmas.get(step).copied().unwrap_or(0.0));
        let (now, next) = (at(step), at(step + 1));
        let clean = now.clean(self.prediction, picture, found)?;
        let far = next.lambda - now.lambda;
        let factor = -next.picture * (-far).exp_m1();
        let mut made = mixed(next.noise / now.noise, picture, factor, &clean)?;
        // The last step is of first order: it ends where there is no noise.
        if let Some(before) = self.before.take().filter(|_| step + 1 < self.times.len()) {
            let ratio = (now.lambda - at(step.saturating_sub(1)).lambda) / far;
            let slope = mixed(1.0 / ratio, &clean, -1.0 / ratio, &before)?;
            made = mixed(1.0, &made, factor / 2.0, &slope)?;
        }
        self.before = Some(clean);
        Ok(made)
    }
}

#[cfg(test)]
impl Dpm {
    pub(super) fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }
}
