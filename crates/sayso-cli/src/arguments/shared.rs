//! Arguments that several commands have in common.

use std::path::PathBuf;

use clap::Args;
use sayso_registry::log::NoteKey;

/// The claims that count.
#[derive(Debug, Args)]
pub(crate) struct ClaimSource {
    /// A registry, or the address of one that is served, whose claims count: on addresses, on the pictures' digests, and on
    /// what they look like. What is written names the head that it was judged against.
    #[arg(long, value_name = "PATH|ADDRESS")]
    pub(crate) registry: Option<PathBuf>,
    /// The key of the log of a registry that is read from an address, as name+id+key; the first that is seen there if not
    /// given.
    #[arg(long, value_name = "KEY", requires = "registry")]
    pub(crate) registry_key: Option<NoteKey>,
}

/// A model, and how it is opened.
#[derive(Debug, Args)]
pub(crate) struct ModelSource {
    /// The model: a folder as diffusers writes it, a single file, the name of a repository in Hugging Face's cache, or `toy`, which is made here.
    #[arg(long, value_name = "PATH|OWNER/NAME")]
    pub(crate) base: PathBuf,
    /// Read weights in pickles (.ckpt, .bin), too. They are never run.
    #[arg(long)]
    pub(crate) allow_pickle: bool,
    /// The folder with the merges.txt of a single file's text nets; OpenAI's merges if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) tokenizer: Option<PathBuf>,
    /// What the net predicts, epsilon or v_prediction, where the model says nothing of it or something else.
    #[arg(long, value_name = "NAME")]
    pub(crate) prediction: Option<String>,
    /// What computes the nets: cpu, cuda or metal, and `cuda:1` for the second of several. Graphics processors want a program that was built for them.
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub(crate) device: String,
}
