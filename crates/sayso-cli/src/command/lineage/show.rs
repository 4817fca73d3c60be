use std::collections::HashSet;
use std::io::Write;

use sayso_lineage::{
    EdgeKind, Graph, Hrefs, Node, NodeIx, Picture, RULE_LIMITS, RuleLimits, Severity, Style, alarm_json, check_nodes,
    grouped, node_json,
};
use serde_json::json;

use super::{open, told, write_file};
use crate::arguments::LineageShow;
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(crate) fn run(arguments: &LineageShow) -> anyhow::Result<Outcome> {
    let graph = open(&arguments.lineage)?;
    let mut out = std::io::stdout().lock();
    let Some(id) = &arguments.id else {
        list(&graph, arguments.json, &mut out)?;
        return Ok(Outcome::Done);
    };
    let ix = graph.named(id)?;
    // All that are about it, however many the rest of a large lineage has.
    let found = check_nodes(&graph, &[], &RuleLimits { alarms: usize::MAX, ..RULE_LIMITS }, &[ix]);
    let own = found.alarms;
    if let Some(file) = &arguments.svg {
        let picture = Picture::around(&graph, ix, &own);
        write_file(file, &picture.svg(&graph, Hrefs::Web, Style::Own))?;
    }
    if arguments.json {
        let mut node = node_json(&graph, ix);
        node["unfinished"] = json!(found.unfinished);
        node["alarms"] = own.iter().map(|alarm| alarm_json(&graph, alarm)).collect();
        let ids = |steps: Vec<sayso_lineage::Step>| -> Vec<String> {
            steps.iter().map(|step| graph.node(step.to).id.to_string()).collect()
        };
        node["above"] = json!(ids(graph.above(ix, usize::MAX)));
        node["below"] = json!(ids(graph.below(ix, usize::MAX)));
        serde_json::to_writer_pretty(&mut out, &node)?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    facts(&graph, ix, &mut out)?;
    for (is_up, title) in [(true, "made of"), (false, "went into")] {
        let mut lines = Vec::new();
        tree(&graph, ix, is_up, usize::from(arguments.depth), "", &mut HashSet::from([ix]), &mut lines);
        if !lines.is_empty() {
            writeln!(out, "\n{title}")?;
            lines.iter().try_for_each(|line| writeln!(out, "{line}"))?;
        }
    }
    let rest: Vec<_> = graph.out(ix).filter(|(_, link)| !link.edge.kind.is_flow()).map(|(at, _)| at).collect();
    if !rest.is_empty() {
        writeln!(out, "\nwho")?;
        rest.into_iter().try_for_each(|link| writeln!(out, "  {}", told(&graph, link)))?;
    }
    writeln!(out, "\nsources")?;
    for source in &graph.node(ix).sources {
        writeln!(out, "  {} <{}>", harmless(&source.title), harmless(&source.url))?;
    }
    if !own.is_empty() {
        let groups = grouped(&graph, &own);
        writeln!(
            out,
            "\n{}, {} of them high: sayso lineage check {}",
            counted(groups.len(), "alarm"),
            groups.iter().filter(|group| group.lead.severity == Severity::High).count(),
            graph.node(ix).id
        )?;
    }
    if !found.unfinished.is_empty() {
        writeln!(out, "\nnot all of it was looked at by {}", found.unfinished.join(", "))?;
    }
    Ok(Outcome::Done)
}

fn list(graph: &Graph, as_json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if as_json {
        let all: Vec<_> = graph
            .nodes()
            .map(|(_, node)| json!({ "id": node.id.as_str(), "kind": node.kind, "name": node.name }))
            .collect();
        serde_json::to_writer_pretty(&mut *out, &json!({ "nodes": all, "edges": graph.links() }))?;
        writeln!(out)?;
        return Ok(());
    }
    for kind in sayso_lineage::NodeKind::ALL {
        for (_, node) in graph.nodes().filter(|(_, node)| node.kind == *kind) {
            writeln!(out, "{:<13}{:<28} {}", kind.as_str(), node.id.as_str(), harmless(&node.name))?;
        }
    }
    Ok(())
}

fn facts(graph: &Graph, ix: NodeIx, out: &mut impl Write) -> anyhow::Result<()> {
    let node = graph.node(ix);
    writeln!(out, "{} ({})", harmless(&node.name), in_short(node))?;
    let mut line = |name: &str, value: Option<String>| match value.filter(|value| !value.is_empty()) {
        Some(value) => writeln!(out, "{name:<12}{}", harmless(&value)),
        None => Ok(()),
    };
    line("about", node.about.clone())?;
    line("also", Some(node.also.join(", ")))?;
    line("licence", node.licence.as_ref().map(ToString::to_string))?;
    line("works under", Some(node.contents.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")))?;
    line("purpose", node.purpose.map(|purpose| purpose.as_str().to_owned()))?;
    line("basis", node.basis.map(|basis| basis.as_str().to_owned()))?;
    line("size", node.size.clone())?;
    line("date", node.date.map(|date| date.to_string()))?;
    line("until", node.until.map(|date| date.to_string()))?;
    Ok(())
}

fn in_short(node: &Node) -> String {
    node.sector.map_or_else(|| node.kind.to_string(), |sector| sector.to_string())
}

/// The tree to one side. What was told before is named again, but not what lies behind it.
fn tree(
    graph: &Graph,
    ix: NodeIx,
    is_up: bool,
    depth: usize,
    before: &str,
    seen: &mut HashSet<NodeIx>,
    lines: &mut Vec<String>,
) {
    let steps: Vec<_> = if is_up { graph.upstream(ix).collect() } else { graph.downstream(ix).collect() };
    for (number, (link, next)) in steps.iter().enumerate() {
        let is_last = number + 1 == steps.len();
        let node = graph.node(*next);
        let edge = graph.link(*link).edge;
        let is_new = seen.insert(*next);
        let mut marks = String::new();
        if edge.is_doubtful() {
            marks.push_str(if edge.disputed.is_some() { ", disputed" } else { ", claimed" });
        }
        if graph.out_by(*next, &[EdgeKind::Withdrawn, EdgeKind::Decommissioned]).next().is_some() {
            marks.push_str(", taken back");
        }
        if !is_new {
            marks.push_str(", see above");
        }
        let date = node.date.map(|date| format!(" {}", date.year())).unwrap_or_default();
        let branch = if is_last { "└─ " } else { "├─ " };
        let licence = node.licence.as_ref().map(|licence| format!(" [{licence}]")).unwrap_or_default();
        lines.push(harmless(&format!("{before}{branch}{}{date}{licence} ({}{marks})", node.name, edge.kind)));
        if is_new && depth > 1 {
            let deeper = format!("{before}{}", if is_last { "   " } else { "│  " });
            tree(graph, *next, is_up, depth - 1, &deeper, seen, lines);
        }
    }
}
