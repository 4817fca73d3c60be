//! What is known as JSON, for programs.

use serde_json::{Value, json};

use crate::picture::sentence;
use crate::{Alarm, Graph, Licence, LinkIx, NodeIx, Path, rule};

/// A node with its edges, those that other files tell of, too.
#[must_use]
pub fn node_json(graph: &Graph, ix: NodeIx) -> Value {
    let node = graph.node(ix);
    let sources: Vec<Value> = node
        .sources
        .iter()
        .map(|source| json!({ "key": source.key, "title": source.title, "url": source.url, "date": text(source.date), "supports": source.supports }))
        .collect();
    let persons: Vec<Value> =
        node.persons.iter().map(|person| json!({ "name": person.name, "consent": person.consent })).collect();
    let removals: Vec<Value> = node
        .removals
        .iter()
        .map(|one| json!({ "date": text(one.date), "samples": one.samples, "snapshot": one.snapshot, "receipt": one.receipt, "note": one.note }))
        .collect();
    json!({
        "id": node.id.as_str(), "kind": node.kind, "name": node.name, "about": node.about, "also": node.also,
        "sector": node.sector, "country": node.country, "date": text(node.date), "until": text(node.until),
        "licence": node.licence.as_ref().map(licence_json), "contents": node.contents.iter().map(licence_json).collect::<Vec<_>>(),
        "purpose": node.purpose, "basis": node.basis, "size": node.size, "url": node.url,
        "persons": persons, "removals": removals, "sources": sources,
        "edges": graph.links_of(ix).map(|link| link_json(graph, link)).collect::<Vec<_>>(),
    })
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn licence_json(licence: &Licence) -> Value {
    json!({ "name": licence.as_str(), "spdx": licence.spdx_id(), "terms": licence.terms().map(|terms| terms.names()) })
}

/// An edge with what it rests on.
#[must_use]
pub fn link_json(graph: &Graph, link: LinkIx) -> Value {
    let link = graph.link(link);
    let edge = link.edge;
    let sources: Vec<Value> = edge
        .sources
        .iter()
        .filter_map(|key| link.told_by.source(key))
        .map(|source| json!({ "title": source.title, "url": source.url }))
        .collect();
    json!({
        "kind": edge.kind, "from": edge.from.as_str(), "to": edge.to.as_str(), "date": text(edge.date), "until": text(edge.until),
        "licence": edge.licence.as_ref().map(licence_json), "purpose": edge.purpose, "snapshot": edge.snapshot,
        "standing": edge.standing, "by": edge.by, "disputed": edge.disputed, "note": edge.note,
        "sentence": sentence(graph, &link), "sources": sources,
    })
}

/// An alarm with its evidence.
#[must_use]
pub fn alarm_json(graph: &Graph, alarm: &Alarm) -> Value {
    let links = |links: &[LinkIx]| links.iter().map(|link| link_json(graph, *link)).collect::<Vec<_>>();
    let rule = rule(alarm.rule);
    json!({
        "rule": alarm.rule, "title": rule.map(|rule| rule.title), "explains": rule.map(|rule| rule.explains),
        "severity": alarm.severity, "node": graph.node(alarm.node).id.as_str(), "cause": graph.node(alarm.cause).id.as_str(),
        "says": alarm.says, "clears": alarm.clears, "doubtful": alarm.is_doubtful,
        "path": links(&alarm.path), "beside": links(&alarm.beside),
    })
}

/// A way through the graph.
#[must_use]
pub fn path_json(graph: &Graph, path: &Path) -> Value {
    let mut nodes = vec![graph.node(path.from).id.as_str()];
    nodes.extend(path.steps.iter().map(|step| graph.node(step.to).id.as_str()));
    let steps: Vec<Value> = path.steps.iter().map(|step| link_json(graph, step.link)).collect();
    json!({ "flow": path.is_flow, "nodes": nodes, "steps": steps })
}
