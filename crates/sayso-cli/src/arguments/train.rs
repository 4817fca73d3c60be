//! What is asked of a model that is to be tuned on pictures that said yes.

use std::num::NonZeroU64;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sayso::training::PersonGrant;
use sayso_registry::claim::UseKind;

use super::generate::Size;
use super::shared::{ClaimSource, ModelSource};
use sayso::policy::PolicyChoice;

#[derive(Debug, Args)]
pub(crate) struct Train {
    /// The folder with the pictures to learn.
    pub(crate) folder: PathBuf,
    #[command(flatten)]
    pub(crate) model: ModelSource,
    /// Where the adapter goes, as safetensors; with --method full, the folder where the whole model goes.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) consent: TrainConsent,
    #[command(flatten)]
    pub(crate) captions: TrainCaptions,
    #[command(flatten)]
    pub(crate) method: TrainMethod,
    #[command(flatten)]
    pub(crate) pace: TrainPace,
    #[command(flatten)]
    pub(crate) watch: TrainWatch,
    /// Say what would be trained on, and how much memory and time it would take; train nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What counts as a yes, and to whom.
#[derive(Debug, Args)]
#[command(next_help_heading = "Consent")]
pub(crate) struct TrainConsent {
    /// The rules, or a file of them. Whatever they admit, only pictures that are allowed for fine-tuning are learned.
    #[arg(long, default_value = "opt-in", value_name = "NAME|FILE")]
    pub(crate) policy: PolicyChoice,
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
    /// Who can be recognised in the pictures: nobody, me, or NAME=CLAIM for each, with the number of a claim of theirs. Nobody
    /// is looked for in them; you are asked.
    #[arg(long, value_name = "WHO", required = true)]
    pub(crate) depicts: Vec<Shown>,
    /// Names that an adapter is not called by: a list, one a line, or a dataset, whose creators count. Those that the pictures
    /// and the registry name count always.
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) names: Vec<PathBuf>,
    /// What the adapter is for, which grants may ask for: personal, research, non-commercial or any.
    #[arg(long, default_value = "any", value_name = "USE")]
    pub(crate) use_kind: UseKind,
    /// Who trains, which grants to one person ask for, and what the adapter says of who made it.
    #[arg(long, value_name = "NAME")]
    pub(crate) author: Option<String>,
    /// What the adapter is called; its file's name if not given.
    #[arg(long, value_name = "TITLE")]
    pub(crate) title: Option<String>,
    /// The licence under which it is given out.
    #[arg(long, value_name = "LICENCE")]
    pub(crate) licence: Option<String>,
    /// Write a request for each picture that was refused into this folder, ready to be sent.
    #[arg(long, value_name = "DIR")]
    pub(crate) requests: Option<PathBuf>,
}

/// Who can be recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    Nobody,
    Person(PersonGrant),
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Person(person) => person.fmt(f),
        }
    }
}

impl std::str::FromStr for Shown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().eq_ignore_ascii_case("nobody") { Ok(Self::Nobody) } else { text.parse().map(Self::Person) }
    }
}

/// What every picture is learned under.
#[derive(Debug, Args)]
#[command(next_help_heading = "Captions")]
pub(crate) struct TrainCaptions {
    /// What is to be seen on every picture, such as "a photo of sks dog"; without it, each picture's own caption counts.
    #[arg(long, value_name = "PROMPT")]
    pub(crate) instance_prompt: Option<String>,
    /// What things of that kind are called, such as "a photo of a dog": pictures of them, made by the model itself first, keep
    /// it from forgetting them.
    #[arg(long, value_name = "PROMPT")]
    pub(crate) class_prompt: Option<String>,
    /// How many of those there are.
    #[arg(long, value_name = "NUMBER", default_value_t = 100, requires = "class_prompt")]
    pub(crate) class_pictures: usize,
    /// How much they count beside the others.
    #[arg(long, value_name = "WEIGHT", default_value_t = 1.0, requires = "class_prompt")]
    pub(crate) prior_weight: f64,
}

