use super::{Alarm, Found, Rule, Severity, Survey};
use crate::{EdgeKind, NodeIx, NodeKind};

pub(super) static RULE: Rule = Rule {
    code: "withdrawn-in-use",
    title: "taken back, and still in use",
    explains: "A dataset or model was withdrawn or ended by those who made it, and what was made of it is still there: a model keeps \
               what it learnt, and copies stay where they were taken.",
    clears: "the end of what was made of it (`until`, or an edge `withdrawn`), or a new version that was made without it",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    for (ix, _) in survey.nodes().filter(|(_, facts)| facts.is_over) {
        let Some((end, by)) = survey.end(ix).filter(|_| !survey.is_out_of_steps()) else { continue };
        let ended = graph.link(end).edge.date;
        let node = graph.node(ix);
        let cone =
            survey.cone(ix, false, |_, next| survey.is_in_use(next) && !is_own_successor(survey, ix, next, ended));
        for at in 0..cone.len() {
            let Some(user) = cone.node(at) else { continue };
            let later = graph.node(user);
            if later.kind == NodeKind::Paper {
                continue;
            }
            if !found.has_room(user, ix) {
                continue;
            }
            let path = cone.way(at);
            let verb = match graph.link(end).edge.kind {
                EdgeKind::Decommissioned => "ended",
                _ => "withdrawn",
            };
            let when = ended.map(|date| format!(" ({date})")).unwrap_or_default();
            let says =
                format!("{} was {verb} by {}{when}; {} is still there", node.name, graph.node(by).name, later.name);
            let alarm = Alarm {
                rule: RULE.code,
                severity: if path.len() == 1 { Severity::High } else { Severity::Medium },
                node: user,
                cause: ix,
                path,
                beside: vec![end],
                says,
                clears: RULE.clears.to_owned(),
                is_doubtful: false,
            };
            found.push(graph, alarm);
        }
    }
}

/// Whether this is what the same makers gave out in its place, after they took it back.
fn is_own_successor(survey: &Survey<'_>, old: NodeIx, new: NodeIx, ended: Option<crate::Date>) -> bool {
    const BY: &[EdgeKind] = &[EdgeKind::ReleasedBy];
    let graph = survey.graph;
    let is_later = ended.zip(graph.node(new).date).is_some_and(|(ended, date)| ended.is_surely_before(date));
    is_later && graph.out_by(new, BY).any(|(_, maker)| graph.out_by(old, BY).any(|(_, own)| own == maker))
}
