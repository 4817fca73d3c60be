//! The lineage of what lies in a folder: cards, weights, bills of materials, datasets of Sayso's own, pictures with credentials.

mod called;
#[cfg(feature = "credentials")]
mod credentials;
#[cfg(not(feature = "credentials"))]
#[path = "credentials_left_out.rs"]
mod credentials;
mod fit;
mod gather;
mod read;
mod receipts;
mod walk;

use std::collections::HashSet;
use std::path::Path;

use sayso_lineage::{Graph, Node, NodeId};

use self::fit::Fitted;
use crate::Error;

/// What a scan found.
#[derive(Debug)]
pub struct Scan {
    /// The nodes, in the order of their ids, without those that were known before and stay as they are.
    pub nodes: Vec<Node>,
    /// Nodes of which something was found, and which were known before.
    pub known: Vec<NodeId>,
    /// Files that told of lineage.
    pub read: usize,
    /// Files that were looked at.
    pub files: usize,
    /// Files that could not be read, and why.
    pub faults: Vec<(String, String)>,
}

/// Reads the lineage of a folder. What it is made of is looked for in `known` by its names, so that a model that was trained on
/// `laion/laion2B-en` hangs on the node that is there. Nodes that are known already stay as they are, unless `replace` lets what is
/// found here stand in for them.
pub fn scan(dir: &Path, known: &Graph, replace: bool) -> Result<Scan, Error> {
    let mut gathered = gather::Gathered::default();
    let walked = walk::walk(dir)?;
    let mut faults = walked.faults;
    let mut receipts = Vec::new();
    let mut count = 0;
    for file in &walked.files {
        let mut told = match read::read(file) {
            Ok(told) => told,
            Err(why) => {
                faults.push((file.name.clone(), why));
                continue;
            }
        };
        count += usize::from(!told.nodes.is_empty() || !told.receipts.is_empty());
        receipts.append(&mut told.receipts);
        for (number, node) in told.nodes.into_iter().enumerate() {
            let place = (told.is_own && number == 0).then_some(file.called.place.as_str());
            if let Err(why) = gathered.add(node, place) {
                faults.push((file.name.clone(), why));
            }
        }
    }
    let mut nodes = gathered.nodes(known);
    receipts::attach(&mut nodes, receipts);
    nodes.sort_by(|one, other| one.id.cmp(&other.id));
    let Fitted { nodes, known: left } = fit::fit(nodes, known, replace, &mut faults);
    // What does not fit to what is known is told now, and not when the files are used.
    let own: HashSet<&NodeId> = nodes.iter().map(|node| &node.id).collect();
    let others = known.nodes().map(|(_, node)| node).filter(|node| !own.contains(&node.id));
    Graph::new(others.chain(&nodes).cloned().collect())?;
    Ok(Scan { nodes, known: left, read: count, files: walked.files.len(), faults })
}
