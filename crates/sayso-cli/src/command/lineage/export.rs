use std::collections::BTreeSet;
use std::io::Write;

use anyhow::bail;
use sayso_lineage::{EdgeKind, Graph, NodeIx, NodeKind, card_of_node, node_to_toml, to_cyclonedx, to_spdx};

use super::{open, write_file};
use crate::arguments::{ExportFormat, LineageExport};
use crate::exit::Outcome;

pub(crate) fn run(arguments: &LineageExport) -> anyhow::Result<Outcome> {
    let graph = open(&arguments.lineage)?;
    let asked = arguments.ids.iter().map(|id| graph.named(id)).collect::<Result<Vec<_>, _>>()?;
    if arguments.format == ExportFormat::Card {
        let [ix] = asked.as_slice() else {
            bail!("a card is of one node\nhint: name a model, an adapter or a dataset")
        };
        if !matches!(graph.node(*ix).kind, NodeKind::Model | NodeKind::Adapter | NodeKind::Dataset) {
            bail!("`{}` is {}: cards are of models and datasets", graph.node(*ix).id, graph.node(*ix).kind);
        }
        let hub_name = |id: &sayso_lineage::NodeId| {
            graph.find(id.as_str()).map_or_else(|| id.to_string(), |ix| hub_name(&graph, ix))
        };
        return put(arguments, &card_of_node(graph.node(*ix), hub_name));
    }
    let nodes = with_what_they_are_made_of(&graph, &asked);
    match arguments.format {
        ExportFormat::Spdx => put(arguments, &pretty(&to_spdx(&graph, &nodes))?),
        ExportFormat::Cyclonedx => put(arguments, &pretty(&to_cyclonedx(&graph, &nodes))?),
        ExportFormat::Toml | ExportFormat::Card => files(arguments, &graph, &nodes),
    }
}

fn pretty(value: &serde_json::Value) -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value)?))
}

fn put(arguments: &LineageExport, text: &str) -> anyhow::Result<Outcome> {
    match &arguments.out {
        Some(file) => write_file(file, text)?,
        None => std::io::stdout().write_all(text.as_bytes())?,
    }
    Ok(Outcome::Done)
}

fn files(arguments: &LineageExport, graph: &Graph, nodes: &[NodeIx]) -> anyhow::Result<Outcome> {
    let Some(dir) = &arguments.out else { bail!("TOML is one file a node\nhint: name a folder with -o") };
    fs_err::create_dir_all(dir)?;
    for ix in nodes {
        let node = graph.node(*ix);
        write_file(&dir.join(format!("{}.toml", node.id)), &node_to_toml(node))?;
    }
    Ok(Outcome::Done)
}

/// The nodes, what they are made of, and who is behind all of it; all nodes where none is named.
fn with_what_they_are_made_of(graph: &Graph, asked: &[NodeIx]) -> Vec<NodeIx> {
    if asked.is_empty() {
        return graph.nodes().map(|(ix, _)| ix).collect();
    }
    const WHO: &[EdgeKind] =
        &[EdgeKind::ReleasedBy, EdgeKind::FundedBy, EdgeKind::OwnedBy, EdgeKind::Withdrawn, EdgeKind::Decommissioned];
    let mut all: Vec<NodeIx> = asked.to_vec();
    for ix in asked {
        all.extend(graph.above(*ix, usize::MAX).iter().map(|step| step.to));
    }
    let mut at = 0;
    let mut seen: BTreeSet<NodeIx> = BTreeSet::new();
    all.retain(|ix| seen.insert(*ix));
    // Owners have owners.
    while let Some(ix) = all.get(at).copied() {
        all.extend(graph.out_by(ix, WHO).map(|(_, who)| who).filter(|who| seen.insert(*who)));
        at += 1;
    }
    all
}

/// The name on the hub, where a source or another name says it.
fn hub_name(graph: &Graph, ix: NodeIx) -> String {
    let node = graph.node(ix);
    let addresses = node.sources.iter().map(|source| source.url.as_str()).chain(node.url.as_deref());
    let on_hub = addresses
        .filter_map(|url| url.strip_prefix("https://huggingface.co/"))
        .map(|path| path.trim_start_matches("datasets/"));
    let named = on_hub.chain(node.also.iter().map(String::as_str)).find(|name| name.matches('/').count() == 1);
    named.map_or_else(|| node.id.to_string(), str::to_owned)
}
