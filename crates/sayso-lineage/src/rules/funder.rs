use std::collections::HashSet;

use super::{Alarm, Commerce, Found, Rule, Severity, Survey};
use crate::{Basis, EdgeKind, LinkIx, Node, NodeIx, NodeKind, StatedPurpose};

pub(super) static RULE: Rule = Rule {
    code: "used-by-funder",
    title: "made for research, used by who paid for it",
    explains: "A university or nonprofit made it for research, which the law looks on more kindly than on business, and whoever paid \
               for that uses the result commercially. The questions go to those who made it, the income to those who paid.",
    clears: "the maker’s word that the funder’s use was none of the aims, with terms that keep it apart; or a licence from those who \
             hold the rights in what was collected",
    run,
};

fn run(survey: &Survey<'_>, found: &mut Found) {
    let graph = survey.graph;
    for (ix, facts) in survey.nodes() {
        let can_be = matches!(facts.kind, NodeKind::Dataset | NodeKind::Model | NodeKind::Crawl);
        if !can_be || survey.is_out_of_steps() {
            continue;
        }
        let funders = funders(survey, ix);
        let node = graph.node(ix);
        if funders.is_empty() || !is_research(survey, ix, node) {
            continue;
        }
        let cone = survey.cone(ix, false, |_, next| survey.facts(next).kind != NodeKind::Paper);
        for at in 0..cone.len() {
            let Some(product) = cone.node(at) else { continue };
            let Some(commerce) = survey.commerce(product) else { continue };
            for (paid, funder) in &funders {
                let held = held_by(survey, product, *funder);
                let Some(held) = held else { continue };
                if !found.has_room(product, ix) {
                    continue;
                }
                let mut beside = vec![*paid];
                beside.extend(held);
                let money = graph.node(*funder);
                found.push(
                    graph,
                    Alarm {
                        rule: RULE.code,
                        severity: if commerce == Commerce::Stated { Severity::High } else { Severity::Medium },
                        node: product,
                        cause: ix,
                        path: cone.way(at),
                        beside,
                        says: says(node, money, graph.node(product)),
                        clears: RULE.clears.to_owned(),
                        is_doubtful: false,
                    },
                );
            }
        }
    }
}

fn says(made: &Node, money: &Node, product: &Node) -> String {
    if product.id == money.id {
        return format!("{} was made for research and paid by {}, which uses it", made.name, money.name);
    }
    format!("{} was made for research and paid by {}, whose {} is made of it", made.name, money.name, product.name)
}

/// Whether it was made as research: its makers say so, or they are a university or a nonprofit.
fn is_research(survey: &Survey<'_>, ix: NodeIx, node: &Node) -> bool {
    let is_said = matches!(node.purpose, Some(StatedPurpose::Research | StatedPurpose::NonCommercial))
        || node.basis == Some(Basis::ResearchException);
    let by_science = || {
        survey.graph.out_by(ix, &[EdgeKind::ReleasedBy]).any(|(_, maker)| {
            use crate::Sector::{Nonprofit, University};
            matches!(survey.graph.node(maker).sector, Some(University | Nonprofit))
        })
    };
    is_said || (node.purpose.is_none() && by_science())
}

/// Who paid for it, or for those who made it.
fn funders(survey: &Survey<'_>, ix: NodeIx) -> Vec<(LinkIx, NodeIx)> {
    const PAID: &[EdgeKind] = &[EdgeKind::FundedBy];
    let graph = survey.graph;
    let mut all: Vec<(LinkIx, NodeIx)> = graph.out_by(ix, PAID).collect();
    for (_, maker) in graph.out_by(ix, &[EdgeKind::ReleasedBy]) {
        all.extend(graph.out_by(maker, PAID));
    }
    if all.is_empty() {
        return all;
    }
    let mut seen = HashSet::new();
    all.retain(|(_, funder)| seen.insert(*funder));
    all
}

/// Whether a product is the funder's, with the link that says so; none where the product is the funder itself.
fn held_by(survey: &Survey<'_>, product: NodeIx, funder: NodeIx) -> Option<Option<LinkIx>> {
    if product == funder {
        return Some(None);
    }
    survey.holders(product).find(|(_, holder)| *holder == funder).map(|(link, _)| Some(link))
}
