use candle_core::{Result, Tensor};

use super::settings::Prediction;
use super::spacing::Spacing;
use super::{Scheduler, Settings, mixed, noisy_by_share, parted};
use crate::DiffusionError;
use crate::noise::Noise;

/// Liu and others (2022), the linear multistep method alone; the second time step is asked for twice.
pub(super) struct Pndm {
    settings: Settings,
    times: Vec<f64>,
    apart: f64,
    /// What the net found at the last steps, the latest last, four at most.
    found: Vec<Tensor>,
    /// Steps that were made: the way may begin in the middle.
    made: usize,
    /// The picture before the first step, which the second begins at again.
    first: Option<Tensor>,
}

impl Pndm {
    pub(super) fn new(settings: &Settings, count: usize) -> std::result::Result<Self, DiffusionError> {
        if !settings.skips_runge_kutta {
            return Err(DiffusionError::Request {
                reason: "this model's scheduler_config.json wants pndm to begin with Runge-Kutta steps".to_owned(),
                hint: "those come later; ask for another --scheduler, such as dpm++2m",
            });
        }
        let mut times = settings.spacing.unwrap_or(Spacing::Leading).times(settings, count, false);
        if let Some(second) = times.get(1).copied() {
            times.insert(1, second);
        }
        let apart = (settings.train_steps() / count.max(1)) as f64;
        Ok(Self { settings: settings.clone(), times, apart, found: Vec::new(), made: 0, first: None })
    }

    /// Formula 9: from the picture at one time step to that at another.
    fn moved(&self, picture: &Tensor, found: &Tensor, [from, to]: [f64; 2]) -> Result<Tensor> {
        let kept = self.settings.kept_at(from, 1.0);
        let next = self.settings.kept_at(to, self.settings.last_kept(false));
        let below = kept * (1.0 - next).sqrt() + (kept * (1.0 - kept) * next).sqrt();
        let found = match self.settings.prediction {
            Prediction::Noise => found.clone(),
            // Of the sum over several steps, with the picture that the way begins at, as in diffusers.
            velocity @ Prediction::Velocity => parted(velocity, kept, picture, found)?.1,
        };
        mixed((next / kept).sqrt(), picture, -(next - kept) / below, &found)
    }
}

impl Scheduler for Pndm {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let time = self.times.get(step).copied().unwrap_or(0.0);
        noisy_by_share(self.settings.kept_at(time, 1.0), clean, noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, _: &mut Noise) -> Result<Tensor> {
        let time = self.times.get(step).copied().unwrap_or(0.0);
        self.made += 1;
        if self.made == 2 {
            let before = self.found.last().unwrap_or(found);
            let both = mixed(0.5, found, 0.5, before)?;
            let first = self.first.take().unwrap_or_else(|| picture.clone());
            return self.moved(&first, &both, [time + self.apart, time]);
        }
        if self.made == 1 {
            self.first = Some(picture.clone());
        }
        if self.found.len() == 4 {
            self.found.remove(0);
        }
        self.found.push(found.clone());
        // Adams and Bashforth's coefficients, the latest first.
        let coefficients: &[f64] = match self.found.len() {
            1 => &[1.0],
            2 => &[3.0 / 2.0, -1.0 / 2.0],
            3 => &[23.0 / 12.0, -16.0 / 12.0, 5.0 / 12.0],
            _ => &[55.0 / 24.0, -59.0 / 24.0, 37.0 / 24.0, -9.0 / 24.0],
        };
        let mut sum = found.zeros_like()?;
        for (coefficient, found) in coefficients.iter().zip(self.found.iter().rev()) {
            sum = mixed(1.0, &sum, *coefficient, found)?;
        }
        self.moved(picture, &sum, [time, time - self.apart])
    }
}
