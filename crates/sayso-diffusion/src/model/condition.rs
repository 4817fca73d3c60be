use candle_core::{Result, Tensor};

use super::{Model, Request};
use crate::text::Prompts;
use crate::unet::Added;

/// What the text nets say of texts.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// [text] [token] [number]
    pub(crate) texts: Tensor,
    /// A vector of each whole text, [text] [number], which XL wants besides.
    pub(crate) whole: Option<Tensor>,
}

impl Said {
    /// One number by which these gradients of what was said go on to the nets that said it; none if those are not trained.
    pub(crate) fn felt(&self, [of_texts, of_whole]: [Option<Tensor>; 2]) -> Result<Option<Tensor>> {
        let mut sum: Option<Tensor> = None;
        for (said, gradient) in [(Some(&self.texts), of_texts), (self.whole.as_ref(), of_whole)] {
            let (Some(said), Some(gradient)) = (said.filter(|said| said.track_op()), gradient) else { continue };
            let part = (said * gradient)?.sum_all()?;
            sum = Some(match sum {
                Some(sum) => (sum + part)?,
                None => part,
            });
        }
        Ok(sum)
    }
}

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
    /// What the text nets say of texts, without their last `skipped` layers.
    pub(crate) fn said<T: AsRef<str>>(&self, texts: &[T], skipped: usize) -> Result<Said> {
        let tokens = |prompts: &Prompts| -> Vec<Vec<u32>> {
            texts.iter().map(|text| prompts.prompt(text.as_ref()).tokens).collect()
        };
        let Some((second, prompts)) = &self.second else {
            return Ok(Said { texts: self.text.forward(&tokens(&self.prompts), skipped)?, whole: None });
        };
        // Both nets' vectors before their last layer, beside each other.
        let first = self.text.hidden(&tokens(&self.prompts), skipped + 1)?;
        let (other, whole) = second.both(&tokens(prompts), skipped + 1, prompts.end())?;
        Ok(Said { texts: Tensor::cat(&[first, other], 2)?, whole: Some(whole) })
    }

    /// Tokens of a text and numbers of each, and numbers of the whole text.
    pub(crate) fn said_sides(&self) -> ([usize; 2], Option<usize>) {
        let whole = self.second.as_ref().map(|(net, _)| net.config().projection);
        ([self.text.config().places, self.unet.config().context], whole)
    }

    /// What the text nets say of the prompts, for each picture. Layers are left out for the prompt alone, as in diffusers.
    pub(super) fn condition(&self, request: &Request) -> Result<Condition> {
        let guided = request.guidance > 1.0;
        let each = |tensor: Tensor| {
            if tensor.rank() == 3 { tensor.repeat((request.count, 1, 1)) } else { tensor.repeat((request.count, 1)) }
        };
        let both = |one, other| Tensor::cat(&[each(one)?, each(other)?], 0);
        let Said { texts, whole } = self.said(&[&request.prompt], request.clip_skip)?;
        let without = || self.said(&[&request.negative], 0);
        let Some(whole) = whole else {
            let texts = if guided { both(without()?.texts, texts)? } else { each(texts)? };
            return Ok(Condition { texts, added: None });
        };
        let (texts, whole) = if guided {
            let without = if self.zeros && request.negative.is_empty() {
                Said { texts: texts.zeros_like()?, whole: None }
            } else {
                without()?
            };
            let nothing = without.whole.map_or_else(|| whole.zeros_like(), Ok)?;
            (both(without.texts, texts)?, both(nothing, whole)?)
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
