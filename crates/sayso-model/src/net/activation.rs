use crate::ClipActivation;

use super::exponential::{erf, exp};

/// What stands between two layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Activation {
    /// Nothing.
    None,
    /// Negative numbers become zero.
    Relu,
    /// x · Φ(x) with the normal distribution's Φ: LAION's CLIP, and BERT.
    Gelu,
    /// x · σ(1.702 x), an approximation of it: OpenAI's CLIP.
    QuickGelu,
}

impl Activation {
    /// Adds `bias` to a row and activates it.
    pub(crate) fn apply(self, row: &mut [f32], bias: &[f32]) {
        match self {
            Self::None => biased(row, bias, |x| x),
            Self::Relu => biased(row, bias, |x| x.max(0.0)),
            Self::Gelu => biased(row, bias, |x| 0.5 * x * (1.0 + erf(x * std::f32::consts::FRAC_1_SQRT_2))),
            Self::QuickGelu => biased(row, bias, |x| x / (1.0 + exp(-1.702 * x))),
        }
    }
}

#[inline]
fn biased(row: &mut [f32], bias: &[f32], activate: impl Fn(f32) -> f32) {
    if bias.is_empty() {
        row.iter_mut().for_each(|value| *value = activate(*value));
    } else {
        row.iter_mut().zip(bias).for_each(|(value, bias)| *value = activate(*value + bias));
    }
}

impl From<ClipActivation> for Activation {
    fn from(activation: ClipActivation) -> Self {
        match activation {
            ClipActivation::Gelu => Self::Gelu,
            ClipActivation::QuickGelu => Self::QuickGelu,
        }
    }
}
