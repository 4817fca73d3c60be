//! SPDX 3.0.1 as JSON-LD, with its profiles for AI and datasets. Relationships that it has no type for are `other`, with our name for
//! them in their comment; so is a node's kind where SPDX's class is wider.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::{FormatLimits, ReadAt, edge_of, json as bounded, node_of};
use crate::licence::Licence;
use crate::{Date, EdgeKind, Graph, LineageError, Node, NodeId, NodeIx, NodeKind};

const CONTEXT: &str = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
const SPACE: &str = "urn:sayso:lineage:";
const KIND: &str = "sayso:kind ";
const EDGE: &str = "sayso:edge ";
const CREATION: &str = "_:creation";

/// The nodes as a document of SPDX. Links to nodes that are not among them are left out. It is dated by the newest date in it.
#[must_use]
pub fn to_spdx(graph: &Graph, nodes: &[NodeIx]) -> Value {
    let tool = format!("{SPACE}tool");
    let newest = nodes.iter().flat_map(|ix| {
        let node = graph.node(*ix);
        node.sources.iter().filter_map(|source| source.date).chain(node.date)
    });
    let created = newest.max().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), instant);
    let mut elements = vec![
        json!({ "type": "SoftwareAgent", "spdxId": tool, "creationInfo": CREATION, "name": format!("sayso {}", env!("CARGO_PKG_VERSION")) }),
    ];
    let is_in: HashSet<NodeIx> = nodes.iter().copied().collect();
    let mut licences: BTreeMap<String, String> = BTreeMap::new();
    let mut relationships = Vec::new();
    for ix in nodes {
        let node = graph.node(*ix);
        elements.push(element(graph, *ix, &is_in));
        if let Some(licence) = &node.licence {
            let id = format!("{SPACE}licence:{}", expression(licence));
            licences.insert(id.clone(), licence.as_str().to_owned());
            relationships.push(relationship(
                &format!("{}:licence", node.id),
                &iri(&node.id),
                "hasDeclaredLicense",
                &id,
                None,
            ));
        }
        for (number, (_, link)) in graph.out(*ix).filter(|(_, link)| is_in.contains(&link.to)).enumerate() {
            let (from, to) = (graph.node(link.from), graph.node(link.to));
            let comment = format!("{EDGE}{}", link.edge.kind);
            let id = format!("{}:{number}", from.id);
            relationships.push(relationship(
                &id,
                &iri(&from.id),
                type_of(link.edge.kind),
                &iri(&to.id),
                Some(&comment),
            ));
        }
    }
    elements.extend(licences.iter().map(|(id, text)| {
        json!({
            "type": "simplelicensing_LicenseExpression", "spdxId": id, "creationInfo": CREATION, "name": text,
            "simplelicensing_licenseExpression": expression(&Licence::new(text)),
        })
    }));
    elements.append(&mut relationships);
    let all: Vec<&Value> = elements.iter().filter_map(|element| element.get("spdxId")).collect();
    let root: Vec<String> = nodes.iter().take(1).map(|ix| iri(&graph.node(*ix).id)).collect();
    let document = json!({
        "type": "SpdxDocument", "spdxId": format!("{SPACE}document"), "creationInfo": CREATION, "name": "lineage",
        "profileConformance": ["core", "software", "ai", "dataset", "simpleLicensing"],
        "element": all, "rootElement": root,
    });
    let creation = json!({ "type": "CreationInfo", "@id": CREATION, "specVersion": "3.0.1", "created": created, "createdBy": [tool] });
    let mut all = vec![creation, document];
    all.append(&mut elements);
    json!({ "@context": CONTEXT, "@graph": all })
}

fn iri(id: &NodeId) -> String {
    format!("{SPACE}{id}")
}

/// The first instant of what is known of a date.
fn instant(date: Date) -> String {
    let text = date.to_string();
    let day = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text,
    };
    format!("{day}T00:00:00Z")
}

fn relationship(id: &str, from: &str, kind: &str, to: &str, comment: Option<&str>) -> Value {
    let mut relationship = json!({
        "type": "Relationship", "spdxId": format!("{SPACE}relationship:{id}"), "creationInfo": CREATION,
        "from": from, "relationshipType": kind, "to": [to],
    });
    if let Some(comment) = comment {
        relationship["comment"] = json!(comment);
    }
    relationship
}

const fn type_of(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::TrainedOn => "trainedOn",
        EdgeKind::DerivedFrom | EdgeKind::FineTunedFrom => "descendantOf",
        _ => "other",
    }
}

/// A licence as an expression: by its id, or as one that the document alone knows.
fn expression(licence: &Licence) -> String {
    if let Some(id) = licence.spdx_id() {
        return id.to_owned();
    }
    let text = licence.as_str();
    if text == "NOASSERTION" {
        return text.to_owned();
    }
    let bare = text.strip_prefix("LicenseRef-").unwrap_or(text);
    let plain: String = bare.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    format!("LicenseRef-{plain}")
}

