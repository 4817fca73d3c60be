use super::{Alarm, Commerce, Found, Rule, Severity, Survey};
use crate::licence::{Licence, Terms};
use crate::{Graph, LinkIx, Node, NodeIx, NodeKind, StatedPurpose};

pub(super) static RULE: Rule = Rule {
    code: "non-commercial-upstream",
    title: "non-commercial or research-only material upstream of a commercial use",
    explains: "Material that was collected or licensed for research, or for anything but commerce, went by one or more steps into \
               something that a company offers or uses. Each step may be allowed by itself; the limit is gone at the end of them.",
    clears: "a licence for this use from those who hold the rights (an edge with `licence` on the way), or a release without it",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    // Whoever has nothing of the kind above need not be searched.
    let mut above = vec![false; graph.len()];
    let is_below = |above: &[bool], ix: NodeIx| {
        let is_limit =
            |up: NodeIx| above.get(up.place()).copied().unwrap_or(false) || survey.facts(up).excludes_commerce;
        graph.upstream(ix).any(|(_, up)| is_limit(up))
    };
    for ix in graph.in_order() {
        let is_below = is_below(&above, ix);
        if let Some(flag) = above.get_mut(ix.place()) {
            *flag = is_below;
        }
    }
    for (ix, _) in survey.nodes() {
        let Some(commerce) = survey.commerce(ix) else { continue };
        // What is used by somebody need not come after it in the order, so users ask anew.
        if is_below(&above, ix) && !survey.is_out_of_steps() {
            of_use(survey, ix, commerce, found);
        }
    }
}

fn of_use(survey: &Survey<'_>, ix: NodeIx, commerce: Commerce, found: &mut Found) {
    let graph = survey.graph;
    let cone = survey.cone(ix, true, |link, next| survey.facts(next).is_material() && !is_licensed(graph, link));
    let user = graph.node(ix);
    for at in 0..cone.len() {
        let Some(cause) = cone.node(at) else { continue };
        if !survey.facts(cause).excludes_commerce || !found.has_room(ix, cause) {
            continue;
        }
        let source = graph.node(cause);
        let Some(limit) = limit_of(source) else { continue };
        let use_words = match (commerce, user.kind) {
            (Commerce::Stated, _) => "is commercial",
            (Commerce::OfCompany, NodeKind::Organisation) => "is a company",
            (Commerce::OfCompany, _) => "is a company’s",
        };
        found.push(
            graph,
            Alarm {
                rule: RULE.code,
                severity: if commerce == Commerce::Stated { Severity::High } else { Severity::Medium },
                node: ix,
                cause,
                path: cone.way_back(at),
                beside: survey.holders(ix).map(|(link, _)| link).take(1).collect(),
                says: format!("{} {use_words}; {} {limit}", user.name, source.name),
                clears: RULE.clears.to_owned(),
                is_doubtful: false,
            },
        );
    }
}

/// Whether the way along a link is under a licence of its own that lets commerce in.
fn is_licensed(graph: &Graph, link: LinkIx) -> bool {
    let terms = graph.link(link).edge.licence.as_ref().and_then(Licence::terms);
    terms.is_some_and(|terms| !terms.excludes_commerce())
}

/// What keeps commerce out of it, in words that follow its name.
fn limit_of(node: &Node) -> Option<String> {
    let excludes = |licence: &&Licence| licence.terms().is_some_and(Terms::excludes_commerce);
    if let Some(licence) = node.licence.as_ref().filter(excludes) {
        return Some(format!("is under {licence}"));
    }
    match node.purpose {
        Some(StatedPurpose::Research) => return Some("is for research, as its makers say".to_owned()),
        Some(StatedPurpose::NonCommercial) => return Some("is for non-commercial use, as its makers say".to_owned()),
        _ => {}
    }
    node.contents.iter().find(excludes).map(|licence| format!("holds works under {licence}"))
}
