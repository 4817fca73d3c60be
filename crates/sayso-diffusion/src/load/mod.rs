//! Models as people have them: folders of diffusers, single files, and what Hugging Face's programs fetched.

mod base;
mod configs;
mod family;
mod open_clip_names;
mod processor;
mod shapes;
mod single;
#[cfg(test)]
mod tests;
mod told;
mod unet_names;
mod vae_names;
mod weights;
#[cfg(test)]
mod xl_folder;

use std::path::PathBuf;

pub use base::find_base;
pub(crate) use configs::Configs;
pub(crate) use family::Family;
pub use processor::Processor;
pub(crate) use single::single;
pub use told::configuration_digests;
pub(crate) use unet_names::UnetNames;
pub(crate) use weights::{DIFFUSERS, TRANSFORMERS, weights};
#[cfg(test)]
pub(crate) use xl_folder::xl_folder;

/// How a model is to be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loading {
    /// Whether pickles are read, too. They are never run.
    pub pickle: bool,
    /// For a single file, which brings none: a folder with the `merges.txt` of its text nets; OpenAI's if not given.
    pub tokenizer: Option<PathBuf>,
    /// What the net says, by diffusers' names (`epsilon` or `v_prediction`), where the model says nothing or something else.
    pub prediction: Option<String>,
    /// What computes the nets. The same steps give nearly the same numbers everywhere, and the same only on the same.
    pub processor: Processor,
}
