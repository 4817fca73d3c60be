use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use sayso::fetch::{KeepLayout, ResizeMode};
use sayso::matching::MAX_DISTANCE;
use sayso::models::ClipActivation;
use sayso::online::Contact;
use sayso_core::{Modality, Pdq, Purpose, Uid};

use crate::policy::PolicyChoice;

/// Find out what an image model was trained on, and have a say in it.
#[derive(Debug, Parser)]
#[command(name = "sayso", version, max_term_width = 100, after_help = EXIT_STATUS)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_STATUS: &str =
    "Exit status: 0 done or found, 1 the answer is no, 2 an error, 3 done but some input was bad.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a dataset of crawl files: WARC, WAT, WACZ or ARC, with a verdict on every pair.
    Build(Build),
    /// Judge a dataset's samples anew: under another policy, for another purpose, or by newer robots.txt files.
    Judge(Judge),
    /// Fetch the pictures of a dataset politely, for what can be known of them, and refuse those that say no.
    Fetch(Fetch),
    /// Ask whether something is in a dataset: by words, by meaning, by picture.
    Search(Search),
    /// Show one sample with its verdict, reasons and evidence.
    Show(Show),
    /// Find copies of one's own pictures in datasets: scaled, recompressed, mirrored, turned.
    Match(Match),
    /// Show the samples nearest to a sample in meaning.
    Near(Near),
    /// Make vectors of captions, import those of pictures and captions that were made elsewhere, or list those that a dataset has.
    Vectors(Vectors),
    /// Ask whether pictures may be used, by what their own files say.
    Check(Check),
    /// Show everything that a site or files say on AI use: an address with its site, saved pages and answers, pictures.
    Signals(Signals),
    /// Print the perceptual hashes of pictures, so that one can ask for copies of them without handing them out.
    Hash(Hash),
    /// Write the files and headers by which a site says no, or yes, for which uses, and read them again.
    Reserve(Reserve),
    /// Put datasets on a page of their own, with a JSON API.
    Serve(Serve),
    /// Build, search and serve a small made-up web on this machine, without network.
    Demo(Demo),
    /// Build the indexes of a dataset anew from its samples.
    Index(Index),
    /// List the neural nets that can be used: from where, under which licence, and whether they are on this machine.
    Models(Models),
    /// Make vectors of pictures or texts with a neural net.
    Embed(Embed),
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Crawl files, folders, http(s) addresses, lists of paths such as wat.paths.gz, or - for standard input.
    #[arg(required = true)]
    pub(crate) inputs: Vec<String>,
    /// The folder of the dataset.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The use that is judged: search, data-mining, train-ai, train-genai, fine-tune or ai-input.
    #[arg(long, default_value = "train-genai")]
    pub(crate) purpose: Purpose,
    /// What is refused: record refuses nothing, opt-out what is reserved, strict what is unknown, too, opt-in all
    /// that is not granted. Or a policy file of one's own, such as museum.toml.
    #[arg(long, default_value = "opt-out", value_name = "NAME|FILE")]
    pub(crate) policy: PolicyChoice,
    /// The agent whose groups in robots.txt count beside `*`.
    #[arg(long, default_value = "sayso", value_name = "TOKEN")]
    pub(crate) agent: String,
    /// More crawl files, of which only the sites' own files are read: robots.txt, tdmrep.json, ai.txt, RSL.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) robots: Vec<String>,
    /// What is put before each line of a list, such as <https://data.commoncrawl.org/>
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory for pairs that wait to be written, in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Samples in a shard.
    #[arg(long, default_value_t = 1_000_000, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) shard_rows: u64,
    /// Raise or lower a limit on what is read, such as record-bytes=67108864; may be given several times.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,
    /// What to fetch once the dataset is there: none or pictures. Fetching needs --contact; see `sayso fetch --help`.
    #[arg(long, default_value = "none", value_name = "WHAT")]
    pub(crate) fetch: FetchWhat,
    #[command(flatten)]
    pub(crate) fetching: FetchArguments,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Judge {
    /// The dataset. It gets a new snapshot; files that it replaces move to superseded/.
    #[arg(value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// The use that is judged; as before if not given.
    #[arg(long)]
    pub(crate) purpose: Option<Purpose>,
    /// What is refused: record, opt-out, strict, opt-in or a policy file; as before if not given.
    #[arg(long, value_name = "NAME|FILE")]
    pub(crate) policy: Option<PolicyChoice>,
    /// Newer crawl files, of which the sites' own files are read: robots.txt, tdmrep.json, ai.txt, RSL.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) robots: Vec<String>,
    /// Ask every site of the dataset, politely, what those files say now.
    #[arg(long)]
    pub(crate) online: bool,
    #[command(flatten)]
    pub(crate) asking: OnlineArguments,
    /// What is put before each line of a list, such as <https://data.commoncrawl.org/>
    #[arg(long, value_name = "PREFIX")]
    pub(crate) prefix: Option<String>,
    /// Count only, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory to use, in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub(crate) memory: usize,
    /// Raise or lower a limit on what is read, such as robots-bytes=1048576; may be given several times.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

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
    #[arg(long, default_value_t = 64_000_000, value_name = "PIXELS")]
    pub(crate) picture_pixels: u64,
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
pub(crate) struct Search {
    /// One or several datasets, and then the question, unless it is asked with --meaning or --picture: words, "a phrase",
    /// site:example.org, creator:"…", licence:cc-by, verdict:disallowed, -word. A question that starts with a dash goes
    /// behind `--`.
    #[arg(required = true, value_name = "DIR... QUERY")]
    pub(crate) paths: Vec<PathBuf>,
    /// How many hits to show.
    #[arg(short = 'n', long, default_value_t = 20, value_name = "NUMBER")]
    pub(crate) limit: usize,
    /// How many of the best hits to pass over.
    #[arg(long, default_value_t = 0, value_name = "NUMBER", conflicts_with_all = ["meaning", "picture"])]
    pub(crate) offset: usize,
    #[command(flatten)]
    pub(crate) by_meaning: ByMeaning,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

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
pub(crate) struct Show {
    /// One or several datasets, and then the sample's uid.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// The sample's uid, as `search` prints it.
    #[arg(required = true)]
    pub(crate) uid: Uid,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
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
pub(crate) struct Check {
    /// Pictures, folders of them with their captions (.txt) and sources (.json), tars, tables of addresses (Parquet, CSV,
    /// TSV, JSON Lines), lists of addresses, and addresses.
    #[arg(required = true, value_name = "PATH|URL")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The use that is asked for: search, data-mining, train-ai, train-genai, fine-tune or ai-input.
    #[arg(long, default_value = "train-genai")]
    pub(crate) purpose: Purpose,
    /// What is refused: opt-out what is reserved, strict what is unknown, too, opt-in all that is not granted, record
    /// nothing. Or a policy file of one's own, such as museum.toml.
    #[arg(long, default_value = "opt-out", value_name = "NAME|FILE")]
    pub(crate) policy: PolicyChoice,
    /// Ask the sites of the addresses, politely: of those that are given, in tables, and beside pictures.
    #[arg(long)]
    pub(crate) online: bool,
    /// The agent whose groups in robots.txt count beside `*`, where sites are asked.
    #[arg(long, default_value = "sayso", value_name = "TOKEN")]
    pub(crate) agent: String,
    #[command(flatten)]
    pub(crate) asking: OnlineArguments,
    /// Move what is refused into this folder, with the captions and sources beside it.
    #[arg(long, value_name = "DIR")]
    pub(crate) move_refused: Option<PathBuf>,
    /// The column of a table that holds the addresses; one called url, image_url or the like if not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) url_column: Option<String>,
    /// The column of a table that holds the captions; one called caption, text, alt or the like if not given.
    #[arg(long, value_name = "NAME")]
    pub(crate) caption_column: Option<String>,
    /// Write a report for people, with small pictures, into this HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// How many pictures the report shows.
    #[arg(long, default_value_t = 2000, value_name = "NUMBER")]
    pub(crate) html_limit: usize,
    /// Threads that read; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Signals {
    /// Addresses (http:// or https://), which are asked with their sites; and robots.txt, ai.txt, tdmrep.json, RSL, HTML,
    /// saved HTTP answers, pictures, and folders of them.
    #[arg(required = true, value_name = "PATH|URL")]
    pub(crate) paths: Vec<PathBuf>,
    /// The address whose use is asked for: files of a site speak of some addresses and not of others. The address that
    /// is asked if not given, or else <https://example.org/>
    #[arg(long = "for", value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The agent whose groups in robots.txt count beside `*`.
    #[arg(long, default_value = "sayso", value_name = "TOKEN")]
    pub(crate) agent: String,
    #[command(flatten)]
    pub(crate) online: OnlineArguments,
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

/// How sites are asked.
#[derive(Debug, Args)]
pub(crate) struct OnlineArguments {
    /// The folder that keeps answers for a day; `sayso` in the folder for caches if not given.
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Keep no answers, and use none that are kept.
    #[arg(long, conflicts_with = "cache")]
    pub(crate) no_cache: bool,
    /// Seconds between two requests to one host; a robots.txt may ask for more.
    #[arg(long, default_value = "1", value_name = "SECONDS", value_parser = seconds)]
    pub(crate) pause: Duration,
    /// Ask addresses of private networks and of this machine, too: those of one host, given with `=` and as often as there
    /// are such hosts, or all, for trying on one's own machine.
    #[arg(long, value_name = "HOST", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    pub(crate) allow_private: Vec<String>,
    /// Where you can be reached by those who are asked: an http(s) address or one of mail.
    #[arg(long, value_name = "URL|MAIL")]
    pub(crate) contact: Option<Contact>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("target").required(true).args(["out", "in_place"]))]
pub(crate) struct Reserve {
    /// A site, such as <https://example.org>, for which files and header lines are written; or pictures and folders of
    /// them, into which it is written.
    #[arg(required = true, value_name = "SITE|PATH")]
    pub(crate) subjects: Vec<String>,
    /// A use that is reserved, with all that it includes: data-mining, train-ai, train-genai, ai-input or search. May be
    /// given several times.
    #[arg(long, value_name = "USE")]
    pub(crate) no: Vec<Purpose>,
    /// A use that is granted. May be given several times.
    #[arg(long, value_name = "USE")]
    pub(crate) yes: Vec<Purpose>,
    /// The folder for the files, or for copies of the pictures; nothing that is there is changed.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) pictures: ReservePictures,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What can be said of pictures only.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pictures")]
pub(crate) struct ReservePictures {
    /// Change the pictures themselves, each at once or not at all.
    #[arg(long)]
    pub(crate) in_place: bool,
    /// Who made them (dc:creator).
    #[arg(long, value_name = "NAME")]
    pub(crate) creator: Option<String>,
    /// The rights notice (dc:rights).
    #[arg(long, value_name = "TEXT")]
    pub(crate) rights: Option<String>,
    /// The terms of use, in prose (xmpRights:UsageTerms).
    #[arg(long, value_name = "TEXT")]
    pub(crate) terms: Option<String>,
    /// Where a licence can be asked for (plus:LicensorURL).
    #[arg(long, value_name = "URL")]
    pub(crate) licensor_url: Option<String>,
    /// The licence, or a statement of the rights (xmpRights:WebStatement).
    #[arg(long, value_name = "URL")]
    pub(crate) licence: Option<String>,
    /// Sign a C2PA manifest that says it, too, with this certificate and this key, both in PEM.
    #[arg(long, num_args = 2, value_names = ["CERT", "KEY"])]
    pub(crate) sign: Vec<PathBuf>,
    /// Sign it with a key that is made up on the spot. It shows later changes of the file; nobody will trust who signed.
    #[arg(long, conflicts_with = "sign")]
    pub(crate) self_signed: bool,
    /// Write pictures that have a C2PA manifest, though that breaks it.
    #[arg(long)]
    pub(crate) force: bool,
}

impl ReservePictures {
    /// Whether anything was said that is meant for pictures only.
    pub(crate) fn says_something(&self) -> bool {
        let texts = [&self.creator, &self.rights, &self.terms, &self.licensor_url, &self.licence];
        texts.into_iter().any(Option::is_some)
            || !self.sign.is_empty()
            || self.in_place
            || self.self_signed
            || self.force
    }
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The datasets.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// The address to listen at. Other machines can reach it only if it is not a loopback address.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// A net that made vectors of these datasets, so that they are asked in words and by picture: weights in a file or a
    /// known model, if need be behind the name of the vectors and an `=`. May be given several times.
    #[arg(long, value_name = "[NAME=]FILE|MODEL")]
    pub(crate) model: Vec<String>,
    #[command(flatten)]
    pub(crate) choices: ModelChoices,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the demo's crawl and dataset go; a temporary folder if not given.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// End after building and searching.
    #[arg(long)]
    pub(crate) no_serve: bool,
    /// The address to listen at.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, Args)]
pub(crate) struct Index {
    /// The datasets.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) dirs: Vec<PathBuf>,
    /// Memory to use, in MiB.
    #[arg(long, default_value_t = 128, value_name = "MIB")]
    pub(crate) memory: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Models {
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

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("a limit is written NAME=NUMBER")?;
    let value = value.parse().map_err(|_| format!("`{value}` is not a number"))?;
    // The name is checked here, so that a wrong one is an error of usage.
    sayso::build::set_limit(&mut sayso::build::default_limits(), name, value).map_err(|error| error.to_string())?;
    Ok((name.to_owned(), value))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds
        .filter(|seconds| *seconds <= Duration::from_secs(3600))
        .ok_or_else(|| format!("`{text}` is no number of seconds"))
}
