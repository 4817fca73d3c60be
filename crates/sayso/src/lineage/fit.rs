//! What was found has to be such that its files are read again, together with what is known: what is not is left out and told.

use std::collections::{HashMap, HashSet};

use sayso_lineage::{FILE_LIMITS, Graph, Node, NodeId, NodeKind, Source, node_to_toml, read_node};

use super::gather::is_bare;

/// What can be written, and what was there before.
pub(super) struct Fitted {
    pub(super) nodes: Vec<Node>,
    pub(super) known: Vec<NodeId>,
}

/// Takes what fits. Nodes that are known already stay as they are, unless they are to be replaced.
pub(super) fn fit(found: Vec<Node>, known: &Graph, replace: bool, faults: &mut Vec<(String, String)>) -> Fitted {
    let mut fitted = Fitted { nodes: Vec::new(), known: Vec::new() };
    for node in found {
        match known.find(node.id.as_str()).map(|ix| known.node(ix)) {
            Some(known) if is_bare(&node) || known.kind != node.kind => {
                if !is_bare(&node) {
                    let why = format!("`{}` is a {} here, and is known as a {}", node.id, node.kind, known.kind);
                    faults.push((read_in(&node), why));
                }
            }
            Some(_) if !replace => fitted.known.push(node.id),
            _ => fitted.nodes.extend(readable(node, faults)),
        }
    }
    let kinds: HashMap<NodeId, NodeKind> = fitted.nodes.iter().map(|node| (node.id.clone(), node.kind)).collect();
    let kind = |id: &NodeId| kinds.get(id).copied().or_else(|| known.find(id.as_str()).map(|ix| known.node(ix).kind));
    for node in &mut fitted.nodes {
        let place = read_in(node);
        let mut seen = HashSet::new();
        node.edges.retain(|edge| {
            let can = kind(&edge.from).zip(kind(&edge.to)).is_some_and(|(from, to)| edge.kind.can_join(from, to));
            if !can {
                let why = format!("`{}` cannot be {} `{}`: left out", edge.from, edge.kind, edge.to);
                faults.push((place.clone(), why));
            }
            // By another name it may be the same.
            can && edge.from != edge.to && seen.insert((edge.kind, edge.from.clone(), edge.to.clone()))
        });
    }
    fitted
}

/// The node, if its file can be read again; or else no more of it than that it is there.
fn readable(node: Node, faults: &mut Vec<(String, String)>) -> Option<Node> {
    let fault = |node: &Node| {
        let read = read_node(&format!("{}.toml", node.id), &node_to_toml(node), &FILE_LIMITS);
        read.err().map(|faults| faults.into_iter().map(|fault| fault.message).take(3).collect::<Vec<_>>().join("; "))
    };
    let Some(why) = fault(&node) else { return Some(node) };
    let place = read_in(&node);
    faults.push((place.clone(), format!("what is said of `{}` cannot be kept: {why}", node.id)));
    let mut stub = Node::new(node.id.clone(), node.kind, node.id.as_str());
    let url = node.sources.first().map_or_else(|| "file:///".to_owned(), |source| source.url.clone());
    let title: String = place.chars().take(200).collect();
    stub.sources.push(Source { key: "read".to_owned(), title, url, date: None, supports: None });
    fault(&stub).is_none().then_some(stub)
}

fn read_in(node: &Node) -> String {
    node.sources.first().map_or_else(|| node.id.to_string(), |source| source.title.clone())
}