fn element(graph: &Graph, ix: NodeIx, nodes: &HashSet<NodeIx>) -> Value {
    let node = graph.node(ix);
    let mut element = Map::new();
    let mut set = |key: &str, value: Value| {
        element.insert(key.to_owned(), value);
    };
    set("spdxId", json!(iri(&node.id)));
    set("creationInfo", json!(CREATION));
    set("name", json!(node.name));
    set("comment", json!(format!("{KIND}{}", node.kind)));
    if let Some(about) = &node.about {
        set("description", json!(about));
    }
    let references: Vec<Value> = node
        .sources
        .iter()
        .map(|source| json!({ "type": "ExternalRef", "externalRefType": "documentation", "locator": [source.url], "comment": source.title }))
        .collect();
    if !references.is_empty() {
        set("externalRef", Value::Array(references));
    }
    if node.kind == NodeKind::Organisation {
        set("type", json!("Organization"));
        return Value::Object(element);
    }
    let supplier = graph.out_by(ix, &[EdgeKind::ReleasedBy]).find(|(_, by)| nodes.contains(by));
    if let Some((_, by)) = supplier {
        set("suppliedBy", json!(iri(&graph.node(by).id)));
    }
    // A time that is known to the year alone is none that SPDX can hold.
    if let Some(date) = node.date.filter(|date| date.to_string().len() == 10) {
        set("releaseTime", json!(instant(date)));
    }
    if let Some(url) = node.url.as_ref().or_else(|| node.sources.first().map(|source| &source.url)) {
        set("software_downloadLocation", json!(url));
    }
    let (class, purpose) = match node.kind {
        NodeKind::Model | NodeKind::Adapter => ("ai_AIPackage", "model"),
        NodeKind::Dataset | NodeKind::Crawl => ("dataset_DatasetPackage", "data"),
        NodeKind::Paper => ("software_Package", "documentation"),
        NodeKind::App | NodeKind::Run | NodeKind::Organisation => ("software_Package", "application"),
    };
    if class == "dataset_DatasetPackage" {
        set("dataset_datasetType", json!(["noAssertion"]));
    }
    set("type", json!(class));
    set("software_primaryPurpose", json!(purpose));
    Value::Object(element)
}

/// The nodes of a document, ours or anybody's.
pub fn read_spdx(bytes: &[u8], at: &ReadAt, limits: &FormatLimits) -> Result<Vec<Node>, LineageError> {
    const WHAT: &str = "the SPDX document";
    let document = bounded::read(bytes, WHAT, limits)?;
    let is_spdx = document.get("@context").is_some_and(|context| context.to_string().contains("spdx.org/rdf/3.0"));
    let graph = document.get("@graph").and_then(Value::as_array).filter(|_| is_spdx);
    let Some(graph) = graph else {
        return Err(LineageError::Format { what: WHAT, why: "it is no JSON-LD of SPDX 3.0".to_owned() });
    };
    let mut nodes: BTreeMap<NodeId, Node> = BTreeMap::new();
    let mut by_iri: BTreeMap<&str, NodeId> = BTreeMap::new();
    let mut expressions: BTreeMap<&str, Licence> = BTreeMap::new();
    let text = |element: &'_ Value, key: &str| element.get(key).and_then(Value::as_str).map(str::to_owned);
    for element in graph {
        let iri = element.get("spdxId").or_else(|| element.get("@id")).and_then(Value::as_str);
        let (Some(iri), Some(class)) = (iri, text(element, "type").or_else(|| text(element, "@type"))) else {
            continue;
        };
        if class == "simplelicensing_LicenseExpression" {
            let own = text(element, "name").filter(|_| iri.starts_with(SPACE));
            let expression = own.or_else(|| text(element, "simplelicensing_licenseExpression"));
            expressions.extend(expression.map(|expression| (iri, Licence::new(&expression))));
            continue;
        }
        let said = text(element, "comment").and_then(|comment| comment.strip_prefix(KIND)?.parse().ok());
        let Some(kind) = said.or(match class.as_str() {
            "ai_AIPackage" => Some(NodeKind::Model),
            "dataset_DatasetPackage" => Some(NodeKind::Dataset),
            "Organization" => Some(NodeKind::Organisation),
            _ => None,
        }) else {
            continue;
        };
        let name = text(element, "name").unwrap_or_else(|| iri.to_owned());
        let id = iri.strip_prefix(SPACE).and_then(|id| id.parse().ok()).or_else(|| NodeId::of_text(&name));
        let Some(id) = id.or_else(|| NodeId::of_text(iri)) else { continue };
        let mut node = node_of(id.clone(), kind, &name, at);
        node.about = text(element, "description");
        node.date = text(element, "releaseTime").and_then(|time| time.get(..10)?.parse().ok());
        by_iri.insert(iri, id.clone());
        nodes.entry(id).or_insert(node);
    }
    for relationship in graph.iter().filter(|element| element.get("relationshipType").is_some()) {
        let said = relationship.get("relationshipType").and_then(Value::as_str).unwrap_or_default();
        let Some(from) = relationship.get("from").and_then(Value::as_str).and_then(|iri| by_iri.get(iri)) else {
            continue;
        };
        let named = text(relationship, "comment").and_then(|comment| comment.strip_prefix(EDGE)?.parse().ok());
        for to in bounded::texts(relationship.get("to")) {
            if said == "hasDeclaredLicense" {
                if let (Some(node), Some(licence)) = (nodes.get_mut(from), expressions.get(to)) {
                    node.licence = Some(licence.clone());
                }
                continue;
            }
            let (Some(to), Some(one)) = (by_iri.get(to).filter(|to| *to != from), nodes.get(from)) else { continue };
            let Some(other) = nodes.get(to) else { continue };
            let kind = named.or(match said {
                "trainedOn" => Some(EdgeKind::TrainedOn),
                "descendantOf" if EdgeKind::FineTunedFrom.can_join(one.kind, other.kind) => {
                    Some(EdgeKind::FineTunedFrom)
                }
                "descendantOf" => Some(EdgeKind::DerivedFrom),
                _ => None,
            });
            if let Some(kind) = kind.filter(|kind| kind.can_join(one.kind, other.kind)) {
                let edge = edge_of(kind, from, to.clone());
                if let Some(node) = nodes.get_mut(from) {
                    node.edges.push(edge);
                }
            }
        }
    }
    Ok(nodes.into_values().collect())
}
