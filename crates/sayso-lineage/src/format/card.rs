//! The head of a model's or dataset's card on Hugging Face's hub: YAML between two lines of dashes.

use std::fmt::Write;

use super::yaml::{self, Yaml};
use super::{FormatLimits, ReadAt, edge_of, node_of};
use crate::licence::Licence;
use crate::{EdgeKind, LineageError, Node, NodeId, NodeKind};

/// Whose card it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKind {
    /// A model's, or an adapter's.
    Model,
    /// A dataset's.
    Dataset,
}

/// Relations by which a model is made of others without being trained any further.
const DERIVED_BY: [&str; 2] = ["quantized", "merge"];

/// What a card says that is of interest here, in its own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// `license`.
    pub license: Option<String>,
    /// `license_name`, where `license` is `other`.
    pub license_name: Option<String>,
    /// `base_model`: ids on the hub.
    pub base_model: Vec<String>,
    /// `base_model_relation`: adapter, merge, quantized or finetune.
    pub base_model_relation: Option<String>,
    /// `datasets`: ids on the hub.
    pub datasets: Vec<String>,
    /// `source_datasets` of a dataset's card.
    pub source_datasets: Vec<String>,
    /// `pretty_name`, or `model_name`.
    pub name: Option<String>,
    /// `tags`.
    pub tags: Vec<String>,
    /// Whether it has keys that cards of datasets alone have.
    pub has_dataset_keys: bool,
}

/// The card of a `README.md`, if it has a head.
pub fn read_card(text: &str, limits: &FormatLimits) -> Result<Option<Card>, LineageError> {
    let Some(head) = head(text) else { return Ok(None) };
    let refuse = |why: String| LineageError::Format { what: "the head of the card", why };
    let yaml = yaml::read(head, limits).map_err(refuse)?;
    if !matches!(yaml, Yaml::Map(_) | Yaml::Null) {
        return Err(refuse("it is no map".to_owned()));
    }
    let one = |key: &str| yaml.get(key).and_then(|value| value.texts().first().map(|text| (*text).to_owned()));
    let many = |key: &str| -> Vec<String> {
        yaml.get(key).map(|value| value.texts().into_iter().map(str::to_owned).collect()).unwrap_or_default()
    };
    Ok(Some(Card {
        license: one("license"),
        license_name: one("license_name"),
        base_model: many("base_model"),
        base_model_relation: one("base_model_relation"),
        datasets: many("datasets"),
        source_datasets: many("source_datasets"),
        name: one("pretty_name").or_else(|| one("model_name")),
        tags: many("tags"),
        has_dataset_keys: ["dataset_info", "task_categories", "source_datasets", "configs", "size_categories"]
            .iter()
            .any(|key| yaml.get(key).is_some()),
    }))
}

/// What stands between the first line, which is of dashes, and the next such line.
fn head(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let rest = text.strip_prefix("---")?;
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n'))?;
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return rest.get(..at);
        }
        at += line.len();
    }
    None
}

impl Card {
    /// Whether it is a dataset's, as far as its keys tell.
    #[must_use]
    pub fn is_of_dataset(&self) -> bool {
        self.has_dataset_keys && self.base_model.is_empty() && self.datasets.is_empty()
    }

