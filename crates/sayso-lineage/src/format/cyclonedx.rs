//! CycloneDX 1.7, the bill of materials for machine learning: models and data as components, what they are made of as
//! dependencies, training data in model cards. What it has no field for stands in properties of ours, one fact each.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::{FormatLimits, ReadAt, edge_of, json as bounded, node_of};
use crate::licence::Licence;
use crate::{EdgeKind, Graph, LineageError, Node, NodeId, NodeIx, NodeKind, Sector};

const KIND: &str = "sayso:kind";
const EDGE: &str = "sayso:edge";
const DATE: &str = "sayso:date";
const ORGANISATION: &str = "sayso:organisation";
const ORGANISATION_EDGE: &str = "sayso:organisation-edge";

/// The nodes as a bill of materials. Links to nodes that are not among them are left out.
#[must_use]
pub fn to_cyclonedx(graph: &Graph, nodes: &[NodeIx]) -> Value {
    let all: HashSet<NodeIx> = nodes.iter().copied().collect();
    let is_in = |ix: NodeIx| all.contains(&ix);
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    let mut properties = Vec::new();
    for ix in nodes {
        let node = graph.node(*ix);
        let links: Vec<(EdgeKind, NodeIx)> =
            graph.out(*ix).filter(|(_, link)| is_in(link.to)).map(|(_, link)| (link.edge.kind, link.to)).collect();
        if node.kind == NodeKind::Organisation {
            let sector = node.sector.map_or("unknown", Sector::as_str);
            properties.push(property(ORGANISATION, &format!("{} {sector} {}", node.id, node.name)));
            for (kind, to) in links {
                properties.push(property(ORGANISATION_EDGE, &format!("{} {kind} {}", node.id, graph.node(to).id)));
            }
            continue;
        }
        components.push(component(graph, *ix, &links));
        let made_of: Vec<&str> = links
            .iter()
            .filter(|(kind, _)| kind.is_making())
            .map(|(_, to)| graph.node(*to))
            .filter(|node| node.kind != NodeKind::Organisation)
            .map(|node| node.id.as_str())
            .collect();
        let mut made_of = made_of;
        made_of.sort_unstable();
        made_of.dedup();
        dependencies.push(json!({ "ref": node.id.as_str(), "dependsOn": made_of }));
    }
    let mut bom = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.7", "version": 1,
        "metadata": { "tools": { "components": [{ "type": "application", "name": "sayso", "version": env!("CARGO_PKG_VERSION") }] } },
        "components": components, "dependencies": dependencies,
    });
    if !properties.is_empty() {
        bom["metadata"]["properties"] = Value::Array(properties);
    }
    bom
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

fn component(graph: &Graph, ix: NodeIx, links: &[(EdgeKind, NodeIx)]) -> Value {
    let node = graph.node(ix);
    let mut component = Map::new();
    let mut set = |key: &str, value: Value| {
        component.insert(key.to_owned(), value);
    };
    set("type", json!(type_of(node.kind)));
    set("bom-ref", json!(node.id.as_str()));
    set("name", json!(node.name));
    if let Some(about) = &node.about {
        set("description", json!(about));
    }
    if let Some(licence) = &node.licence {
        set("licenses", json!([{ "license": licence_json(licence) }]));
    }
    let supplier = links.iter().find(|(kind, _)| *kind == EdgeKind::ReleasedBy).map(|(_, to)| graph.node(*to));
    if let Some(supplier) = supplier {
        set("supplier", json!({ "name": supplier.name }));
    }
    let mut references: Vec<Value> = node.url.iter().map(|url| json!({ "type": "website", "url": url })).collect();
    references.extend(
        node.sources
            .iter()
            .map(|source| json!({ "type": "documentation", "url": source.url, "comment": source.title })),
    );
    references.dedup();
    set("externalReferences", Value::Array(references));
    if matches!(node.kind, NodeKind::Model | NodeKind::Adapter) {
        let to = |kinds: &'static [EdgeKind]| {
            links.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, to)| graph.node(*to))
        };
        let data: Vec<Value> = to(&[EdgeKind::TrainedOn]).map(|node| json!({ "ref": node.id.as_str() })).collect();
        if !data.is_empty() {
            set("modelCard", json!({ "modelParameters": { "datasets": data } }));
        }
        let ancestors: Vec<Value> = to(&[EdgeKind::FineTunedFrom])
            .map(|node| json!({ "type": type_of(node.kind), "name": node.name }))
            .collect();
        if !ancestors.is_empty() {
            set("pedigree", json!({ "ancestors": ancestors }));
        }
    }
    let mut properties = vec![property(KIND, node.kind.as_str())];
    properties.extend(node.date.map(|date| property(DATE, &date.to_string())));
    properties.extend(links.iter().map(|(kind, to)| property(EDGE, &format!("{kind} {}", graph.node(*to).id))));
    set("properties", Value::Array(properties));
    Value::Object(component)
}

