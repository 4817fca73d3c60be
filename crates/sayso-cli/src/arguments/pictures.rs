//! What is asked of pictures: fetching, hashing, finding copies.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use sayso::fetch::{KeepLayout, ResizeMode};
use sayso::matching::MAX_DISTANCE;
use sayso::pictures::PICTURE_LIMITS;
use sayso_core::Pdq;

use super::{OnCluster, OnlineArguments, seconds};

#[derive(Debug, Args)]
pub(crate) struct Fetch {
    /// The dataset. It gets a new snapshot; files that it replaces move to superseded/.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The agent in whose name sites are asked, and whose groups in robots.txt count beside those of `sayso`; that of the
    /// build if not given.
    #[arg(long, value_name = "TOKEN")]
    pub(crate) agent: Option<String>,
    #[command(flatten)]
    pub(crate) fetching: FetchArguments,
    #[command(flatten)]
    pub(crate) elsewhere: OnCluster,
    /// Threads that decode; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory for samples that wait for their turn, in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What a build fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FetchWhat {
    /// Nothing.
    None,
    /// The pictures of its samples.
    Pictures,
}

/// By what parts of a picture are known again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FeaturesWhat {
    /// Keypoints, by which `sayso match` finds what was cropped, turned, or put into another picture.
    Keypoints,
    /// Nothing: copies are found by the perceptual hash alone.
    None,
}

/// What is kept of pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Keep {
    /// The files as they were sent.
    Originals,
    /// JPEGs of --size.
    Resized,
    /// JPEGs whose longer side is not above 256 pixels.
    Thumbnails,
}

/// How pictures are fetched.
#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(crate) struct FetchArguments {
    #[command(flatten)]
    pub(crate) asking: OnlineArguments,
    /// Requests to one host at the same time; behind each comes the pause.
    #[arg(long, default_value = "1", value_name = "NUMBER")]
    pub(crate) connections: NonZeroUsize,
    /// Hosts that are asked at the same time.
    #[arg(long, default_value = "64", value_name = "NUMBER")]
    pub(crate) hosts: NonZeroUsize,
    /// How often a picture is asked for again that could not be had for the moment.
    #[arg(long, default_value_t = 3, value_name = "NUMBER")]
    pub(crate) retries: u32,
    /// Seconds before a host is asked again that could not answer, doubled each time; a server may ask for more.
    #[arg(long, default_value = "2", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) back_off: Duration,
    /// Hours for which what was fetched counts without asking again.
    #[arg(long, default_value_t = 24, value_name = "HOURS")]
    pub(crate) max_age: u32,
    /// Seconds that one request may take, from looking up the name to the last byte.
    #[arg(long, default_value = "30", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Duration,
    /// Bytes that a picture's file may have.
    #[arg(long, default_value_t = 32 << 20, value_name = "BYTES")]
    pub(crate) picture_bytes: u64,
    /// Pixels that a picture may have.
    #[arg(long, default_value_t = PICTURE_LIMITS.area_pixels, value_name = "PIXELS")]
    pub(crate) picture_pixels: u64,
    /// By what parts of pictures are known again: keypoints or none, which takes less time.
    #[arg(long, default_value = "keypoints", value_name = "WHAT")]
    pub(crate) features: FeaturesWhat,
    /// Keep the pictures, too. Nothing is kept of them but facts if this is not given.
    #[arg(long, value_name = "WHAT")]
    pub(crate) keep: Option<Keep>,
    /// How they lie: webdataset (a tar for each shard) or files (a folder for each shard).
    #[arg(long, default_value = "webdataset", value_name = "LAYOUT", requires = "keep")]
    pub(crate) keep_as: KeepLayout,
    /// The folder for them, a new or an empty one; `pictures` in the dataset if not given.
    #[arg(long, value_name = "DIR", requires = "keep")]
    pub(crate) keep_in: Option<PathBuf>,
    /// Pixels of the side that --resize-mode speaks of, for --keep resized.
    #[arg(long, default_value_t = 256, value_name = "PIXELS", requires = "keep", value_parser = clap::value_parser!(u32).range(1..=8192))]
    pub(crate) size: u32,
    /// How pictures are made to fit, by the names of img2dataset: border, keep_ratio, center_crop, keep_ratio_largest or no.
    #[arg(long, default_value = "border", value_name = "MODE", requires = "keep")]
    pub(crate) resize_mode: ResizeMode,
    /// Samples that are worked on, and kept, as one shard.
    #[arg(long, default_value_t = 10_000, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) samples_per_shard: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Match {
    /// One or several datasets; and then pictures, folders of them, files of hashes as `sayso hash --json` prints them,
    /// or - for a picture or hashes from standard input.
    #[arg(required = true, value_name = "DIR... PICTURE|FOLDER|-")]
    pub(crate) paths: Vec<PathBuf>,
    /// A PDQ hash instead of a picture: 64 hexadecimal digits. It is not turned. May be given several times.
    #[arg(long, value_name = "HEX")]
    pub(crate) hash: Vec<Pdq>,
    /// In how many of 256 bits the hash of a copy may differ, up to 64. Up to 16 it is called a copy, up to 31 a near copy,
    /// beyond that merely near.
    #[arg(long, default_value_t = Pdq::NEAR, value_name = "BITS", value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_DISTANCE)))]
    pub(crate) distance: u32,
    /// How many copies of each picture to show, the nearest first.
    #[arg(short = 'n', long, default_value_t = 100, value_name = "NUMBER")]
    pub(crate) limit: usize,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Write a report for people, with one's own pictures made small, into this HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// How many of one's own pictures the report shows.
    #[arg(long, default_value_t = 1000, value_name = "NUMBER")]
    pub(crate) html_limit: usize,
    /// Fetch what was found, politely, and show it in the report, too: its sites learn that somebody looks.
    #[arg(long, requires = "html")]
    pub(crate) fetch_found: bool,
    /// The agent whose groups in robots.txt count beside `*`, where something is fetched.
    #[arg(long, default_value = "sayso", value_name = "TOKEN")]
    pub(crate) agent: String,
    #[command(flatten)]
    pub(crate) asking: OnlineArguments,
    /// Print a line of comma-separated values a copy.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Hash {
    /// Pictures, folders and tars of them, or - for one picture on standard input. Nothing of them leaves this machine.
    #[arg(required = true, value_name = "PICTURE|FOLDER|-")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Print the hashes that the picture has when it is turned and mirrored, too.
    #[arg(long)]
    pub(crate) dihedral: bool,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}
