use candle_core::{Result, Tensor};

use super::spacing::Spacing;
use super::{Scheduler, Settings, mixed, noisy_by_share, parted};
use crate::noise::Noise;

/// Ho and others (2020), with the smaller of the two variances.
pub(super) struct Ddpm {
    settings: Settings,
    times: Vec<f64>,
}

impl Ddpm {
    pub(super) fn new(settings: &Settings, count: usize) -> Self {
        let times = settings.spacing.unwrap_or(Spacing::Leading).times(settings, count, false);
        Self { settings: settings.clone(), times }
    }
}

/// Pictures with as much noise as they have at these time steps: what a net is trained with.
pub(crate) fn noisy(settings: &Settings, pictures: &Tensor, noise: &Tensor, times: &[usize]) -> Result<Tensor> {
    let sides: Vec<usize> =
        std::iter::once(times.len()).chain(std::iter::repeat_n(1, pictures.rank().saturating_sub(1))).collect();
    let shares = |of: &dyn Fn(f64) -> f64| {
        let shares: Vec<f32> = times.iter().map(|time| of(settings.kept_at(*time as f64, 1.0)).sqrt() as f32).collect();
        Tensor::from_vec(shares, sides.as_slice(), pictures.device())
    };
    pictures.broadcast_mul(&shares(&|kept| kept)?)? + noise.broadcast_mul(&shares(&|kept| 1.0 - kept)?)?
}

impl Scheduler for Ddpm {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let time = self.times.get(step).copied().unwrap_or(0.0);
        noisy_by_share(self.settings.kept_at(time, 1.0), clean, noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, noise: &mut Noise) -> Result<Tensor> {
        let time = self.times.get(step).copied().unwrap_or(0.0);
        let kept = self.settings.kept_at(time, 1.0);
        let next = self.settings.kept_at(self.times.get(step + 1).copied().unwrap_or(-1.0), 1.0);
        let (alpha, noisy) = (kept / next, 1.0 - kept);
        let beta = 1.0 - alpha;
        let (mut clean, _) = parted(self.settings.prediction, kept, picture, found)?;
        if self.settings.clip.unwrap_or(true) {
            clean = clean.clamp(-self.settings.clip_range, self.settings.clip_range)?;
        }
        let made = mixed(next.sqrt() * beta / noisy, &clean, alpha.sqrt() * (1.0 - next) / noisy, picture)?;
        if time <= 0.0 {
            return Ok(made);
        }
        let variance = ((1.0 - next) / noisy * beta).max(1e-20);
        mixed(1.0, &made, variance.sqrt(), &noise.tensor(picture.shape())?)
    }
}
