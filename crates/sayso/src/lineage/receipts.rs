//! Receipts of removal beside datasets: who removed how many samples from which snapshot. No signature is judged here; that is
//! `sayso verify`'s part, which has the keys.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use sayso_lineage::{Node, NodeId, NodeKind, ReadAt, Removal, Source};
use sayso_registry::receipt::Receipt;

use crate::receipts::ReceiptLines;

/// What a file of receipts says of one dataset and one takedown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReceiptsTold {
    /// The name under which the dataset's builder signs.
    pub(super) dataset: String,
    /// The snapshot without the samples.
    pub(super) snapshot: u64,
    pub(super) samples: u64,
    /// The file.
    pub(super) at: ReadAt,
}

/// Receipts of a file, by dataset and snapshot. A file whose first line is none is none of ours.
pub(super) fn read(path: &Path, at: &ReadAt) -> Result<Vec<ReceiptsTold>, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut told: BTreeMap<(String, u64), u64> = BTreeMap::new();
    for (number, line) in ReceiptLines::new(file).map_err(|error| error.to_string())?.enumerate() {
        let (line, bytes) = line.map_err(|error| error.to_string())?;
        match Receipt::read(&bytes) {
            Ok(receipt) => {
                let (_, after, _) = receipt.after;
                *told.entry((after.dataset, after.snapshot)).or_default() += 1;
            }
            Err(_) if number == 0 => return Ok(Vec::new()),
            Err(fault) => return Err(format!("line {line}: {fault}")),
        }
    }
    let of = |((dataset, snapshot), samples)| ReceiptsTold { dataset, snapshot, samples, at: at.clone() };
    Ok(told.into_iter().map(of).collect())
}

/// Hangs receipts on the removals that they prove; those of datasets that do not lie here become nodes of their own.
pub(super) fn attach(nodes: &mut Vec<Node>, receipts: Vec<ReceiptsTold>) {
    let mut places: HashMap<String, usize> = HashMap::new();
    for (place, node) in nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Dataset) {
        places.extend(node.also.iter().map(|name| (name.clone(), place)));
    }
    for told in receipts {
        let place = *places.entry(told.dataset.clone()).or_insert(nodes.len());
        if place == nodes.len() {
            let Some(id) = NodeId::of_text(&format!("dataset-{}", told.dataset)) else { continue };
            let mut node = Node::new(id, NodeKind::Dataset, &format!("Dataset {}", told.dataset));
            node.also.push(told.dataset.clone());
            nodes.push(node);
        }
        if let Some(node) = nodes.get_mut(place) {
            hang(node, told);
        }
    }
}

/// Hangs one on its removal.
fn hang(node: &mut Node, told: ReceiptsTold) {
    let known = node.sources.iter().find(|source| source.url == told.at.url).map(|source| source.key.clone());
    let key = known.unwrap_or_else(|| {
        let key = format!("receipts-{}", node.sources.len() + 1);
        let (title, url) = (told.at.title.clone(), told.at.url);
        node.sources.push(Source { key: key.clone(), title, url, date: None, supports: None });
        key
    });
    let receipts = if told.samples == 1 { "1 receipt".to_owned() } else { format!("{} receipts", told.samples) };
    let receipt = format!("{receipts} in {}", told.at.title);
    let same = node.removals.iter_mut().find(|removal| removal.snapshot == Some(told.snapshot));
    match same {
        Some(removal) => {
            let before = removal.receipt.take().map(|before| format!("{before}, ")).unwrap_or_default();
            removal.receipt = Some(format!("{before}{receipt}"));
            removal.sources.push(key);
        }
        None => node.removals.push(Removal {
            date: None,
            samples: Some(told.samples),
            snapshot: Some(told.snapshot),
            receipt: Some(receipt),
            note: None,
            sources: vec![key],
        }),
    }
}
