//! What trainers leave in the head of a safetensors file: `modelspec.*` of Stability AI's specification, `ss_*` of kohya's scripts.

use serde_json::Value;

use super::{FormatLimits, ReadAt, edge_of, json, node_of};
use crate::licence::Licence;
use crate::{Date, EdgeKind, LineageError, Node, NodeId, NodeKind};

/// What a file's head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetensorsNode {
    /// The model or adapter.
    pub node: Node,
    /// What it is made of.
    pub others: Vec<Node>,
}

/// Bytes of the head of a file, of which the first eight say how long the rest is. `None` where it is none, or none that can be
/// taken into memory.
#[must_use]
pub fn header_length(start: [u8; 8], limits: &FormatLimits) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(start)).ok().filter(|length| (2..=limits.bytes).contains(length))
}

/// The node that a safetensors file of this name holds, by its head (without the eight bytes before it).
pub fn read_safetensors_header(
    head: &[u8],
    file_stem: &str,
    at: &ReadAt,
    limits: &FormatLimits,
) -> Result<SafetensorsNode, LineageError> {
    const WHAT: &str = "the head of the safetensors file";
    let head = json::read(head, WHAT, limits)?;
    let tensors = head.as_object().ok_or(LineageError::Format { what: WHAT, why: "it is no map".to_owned() })?;
    let is_adapter = tensors.keys().take(4_000).any(|key| is_of_adapter(key));
    let metadata = head.get("__metadata__");
    let said = |key: &str| {
        metadata.and_then(|metadata| metadata.get(key)).and_then(Value::as_str).filter(|text| is_said(text))
    };
    let architecture = said("modelspec.architecture").unwrap_or_default();
    let is_adapter = is_adapter || said("ss_network_module").is_some() || architecture.ends_with("/lora");
    let kind = if is_adapter { NodeKind::Adapter } else { NodeKind::Model };
    let name = said("modelspec.title").or_else(|| said("ss_output_name")).unwrap_or(file_stem);
    let refuse = || LineageError::Format { what: WHAT, why: format!("`{file_stem}` makes no id") };
    let id = NodeId::of_text(file_stem).or_else(|| NodeId::of_text(name)).ok_or_else(refuse)?;
    let mut node = node_of(id, kind, name, at);
    if name != file_stem {
        node.also.push(file_stem.to_owned());
    }
    node.about = said("modelspec.description").map(|text| text.chars().take(1_000).collect());
    node.licence = said("modelspec.license").map(Licence::new);
    node.date = said("modelspec.date").and_then(|date| date.get(..10)).and_then(|date| date.parse::<Date>().ok());
    let mut others = Vec::new();
    // The base by its name on the hub or its file: `/models/v1-5-pruned.safetensors` is `v1-5-pruned`.
    if let Some(base) = said("ss_sd_model_name").or_else(|| said("ss_base_model_version")) {
        let base = stem(base);
        if let Some(other) = NodeId::of_text(base).filter(|other| *other != node.id) {
            node.edges.push(edge_of(EdgeKind::FineTunedFrom, &node.id, other.clone()));
            others.push(node_of(other, NodeKind::Model, base, at));
        }
    }
    for folder in folders(said("ss_dataset_dirs").or_else(|| said("ss_datasets")), limits) {
        // Folders of pictures on somebody's machine: one file's `10_fox` is not another's.
        if let Some(other) = NodeId::of_text(&format!("{}-{folder}", node.id)) {
            node.edges.push(edge_of(EdgeKind::TrainedOn, &node.id, other.clone()));
            others.push(node_of(other, NodeKind::Dataset, &folder, at));
        }
    }
    if let Some(lineage) =
        said("sayso.lineage").and_then(|text| json::read(text.as_bytes(), "the lineage", limits).ok())
    {
        take_lineage(&lineage, &node, &mut others);
    }
    others.sort_by(|one, other| one.id.cmp(&other.id));
    others.dedup_by(|one, other| one.id == other.id);
    node.edges.dedup_by(|one, other| one.to == other.to && one.kind == other.kind);
    Ok(SafetensorsNode { node, others })
}

/// What Sayso's own trainer leaves: how many pictures there were, and by which rules they were judged.
fn take_lineage(lineage: &Value, node: &Node, others: &mut [Node]) {
    let Some(count) = lineage.pointer("/pictures/count").and_then(Value::as_u64) else { return };
    let text = |key: &str| lineage.get(key).and_then(Value::as_str).unwrap_or("not told");
    let about = format!(
        "Pictures that {} was trained on, each with a verdict that allows {} under the policy {}; root {}.",
        node.name,
        text("purpose"),
        text("policy"),
        lineage.pointer("/pictures/root").and_then(Value::as_str).unwrap_or("not told"),
    );
    for other in others.iter_mut().filter(|other| other.kind == NodeKind::Dataset) {
        other.size = Some(format!("{count} pictures"));
        other.about = Some(about.chars().take(1_000).collect());
    }
}

/// Matrices that stand beside a model's own, as the scripts that write them call them.
fn is_of_adapter(key: &str) -> bool {
    key.contains("lora_") || key.contains(".lora.") || key.ends_with(":down") || key.ends_with(":up")
}

/// Scripts write `None` where nothing is known.
fn is_said(text: &str) -> bool {
    !matches!(text.trim(), "" | "None" | "null" | "Unknown" | "unknown")
}

fn stem(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.rsplit_once('.').filter(|(_, end)| matches!(*end, "safetensors" | "ckpt" | "pt" | "bin"));
    // The name of a repository is worth more than its last part.
    match stem {
        Some((stem, _)) => stem,
        None if path.matches('/').count() == 1 && !path.starts_with(['/', '.']) => path,
        None => file,
    }
}

/// The folders that kohya's scripts were given: `{"10_fox": {"n_repeats": 10, "img_count": 20}}`, or a list of datasets with such.
fn folders(text: Option<&str>, limits: &FormatLimits) -> Vec<String> {
    /// Folders of a training.
    const FOLDERS: usize = 200;
    let Some(value) = text.and_then(|text| json::read(text.as_bytes(), "the datasets", limits).ok()) else {
        return Vec::new();
    };
    let names: Vec<String> = match &value {
        Value::Object(dirs) => dirs.keys().cloned().collect(),
        Value::Array(sets) => {
            let subsets = sets.iter().filter_map(|set| set.get("subsets")?.as_array()).flatten();
            subsets.filter_map(|subset| subset.get("image_dir")?.as_str()).map(|dir| stem(dir).to_owned()).collect()
        }
        _ => Vec::new(),
    };
    names.into_iter().take(FOLDERS).collect()
}