    /// The node that the card is of, which is called `name` where the card does not say. What it is made of has to become nodes
    /// of its own: they come behind it.
    #[must_use]
    pub fn nodes(&self, name: &str, kind: CardKind, at: &ReadAt) -> Vec<Node> {
        let is_adapter =
            self.base_model_relation.as_deref() == Some("adapter") || self.tags.iter().any(|tag| tag == "lora");
        let node_kind = match kind {
            CardKind::Dataset => NodeKind::Dataset,
            CardKind::Model if is_adapter => NodeKind::Adapter,
            CardKind::Model => NodeKind::Model,
        };
        let Some(id) = NodeId::of_text(name) else { return Vec::new() };
        let mut node = node_of(id, node_kind, self.name.as_deref().unwrap_or(name), at);
        if node.name != name {
            node.also.push(name.to_owned());
        }
        node.licence = self.licence();
        let mut others = Vec::new();
        let base = match self.base_model_relation.as_deref() {
            Some(relation) if DERIVED_BY.contains(&relation) => EdgeKind::DerivedFrom,
            _ => EdgeKind::FineTunedFrom,
        };
        let made_of = self
            .base_model
            .iter()
            .map(|name| (base, NodeKind::Model, name))
            .chain(self.datasets.iter().map(|name| (EdgeKind::TrainedOn, NodeKind::Dataset, name)))
            .chain(self.source_datasets.iter().map(|name| (EdgeKind::DerivedFrom, NodeKind::Dataset, name)));
        for (edge, kind, name) in made_of {
            // A card of the hub's says `original` where a dataset has no source but itself, `extended|name` where it has one.
            let name = name.strip_prefix("extended|").unwrap_or(name);
            let Some(other) = NodeId::of_text(name).filter(|other| *other != node.id && name != "original") else {
                continue;
            };
            let mut edge = edge_of(edge, &node.id, other.clone());
            // What it is derived by is all that tells a copy in fewer bits from something made with parts of it.
            if kind == NodeKind::Model && edge.kind == EdgeKind::DerivedFrom {
                edge.note.clone_from(&self.base_model_relation);
            }
            node.edges.push(edge);
            others.push(node_of(other, kind, name, at));
        }
        others.insert(0, node);
        others
    }

    /// The licence, by its own name where the card says `other`.
    fn licence(&self) -> Option<Licence> {
        match (self.license.as_deref(), &self.license_name) {
            (Some("other") | None, Some(name)) => Some(Licence::new(name)),
            (Some("unknown") | None, None) => None,
            (Some(licence), _) => Some(Licence::new(licence)),
        }
    }
}

/// The head of a card that says what the node's edges do. Ids of the hub are kept where the node was read from a card.
#[must_use]
pub fn card_of_node(node: &Node, hub_name: impl Fn(&NodeId) -> String) -> String {
    let own = |kind: EdgeKind| node.edges.iter().filter(move |edge| edge.from == node.id && edge.kind == kind);
    let ends = |kind: EdgeKind| -> Vec<String> { own(kind).map(|edge| hub_name(&edge.to)).collect() };
    let derived_by = |relation: &str| -> Vec<String> {
        own(EdgeKind::DerivedFrom)
            .filter(|edge| edge.note.as_deref() == Some(relation))
            .map(|edge| hub_name(&edge.to))
            .collect()
    };
    let mut head = String::from("---\n");
    // Writing to a string cannot fail.
    if let Some(licence) = &node.licence {
        let id = licence.spdx_id().map_or_else(|| licence.as_str().to_owned(), str::to_owned);
        let _ = writeln!(head, "license: {}", quoted(&id.to_lowercase()));
    }
    let mut list = |key: &str, values: Vec<String>| {
        if !values.is_empty() {
            let _ = writeln!(head, "{key}:");
            for value in values {
                let _ = writeln!(head, "- {}", quoted(&value));
            }
        }
    };
    if node.kind == NodeKind::Dataset {
        list("source_datasets", ends(EdgeKind::DerivedFrom));
    } else {
        let relation = if node.kind == NodeKind::Adapter { "adapter" } else { "finetune" };
        // A card has one relation for all of its bases.
        let bases = [(relation, ends(EdgeKind::FineTunedFrom))]
            .into_iter()
            .chain(DERIVED_BY.map(|relation| (relation, derived_by(relation))))
            .find(|(_, bases)| !bases.is_empty());
        let relation = bases.as_ref().map(|(relation, _)| *relation);
        list("base_model", bases.map(|(_, bases)| bases).unwrap_or_default());
        list("datasets", ends(EdgeKind::TrainedOn));
        if let Some(relation) = relation {
            let _ = writeln!(head, "base_model_relation: {relation}");
        }
    }
    let _ = writeln!(head, "pretty_name: {}", quoted(&node.name));
    head.push_str("---\n");
    head
}

/// A text that YAML cannot take for anything else. JSON's quotes are YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
