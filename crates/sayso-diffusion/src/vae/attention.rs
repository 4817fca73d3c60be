use candle_core::{Result, Tensor};

use super::config::EPSILON;
use crate::DiffusionError;
use crate::net::{GroupNorm, Linear, Parameters};
use crate::ops::{attention, reshaped, sum, turned};

/// The pixels of a picture look at each other, with one head.
pub(super) struct PixelAttention {
    norm: GroupNorm,
    queries: Linear,
    keys: Linear,
    values: Linear,
    out: Linear,
}

impl PixelAttention {
    pub(super) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        width: usize,
        groups: usize,
    ) -> std::result::Result<Self, DiffusionError> {
        let norm = GroupNorm::read(parameters, &format!("{prefix}.group_norm"), width, groups, EPSILON)?;
        // The second names are those that diffusers wrote before 2023: most models on people's disks have them.
        let mut of = |new: &str, old: &str| {
            let names = [format!("{prefix}.{new}"), format!("{prefix}.{old}")];
            Linear::named(parameters, &names.each_ref().map(String::as_str), [width, width], true)
        };
        Ok(Self {
            norm,
            queries: of("to_q", "query")?,
            keys: of("to_k", "key")?,
            values: of("to_v", "value")?,
            out: of("to_out.0", "proj_attn")?,
        })
    }

    pub(super) fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let (count, channels, height, width) = pictures.dims4()?;
        let rows = reshaped(&self.norm.forward(pictures)?, (count, channels, height * width))?;
        let rows = turned(&rows)?;
        let of = |linear: &Linear| linear.forward(&rows);
        let mixed = attention(&of(&self.queries)?, &of(&self.keys)?, &of(&self.values)?, 1, false)?;
        let mixed = turned(&self.out.forward(&mixed)?)?;
        sum(&reshaped(&mixed, (count, channels, height, width))?, pictures)
    }
}
