use std::path::PathBuf;

use clap::{Args, Subcommand};
use sayso_core::Uid;

#[derive(Debug, Args)]
#[command(after_help = VERIFY_STATUS)]
pub(crate) struct Verify {
    /// A file with a receipt, or with many, one on each line; - for standard input.
    pub(crate) receipt: String,
    /// The builder's key, as NAME+ID+KEY or a file with it: from the builder, not from whoever gave you the receipt. May be
    /// given several times, for a builder who changed keys. Without, nothing holds.
    #[arg(long, value_name = "VKEY|FILE")]
    pub(crate) key: Vec<String>,
    /// The registry's key: its signature on the log is checked, too.
    #[arg(long, value_name = "VKEY|FILE")]
    pub(crate) registry_key: Vec<String>,
    /// The picture's address: the receipt must be about this address with the caption.
    #[arg(long, value_name = "URL", requires = "caption")]
    pub(crate) url: Option<String>,
    /// The caption that stood beside it, to the letter.
    #[arg(long, value_name = "TEXT", requires = "url")]
    pub(crate) caption: Option<String>,
    /// The sample's uid, where one has it already.
    #[arg(long, value_name = "UID", conflicts_with = "url")]
    pub(crate) uid: Option<Uid>,
    /// Receipts or statements that somebody else got of the same builder: whether both can be true. May be given several times.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) against: Vec<PathBuf>,
    /// Of a receipt of deletion that was fetched before the deletion: the proof of the entry on the log, which completes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) log_proof: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

const VERIFY_STATUS: &str = "Exit status: 0 all that was given holds, 1 something does not (which, and why, is said), 2 an error, or no key \
                             was given to check who signed.";

#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make the key where none is, and print the key that verifies what it signs.
    Make {
        #[command(flatten)]
        at: KeyAt,
        /// The name under which it signs, such as your domain with a path; drawn if not given.
        #[arg(long)]
        name: Option<String>,
    },
    /// Print the key that verifies: what others give to `sayso verify --key`.
    Show {
        #[command(flatten)]
        at: KeyAt,
    },
}

#[derive(Debug, Args)]
pub(crate) struct KeyAt {
    /// The file of the signing key, never inside a dataset; `sayso/builder.key` in `$XDG_CONFIG_HOME` or `~/.config` if not given.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
}
