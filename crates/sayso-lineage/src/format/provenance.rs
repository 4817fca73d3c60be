//! Summaries of the Data Provenance Initiative: a JSON file a collection, whose datasets come with their licences and sources.

use serde_json::Value;

use super::{FormatLimits, ReadAt, edge_of, json, node_of};
use crate::licence::Licence;
use crate::{EdgeKind, LineageError, Node, NodeId, NodeKind, StatedPurpose};

/// The nodes of a summary: its datasets, and those that they are derived from.
pub fn read_provenance(bytes: &[u8], at: &ReadAt, limits: &FormatLimits) -> Result<Vec<Node>, LineageError> {
    const WHAT: &str = "the summary";
    let summary = json::read(bytes, WHAT, limits)?;
    let entries = summary.as_object().ok_or(LineageError::Format { what: WHAT, why: "it is no map".to_owned() })?;
    let mut nodes: Vec<Node> = Vec::new();
    for (key, entry) in entries {
        let said = |name: &str| entry.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let name = said("Unique Dataset Identifier").unwrap_or(key);
        let (Some(id), Some(_)) = (NodeId::of_text(name), entry.as_object()) else { continue };
        let mut node = node_of(id, NodeKind::Dataset, said("Dataset Name").unwrap_or(name), at);
        if let Some(url) = said("Dataset URL").filter(|url| url.starts_with("http")) {
            node.url = Some(url.to_owned());
        }
        (node.licence, node.purpose) = licence(entry.get("Licenses"));
        for source in json::texts(entry.get("Derived from Datasets")) {
            let Some(other) = NodeId::of_text(source).filter(|other| *other != node.id) else { continue };
            node.edges.push(edge_of(EdgeKind::DerivedFrom, &node.id, other.clone()));
            nodes.push(node_of(other, NodeKind::Dataset, source, at));
        }
        nodes.push(node);
    }
    Ok(nodes)
}

/// The licence, and what it is for where the annotators say that. Of several all apply, so the one is taken that asks for more.
fn licence(licences: Option<&Value>) -> (Option<Licence>, Option<StatedPurpose>) {
    let Some(list) = licences.and_then(Value::as_array) else { return (None, None) };
    let names = list.iter().filter_map(|entry| entry.get("License").and_then(Value::as_str));
    let known: Vec<Licence> =
        names.filter(|name| !name.eq_ignore_ascii_case("unspecified")).map(Licence::new).collect();
    let weight = |licence: &&Licence| licence.terms().map_or(0, |terms| 1 + terms.names().len());
    let most = known.iter().max_by_key(weight).cloned();
    let purpose = match most.as_ref().map(|licence| licence.as_str().to_ascii_lowercase()) {
        Some(name) if name.contains("academic") || name.contains("research") => Some(StatedPurpose::Research),
        Some(name) if name.contains("non commercial") || name.contains("non-commercial") => {
            Some(StatedPurpose::NonCommercial)
        }
        _ => None,
    };
    (most, purpose)
}
