use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use sayso_core::Timestamp;
use sayso_registry::claim::{ClaimId, ClaimPreferences, ClaimState, ClaimSubject, Method};

use super::OnlineArguments;

/// Where the registry is, and how it is answered.
#[derive(Debug, Args)]
pub(crate) struct RegistryArguments {
    /// The registry: a folder, or a file such as claims.sqlite.
    #[arg(long, value_name = "PATH")]
    pub(crate) registry: PathBuf,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Claim {
    #[command(subcommand)]
    pub(crate) command: ClaimCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ClaimCommand {
    /// Make claims. A registry, and the key that signs its log, are made where nothing is.
    Add(ClaimAdd),
    /// List claims.
    List(ClaimList),
    /// Show a claim with every step that it took.
    Show(ClaimOne),
    /// Show that a claim is one's own: get a token with --challenge, put it up, and run this again without.
    Verify(ClaimVerify),
    /// Write down that a claim is not its claimant's.
    Contest(ClaimContest),
    /// Write down that a contest does not hold.
    Uphold(ClaimStep),
    /// Take a claim back.
    Revoke(ClaimStep),
    /// Erase what is known of claims beside the log: who made them, why, by which proof.
    Erase(ClaimErase),
    /// Make many claims: those of a CSV file, or one of each picture in a folder, by its hashes alone.
    Import(ClaimImport),
    /// Write all claims as JSON Lines, without who made them, for those who are to keep them.
    Export(ClaimExport),
    /// Say which claims hold for addresses.
    Check(ClaimCheck),
}

/// What is claimed, and by whom.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// What is wanted of which use, such as train-ai=n: n, y, or terms; several with commas. Uses are search, data-mining,
    /// train-ai, train-genai, fine-tune and ai-input.
    #[arg(long, value_name = "USE=WISH,...")]
    pub(crate) preference: Option<ClaimPreferences>,
    /// Who claims: an address of mail, an account, or key: and a key. It stays off the log.
    #[arg(long, value_name = "WHO")]
    pub(crate) claimant: Option<String>,
    /// The terms of uses that are allowed under terms: an address, or words. They stay off the log.
    #[arg(long, value_name = "TEXT")]
    pub(crate) terms: Option<String>,
    /// The name of the log, where one is made: an address without a scheme, such as example.org/claims.
    #[arg(long, value_name = "NAME")]
    pub(crate) origin: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimAdd {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// What is claimed: domain:example.org, prefix:https://example.org/art/, url:https://…, account:deviantart.com/ana,
    /// sha256:…, pdq:… or pdq:…/16 with a distance; may be given several times.
    #[arg(long, required = true, value_name = "SUBJECT")]
    pub(crate) subject: Vec<ClaimSubject>,
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    /// Since when it holds; from now on if not given.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Timestamp>,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimList {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// Those on exactly this subject.
    #[arg(long, value_name = "SUBJECT")]
    pub(crate) subject: Option<ClaimSubject>,
    /// Those in this state: asserted, verified, contested or revoked.
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<ClaimState>,
    /// Those that were made or changed since the log had so many entries.
    #[arg(long, value_name = "SIZE", conflicts_with = "subject")]
    pub(crate) since: Option<u64>,
    /// From this claim on.
    #[arg(long, value_name = "CLAIM", default_value = "0")]
    pub(crate) from: ClaimId,
    /// Claims at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub(crate) limit: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimOne {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The claim's number.
    pub(crate) claim: ClaimId,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimVerify {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The claim's number.
    pub(crate) claim: ClaimId,
    /// Give out a token, and say what to do with it.
    #[arg(long)]
    pub(crate) challenge: bool,
    /// The note that the claimant's key has signed.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["challenge", "method"])]
    pub(crate) signature: Option<PathBuf>,
    /// Give out a token to be signed by the claimant's key, instead of one to be put up.
    #[arg(long, requires = "challenge", conflicts_with = "method")]
    pub(crate) by_key: bool,
    /// The way to verify it: well-known, dns, profile or signature; well-known and profile where nothing is said, by what it
    /// is about. With --challenge and without.
    #[arg(long, value_name = "METHOD")]
    pub(crate) method: Option<Method>,
    /// The resolver that is asked for text records, instead of those that this machine uses.
    #[arg(long, value_name = "ADDRESS[:PORT]", value_parser = resolver, requires = "method")]
    pub(crate) resolver: Option<SocketAddr>,
    /// Seconds in which a resolver has to answer; each is asked three times.
    #[arg(long, default_value = "3", value_name = "SECONDS", value_parser = super::seconds)]
    pub(crate) resolver_timeout: Duration,
    /// The address of the account's profile page, where it cannot be told from the account.
    #[arg(long, value_name = "URL")]
    pub(crate) profile: Option<String>,
    #[command(flatten)]
    pub(crate) asking: OnlineArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimStep {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The claim's number.
    pub(crate) claim: ClaimId,
    /// Why. It stays off the log.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimContest {
    #[command(flatten)]
    pub(crate) step: ClaimStep,
    /// The verified claim of whoever contests it, without which nobody contests a verified one.
    #[arg(long, value_name = "CLAIM")]
    pub(crate) by: Option<ClaimId>,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimErase {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The claims' numbers.
    #[arg(required = true)]
    pub(crate) claims: Vec<ClaimId>,
    /// Also what they are about, where that does not stand on the log; they hold for nothing any more.
    #[arg(long)]
    pub(crate) with_subject: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimImport {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// A CSV file with a column subject, and preference, terms, claimant and since where they differ; - for standard input;
    /// or a picture, a tar or a folder of them.
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) wanted: Wanted,
    /// Claims that are made at once, all or none.
    #[arg(long, value_name = "NUMBER", default_value = "10000")]
    pub(crate) batch: std::num::NonZeroUsize,
    /// Threads that look at pictures; all cores if not given.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) threads: Option<std::num::NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimExport {
    /// The registry: a folder, or a file such as claims.sqlite.
    #[arg(long, value_name = "PATH")]
    pub(crate) registry: PathBuf,
    /// Only what was made or changed since the log had so many entries.
    #[arg(long, value_name = "SIZE", default_value_t = 0)]
    pub(crate) since: u64,
}

#[derive(Debug, Args)]
pub(crate) struct ClaimCheck {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// Addresses of pictures, and files with one on each line; - for standard input.
    #[arg(required = true, value_name = "URL|FILE")]
    pub(crate) inputs: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Registry {
    #[command(subcommand)]
    pub(crate) command: RegistryCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// Print the signed checkpoint of the log, with its cosignatures, and the key that verifies it on standard error.
    Head(RegistryArguments),
    /// Print an entry with the proof that it is on the log, as JSON.
    Proof(RegistryProof),
    /// Print the proof that the log goes on from an earlier size, as JSON.
    Consistency(RegistryConsistency),
    /// Read everything anew and compare it: tree, signatures, claims, commitments; and checkpoints that somebody kept.
    Audit(RegistryAudit),
    /// Write the log as files that anybody can serve (C2SP tlog-tiles).
    Tiles(RegistryTiles),
    /// Take a witness's cosignature of the head.
    Cosign(RegistryCosign),
    /// Say who decides on reports and contested claims where the registry is served.
    Operator(RegistryOperator),
}

#[derive(Debug, Args)]
pub(crate) struct RegistryProof {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The entry's number, from 0.
    pub(crate) entry: u64,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryConsistency {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The earlier size.
    pub(crate) old_size: u64,
    /// The later one; the newest if not given.
    pub(crate) size: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryAudit {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// Files with checkpoints that somebody kept: each must be a state of this log.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) against: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryTiles {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The folder.
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryCosign {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The file with the checkpoint and the witness's signature under it.
    pub(crate) note: PathBuf,
    /// The witness's key, as name+id+key.
    #[arg(long, value_name = "KEY")]
    pub(crate) witness: String,
}

#[derive(Debug, Args)]
pub(crate) struct RegistryOperator {
    #[command(subcommand)]
    pub(crate) command: OperatorCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// Take somebody on, and print the token by which they log in at /operator. It is shown once.
    Add(OperatorOne),
    /// List those who decide.
    List(RegistryArguments),
    /// Let somebody go. Their sessions end with it.
    Remove(OperatorOne),
}

#[derive(Debug, Args)]
pub(crate) struct OperatorOne {
    #[command(flatten)]
    pub(crate) at: RegistryArguments,
    /// The name by which the trail tells them.
    pub(crate) name: String,
}

/// The port of the DNS, where none is named.
const DNS_PORT: u16 = 53;

pub(super) fn resolver(text: &str) -> Result<SocketAddr, String> {
    let address = |text: &str| Some(SocketAddr::new(text.parse::<IpAddr>().ok()?, DNS_PORT));
    text.parse()
        .ok()
        .or_else(|| address(text))
        .ok_or_else(|| format!("`{text}` is no address, such as 9.9.9.9 or [2620:fe::fe]:53"))
}
