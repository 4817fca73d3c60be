//! What is asked of a picture that is to be made.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use sayso::outputs::Mining;

use super::shared::{ClaimSource, ModelSource};

#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// What is to be seen.
    pub(crate) prompt: String,
    #[command(flatten)]
    pub(crate) model: ModelSource,
    /// Where the picture goes, as .png, .jpg or .webp. Of several, each gets its number before the ending.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What is not to be seen.
    #[arg(long, default_value = "", value_name = "PROMPT", hide_default_value = true)]
    pub(crate) negative: String,
    /// The noise that the picture is made from, 32 bits; thrown and told if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u32>,
    /// How often the net is asked.
    #[arg(long, default_value_t = 50, value_name = "NUMBER")]
    pub(crate) steps: usize,
    /// How much more of the prompt than the net sees by itself; up to 1, --negative does not count and half the time is saved.
    #[arg(long, default_value_t = 7.5, value_name = "FACTOR")]
    pub(crate) guidance: f64,
    /// Pixels, such as 768x512; those that the model was trained with if not given.
    #[arg(long, value_name = "WxH")]
    pub(crate) size: Option<Size>,
    /// A picture to begin at, made to fit if need be; without --size, its own sides count, in multiples of 8.
    #[arg(long, value_name = "FILE")]
    pub(crate) init: Option<PathBuf>,
    /// How much of that picture becomes noise first, from 0 to 1; as much of the steps is made. 0.8 if not given, and 1 with
    /// --mask or --outpaint.
    #[arg(long, value_name = "SHARE", requires = "init")]
    pub(crate) strength: Option<f64>,
    /// Draw only where this picture is white, and keep the rest of the picture that is begun at.
    #[arg(long, value_name = "FILE", requires = "init")]
    pub(crate) mask: Option<PathBuf>,
    /// Draw so many pixels beyond the left, upper, right and lower edge of the picture that is begun at.
    #[arg(long, value_name = "LEFT,TOP,RIGHT,BOTTOM", requires = "init", conflicts_with = "size")]
    pub(crate) outpaint: Option<Edges>,
    /// How many pictures, each of other noise.
    #[arg(long, default_value_t = 1, value_name = "NUMBER")]
    pub(crate) count: usize,
    /// How noise becomes a picture: ddim, pndm, euler, euler-karras, euler-ancestral, dpm++2m, dpm++2m-karras, unipc or ddpm;
    /// the model's own if not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) scheduler: Option<String>,
    /// Layers of the text net that are left out at its end.
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    pub(crate) clip_skip: usize,
    /// The size of the picture that this one is said to be cut from (XL); its own if not given.
    #[arg(long, value_name = "WxH")]
    pub(crate) original_size: Option<Size>,
    /// Where that picture is said to be cut (XL); 0,0 if not given.
    #[arg(long, value_name = "LEFT,TOP")]
    pub(crate) crop: Option<Corner>,
    /// Whether the autoencoder works on overlapping tiles, which needs less memory: auto (above a million pixels), always or
    /// never.
    #[arg(long, default_value = "auto", value_name = "WHEN")]
    pub(crate) vae_tiling: TilingWhen,
    /// A PNG that shows how far the first picture is, roughly.
    #[arg(long, value_name = "FILE")]
    pub(crate) preview: Option<PathBuf>,
    /// Steps from one preview to the next.
    #[arg(long, default_value_t = 5, value_name = "NUMBER", requires = "preview")]
    pub(crate) preview_every: usize,
    /// An adapter (LoRA), and how strongly it is added if not once; may be given several times.
    #[arg(long, value_name = "FILE[=WEIGHT]")]
    pub(crate) lora: Vec<Lora>,
    /// Sign the credentials with this certificate and this key, both in PEM; with a key that is made on this machine at first
    /// use if not given.
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    pub(crate) sign: Vec<PathBuf>,
    /// Write the pictures without credentials.
    #[arg(long, conflicts_with = "sign")]
    pub(crate) unsigned: bool,
    /// What is wished of training and data mining with the pictures: notAllowed, allowed or unsaid.
    #[arg(long, default_value = "unsaid", value_name = "WISH")]
    pub(crate) mining: Mining,
    /// Compare what is made with the pictures in this folder or tar; a copy of one of them is not written. May be given several
    /// times.
    #[arg(long, value_name = "DIR")]
    pub(crate) against: Vec<PathBuf>,
    /// Write copies of pictures that are compared with, too.
    #[arg(long)]
    pub(crate) keep_copies: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// From a made picture back to what made it.
#[derive(Debug, Args)]
pub(crate) struct Trace {
    /// The picture; - for standard input.
    #[arg(value_name = "PICTURE")]
    pub(crate) picture: PathBuf,
    /// Weights that may be those that its credentials name, or a folder of them, by whose lineage it is walked on to the
    /// pictures. May be given several times.
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) adapter: Vec<PathBuf>,
    /// A folder of pictures or a dataset in which near pictures are looked for. May be given several times.
    #[arg(long = "in", value_name = "DIR")]
    pub(crate) within: Vec<PathBuf>,
    /// How many near pictures are told.
    #[arg(long, default_value_t = 5, value_name = "NUMBER")]
    pub(crate) near: usize,
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
    /// Threads that look at pictures; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// A file with an adapter, and how strongly it is added.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lora {
    pub(crate) path: PathBuf,
    pub(crate) weight: f64,
}

impl FromStr for Lora {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A path may have the sign in it, too: only a number after the last one is a weight.
        match text.rsplit_once('=').map(|(path, weight)| (path, weight.parse::<f64>())) {
            Some((_, Ok(weight))) if !weight.is_finite() => Err(format!("its weight cannot be {weight}")),
            Some((path, Ok(weight))) if !path.is_empty() => Ok(Self { path: PathBuf::from(path), weight }),
            _ => Ok(Self { path: PathBuf::from(text), weight: 1.0 }),
        }
    }
}

/// A picture's sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let sides = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
        let (width, height) =
            sides.ok_or_else(|| "it is two numbers with an x between them, such as 512x512".to_owned())?;
        Ok(Self { width, height })
    }
}

/// Pixels beyond the left, upper, right and lower edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edges(pub(crate) [usize; 4]);

/// The most pixels beyond an edge.
const BEYOND: usize = 2048;

impl FromStr for Edges {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || "it is four numbers with commas between them, such as 0,0,128,0; one at least is not zero".to_owned();
        let edges = numbers(text).ok_or_else(wrong)?;
        if edges == [0; 4] || edges.iter().any(|edge| *edge > BEYOND) { Err(wrong()) } else { Ok(Self(edges)) }
    }
}

impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, top, right, bottom] = self.0;
        write!(f, "{left},{top},{right},{bottom}")
    }
}

/// Where a picture is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Corner {
    pub(crate) left: usize,
    pub(crate) top: usize,
}

impl FromStr for Corner {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let [left, top] = numbers(text).ok_or_else(|| "it is two numbers with a comma between them".to_owned())?;
        Ok(Self { left, top })
    }
}

fn numbers<const COUNT: usize>(text: &str) -> Option<[usize; COUNT]> {
    let numbers: Option<Vec<usize>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    numbers?.try_into().ok()
}

/// When the autoencoder works on tiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TilingWhen {
    /// Above a million pixels.
    Auto,
    Always,
    Never,
}
