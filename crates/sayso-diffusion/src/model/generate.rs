use candle_core::{Error, Tensor};

use super::condition::Condition;
use super::start::{Rest, Start};
use super::{Glances, Model, Request};
use crate::noise::Noise;
use crate::picture::Picture;
use crate::scheduler::scheduler;
use crate::{DiffusionError, SchedulerKind};

/// What was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// The pictures.
    pub pictures: Vec<Picture>,
    /// The scheduler that made them.
    pub scheduler: SchedulerKind,
    /// Tokens of the prompt that the net had no room for.
    pub cut: usize,
    /// Those of the negative prompt.
    pub negative_cut: usize,
}

impl Model {
    /// The scheduler that is used where none is named.
    #[must_use]
    pub fn scheduler(&self) -> SchedulerKind {
        self.settings.own
    }

    /// Makes pictures. `watch` is told how many of how many steps are made, and says whether to go on; when all are made, it
    /// is asked again and again until the pictures are there.
    ///
    /// # Errors
    ///
    /// When the request cannot be, somebody stopped it, or the numbers ran away.
    pub fn generate(
        &self,
        request: &Request,
        watch: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Made, DiffusionError> {
        self.generate_shown(request, watch, None)
    }

    /// The same, with glances on the way.
    ///
    /// # Errors
    ///
    /// When the request cannot be, somebody stopped it, or the numbers ran away.
    pub fn generate_shown(
        &self,
        request: &Request,
        watch: &mut dyn FnMut(usize, usize) -> bool,
        glances: Option<Glances<'_>>,
    ) -> Result<Made, DiffusionError> {
        let mut steps = 0;
        let latents = self.latents_shown(
            request,
            &mut |step, all| {
                steps = all;
                watch(step, all)
            },
            glances,
        )?;
        let mut pictures = Vec::with_capacity(request.count);
        for number in 0..request.count {
            // One at a time: a picture's numbers on their way are many times those of its latents.
            let decoded =
                self.decoded_while(&latents.narrow(0, number, 1)?, request.tiled(), &mut || watch(steps, steps))?;
            let Some(decoded) = decoded else {
                return Err(DiffusionError::Stopped { step: steps, steps });
            };
            pictures.push(Picture::of(&decoded)?);
        }
        Ok(Made {
            pictures,
            scheduler: request.scheduler.unwrap_or(self.settings.own),
            cut: self.prompts.prompt(&request.prompt).cut,
            negative_cut: if request.guidance > 1.0 { self.prompts.prompt(&request.negative).cut } else { 0 },
        })
    }

    /// Latents of what is asked for, made from noise.
    #[cfg(test)]
    pub(crate) fn latents(
        &self,
        request: &Request,
        watch: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Tensor, DiffusionError> {
        self.latents_shown(request, watch, None)
    }

    fn latents_shown(
        &self,
        request: &Request,
        watch: &mut dyn FnMut(usize, usize) -> bool,
        mut glances: Option<Glances<'_>>,
    ) -> Result<Tensor, DiffusionError> {
        let layers = self.text.config().layers;
        let layers = self.second.as_ref().map_or(layers, |(net, _)| net.config().layers.min(layers));
        request.check(self.vae.config().factor(), layers)?;
        let mut scheduler = scheduler(request.scheduler.unwrap_or(self.settings.own), &self.settings, request.steps)?;
        let guided = request.guidance > 1.0;
        let mut noise = Noise::new(request.seed);
        let Start { first, mut latents, rest } = self.start(request, &*scheduler, &mut noise)?;
        let Condition { texts, added } = self.condition(request)?.detached();
        let colours = glances.as_ref().map(|_| self.colours()).transpose()?;
        let times: Vec<f32> = scheduler.times().iter().map(|time| *time as f32).collect();
        for (step, time) in times.iter().enumerate().skip(first) {
            if !watch(step, times.len()) {
                return Err(DiffusionError::Stopped { step, steps: times.len() });
            }
            let mut scaled = scheduler.scaled(step, &latents)?;
            if let Rest::Seen(channels) = &rest {
                scaled = Tensor::cat(&[&scaled, channels], 1)?;
            }
            let found = if guided {
                let both = Tensor::cat(&[&scaled, &scaled], 0)?;
                let times = vec![*time; 2 * request.count];
                let found = self.unet.forward_added(&both, &times, &texts, added.as_ref())?;
                let (without, with) =
                    (found.narrow(0, 0, request.count)?, found.narrow(0, request.count, request.count)?);
                (&without + ((with - &without)? * request.guidance)?)?
            } else {
                self.unet.forward_added(&scaled, &vec![*time; request.count], &texts, added.as_ref())?
            };
            // While the nets are trained, nothing of how a picture was made is kept.
            latents = scheduler.step(step, &found.detach(), &latents, &mut noise)?;
            if let Rest::Kept { mask, clean, noise } = &rest {
                let last = step + 1 == times.len();
                let kept = if last { clean.clone() } else { scheduler.noisy(step + 1, clean, noise)? };
                latents = (kept.broadcast_mul(&mask.affine(-1.0, 1.0)?)? + latents.broadcast_mul(mask)?)?;
            }
            // A sum is finite only if all of it is; sums of finite latents are far from overflowing.
            if !latents.abs()?.sum_all()?.to_scalar::<f32>()?.is_finite() {
                return Err(DiffusionError::NotANumber { step: step + 1, steps: times.len() });
            }
            if let (Some(glances), Some(colours)) = (&mut glances, &colours)
                && (step + 1) % glances.every.max(1) == 0
                && step + 1 < times.len()
                && let Some(picture) = colours.glance(&scheduler.scaled(step + 1, &latents)?, request)?
            {
                (glances.show)(&picture);
            }
        }
        if !watch(times.len(), times.len()) {
            return Err(DiffusionError::Stopped { step: times.len(), steps: times.len() });
        }
        Ok(latents)
    }

    /// Latents as pictures, numbers from zero to one.
    #[cfg(test)]
    pub(crate) fn decoded(&self, latents: &Tensor) -> Result<Tensor, DiffusionError> {
        self.decoded_while(latents, false, &mut || true)?.ok_or(DiffusionError::Decoded)
    }

    /// The same, as long as somebody says to go on; none if not.
    fn decoded_while(
        &self,
        latents: &Tensor,
        tiled: bool,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Tensor>, DiffusionError> {
        let mut stopped = false;
        let latents = (latents / self.vae.config().scaling)?;
        let pictures = self.vae.decode_while(&latents, tiled, &mut || {
            if go_on() {
                return Ok(());
            }
            stopped = true;
            Err(Error::Msg("stopped".to_owned()))
        });
        if stopped {
            return Ok(None);
        }
        let pictures = pictures?;
        if !pictures.abs()?.sum_all()?.to_scalar::<f32>()?.is_finite() {
            return Err(DiffusionError::Decoded);
        }
        Ok(Some(pictures.affine(0.5, 0.5)?.clamp(0.0_f32, 1.0_f32)?))
    }
}