const fn type_of(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Model | NodeKind::Adapter => "machine-learning-model",
        NodeKind::Dataset | NodeKind::Crawl => "data",
        NodeKind::Paper => "file",
        NodeKind::App | NodeKind::Run | NodeKind::Organisation => "application",
    }
}

fn licence_json(licence: &Licence) -> Value {
    match licence.spdx_id() {
        Some(id) => json!({ "id": id }),
        None => json!({ "name": licence.as_str() }),
    }
}

/// The nodes of a bill of materials, ours or anybody's.
pub fn read_cyclonedx(bytes: &[u8], at: &ReadAt, limits: &FormatLimits) -> Result<Vec<Node>, LineageError> {
    const WHAT: &str = "the CycloneDX document";
    let bom = bounded::read(bytes, WHAT, limits)?;
    if bom.get("bomFormat").and_then(Value::as_str) != Some("CycloneDX") {
        return Err(LineageError::Format { what: WHAT, why: "`bomFormat` is not CycloneDX".to_owned() });
    }
    let list = |value: Option<&'_ Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut nodes: BTreeMap<NodeId, Node> = BTreeMap::new();
    let mut by_ref: BTreeMap<String, NodeId> = BTreeMap::new();
    let metadata = bom.get("metadata");
    let components = list(bom.get("components"));
    let all = metadata.and_then(|metadata| metadata.get("component")).into_iter().chain(&components);
    let all: Vec<&Value> = all.filter(|component| is_of_lineage(component)).collect();
    for component in &all {
        let Some(node) = read_component(component, at) else { continue };
        if let Some(reference) = component.get("bom-ref").and_then(Value::as_str) {
            by_ref.insert(reference.to_owned(), node.id.clone());
        }
        nodes.entry(node.id.clone()).or_insert(node);
    }
    for text in said(metadata, ORGANISATION) {
        let mut words = text.splitn(3, ' ');
        let (Some(id), Some(sector), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        let Ok(id) = id.parse::<NodeId>() else { continue };
        let mut node = node_of(id.clone(), NodeKind::Organisation, name, at);
        node.sector = sector.parse().ok();
        nodes.entry(id).or_insert(node);
    }
    let mut edges: Vec<(NodeId, EdgeKind, NodeId)> = Vec::new();
    for text in said(metadata, ORGANISATION_EDGE) {
        let words: Vec<&str> = text.split(' ').collect();
        if let [from, kind, to] = words.as_slice()
            && let (Ok(from), Ok(kind), Ok(to)) = (from.parse(), kind.parse(), to.parse())
        {
            edges.push((from, kind, to));
        }
    }
    for component in &all {
        let own = component.get("bom-ref").and_then(Value::as_str).and_then(|reference| by_ref.get(reference)).cloned();
        let Some(own) = own.or_else(|| read_component(component, at).map(|node| node.id)) else { continue };
        let ours = said(Some(component), EDGE);
        for text in &ours {
            if let Some((kind, to)) = text.split_once(' ')
                && let (Ok(kind), Ok(to)) = (kind.parse(), to.parse())
            {
                edges.push((own.clone(), kind, to));
            }
        }
        if ours.is_empty() {
            foreign_edges(component, &own, &by_ref, at, &mut nodes, &mut edges);
        }
    }
    let mut joined: HashSet<(NodeId, NodeId)> = edges.iter().map(|(from, _, to)| (from.clone(), to.clone())).collect();
    for dependency in list(bom.get("dependencies")) {
        let Some(own) = dependency.get("ref").and_then(Value::as_str).and_then(|reference| by_ref.get(reference))
        else {
            continue;
        };
        for other in bounded::texts(dependency.get("dependsOn")) {
            let Some(to) = by_ref.get(other).filter(|to| *to != own) else { continue };
            if joined.insert((own.clone(), to.clone())) {
                edges.push((own.clone(), EdgeKind::DerivedFrom, to.clone()));
            }
        }
    }
    for (from, kind, to) in edges {
        let can = nodes.get(&from).zip(nodes.get(&to)).is_some_and(|(one, other)| kind.can_join(one.kind, other.kind));
        if let Some(node) = nodes.get_mut(&from).filter(|_| can) {
            node.edges.push(edge_of(kind, &from, to));
        }
    }
    Ok(nodes.into_values().collect())
}

/// Whether a component can be a node: ours, a model, or data. Libraries are left to others.
fn is_of_lineage(component: &Value) -> bool {
    let kind = component.get("type").and_then(Value::as_str);
    matches!(kind, Some("machine-learning-model" | "data")) || !said(Some(component), KIND).is_empty()
}

/// The values of a property.
fn said<'a>(holder: Option<&'a Value>, name: &str) -> Vec<&'a str> {
    let properties = holder.and_then(|holder| holder.get("properties")).and_then(Value::as_array);
    let named =
        properties.into_iter().flatten().filter(|property| property.get("name").and_then(Value::as_str) == Some(name));
    named.filter_map(|property| property.get("value").and_then(Value::as_str)).collect()
}

