use std::collections::HashMap;

use super::{Graph, LinkEnds, Neighbours};
use crate::{Edge, EdgeKind, Fault, LineageError, Node, NodeId, NodeKind};

/// Nodes of a circle that are named.
const CIRCLE_NAMED: usize = 12;

pub(super) fn build(mut nodes: Vec<Node>) -> Result<Graph, LineageError> {
    nodes.sort_by(|one, other| one.id.cmp(&other.id));
    let mut faults = Vec::new();
    for two in nodes.windows(2) {
        if let [one, other] = two
            && one.id == other.id
        {
            faults.push(fault(other, 0, "there are two files for this node\nhint: one file a node".to_owned()));
        }
    }
    let links = links(&nodes, &mut faults);
    if !faults.is_empty() {
        return Err(LineageError::Faults { faults: sorted(faults) });
    }
    // Works flow from what something is made of to what is made of it, and from what is used to its user.
    let flow = |link: &LinkEnds| match link.kind {
        EdgeKind::UsedBy => Some((link.from, link.to)),
        kind if kind.is_making() => Some((link.to, link.from)),
        _ => None,
    };
    let all = Neighbours::new(nodes.len(), &links, |link| {
        [Some(link.from), (link.to != link.from).then_some(link.to)].into_iter().flatten()
    });
    let up = Neighbours::new(nodes.len(), &links, |link| flow(link).map(|(_, later)| later));
    let down = Neighbours::new(nodes.len(), &links, |link| flow(link).map(|(earlier, _)| earlier));
    let making = |link: &LinkEnds| link.kind.is_making().then_some((link.to, link.from));
    let order = order(&nodes, &links, making, "is made of itself")
        .map_err(|fault| LineageError::Faults { faults: vec![fault] })?;
    let owned = |link: &LinkEnds| (link.kind == EdgeKind::OwnedBy).then_some((link.to, link.from));
    self::order(&nodes, &links, owned, "owns itself").map_err(|fault| LineageError::Faults { faults: vec![fault] })?;
    Ok(Graph { nodes, links, all, up, down, order })
}

/// All edges as links between places; what cannot be one becomes a fault.
fn links(nodes: &[Node], faults: &mut Vec<Fault>) -> Vec<LinkEnds> {
    let places: HashMap<&NodeId, (u32, NodeKind)> =
        (0_u32..).zip(nodes).map(|(place, node)| (&node.id, (place, node.kind))).collect();
    let mut links = Vec::with_capacity(nodes.iter().map(|node| node.edges.len()).sum());
    for (file, node) in (0_u32..).zip(nodes) {
        // One end of each edge is the node itself.
        let find = |id: &NodeId| if *id == node.id { Some((file, node.kind)) } else { places.get(id).copied() };
        for (number, edge) in (0_u32..).zip(&node.edges) {
            match ends(edge, &find) {
                Ok((from, to)) => links.push(LinkEnds { from, to, file, edge: number, kind: edge.kind }),
                Err(message) => faults.push(fault(node, edge.line, message)),
            }
        }
    }
    links
}

fn fault(node: &Node, line: u32, message: String) -> Fault {
    Fault { file: format!("{}.toml", node.id).into(), line: line as usize, message }
}

fn sorted(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort();
    faults
}

/// Both ends of an edge, if they exist and can be joined so.
fn ends(edge: &Edge, find: &impl Fn(&NodeId) -> Option<(u32, NodeKind)>) -> Result<(u32, u32), String> {
    let find = |id: &NodeId| {
        find(id).ok_or_else(|| format!("there is no node `{id}`\nhint: write {id}.toml first, or correct the id"))
    };
    let ((from, one), (to, other)) = (find(&edge.from)?, find(&edge.to)?);
    if from == to {
        return Err(format!("`{}` cannot be {} itself", edge.from, edge.kind));
    }
    if edge.kind.can_join(one, other) {
        return Ok((from, to));
    }
    let (one, other) = (with_article(one.as_str()), with_article(other.as_str()));
    Err(format!("{} cannot lead from `{}`, which is {one}, to `{}`, which is {other}", edge.kind, edge.from, edge.to))
}

fn with_article(noun: &str) -> String {
    format!("{} {noun}", if noun.starts_with(['a', 'o']) { "an" } else { "a" })
}

/// Nodes in an order in which the first of each pair of `pairs` comes before the second; an error where they go in a circle.
fn order(
    nodes: &[Node],
    links: &[LinkEnds],
    pair: impl Fn(&LinkEnds) -> Option<(u32, u32)>,
    what: &str,
) -> Result<Vec<u32>, Fault> {
    let later = Neighbours::new(nodes.len(), links, |link| pair(link).map(|(first, _)| first));
    let mut waits = vec![0_u32; nodes.len()];
    for (_, second) in links.iter().filter_map(&pair) {
        if let Some(count) = waits.get_mut(second as usize) {
            *count += 1;
        }
    }
    let mut order: Vec<u32> =
        (0_u32..).zip(&waits).filter(|(_, count)| **count == 0).map(|(number, _)| number).collect();
    let mut done = 0;
    while let Some(node) = order.get(done).copied() {
        done += 1;
        for link in later.of(node) {
            let Some((_, second)) = links.get(*link as usize).and_then(&pair) else { continue };
            if let Some(count) = waits.get_mut(second as usize) {
                *count -= 1;
                if *count == 0 {
                    order.push(second);
                }
            }
        }
    }
    if order.len() == nodes.len() { Ok(order) } else { Err(circle(nodes, links, &waits, &pair, what)) }
}

/// Names a circle: whoever still waits waits for somebody who waits, so going back from anyone ends in one.
fn circle(
    nodes: &[Node],
    links: &[LinkEnds],
    waits: &[u32],
    pair: &impl Fn(&LinkEnds) -> Option<(u32, u32)>,
    what: &str,
) -> Fault {
    let is_waiting = |node: u32| waits.get(node as usize).is_some_and(|count| *count > 0);
    let mut before: HashMap<u32, (u32, LinkEnds)> = HashMap::new();
    for link in links {
        if let Some((first, second)) = pair(link)
            && is_waiting(first)
            && is_waiting(second)
        {
            before.entry(second).or_insert((first, *link));
        }
    }
    let mut seen: HashMap<u32, usize> = HashMap::new();
    let mut way: Vec<(u32, LinkEnds)> = Vec::new();
    let mut at = before.keys().copied().min().unwrap_or(0);
    while let Some((first, link)) = before.get(&at).filter(|_| !seen.contains_key(&at)) {
        seen.insert(at, way.len());
        way.push((at, *link));
        at = *first;
    }
    let round = seen.get(&at).and_then(|start| way.get(*start..)).unwrap_or_default();
    let id = |node: u32| nodes.get(node as usize).map_or("?", |node| node.id.as_str());
    let mut names: Vec<&str> = round.iter().take(CIRCLE_NAMED).map(|(node, _)| id(*node)).collect();
    names.push(if round.len() > CIRCLE_NAMED { "…" } else { id(at) });
    let told = round.first().and_then(|(_, link)| nodes.get(link.file as usize).map(|node| (node, link)));
    let message = format!("`{}` {what}: {}", id(at), names.join(" → "));
    match told {
        Some((node, link)) => fault(node, node.edges.get(link.edge as usize).map_or(0, |edge| edge.line), message),
        None => Fault { file: "lineage".into(), line: 0, message },
    }
}
