use candle_core::{DType, Device, Result, Tensor};

use super::{Model, Request};
use crate::DiffusionError;
use crate::picture::Picture;

/// Pixels along the flat latents that the autoencoder is asked of.
const FLAT: usize = 4;

/// Glances at pictures on their way: rough, and cheap.
pub struct Glances<'a> {
    /// Steps from one to the next.
    pub every: usize,
    /// Is shown the first picture.
    pub show: &'a mut dyn FnMut(&Picture),
}

/// What the autoencoder makes of latents that are flat, as if it were linear: a colour, and what each channel adds to it.
pub(super) struct Colours {
    colour: [f32; 3],
    channels: Vec<[f32; 3]>,
}

impl Model {
    /// Asks the autoencoder for the colours of a little flat picture for each channel: no more than a small picture takes.
    pub(super) fn colours(&self) -> Result<Colours> {
        let config = self.vae.config();
        let count = config.latent;
        // Nothing, then each channel up, then each down.
        let mut flat = vec![0.0_f32; (1 + 2 * count) * count];
        for channel in 0..count {
            for (first, step) in [(1, 1.0), (1 + count, -1.0)] {
                if let Some(slot) = flat.get_mut((first + channel) * count + channel) {
                    *slot = step / config.scaling as f32;
                }
            }
        }
        let flat = Tensor::from_vec(flat, (1 + 2 * count, count, 1, 1), &Device::Cpu)?;
        let flat = flat.broadcast_as((1 + 2 * count, count, FLAT, FLAT))?.contiguous()?;
        let colours = self.vae.decode(&flat)?.mean((2, 3))?.to_vec2::<f32>()?;
        let colour = |number: usize| match colours.get(number).map(Vec::as_slice) {
            Some([red, green, blue]) => [*red, *green, *blue],
            _ => [0.0; 3],
        };
        let slope = |channel: usize| {
            let (up, down) = (colour(1 + channel), colour(1 + count + channel));
            let [red, green, blue] = up;
            let [less_red, less_green, less_blue] = down;
            [(red - less_red) / 2.0, (green - less_green) / 2.0, (blue - less_blue) / 2.0]
        };
        Ok(Colours { colour: colour(0), channels: (0..count).map(slope).collect() })
    }
}

impl Colours {
    /// The first of these latents as a picture of the size that is asked for; none if it has no pixels.
    pub(super) fn glance(
        &self,
        latents: &Tensor,
        request: &Request,
    ) -> std::result::Result<Option<Picture>, DiffusionError> {
        let slopes: Vec<f32> = self.channels.iter().flatten().copied().collect();
        let slopes = Tensor::from_vec(slopes, (self.channels.len(), 3), &Device::Cpu)?;
        let colour = Tensor::from_vec(self.colour.to_vec(), (1, 3), &Device::Cpu)?;
        let (channels, height, width) = latents.get(0)?.dims3()?;
        let rows = latents.get(0)?.to_dtype(DType::F32)?.reshape((channels, height * width))?.t()?.contiguous()?;
        let made = rows.matmul(&slopes)?.broadcast_add(&colour)?.t()?.contiguous()?.reshape((1, 3, height, width))?;
        let small = Picture::of(&made.affine(0.5, 0.5)?.clamp(0.0_f32, 1.0_f32)?)?;
        let side = |side: usize| u32::try_from(side).unwrap_or(0);
        Ok(small.resized(side(request.width), side(request.height)))
    }
}
