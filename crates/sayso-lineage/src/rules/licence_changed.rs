use super::{Alarm, Found, Rule, Severity, Survey};
use crate::EdgeKind;
use crate::licence::{Licence, Terms};

pub(super) static RULE: Rule = Rule {
    code: "licence-changed",
    title: "another licence than what it was made of",
    explains: "A version, subset or fine-tuned model comes under another licence than what it was made of. That can be right; whoever \
               relies on it should look.",
    clears: "the same licence, or leave of those who hold the rights (an edge with `licence` on the way)",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    for (ix, _) in survey.nodes().filter(|(_, facts)| facts.has_licence) {
        let node = graph.node(ix);
        let Some(later) = &node.licence else { continue };
        for (link_ix, up) in graph.out_by(ix, &[EdgeKind::DerivedFrom, EdgeKind::FineTunedFrom]) {
            let Some(earlier) = graph.node(up).licence.as_ref().filter(|_| graph.link(link_ix).edge.licence.is_none())
            else {
                continue;
            };
            if later.is_same(earlier) || is_laundered(earlier, later) {
                continue;
            }
            if !found.has_room(ix, up) {
                continue;
            }
            found.push(
                graph,
                Alarm {
                    rule: RULE.code,
                    severity: Severity::Low,
                    node: ix,
                    cause: up,
                    path: vec![link_ix],
                    beside: Vec::new(),
                    says: format!("{} is under {later}, {} under {earlier}", node.name, graph.node(up).name),
                    clears: RULE.clears.to_owned(),
                    is_doubtful: false,
                },
            );
        }
    }
}

/// Whether the other rule tells of it already.
fn is_laundered(earlier: &Licence, later: &Licence) -> bool {
    let lost = earlier.terms().zip(later.terms()).map(|(earlier, later)| earlier.lost_in(later));
    lost.is_some_and(|lost| !Terms { attribution: false, ..lost }.is_open())
}
