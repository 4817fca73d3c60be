//! Adapters (LoRA): files with what is added to some modules of a model, in the forms that people have.
//!
//! What a name in a file means is found out with the outline of a net, its modules' names and shapes, before any weight of
//! the model is read.

mod alphas;
mod apply;
mod file;
mod list;
mod names;
mod outline;
mod read;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;

use candle_core::Tensor;
use sayso_core::Sha256;

use crate::net::LowRank;

pub(crate) use apply::Added;
pub(crate) use file::{UNFINISHED, replace, write_tensors};
pub(crate) use outline::{Outline, Outlines};

/// A net of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The one that finds noise.
    Unet,
    /// The one that reads prompts.
    Text,
    /// The second one that reads prompts, of XL.
    SecondText,
}

impl Part {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Unet, Self::Text, Self::SecondText];

    /// The name of its folder, which diffusers' adapters begin with.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unet => "unet",
            Self::Text => "text_encoder",
            Self::SecondText => "text_encoder_2",
        }
    }
}

/// How the tensors of an adapter's file are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As diffusers names them, today (`unet.….lora_A.weight`) or earlier.
    Diffusers,
    /// As kohya's programs name them: `lora_unet_….lora_down.weight`.
    Kohya,
    /// As cloneofsimo's first program numbers them: `unet:0:down`.
    List,
}

impl Form {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Diffusers => "diffusers",
            Self::Kohya => "kohya",
            Self::List => "list",
        }
    }
}

/// An adapter that fits a model.
#[derive(Debug, Clone)]
pub struct Adapter {
    form: Form,
    digest: Option<Sha256>,
    layers: BTreeMap<(Part, String), LowRank>,
    words: BTreeMap<String, Tensor>,
    metadata: BTreeMap<String, String>,
}

impl Adapter {
    /// One that no file holds yet.
    pub(crate) const fn made(layers: BTreeMap<(Part, String), LowRank>) -> Self {
        Self { form: Form::Diffusers, digest: None, layers, words: BTreeMap::new(), metadata: BTreeMap::new() }
    }

    /// The form of its file.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// The sha256 of its file, if it came from one.
    #[must_use]
    pub const fn digest(&self) -> Option<Sha256> {
        self.digest
    }

    /// What its file says beside the tensors.
    #[must_use]
    pub const fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// How many modules of a net it adds to.
    #[must_use]
    pub fn modules(&self, part: Part) -> usize {
        self.layers.keys().filter(|(of, _)| *of == part).count()
    }

    /// The largest of its ranks.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.layers.values().map(LowRank::rank).max().unwrap_or(0)
    }

    /// Words that it teaches: a prompt with one of them means a vector of the file.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }
}
