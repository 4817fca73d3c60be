use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use sayso_lineage::{Date, EdgeKind, NodeId, NodeKind, StatedPurpose};

#[derive(Debug, Args)]
pub(crate) struct Lineage {
    #[command(subcommand)]
    pub(crate) command: LineageCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LineageCommand {
    /// Show what something is made of and what was made of it, as a tree; without a name, list all there is.
    Show(LineageShow),
    /// Raise alarms: what was made for research and sold, withdrawn and still used, laundered on the way. Status 1 if any.
    Check(LineageCheck),
    /// Show the way from one to another, such as from a site to an app.
    Path(LineagePath),
    /// Write the file of a new node, once it fits to the rest.
    Add(LineageAdd),
    /// Write nodes as TOML, SPDX, CycloneDX, or as cards of models and datasets.
    Export(LineageExport),
    /// Read a folder of models and datasets, and write files of its lineage.
    Scan(LineageScan),
}

/// Which lineage.
#[derive(Debug, Args)]
pub(crate) struct LineageArguments {
    /// A folder of lineage files beside those that come with Sayso; a file of the same name replaces theirs. May be given several
    /// times.
    #[arg(long = "lineage", value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    /// Leave out what comes with Sayso.
    #[arg(long, requires = "folders")]
    pub(crate) alone: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LineageShow {
    /// The node's id, such as stable-diffusion.
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// Steps to either side in the tree, at most 64.
    #[arg(long, default_value_t = 6, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) depth: u8,
    /// Draw it into this SVG file, too.
    #[arg(long, value_name = "FILE", requires = "id")]
    pub(crate) svg: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LineageCheck {
    /// Nodes: only alarms about them, or caused by them. All if none is given.
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// Rules that are left to run, such as withdrawn-in-use; all if none is given. May be given several times.
    #[arg(long, value_name = "RULE", value_parser = rule)]
    pub(crate) rule: Vec<&'static str>,
    /// Names of people, one a line, that may stand in a model's name only with their leave.
    #[arg(long, value_name = "FILE")]
    pub(crate) names: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LineagePath {
    /// Where it starts, such as flickr.
    pub(crate) from: String,
    /// Where it ends, such as lensa.
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// Draw it into this SVG file, too.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LineageAdd {
    /// The node's id: a-z, 0-9, `-` and `.`
    pub(crate) id: NodeId,
    /// The folder that its file goes into; it counts as if given with --lineage.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// What it is: organisation, crawl, dataset, model, adapter, app, paper or run.
    #[arg(long)]
    pub(crate) kind: NodeKind,
    /// Its name as people write it.
    #[arg(long)]
    pub(crate) name: String,
    /// What it rests on: an address on the web. May be given several times; what is added rests on all of them.
    #[arg(long, required = true, value_name = "URL")]
    pub(crate) source: Vec<String>,
    /// An edge, such as trained-on=laion-5b; of a dataset of Sayso's with the snapshot that was used: trained-on=mine@3. May be given
    /// several times.
    #[arg(long, value_name = "KIND=ID[@SNAPSHOT]", value_parser = edge)]
    pub(crate) edge: Vec<AddedEdge>,
    /// Its licence, as SPDX or its card writes it.
    #[arg(long)]
    pub(crate) licence: Option<String>,
    /// What it is for, as its makers say: research, non-commercial, commercial or any.
    #[arg(long)]
    pub(crate) purpose: Option<StatedPurpose>,
    /// When it came out, as far as it is known: 2022, 2022-08, 2022-08-22.
    #[arg(long)]
    pub(crate) date: Option<Date>,
    /// Stand in for a node of this id that is known already.
    #[arg(long)]
    pub(crate) replace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct LineageExport {
    /// Nodes; each comes with all that it is made of. Everything if none is given.
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// The format.
    #[arg(long, value_enum, default_value_t = ExportFormat::Spdx)]
    pub(crate) format: ExportFormat,
    /// The file; for TOML the folder. Standard output if not given.
    #[arg(short, long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
}

/// What a lineage can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// Lineage files.
    Toml,
    /// SPDX 3.0.1 with the profiles for AI and datasets, as JSON-LD.
    Spdx,
    /// CycloneDX 1.7 (ML-BOM), as JSON.
    Cyclonedx,
    /// The head of a card as Hugging Face reads it, of one model or dataset.
    Card,
}

#[derive(Debug, Args)]
pub(crate) struct LineageScan {
    /// A folder with models and datasets: cards, safetensors, SPDX and CycloneDX files, dataset manifests of Sayso's own, pictures
    /// with content credentials.
    pub(crate) dir: PathBuf,
    #[command(flatten)]
    pub(crate) lineage: LineageArguments,
    /// The folder for the lineage files; printed if not given. It counts as if given with --lineage.
    #[arg(short, long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Write nodes that are known already, too: those of a scan before, or those that come with Sayso. Else they are left as they
    /// are, and named.
    #[arg(long)]
    pub(crate) replace: bool,
    /// Print one JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

fn rule(text: &str) -> Result<&'static str, String> {
    let known = sayso_lineage::RULES.iter().map(|rule| rule.code);
    sayso_lineage::rule(text).map(|rule| rule.code).ok_or_else(|| format!("known are {}", names(known)))
}

/// An edge of the node that is added.
#[derive(Debug, Clone)]
pub(crate) struct AddedEdge {
    pub(crate) kind: EdgeKind,
    pub(crate) to: NodeId,
    /// The snapshot of a dataset that it is about.
    pub(crate) snapshot: Option<u64>,
}

fn edge(text: &str) -> Result<AddedEdge, String> {
    let (kind, end) = text.split_once('=').ok_or("an edge is written KIND=ID or KIND=ID@SNAPSHOT")?;
    let (id, snapshot) = match end.split_once('@') {
        Some((id, snapshot)) => {
            let number = snapshot.parse().map_err(|_| format!("`{snapshot}` is no number of a snapshot"))?;
            (id, Some(number))
        }
        None => (end, None),
    };
    let kind = kind.parse().map_err(|error: sayso_core::UnknownName| error.to_string())?;
    let to = id.parse().map_err(|error: sayso_lineage::IdError| error.to_string())?;
    Ok(AddedEdge { kind, to, snapshot })
}

fn names<'a>(known: impl Iterator<Item = &'a str>) -> String {
    known.collect::<Vec<_>>().join(", ")
}
