//! What is asked of pictures before they are used.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use sayso_core::Purpose;

use super::OnlineArguments;
use super::shared::ClaimSource;
use sayso::policy::PolicyChoice;

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
    #[command(flatten)]
    pub(crate) claims: ClaimSource,
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
