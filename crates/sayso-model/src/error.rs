use std::io;
use std::path::PathBuf;

/// Why a model cannot be found, opened or used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}\nhint: check the path and who may read it", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no checkpoint, or a damaged one.
    #[error("`{}` is no checkpoint that can be read: {reason}\nhint: {hint}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
        /// What to try.
        hint: &'static str,
    },
    /// A pickle that asks for calls which no weights need.
    #[error(
        "`{}` asks to call `{call}`, which no weights need; nothing of it was run\n\
         hint: do not open this file with a program that runs pickles; get the weights as safetensors", path.display()
    )]
    Code {
        /// The file.
        path: PathBuf,
        /// What it asks for.
        call: String,
    },
    /// A tensor is missing, of another shape or kind than the net's, or holds what is no number.
    #[error(
        "the tensor `{tensor}` of `{}` {reason}\n\
         hint: the file is damaged, or belongs to another net; compare its sha256 with `sayso models`", path.display()
    )]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The tensors are those of no net that is known here.
    #[error(
        "the tensors of `{}` belong to no net that is known here\n\
         hint: CLIP vision transformers, SSCD (ResNet-50) and BERT sentence embedders can be read; see `sayso models`",
        path.display()
    )]
    Architecture {
        /// The file.
        path: PathBuf,
    },
    /// A file that belongs beside the checkpoint is missing or cannot be understood.
    #[error("`{}` is needed beside the weights: {reason}\nhint: {hint}", path.display())]
    Companion {
        /// The file that was looked for.
        path: PathBuf,
        /// What is wrong with it, or what it is needed for.
        reason: String,
        /// What to try.
        hint: &'static str,
    },
    /// Weights that do not say with which activation they were trained.
    #[error(
        "nothing beside `{}` says with which activation it was trained\n\
         hint: put its config.json or open_clip_config.json beside it, or say --activation quick-gelu (OpenAI's) or gelu (LAION's)",
        path.display()
    )]
    Activation {
        /// The checkpoint.
        path: PathBuf,
    },
    /// A known model that is not on this machine.
    #[error(
        "the model `{name}` is not on this machine\nhint: fetch {address} and name the file, or see `sayso models`"
    )]
    Absent {
        /// Its name.
        name: &'static str,
        /// Where it can be had.
        address: &'static str,
    },
    /// Neither a file nor the name of a model.
    #[error("`{name}` is neither a file nor a known model\nhint: `sayso models` lists the known ones")]
    Unknown {
        /// What was given.
        name: String,
    },
    /// Pictures were given to a net for texts, or texts to one for pictures.
    #[error("the net `{architecture}` takes no {what}\nhint: {hint}")]
    Takes {
        /// The net.
        architecture: String,
        /// What it was given.
        what: &'static str,
        /// What to try.
        hint: &'static str,
    },
    /// A vector came out that has no direction.
    #[error(
        "the net gave a vector without a direction\nhint: the weights are damaged; compare their sha256 with `sayso models`"
    )]
    Degenerate,
    /// The program was built without nets.
    #[error("this program was built without neural nets\nhint: build it with `--features models`")]
    LeftOut,
    /// The library below failed.
    #[error("the net cannot be computed: {0}\nhint: this is a defect of Sayso; please report it with the model's name")]
    Compute(String),
}

#[cfg(feature = "models")]
impl From<candle_core::Error> for ModelError {
    fn from(error: candle_core::Error) -> Self {
        Self::Compute(error.to_string())
    }
}
