use candle_core::{Result, Tensor};

use super::spacing::Spacing;
use super::{Scheduler, Settings, mixed, noisy_by_share, parted};
use crate::noise::Noise;

/// Song and others (2020), equation 12, without noise between the steps.
pub(super) struct Ddim {
    settings: Settings,
    times: Vec<f64>,
    /// Time steps from one step to the next.
    apart: f64,
}

impl Ddim {
    pub(super) fn new(settings: &Settings, count: usize) -> Self {
        let times = settings.spacing.unwrap_or(Spacing::Leading).times(settings, count, false);
        Self { settings: settings.clone(), times, apart: (settings.train_steps() / count.max(1)) as f64 }
    }
}

impl Scheduler for Ddim {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let time = self.times.get(step).copied().unwrap_or(0.0);
        noisy_by_share(self.settings.kept_at(time, 1.0), clean, noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, _: &mut Noise) -> Result<Tensor> {
        let time = self.times.get(step).copied().unwrap_or(0.0);
        let kept = self.settings.kept_at(time, 1.0);
        let next = self.settings.kept_at(time - self.apart, self.settings.last_kept(true));
        let (mut clean, noise) = parted(self.settings.prediction, kept, picture, found)?;
        if self.settings.clip.unwrap_or(true) {
            clean = clean.clamp(-self.settings.clip_range, self.settings.clip_range)?;
        }
        mixed(next.sqrt(), &clean, (1.0 - next).sqrt(), &noise)
    }
}
