//! What the command is asked: every argument, its help, and its limits.

mod check;
mod claim;
mod cluster;
mod export;
mod generate;
mod import;
mod lineage;
mod pictures;
mod receipt;
mod removal;
mod report;
mod serve;
mod shared;
mod sql;
mod studio;
mod train;
mod transfer;
mod vectors;

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use sayso::library::Sort;
use sayso::online::Contact;
use sayso_core::{Purpose, Uid};

pub(crate) use self::check::Check;
pub(crate) use self::claim::{
    Claim, ClaimAdd, ClaimCheck, ClaimCommand, ClaimContest, ClaimErase, ClaimExport, ClaimImport, ClaimList, ClaimOne,
    ClaimStep, ClaimVerify, OperatorCommand, Registry, RegistryArguments, RegistryAudit, RegistryCommand,
    RegistryCosign, RegistryOperator, RegistryTiles,
};
pub(crate) use self::cluster::{Cluster, ClusterCommand, ClusterLocal, ClusterScheduler, OnCluster, Worker};
pub(crate) use self::export::{Export, ExportTo};
#[cfg(feature = "diffusion")]
pub(crate) use self::generate::{Edges, TilingWhen};
pub(crate) use self::generate::{Generate, Trace};
pub(crate) use self::import::{Import, ImportKind};
pub(crate) use self::lineage::{
    AddedEdge, ExportFormat, Lineage, LineageAdd, LineageArguments, LineageCheck, LineageCommand, LineageExport,
    LineagePath, LineageScan, LineageShow,
};
pub(crate) use self::pictures::{FeaturesWhat, Fetch, FetchArguments, FetchWhat, Hash, Keep, Match};
pub(crate) use self::receipt::{Key, KeyCommand, Verify};
pub(crate) use self::removal::{Purge, Receipt, Takedown};
pub(crate) use self::report::{PortfolioArguments, Report, ReportFormat, ReportKind};
pub(crate) use self::serve::{Serve, ServedRegistry};
pub(crate) use self::shared::ClaimSource;
#[cfg(feature = "diffusion")]
pub(crate) use self::shared::ModelSource;
pub(crate) use self::sql::{Sql, SqlWorker};
pub(crate) use self::studio::ServedStudio;
pub(crate) use self::train::Train;
#[cfg(feature = "diffusion")]
pub(crate) use self::train::{Decay, Method, Shown, Targets};
pub(crate) use self::transfer::{Pull, Push};
pub(crate) use self::vectors::{
    ByMeaning, Embed, Makeable, ModelChoices, Models, ModelsCommand, ModelsMake, Near, Vectors, VectorsCommand,
    VectorsImport, VectorsList, VectorsMake,
};
use sayso::policy::PolicyChoice;

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
    /// Make a dataset of somebody's tables of addresses and captions, such as LAION's, so that it can be searched and served.
    Import(Import),
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
    /// Claim works in a registry: say which use of them is wanted, and show that they are one's own.
    Claim(Claim),
    /// Ask a registry's log for its head and for proofs, audit it, and write it as files.
    Registry(Registry),
    /// Take out of datasets what claims speak against: at once, everywhere, and kept out. --dry-run shows it before.
    Takedown(Takedown),
    /// Write receipts of what was taken out of a dataset, for those who asked for it.
    Receipt(Receipt),
    /// Remove from a dataset's files what was taken out of it, with all older snapshots.
    Purge(Purge),
    /// Check a receipt of removal, offline: that a sample was in a snapshot, and is not in a later one because of a claim.
    Verify(Verify),
    /// Make or show the key by which a builder signs what is in a snapshot.
    Key(Key),
    /// Show who fed whom, from crawl to app, under which licence and paid by whom, with alarms.
    Lineage(Lineage),
    /// Copy a dataset from an object store into a folder, each file checked, and index it.
    Pull(Pull),
    /// Copy a dataset to an object store.
    Push(Push),
    /// Compare two datasets pair by pair: what is in both, and what in one alone.
    Compare(Compare),
    /// Write samples, or those that a query finds, as CSV, TSV, JSON Lines, Parquet or a list of addresses.
    Export(Export),
    /// Write a report on a dataset: its card, with what is in it, from where, and what was refused.
    Report(Report),
    /// Ask a dataset's tables in SQL: samples, exclusions. They are only read.
    Sql(Sql),
    /// Answer one question of a server, which is read from standard input.
    #[command(hide = true)]
    SqlWorker(SqlWorker),
    /// Put datasets on a page of their own, with a JSON API.
    Serve(Serve),
    /// Have builds done by many machines: a scheduler that hands out work, or a whole cluster on this machine for trying.
    Cluster(Cluster),
    /// Do the work that the scheduler of a cluster hands out.
    Worker(Worker),
    /// Build, search and serve a small made-up web on this machine, without network.
    Demo(Demo),
    /// Build the indexes of a dataset anew from its samples.
    Index(Index),
    /// List the neural nets that can be used: from where, under which licence, and whether they are on this machine.
    Models(Models),
    /// Make vectors of pictures or texts with a neural net.
    Embed(Embed),
    /// Tune a model on pictures that said yes, and on no others.
    Train(Box<Train>),
    /// Make pictures of a prompt with Stable Diffusion, those that diffusers makes of the same seed.
    Generate(Generate),
    /// From a made picture back to what made it: its credentials, the model, the pictures that it was trained on.
    Trace(Trace),
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Crawl files, folders, http(s) and s3 addresses, lists of paths such as wat.paths.gz, or - for standard input.
    #[arg(required = true)]
    pub(crate) inputs: Vec<String>,
    /// The folder of the dataset; with --cluster also an address in an object store, such as s3://bucket/my-dataset.
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
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
    /// Datasets of which tombstones are taken over: what was taken out there stays out here.
    #[arg(long, value_name = "DIR")]
    pub(crate) tombstones: Vec<PathBuf>,
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
    #[command(flatten)]
    pub(crate) captions: CaptionArguments,
    /// Raise or lower a limit on what is read, such as record-bytes=67108864; may be given several times.
    #[arg(long, value_name = "NAME=NUMBER", value_parser = limit)]
    pub(crate) limit: Vec<(String, u64)>,
    /// What to fetch once the dataset is there: none or pictures. Fetching needs --contact; see `sayso fetch --help`.
    #[arg(long, default_value = "none", value_name = "WHAT")]
    pub(crate) fetch: FetchWhat,
    #[command(flatten)]
    pub(crate) fetching: FetchArguments,
    #[command(flatten)]
    pub(crate) elsewhere: OnCluster,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What is looked for in captions.