/// What is trained.
#[derive(Debug, Args)]
#[command(next_help_heading = "Method")]
pub(crate) struct TrainMethod {
    /// What is trained.
    #[arg(long, value_enum, default_value_t = Method::Lora)]
    pub(crate) method: Method,
    /// Numbers between the two matrices of a layer of the adapter.
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    pub(crate) rank: usize,
    /// What the adapter is multiplied with, times the rank; the rank if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) alpha: Option<f64>,
    /// Which layers get one.
    #[arg(long, value_enum, default_value_t = Targets::Attention)]
    pub(crate) targets: Targets,
    /// Train the text net, too; of Stable Diffusion XL both.
    #[arg(long)]
    pub(crate) text_encoder: bool,
    /// Pixels of a picture, such as 512x512; others get sides of about as many pixels. The model's own if not given: 512x512 for most,
    /// 1024x1024 for XL.
    #[arg(long, value_name = "WxH")]
    pub(crate) size: Option<Size>,
    /// Cut squares out of the pictures; without it they keep their shape, as nearly as sides in steps of 64 pixels allow.
    #[arg(long)]
    pub(crate) squares: bool,
    /// Learn pictures mirrored, too.
    #[arg(long)]
    pub(crate) flip: bool,
}

/// How it is trained.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pace")]
pub(crate) struct TrainPace {
    /// How often the weights are changed.
    #[arg(long, value_name = "NUMBER", default_value = "800")]
    pub(crate) steps: NonZeroU64,
    /// How far a step goes; 1e-4 for an adapter and 5e-6 for a whole model if not given.
    #[arg(long, value_name = "RATE")]
    pub(crate) rate: Option<f64>,
    /// How the rate changes after its warm-up.
    #[arg(long, value_enum, default_value_t = Decay::Constant)]
    pub(crate) decay: Decay,
    /// Steps until the rate is reached.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) warm_up: u64,
    /// Pictures that are computed together.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) batch: usize,
    /// Batches of a step.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) accumulation: usize,
    /// Weigh noise levels by their signal, up to this (min-SNR); 5 is usual.
    #[arg(long, value_name = "GAMMA")]
    pub(crate) min_snr: Option<f64>,
    /// How much of the noise is the same for all pixels; 0.1 is usual where very dark and very bright pictures are wanted.
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    pub(crate) noise_offset: f64,
    /// Keep a moving average of the weights, of which so much stays at a step, and write that.
    #[arg(long, value_name = "SHARE")]
    pub(crate) ema: Option<f64>,
    /// Compute blocks anew on the way back: less memory, more time.
    #[arg(long)]
    pub(crate) checkpointing: bool,
    /// The noise and the order of the pictures.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) seed: u32,
}

/// What is seen of it on the way, and how it goes on after a break.
#[derive(Debug, Args)]
#[command(next_help_heading = "On the way")]
pub(crate) struct TrainWatch {
    /// The folder of the run: its page, pictures on the way, and what it goes on from; beside the adapter if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// Steps between two states that it can go on from.
    #[arg(long, value_name = "NUMBER", default_value = "100")]
    pub(crate) save_every: NonZeroU64,
    /// Steps between pictures on the way; none are made if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) sample_every: Option<NonZeroU64>,
    /// What they show; the instance prompt or the first caption if not given.
    #[arg(long, value_name = "PROMPT", requires = "sample_every")]
    pub(crate) sample_prompt: Vec<String>,
    /// Go on with the run whose state is there, exactly as if it had not stopped.
    #[arg(long)]
    pub(crate) resume: bool,
}

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Method {
    /// An adapter: small matrices beside those of the model.
    Lora,
    /// All weights.
    Full,
}

/// Which layers get an adapter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Targets {
    /// Those by which places look at each other and at the text.
    Attention,
    /// Those, and the two layers that follow them.
    Linear,
    /// Convolutions, too.
    All,
}

/// How a rate changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Decay {
    /// Not at all.
    Constant,
    /// Down to nothing, in half a wave.
    Cosine,
}
