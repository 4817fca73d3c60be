use candle_core::{Device, Result, Tensor, bail};

use super::config::AddedShape;
use crate::DiffusionError;
use crate::net::{Linear, Parameters};

/// What a net of Stable Diffusion XL is told of a picture besides its text.
#[derive(Debug, Clone)]
pub(crate) struct Added {
    /// A vector of each picture's whole text, [picture] [number].
    pub(crate) texts: Tensor,
    /// Of each picture: height and width of the original, where it was cut at its top and left, height and width that
    /// are wanted.
    pub(crate) sizes: Vec<[f32; 6]>,
}

/// A time step as numbers: waves of it, through two layers.
pub(super) struct Time {
    waves: usize,
    first: Linear,
    second: Linear,
    /// The same for what is added to it.
    added: Option<(AddedShape, Linear, Linear)>,
    device: Device,
}

impl Time {
    pub(super) fn read(
        parameters: &mut Parameters,
        waves: usize,
        added: Option<AddedShape>,
    ) -> std::result::Result<Self, DiffusionError> {
        let width = Self::width(waves);
        let first = Linear::read(parameters, "time_embedding.linear_1", [waves, width])?;
        let second = Linear::read(parameters, "time_embedding.linear_2", [width, width])?;
        let added = match added {
            None => None,
            Some(shape) => {
                let first = Linear::read(parameters, "add_embedding.linear_1", [shape.width, width])?;
                Some((shape, first, Linear::read(parameters, "add_embedding.linear_2", [width, width])?))
            }
        };
        Ok(Self { waves, first, second, added, device: parameters.device().clone() })
    }

    /// Numbers of a step.
    pub(super) const fn width(waves: usize) -> usize {
        waves * 4
    }

    /// The steps and what is added to them, and silu of the sum, which is all that the blocks want.
    pub(super) fn forward(&self, steps: &[f32], added: Option<&Added>) -> Result<Tensor> {
        let made = self.second.forward(&self.first.forward(&waves(steps, self.waves, &self.device)?)?.silu()?)?;
        let Some((shape, first, second)) = &self.added else {
            return made.silu();
        };
        let Some(Added { texts, sizes }) = added else {
            bail!("this net wants sizes and a vector of the text beside the time step");
        };
        let sizes: Vec<f32> = sizes.iter().flatten().copied().collect();
        let sizes = waves(&sizes, shape.waves, &self.device)?.reshape((texts.dim(0)?, ()))?;
        let both = Tensor::cat(&[&texts.to_device(&self.device)?, &sizes], 1)?;
        (made + second.forward(&first.forward(&both)?.silu()?)?)?.silu()
    }
}

/// Numbers as waves of different lengths, [number] [wave].
fn waves(numbers: &[f32], waves: usize, device: &Device) -> Result<Tensor> {
    let half = waves / 2;
    let length = |wave: usize| (-(10_000_f32.ln()) * wave as f32 / half as f32).exp();
    let wave = |number: f32| {
        let angles = move || (0..half).map(move |wave| number * length(wave));
        angles().map(f32::cos).chain(angles().map(f32::sin))
    };
    let waves: Vec<f32> = numbers.iter().flat_map(|number| wave(*number)).collect();
    Tensor::from_vec(waves, (numbers.len(), half * 2), device)
}
