use std::collections::BTreeMap;

use super::{Alarm, Found, Rule, Severity, Survey};
use crate::{Edge, EdgeKind, LinkIx, Node, NodeIx, NodeKind, Removal};

pub(super) static RULE: Rule = Rule {
    code: "removed-in-training",
    title: "trained on what was removed since",
    explains: "Samples were removed from a dataset, and a model learnt from a snapshot that still had them. Removing a sample from a \
               dataset removes nothing from a model.",
    clears: "training anew on a snapshot without them, or the end of the model (`until`, or an edge `withdrawn`)",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    for (ix, _) in survey.nodes().filter(|(_, facts)| facts.has_removals) {
        let node = graph.node(ix);
        for (user, (path, removals)) in learners(survey, ix, node) {
            if !found.has_room(user, ix) {
                continue;
            }
            let severity = if path.len() == 1 { Severity::High } else { Severity::Medium };
            let later = graph.node(user);
            found.push(
                graph,
                Alarm {
                    rule: RULE.code,
                    severity,
                    node: user,
                    cause: ix,
                    path,
                    beside: Vec::new(),
                    says: format!("{} learnt from {} before {} removed", later.name, node.name, in_words(&removals)),
                    clears: RULE.clears.to_owned(),
                    is_doubtful: false,
                },
            );
        }
    }
}

/// What learnt from a dataset, each with the way there and with all removals that came too late for it.
fn learners<'a>(survey: &Survey<'a>, ix: NodeIx, node: &'a Node) -> BTreeMap<NodeIx, (Vec<LinkIx>, Vec<&'a Removal>)> {
    let graph = survey.graph;
    let mut learners: BTreeMap<NodeIx, (Vec<LinkIx>, Vec<&Removal>)> = BTreeMap::new();
    for removal in &node.removals {
        if survey.is_out_of_steps() {
            break;
        }
        let cone = survey.cone(ix, false, |link, next| {
            let link = graph.link(link);
            let first = link.to == ix || link.from == ix;
            link.edge.kind.is_making()
                && survey.is_in_use(next)
                && if first {
                    had_them(link.edge, graph.node(next), removal)
                } else {
                    is_not_later(graph.node(next), removal)
                }
        });
        for at in 0..cone.len() {
            let user =
                cone.node(at).filter(|user| matches!(survey.facts(*user).kind, NodeKind::Model | NodeKind::Adapter));
            let Some(user) = user else { continue };
            let path = cone.way(at);
            if path.iter().any(|link| graph.kind_of(*link) == Some(EdgeKind::TrainedOn)) {
                learners.entry(user).or_insert_with(|| (path, Vec::new())).1.push(removal);
            }
        }
    }
    learners
}

/// How much was removed, when, and by which receipts.
fn in_words(removals: &[&Removal]) -> String {
    /// Receipts that are named.
    const RECEIPTS: usize = 3;
    let all = removals.iter().try_fold(0_u64, |sum, removal| sum.checked_add(removal.samples?));
    let what = match all {
        Some(1) => "1 sample was".to_owned(),
        Some(samples) => format!("{samples} samples were"),
        None => "samples were".to_owned(),
    };
    let dates = || removals.iter().filter_map(|removal| removal.date);
    let when = match dates().min().zip(dates().max()) {
        Some((first, last)) if first == last => format!(" ({first})"),
        Some((first, last)) => format!(" ({first} to {last})"),
        None => String::new(),
    };
    let mut receipts: Vec<&str> = removals.iter().filter_map(|removal| removal.receipt.as_deref()).collect();
    receipts.dedup();
    let more = if receipts.len() > RECEIPTS { ", …" } else { "" };
    receipts.truncate(RECEIPTS);
    let receipt =
        if receipts.is_empty() { String::new() } else { format!(" [receipts: {}{more}]", receipts.join(", ")) };
    format!("{what}{when}{receipt}")
}

/// Whether what was used still had the samples: by the snapshot, where it is known, or else by time.
fn had_them(edge: &Edge, user: &Node, removal: &Removal) -> bool {
    match (edge.snapshot, removal.snapshot) {
        (Some(used), Some(without)) => used < without,
        _ => match edge.date.or(user.date).zip(removal.date) {
            Some((used, removed)) => used.is_surely_before(removed),
            None => false,
        },
    }
}

fn is_not_later(user: &Node, removal: &Removal) -> bool {
    user.date.zip(removal.date).is_none_or(|(used, removed)| !removed.is_surely_before(used))
}
