use std::io::Write;

use anyhow::bail;
use sayso_lineage::{Edge, FILE_LIMITS, Licence, Node, Source, node_to_toml, read_node};

use super::{open_with, write_file};
use crate::arguments::{AddedEdge, LineageAdd};
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &LineageAdd) -> anyhow::Result<Outcome> {
    let path = arguments.out.join(format!("{}.toml", arguments.id));
    if path.exists() {
        bail!(
            "`{}` is there already\nhint: edit it, and look at the result with `sayso lineage check`",
            path.display()
        );
    }
    let mut node = Node::new(arguments.id.clone(), arguments.kind, &arguments.name);
    let keys: Vec<String> = (1..=arguments.source.len()).map(|number| format!("source-{number}")).collect();
    let source = |(key, url): (&String, &String)| Source {
        key: key.clone(),
        title: url.clone(),
        url: url.clone(),
        date: None,
        supports: None,
    };
    node.sources = keys.iter().zip(&arguments.source).map(source).collect();
    node.licence = arguments.licence.as_deref().map(Licence::new);
    node.purpose = arguments.purpose;
    node.date = arguments.date;
    let edge = |added: &AddedEdge| {
        let mut edge = Edge::new(added.kind, node.id.clone(), added.to.clone(), keys.clone());
        edge.snapshot = added.snapshot;
        edge
    };
    node.edges = arguments.edge.iter().map(edge).collect();
    let text = node_to_toml(&node);
    // What would not be read again is not written.
    let name = format!("{}.toml", node.id);
    if let Err(faults) = read_node(&name, &text, &FILE_LIMITS) {
        return Err(sayso_lineage::LineageError::Faults { faults }.into());
    }
    fits(arguments, &node)?;
    fs_err::create_dir_all(&arguments.out)?;
    write_file(&path, &text)?;
    writeln!(std::io::stdout(), "{}", path.display())?;
    Ok(Outcome::Done)
}

/// Whether the whole is still right with it.
fn fits(arguments: &LineageAdd, node: &Node) -> anyhow::Result<()> {
    let graph = open_with(&arguments.lineage, Some(&arguments.out))?;
    if let Some(known) = graph.find(node.id.as_str()).filter(|_| !arguments.replace) {
        let known = graph.node(known);
        bail!(
            "`{}` is known already: {}, {}\nhint: choose another id, or have --replace let your file stand in for it",
            node.id,
            harmless(&known.name),
            known.kind
        );
    }
    let others = graph.nodes().map(|(_, other)| other.clone()).filter(|other| other.id != node.id);
    let nodes: Vec<Node> = others.chain([node.clone()]).collect();
    sayso_lineage::Graph::new(nodes)?;
    Ok(())
}
