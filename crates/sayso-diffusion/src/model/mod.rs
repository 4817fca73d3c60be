//! A whole model: its nets, and pictures of prompts.

mod condition;
mod generate;
mod glance;
mod open;
mod request;
mod start;
#[cfg(test)]
mod tests;

use std::path::Path;

use sayso_core::Sha256;

use crate::DiffusionError;
use crate::load::{Configs, Loading};
use crate::scheduler::Settings;
use crate::text::{Prompts, TextNet};
use crate::unet::UNet;
use crate::vae::Vae;

pub(crate) use condition::Said;
pub use generate::Made;
pub use glance::Glances;
pub(crate) use open::{Learning, Variables, only_adapters};
pub use request::{Framing, Init, Mask, Request, Tiling};

/// A model that is open.
pub struct Model {
    pub(crate) text: TextNet,
    pub(crate) prompts: Prompts,
    /// The second text net of Stable Diffusion XL.
    second: Option<(TextNet, Prompts)>,
    /// Whether no negative prompt at all is zeros, and not what the text nets say of an empty one (XL).
    zeros: bool,
    pub(crate) unet: UNet,
    pub(crate) vae: Vae,
    pub(crate) settings: Settings,
    digests: Digests,
    adapters: Vec<(Option<Sha256>, f64)>,
}

/// The sha256 of the files that the weights came from: of a single file, the same for all; of pieces, that of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digests {
    /// Of the UNet's.
    pub unet: Sha256,
    /// Of the autoencoder's.
    pub vae: Sha256,
    /// Of the text net's.
    pub text: Sha256,
    /// Of the second text net's, if there is one.
    pub second_text: Option<Sha256>,
}

impl Digests {
    /// Those that there are, each with its part's name.
    pub fn named(self) -> impl Iterator<Item = (&'static str, Sha256)> {
        let second = self.second_text.map(|digest| ("text_encoder_2", digest));
        [("unet", self.unet), ("vae", self.vae), ("text_encoder", self.text)].into_iter().chain(second)
    }
}

impl Model {
    /// Where its weights came from.
    #[must_use]
    pub const fn digests(&self) -> Digests {
        self.digests
    }

    /// The sha256 of the files of its adapters, and their weights.
    #[must_use]
    pub fn adapters(&self) -> &[(Option<Sha256>, f64)] {
        &self.adapters
    }

    /// Pixels along the pictures that it was trained with.
    #[must_use]
    pub fn side(&self) -> usize {
        self.unet.config().side * self.vae.config().factor()
    }

    /// Pixels along the pictures that a model was trained with; its weights are not read.
    ///
    /// # Errors
    ///
    /// When its configurations cannot be read.
    pub fn side_of(base: &Path, loading: &Loading) -> Result<usize, DiffusionError> {
        let Configs { unet, vae, .. } = Configs::read(base, loading)?;
        Ok(unet.side * vae.factor())
    }

    /// The net that says what is noise.
    #[cfg(test)]
    pub(crate) const fn unet(&self) -> &UNet {
        &self.unet
    }

    /// Whether it is told of sizes and reads prompts with two nets (XL).
    #[must_use]
    pub const fn is_xl(&self) -> bool {
        self.second.is_some()
    }

    /// Whether it draws into pictures only, where a mask says so.
    #[must_use]
    pub const fn fills(&self) -> bool {
        self.unet.config().fills()
    }
}
