use std::fmt;
use std::str::FromStr;

use super::exponential::{erf, exp};

/// What stands between two layers. Weights of one are worthless with another, and nothing in the weights tells which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
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

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Relu => "relu",
            Self::Gelu => "gelu",
            Self::QuickGelu => "quick-gelu",
        })
    }
}

impl FromStr for Activation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "gelu" => Ok(Self::Gelu),
            "quick-gelu" | "quick_gelu" => Ok(Self::QuickGelu),
            _ => Err(format!(
                "`{text}` is no activation of a CLIP\nhint: say `quick-gelu` (OpenAI's) or `gelu` (LAION's)"
            )),
        }
    }
}
