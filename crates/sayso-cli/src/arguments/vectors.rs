//! What is asked of vectors and the nets that make them.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sayso::models::ClipActivation;
use sayso_core::{Modality, Uid};

/// What is looked for by what it means, and not by its words.
#[derive(Debug, Args)]
#[command(next_help_heading = "By meaning")]
pub(crate) struct ByMeaning {
    /// Show what means the same as this text, in whatever words.
    #[arg(long, value_name = "TEXT")]
    pub(crate) meaning: Option<String>,
    /// Show what looks like this picture; with --meaning, what is near to both, each of them counting half.
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// The net that made the vectors: weights in a file or a known model, if need be behind the name of the vectors and an
    /// `=`. The known model of the vectors that are there if not given.
    #[arg(long, value_name = "[NAME=]FILE|MODEL")]
    pub(crate) model: Option<String>,
    /// Whether pictures or captions are compared: image or text. Pictures if not given and there are vectors of them.
    #[arg(long)]
    pub(crate) modality: Option<Modality>,
    #[command(flatten)]
    pub(crate) choices: ModelChoices,
}

#[derive(Debug, Args)]
pub(crate) struct Near {
    /// One or several datasets, and then the sample's uid.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// The uid of the sample whose neighbours are wanted.
    #[arg(required = true)]
    pub(crate) uid: Uid,
    /// Whether pictures or captions are compared: image or text.
    #[arg(long, default_value = "image")]
    pub(crate) modality: Modality,
    /// The embedder whose vectors are compared; the first that there is if not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    /// How many hits to show.
    #[arg(short = 'n', long, default_value_t = 20, value_name = "NUMBER")]
    pub(crate) limit: usize,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Vectors {
    #[command(subcommand)]
    pub(crate) command: VectorsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VectorsCommand {
    /// Import a folder as clip-retrieval writes it (img_emb, text_emb, metadata) and index it.
    Import(VectorsImport),
    /// Make vectors of a dataset's captions with a neural net, and index them. What was interrupted goes on.
    Make(VectorsMake),
    /// List the vectors that a dataset has.
    List(VectorsList),
}

#[derive(Debug, Args)]
pub(crate) struct VectorsMake {
    /// The dataset.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The net: weights in a file, or a known model. Its vectors are kept under the model's name, or that of the file,
    /// or the one in front of an `=`.
    #[arg(long, value_name = "[NAME=]FILE|MODEL")]
    pub(crate) model: String,
    /// What vectors are made of: text, which are the captions.
    #[arg(long, default_value = "text", value_name = "text")]
    pub(crate) modality: Modality,
    #[command(flatten)]
    pub(crate) choices: ModelChoices,
    /// Threads that build the index; all cores if not given. The net takes all cores.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory to use for the index, in MiB.
    #[arg(long, default_value_t = 256, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VectorsImport {
    /// The dataset.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The folder with img_emb/img_emb_0.npy or text_emb/text_emb_0.npy, and metadata/metadata_0.parquet.
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
    /// The embedder that made them, such as ViT-B-32. Vectors of one name are compared with each other.
    #[arg(long, value_name = "NAME")]
    pub(crate) model: String,
    /// The SHA-256 of the embedder's weights.
    #[arg(long, value_name = "HEX")]
    pub(crate) weights_sha256: Option<String>,
    /// Memory to use for the index, in MiB.
    #[arg(long, default_value_t = 256, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VectorsList {
    /// The dataset.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Models {
    #[command(subcommand)]
    pub(crate) command: Option<ModelsCommand>,
    /// Weights to look into: a file, or the name of a known model. May be given several times.
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) model: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ModelChoices,
    /// Read the weights that are found, and compare their sha256.
    #[arg(long)]
    pub(crate) verify: bool,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Make a model from nothing: the toy, to try training and drawing with. What was interrupted goes on.
    Make(ModelsMake),
}

/// A model that can be made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Makeable {
    /// A little text-to-image model that has seen 56 drawings, and nothing else.
    Toy,
}

#[derive(Debug, Args)]
pub(crate) struct ModelsMake {
    /// What to make.
    pub(crate) model: Makeable,
    /// The folder to write it to; the one that `--base toy` means if not given.
    #[arg(short, long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Write five pictures of a subject that the toy does not know to this folder, with what allows to train on them.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) subject: Option<PathBuf>,
    /// Learn only the first of the 56 drawings.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) drawings: Option<NonZeroUsize>,
    /// Steps of the autoencoder; 1600 if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) autoencoder_steps: Option<NonZeroUsize>,
    /// Steps of the nets that read and draw; 5000 if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) steps: Option<NonZeroUsize>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ModelChoices {
    /// The activation of a CLIP, where nothing beside its weights names it: quick-gelu (OpenAI's) or gelu (LAION's).
    #[arg(long, value_name = "NAME")]
    pub(crate) activation: Option<ClipActivation>,
    /// Bring pictures to 288 pixels along the shorter side for SSCD, rather than to a square of 320.
    #[arg(long)]
    pub(crate) keep_shape: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Embed {
    /// Pictures.
    #[arg(value_name = "PICTURE", required_unless_present = "text")]
    pub(crate) pictures: Vec<PathBuf>,
    /// A text. May be given several times.
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Vec<String>,
    /// The weights: a file, or the name of a known model.
    #[arg(long, value_name = "FILE|NAME")]
    pub(crate) model: String,
    #[command(flatten)]
    pub(crate) choices: ModelChoices,
    /// Write the vectors as a NumPy array: those of the pictures, then those of the texts.
    #[arg(short, long, value_name = "FILE.npy")]
    pub(crate) out: Option<PathBuf>,
}