fn read_component(component: &Value, at: &ReadAt) -> Option<Node> {
    let text = |key: &str| component.get(key).and_then(Value::as_str);
    let name = text("name")?;
    let id = text("bom-ref").and_then(|reference| reference.parse().ok()).or_else(|| NodeId::of_text(name))?;
    let kind = said(Some(component), KIND).first().and_then(|kind| kind.parse().ok()).unwrap_or(match text("type") {
        Some("data") => NodeKind::Dataset,
        _ => NodeKind::Model,
    });
    let mut node = node_of(id, kind, name, at);
    node.about = text("description").map(str::to_owned);
    node.date = said(Some(component), DATE).first().and_then(|date| date.parse().ok());
    let licence = component.get("licenses").and_then(|licences| licences.get(0));
    let named = licence.and_then(|licence| licence.get("license"));
    let licence = named
        .and_then(|licence| licence.get("id").or_else(|| licence.get("name")))
        .or_else(|| licence?.get("expression"));
    node.licence = licence.and_then(Value::as_str).map(Licence::new);
    let references = component.get("externalReferences").and_then(Value::as_array);
    let home = references.into_iter().flatten().find(|one| one.get("type").and_then(Value::as_str) == Some("website"));
    node.url = home.and_then(|one| one.get("url")?.as_str()).filter(|url| url.starts_with("http")).map(str::to_owned);
    Some(node)
}

/// Training data of the model card, and ancestors, which become nodes where they are none.
fn foreign_edges(
    component: &Value,
    own: &NodeId,
    by_ref: &BTreeMap<String, NodeId>,
    at: &ReadAt,
    nodes: &mut BTreeMap<NodeId, Node>,
    edges: &mut Vec<(NodeId, EdgeKind, NodeId)>,
) {
    let list = |pointer: &str| component.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    let ends = list("/modelCard/modelParameters/datasets")
        .map(|data| (EdgeKind::TrainedOn, NodeKind::Dataset, data))
        .chain(list("/pedigree/ancestors").map(|ancestor| (EdgeKind::FineTunedFrom, NodeKind::Model, ancestor)));
    for (kind, node_kind, end) in ends {
        let by_reference = end.get("ref").and_then(Value::as_str).and_then(|reference| by_ref.get(reference)).cloned();
        let by_name = || {
            let name = end.get("name").and_then(Value::as_str)?;
            let id = NodeId::of_text(name)?;
            nodes.entry(id.clone()).or_insert_with(|| node_of(id.clone(), node_kind, name, at));
            Some(id)
        };
        if let Some(to) = by_reference.or_else(by_name).filter(|to| to != own) {
            edges.push((own.clone(), kind, to));
        }
    }
}
