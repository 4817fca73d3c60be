use std::fmt;
use std::str::FromStr;

use crate::Takes;

/// What a person decides that a checkpoint does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// The activation of a CLIP. Without it, what stands beside the weights counts, or what is known of their digest.
    pub activation: Option<ClipActivation>,
    /// How pictures are sized for SSCD.
    pub sscd_size: SscdSize,
}

impl Choices {
    /// What makes a net's vectors others than its weights alone do, to be put behind its name: nothing where nothing was
    /// decided that such a net asks for.
    #[must_use]
    pub fn suffix(&self, takes: Takes) -> String {
        match (takes, self.activation, self.sscd_size) {
            (Takes::Both, Some(activation), _) => format!("-{activation}"),
            (Takes::Pictures, _, SscdSize::Shorter288) => "-288".to_owned(),
            _ => String::new(),
        }
    }
}

/// What stands between two layers of a CLIP. Weights of one are worthless with the other, and nothing in the weights tells
/// which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClipActivation {
    /// x · Φ(x) with the normal distribution's Φ: LAION's.
    Gelu,
    /// x · σ(1.702 x), an approximation of it: OpenAI's.
    QuickGelu,
}

impl fmt::Display for ClipActivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gelu => "gelu",
            Self::QuickGelu => "quick-gelu",
        })
    }
}

impl FromStr for ClipActivation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "gelu" => Ok(Self::Gelu),
            "quick-gelu" => Ok(Self::QuickGelu),
            _ => Err("CLIP models have `quick-gelu` (OpenAI's) or `gelu` (LAION's)".to_owned()),
        }
    }
}

/// To which size pictures are brought for SSCD; the two ways that its authors recommend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SscdSize {
    /// To a square of 320 pixels, whatever their shape.
    Square320,
    /// To 288 pixels along the shorter side. Of a picture more than four times longer than high, the middle.
    Shorter288,
}
