use super::{Alarm, Found, Rule, Severity, Survey};
use crate::licence::{Licence, Terms};
use crate::{EdgeKind, Graph, LinkIx, Node, NodeIx};

pub(super) static RULE: Rule = Rule {
    code: "licence-laundered",
    title: "a licence that lost its limits on the way",
    explains: "What something is made of came with limits (no commerce, no derivatives, the same terms for what is made of it, no \
               harmful uses), and what was made of it comes under a licence without them. Nobody downstream learns of the limits.",
    clears: "a licence downstream that keeps the limits, or leave of those who hold the rights (an edge with `licence` on the way)",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    for (ix, facts) in survey.nodes() {
        if !facts.has_licence || !facts.can_bear_licence() || survey.is_out_of_steps() {
            continue;
        }
        let node = graph.node(ix);
        let Some((later, terms)) = node.licence.as_ref().and_then(|later| Some((later, later.terms()?))) else {
            continue;
        };
        // Up to the next licence that is known: what lies behind it is for that one to answer for.
        let goes = |link: LinkIx, next: NodeIx| {
            survey.facts(next).can_bear_licence()
                && graph.kind_of(link).is_some_and(EdgeKind::is_making)
                && graph.link(link).edge.licence.is_none()
        };
        let cone = survey.cone_until(ix, true, goes, |next| survey.facts(next).limits.is_some());
        for at in 0..cone.len() {
            let Some(cause) = cone.node(at) else { continue };
            let Some(limits) = survey.facts(cause).limits else { continue };
            let lost = Terms { attribution: false, ..limits.lost_in(terms) };
            if lost.is_open() {
                continue;
            }
            let path = cone.way_back(at);
            if let Some(severity) = weight(lost, graph, &path)
                && found.has_room(ix, cause)
                && let Some(earlier) = in_words(graph.node(cause))
            {
                let says = format!(
                    "{} is under {later}; {} {earlier}: lost on the way is {}",
                    node.name,
                    graph.node(cause).name,
                    lost.names().join(", ")
                );
                found.push(
                    graph,
                    Alarm {
                        rule: RULE.code,
                        severity,
                        node: ix,
                        cause,
                        path,
                        beside: Vec::new(),
                        says,
                        clears: RULE.clears.to_owned(),
                        is_doubtful: false,
                    },
                );
            }
        }
    }
}

/// Which licences ask for what it asks for, in words that follow its name.
fn in_words(node: &Node) -> Option<String> {
    let own = node.licence.as_ref().and_then(Licence::terms);
    let inside = node.contents.iter().filter_map(Licence::terms).reduce(Terms::and);
    match (own, inside) {
        (Some(own), inside) if inside.is_none_or(|inside| inside.lost_in(own).is_open()) => {
            Some(format!("under {}", node.licence.as_ref()?))
        }
        (_, inside) => inside.map(|_| holds(node)),
    }
}

fn holds(node: &Node) -> String {
    let names: Vec<&str> = node.contents.iter().map(Licence::as_str).collect();
    format!("holds works under {}", names.join(", "))
}

/// How much the loss weighs. Whether training makes a derivative is a question of law that is open; that terms which ask
/// for the same terms, or forbid derivatives, are gone weighs less after it.
fn weight(lost: Terms, graph: &Graph, path: &[LinkIx]) -> Option<Severity> {
    let is_learnt = path.iter().any(|link| graph.link(*link).edge.kind == EdgeKind::TrainedOn);
    if lost.is_open() {
        None
    } else if lost.excludes_commerce() {
        Some(Severity::High)
    } else if is_learnt {
        Some(Severity::Low)
    } else {
        Some(Severity::Medium)
    }
}
