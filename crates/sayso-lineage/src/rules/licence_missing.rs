use super::{Alarm, Found, Rule, Severity, Survey};
use crate::{EdgeKind, NodeKind};

pub(super) static RULE: Rule = Rule {
    code: "licence-missing",
    title: "built upon, and under no licence that is known",
    explains: "A dataset or model that others built on states no licence, or one that says nothing of what may be done. Limits of what \
               it is made of get lost here, and nobody can tell what is allowed.",
    clears: "the licence under which it is given out, and those of the works in it (`licence`, `contents`)",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    for (ix, facts) in survey.nodes() {
        if !matches!(facts.kind, NodeKind::Dataset | NodeKind::Model | NodeKind::Adapter) || facts.limits.is_some() {
            continue;
        }
        let users = graph.downstream(ix).count();
        // Whoever used it is told of by other rules; here it is about what was built.
        let built = graph.downstream(ix).find(|(link, _)| graph.kind_of(*link) != Some(EdgeKind::UsedBy));
        let Some((link, user)) = built else { continue };
        if !found.has_room(ix, ix) {
            continue;
        }
        let node = graph.node(ix);
        let others = if users > 1 { format!(" and {} more", users - 1) } else { String::new() };
        let licence = match &node.licence {
            Some(licence) => format!("is under `{licence}`, which is none that is known"),
            None => "states no licence".to_owned(),
        };
        found.push(
            graph,
            Alarm {
                rule: RULE.code,
                severity: Severity::Low,
                node: ix,
                cause: ix,
                path: vec![link],
                beside: Vec::new(),
                says: format!("{} {licence}; {}{others} built on it", node.name, graph.node(user).name),
                clears: RULE.clears.to_owned(),
                is_doubtful: false,
            },
        );
    }
}
