use std::io;
use std::path::PathBuf;

use sayso_model::ModelError;

/// Why a model cannot be opened, or a picture not be made.
#[derive(Debug, thiserror::Error)]
pub enum DiffusionError {
    /// A file with weights cannot be read, or is none.
    #[error(transparent)]
    Weights(#[from] ModelError),
    /// A file of the model cannot be read.
    #[error("cannot read `{}`: {source}\nhint: a model is a folder as diffusers writes it, with model_index.json in it", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder lacks a part.
    #[error("`{}` is not there\nhint: {hint}", path.display())]
    Absent {
        /// What was looked for.
        path: PathBuf,
        /// What to try.
        hint: &'static str,
    },
    /// Weights in a form that Python would run.
    #[error(
        "`{}` is a pickle, which programs in Python run when they open it\n\
         hint: get the weights as safetensors, or say --allow-pickle: here it is read and never run", path.display()
    )]
    Pickle {
        /// The file.
        path: PathBuf,
    },
    /// A configuration says what cannot be understood, or what is not there yet.
    #[error("`{}` cannot be used: {reason}\nhint: {hint}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What it says.
        reason: String,
        /// What to try.
        hint: &'static str,
    },
    /// The tensors are not those of the net that the configuration describes.
    #[error(
        "the tensors of `{}` are not those of its net: {}\nhint: fetch weights and config.json again from one place", path.display(), listed(faults)
    )]
    Tensors {
        /// The file with the weights.
        path: PathBuf,
        /// Every tensor that is missing, too many, of another shape, or holds what is no number.
        faults: Vec<String>,
    },
    /// An adapter does not fit the model.
    #[error(
        "the adapter `{}` does not fit this model: {}\nhint: an adapter fits models in the shape of the one that it was trained on; \
         LoRA is known in the forms of diffusers, kohya and cloneofsimo", path.display(), listed(faults)
    )]
    Adapter {
        /// The file.
        path: PathBuf,
        /// Every tensor that has no place, lacks its companion, is of another shape, or holds what is no number.
        faults: Vec<String>,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {source}\nhint: check the path and the room there", path.display())]
    Written {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What a training left behind cannot be gone on with.
    #[error("`{}` cannot be gone on with: {reason}\nhint: {hint}", path.display())]
    State {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        reason: String,
        /// What to try.
        hint: &'static str,
    },
    /// The numbers of a training ran away.
    #[error(
        "the {what} of step {step} is no number; nothing was changed by it, and what was learned before it is kept\n         hint: go on from the last saved state with a smaller rate (it was {rate:e}), or a longer warm-up"
    )]
    Diverged {
        /// The step, from one on.
        step: usize,
        /// The loss, or the gradient.
        what: &'static str,
        /// The rate at that step.
        rate: f64,
    },
    /// What is asked for cannot be made.
    #[error("{reason}\nhint: {hint}")]
    Request {
        /// What cannot be.
        reason: String,
        /// What to try.
        hint: &'static str,
    },
    /// The numbers ran away.
    #[error(
        "the picture holds what is no number after step {step} of {steps}\n\
         hint: ask for less --guidance or another --scheduler; if it stays, the weights overflowed when they were made smaller: get them with 32 bits"
    )]
    NotANumber {
        /// The step, from one on.
        step: usize,
        /// All of them.
        steps: usize,
    },
    /// The numbers ran away on the way from latents to pixels.
    #[error(
        "the autoencoder made what is no number of sound latents\n\
         hint: its weights overflowed when they were made smaller: get those of `vae` with 32 bits"
    )]
    Decoded,
    /// Somebody asked to stop.
    #[error(
        "stopped after step {step} of {steps}; nothing was written\nhint: begin again with the same --seed to get the same picture"
    )]
    Stopped {
        /// Steps that were made.
        step: usize,
        /// All of them.
        steps: usize,
    },
    /// Somebody asked to stop what goes on from what was saved.
    #[error("stopped\nhint: the same command goes on from what was saved")]
    Interrupted,
    /// The library below failed.
    #[error("the net cannot be computed: {0}\nhint: this is a defect of Sayso; please report it with the model's name")]
    Compute(String),
}

/// The first faults in words, and how many more there are.
fn listed(faults: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut text = faults.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    if faults.len() > SHOWN {
        text.push_str("; and ");
        text.push_str(&(faults.len() - SHOWN).to_string());
        text.push_str(" more");
    }
    text
}

impl From<candle_core::Error> for DiffusionError {
    fn from(error: candle_core::Error) -> Self {
        Self::Compute(error.to_string())
    }
}
