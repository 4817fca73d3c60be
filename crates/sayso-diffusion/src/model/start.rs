use candle_core::{Device, Result, Tensor};

use super::{Init, Mask, Model, Request};
use crate::DiffusionError;
use crate::noise::Noise;
use crate::scheduler::Scheduler;
use crate::vae::Moments;

/// Where a picture's way begins.
pub(super) struct Start {
    /// The first step that is made.
    pub(super) first: usize,
    pub(super) latents: Tensor,
    pub(super) rest: Rest,
}

/// What is to stay of the picture that was begun at.
pub(super) enum Rest {
    /// Nothing for sure.
    Nothing,
    /// The net sees a mask and what stays: these channels, behind its latents.
    Seen(Tensor),
    /// The net knows of no mask: after each step, what stays is put back with as much noise as there is.
    Kept { mask: Tensor, clean: Tensor, noise: Tensor },
}

impl Model {
    /// Latents to begin at, thrown in the order in which diffusers' pipelines throw.
    pub(super) fn start(
        &self,
        request: &Request,
        scheduler: &dyn Scheduler,
        noise: &mut Noise,
    ) -> std::result::Result<Start, DiffusionError> {
        let factor = self.vae.config().factor();
        let shape = (request.count, self.unet.config().latent, request.height / factor, request.width / factor);
        let Some(init) = &request.init else {
            self.needs_mask(request)?;
            let latents = (noise.tensor(shape)? * scheduler.start())?;
            return Ok(Start { first: 0, latents, rest: Rest::Nothing });
        };
        // Whole steps are left out at the noisy end, as many as diffusers leaves out.
        let kept = ((request.steps as f64 * init.strength) as usize).min(request.steps);
        let first = request.steps - kept;
        let Some(mask) = &request.mask else {
            self.needs_mask(request)?;
            let clean = self.encoded(&init.picture.numbers()?, request, noise)?;
            let latents = scheduler.noisy(first, &clean, &noise.tensor(shape)?)?;
            return Ok(Start { first, latents, rest: Rest::Nothing });
        };
        Ok(self.masked(request, scheduler, noise, (init, mask), first)?)
    }

    fn masked(
        &self,
        request: &Request,
        scheduler: &dyn Scheduler,
        noise: &mut Noise,
        (init, mask): (&Init, &Mask),
        first: usize,
    ) -> Result<Start> {
        let factor = self.vae.config().factor();
        let (high, wide) = (request.height / factor, request.width / factor);
        let fills = self.unet.config().fills();
        let whole = init.strength >= 1.0;
        let pictures = init.picture.numbers()?;
        let clean = if fills && whole { None } else { Some(self.encoded(&pictures, request, noise)?) };
        let thrown = noise.tensor((request.count, self.unet.config().latent, high, wide))?;
        let latents = match &clean {
            Some(clean) if !whole => scheduler.noisy(first, clean, &thrown)?,
            _ => (&thrown * scheduler.start())?,
        };
        let drawn: Vec<f32> = mask.pixels.iter().map(|byte| if *byte < 128 { 0.0 } else { 1.0 }).collect();
        // The upper left pixel of each of the latents' counts, as where torch makes masks smaller.
        let small: Vec<f32> = (0..high)
            .flat_map(|row| (0..wide).map(move |column| (row * factor) * request.width + column * factor))
            .map(|at| drawn.get(at).copied().unwrap_or(0.0))
            .collect();
        let small = Tensor::from_vec(small, (1, 1, high, wide), &Device::Cpu)?;
        let rest = match clean {
            Some(clean) if !fills => {
                // What the net does not see is thrown all the same, so that what is thrown later is what diffusers throws.
                noise.normal(self.unet.config().latent * high * wide);
                Rest::Kept { mask: small, clean, noise: thrown }
            }
            _ => {
                let drawn = Tensor::from_vec(drawn, (1, 1, request.height, request.width), &Device::Cpu)?;
                let left = pictures.broadcast_mul(&drawn.affine(-1.0, 1.0)?)?;
                let left = self.encoded(&left, request, noise)?;
                Rest::Seen(Tensor::cat(&[small.repeat((request.count, 1, 1, 1))?, left], 1)?)
            }
        };
        Ok(Start { first, latents, rest })
    }

    /// Refuses a net that draws into pictures where none is given.
    fn needs_mask(&self, request: &Request) -> std::result::Result<(), DiffusionError> {
        if !self.unet.config().fills() || request.mask.is_some() {
            return Ok(());
        }
        Err(DiffusionError::Request {
            reason: "this model draws into pictures, and there is none with a mask".to_owned(),
            hint: "name a picture with --init, and say where with --mask or --outpaint; or take another --base",
        })
    }

    /// A picture's latents, thrown once among those that may be its, for each picture that is asked for.
    fn encoded(&self, pictures: &Tensor, request: &Request, noise: &mut Noise) -> Result<Tensor> {
        let Moments { mean, log_variance } =
            if request.tiled() { self.vae.encode_tiled(pictures)? } else { self.vae.encode(pictures)? };
        let thrown = noise.tensor(mean.shape())?;
        let clean = (mean + ((log_variance * 0.5)?.exp()? * thrown)?)?;
        (clean * self.vae.config().scaling)?.repeat((request.count, 1, 1, 1))
    }
}