#[derive(Debug, Args)]
pub(crate) struct CaptionArguments {
    /// Names of creators, one a line, that are found in captions in any case and order; they go before what is guessed.
    #[arg(long, value_name = "FILE")]
    pub(crate) names: Option<PathBuf>,
    /// Refuse pairs whose captions hold personal data: e-mail, telephone, address, numbers of cards and papers.
    #[arg(long)]
    pub(crate) drop_personal: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// The first dataset.
    #[arg(value_name = "DIR")]
    pub(crate) first: PathBuf,
    /// The second, such as a later version of the first.
    #[arg(value_name = "OTHER")]
    pub(crate) second: PathBuf,
    /// Print one JSON document.
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
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
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
    #[command(flatten)]
    pub(crate) elsewhere: OnCluster,
    /// Print the report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
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
    /// The order of the hits: relevance, dataset, domain, captured_at, side, similarity, punsafe, pwatermark or aesthetic;
    /// with `-` in front, but for relevance, the other way round.
    #[arg(long, default_value = "relevance", value_name = "ORDER", allow_hyphen_values = true,
        conflicts_with_all = ["meaning", "picture"])]
    pub(crate) sort: Sort,
    #[command(flatten)]
    pub(crate) by_meaning: ByMeaning,
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
    /// Read no sample; merge the parts of a text index that a cluster made until there are at most so many.
    #[arg(long, value_name = "PARTS", num_args = 0..=1, default_missing_value = "8", conflicts_with = "memory")]
    pub(crate) merge: Option<NonZeroUsize>,
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
