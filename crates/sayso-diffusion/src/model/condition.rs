use candle_core::{Result, Tensor};

use super::{Model, Request};
use crate::unet::Added;

/// What the UNet is told of the pictures that are wanted: first of what they are not, if it is asked twice a step.
pub(super) struct Condition {
    /// [picture] [token] [number]
    pub(super) texts: Tensor,
    pub(super) added: Option<Added>,
}

impl Condition {
    /// Without how it was made, which nets that are trained would keep.
    pub(super) fn detached(self) -> Self {
        let added = self.added.map(|Added { texts, sizes }| Added { texts: texts.detach(), sizes });
        Self { texts: self.texts.detach(), added }
    }
}

impl Model {
    /// What the text nets say of the prompts, for each picture. Layers are left out for the prompt alone, as in diffusers.
    pub(super) fn condition(&self, request: &Request) -> Result<Condition> {
        let guided = request.guidance > 1.0;
        let each = |tensor: Tensor| {
            if tensor.rank() == 3 { tensor.repeat((request.count, 1, 1)) } else { tensor.repeat((request.count, 1)) }
        };
        let Some((second, prompts)) = &self.second else {
            let of = |text: &str, skip| each(self.text.forward(&[self.prompts.prompt(text).tokens], skip)?);
            let texts = of(&request.prompt, request.clip_skip)?;
            let texts = if guided { Tensor::cat(&[of(&request.negative, 0)?, texts], 0)? } else { texts };
            return Ok(Condition { texts, added: None });
        };
        // Both nets' vectors before their last layer, beside each other.
        let of = |text: &str, skip: usize| -> Result<(Tensor, Tensor)> {
            let first = self.text.hidden(&[self.prompts.prompt(text).tokens], skip + 1)?;
            let (other, whole) = second.both(&[prompts.prompt(text).tokens], skip + 1, prompts.end())?;
            Ok((Tensor::cat(&[first, other], 2)?, whole))
        };
        let (texts, whole) = of(&request.prompt, request.clip_skip)?;
        let (texts, whole) = if guided {
            let (without, nothing) = if self.zeros && request.negative.is_empty() {
                (texts.zeros_like()?, whole.zeros_like()?)
            } else {
                of(&request.negative, 0)?
            };
            let both = |one, other| Tensor::cat(&[each(one)?, each(other)?], 0);
            (both(without, texts)?, both(nothing, whole)?)
        } else {
            (each(texts)?, each(whole)?)
        };
        let [width, height] = request.framing.original.unwrap_or([request.width, request.height]);
        let [left, top] = request.framing.crop;
        let sizes = [height, width, top, left, request.height, request.width].map(|size| size as f32);
        let sizes = vec![sizes; texts.dim(0)?];
        Ok(Condition { texts, added: Some(Added { texts: whole, sizes }) })
    }
}
