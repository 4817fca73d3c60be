//! Schedulers: at which time steps the net is asked, and what its answers make of a picture. One in a file, each compared
//! with diffusers' step by step.

mod ancestral;
mod ddim;
mod ddpm;
mod dpm;
mod euler;
mod kind;
mod pndm;
mod settings;
mod sigmas;
mod spacing;
#[cfg(test)]
mod tests;
mod unipc;

use candle_core::{Result, Tensor};

use crate::DiffusionError;
use crate::noise::Noise;

pub use kind::SchedulerKind;

pub(crate) use ddpm::noisy;
pub(crate) use settings::{Prediction, Settings};

/// What every scheduler does. Steps are numbered from zero, and made in order, from any of them on.
pub(crate) trait Scheduler {
    /// The time step of each step, as the net is asked.
    fn times(&self) -> &[f64];

    /// What the first noise is multiplied with.
    fn start(&self) -> f64 {
        1.0
    }

    /// A picture as the net wants to see it at a step.
    fn scaled(&self, _step: usize, picture: &Tensor) -> Result<Tensor> {
        Ok(picture.clone())
    }

    /// A clean picture with as much noise as there is before a step.
    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor>;

    /// What a picture becomes by the noise that the net found in it.
    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, noise: &mut Noise) -> Result<Tensor>;
}

/// A clean picture with the noise of a step of the training.
fn noisy_by_share(kept: f64, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
    mixed(kept.sqrt(), clean, (1.0 - kept).sqrt(), noise)
}

/// a times x, plus b times y.
fn mixed(a: f64, x: &Tensor, b: f64, y: &Tensor) -> Result<Tensor> {
    (x * a)? + (y * b)?
}

/// The clean picture and the noise, by what the net said of a noisy picture with this share of the clean one's variance.
fn parted(prediction: Prediction, kept: f64, picture: &Tensor, found: &Tensor) -> Result<(Tensor, Tensor)> {
    let (root, noise) = (kept.sqrt(), (1.0 - kept).sqrt());
    Ok(match prediction {
        Prediction::Noise => (mixed(1.0 / root, picture, -noise / root, found)?, found.clone()),
        Prediction::Velocity => (mixed(root, picture, -noise, found)?, mixed(root, found, noise, picture)?),
    })
}

/// The scheduler of this kind that makes a picture in `count` steps.
pub(crate) fn scheduler(
    kind: SchedulerKind,
    settings: &Settings,
    count: usize,
) -> std::result::Result<Box<dyn Scheduler>, DiffusionError> {
    if count == 0 || count > settings.train_steps() {
        return Err(DiffusionError::Request {
            reason: format!("{count} steps cannot be made by a net that knows {}", settings.train_steps()),
            hint: "20 to 50 steps are usual",
        });
    }
    let settings = &settings.of_kind(kind);
    Ok(match kind {
        SchedulerKind::Ddim => Box::new(ddim::Ddim::new(settings, count)),
        SchedulerKind::Pndm => Box::new(pndm::Pndm::new(settings, count)?),
        SchedulerKind::Euler => Box::new(euler::Euler::new(settings, count, settings.karras)),
        SchedulerKind::EulerKarras => Box::new(euler::Euler::new(settings, count, true)),
        SchedulerKind::EulerAncestral => Box::new(ancestral::Ancestral::new(settings, count)),
        SchedulerKind::Dpm => Box::new(dpm::Dpm::new(settings, count, settings.karras)),
        SchedulerKind::DpmKarras => Box::new(dpm::Dpm::new(settings, count, true)),
        SchedulerKind::UniPc => Box::new(unipc::UniPc::new(settings, count)),
        SchedulerKind::Ddpm => Box::new(ddpm::Ddpm::new(settings, count)),
    })
}
