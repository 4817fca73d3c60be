use candle_core::{Result, Tensor};

use super::{Convolution, GroupNorm, Linear, Parameters};
use crate::DiffusionError;
use crate::ops::Geometry;

/// Two convolutions, each behind a normalisation, and what went in added to what comes out.
pub(crate) struct Residual {
    first_norm: GroupNorm,
    first: Convolution,
    /// What the time step adds between them; the autoencoder knows no time.
    time: Option<Linear>,
    second_norm: GroupNorm,
    second: Convolution,
    /// Where the channels change.
    shortcut: Option<Convolution>,
}

impl Residual {
    pub(crate) fn read(
        parameters: &mut Parameters,
        prefix: &str,
        [inputs, outputs]: [usize; 2],
        time: Option<usize>,
        (groups, epsilon): (usize, f64),
    ) -> std::result::Result<Self, DiffusionError> {
        let same = Geometry::same(3);
        Ok(Self {
            first_norm: GroupNorm::read(parameters, &format!("{prefix}.norm1"), inputs, groups, epsilon)?,
            first: Convolution::read(parameters, &format!("{prefix}.conv1"), [inputs, outputs], same)?,
            time: time
                .map(|width| Linear::read(parameters, &format!("{prefix}.time_emb_proj"), [width, outputs]))
                .transpose()?,
            second_norm: GroupNorm::read(parameters, &format!("{prefix}.norm2"), outputs, groups, epsilon)?,
            second: Convolution::read(parameters, &format!("{prefix}.conv2"), [outputs, outputs], same)?,
            shortcut: (inputs != outputs)
                .then(|| {
                    let name = format!("{prefix}.conv_shortcut");
                    Convolution::read(parameters, &name, [inputs, outputs], Geometry::same(1))
                })
                .transpose()?,
        })
    }

    /// `time` has been through silu.
    pub(crate) fn forward(&self, pictures: &Tensor, time: Option<&Tensor>) -> Result<Tensor> {
        let normal = self.first_norm.forward_silu(pictures)?;
        let made = match (&self.time, time) {
            (Some(linear), Some(time)) => self.first.forward_onto(&normal, &linear.forward(time)?)?,
            _ => self.first.forward(&normal)?,
        };
        let normal = self.second_norm.forward_silu(&made)?;
        match &self.shortcut {
            Some(shortcut) => self.second.forward_onto(&normal, &shortcut.forward(pictures)?),
            None => self.second.forward_onto(&normal, pictures),
        }
    }
}
