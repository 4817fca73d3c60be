use crate::licence::{Licence, Terms};
use crate::{EdgeKind, Graph, Node, NodeIx, NodeKind, Sector, StatedPurpose};

/// What rules ask of every node, close together: looking all of a large graph's nodes up again and again costs more than the rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) kind: NodeKind,
    pub(crate) purpose: Option<StatedPurpose>,
    /// What it asks for, its own licence and those of the works in it together.
    pub(crate) limits: Option<Terms>,
    pub(crate) has_licence: bool,
    pub(crate) has_removals: bool,
    pub(crate) has_persons: bool,
    pub(crate) is_company: bool,
    /// Whether its licence, that of works in it, or its makers' word keeps commerce out.
    pub(crate) excludes_commerce: bool,
    /// Whether it was taken back, or is known to be gone.
    pub(crate) is_over: bool,
}

impl Facts {
    pub(super) fn all(graph: &Graph) -> Vec<Self> {
        graph.nodes().map(|(ix, node)| Self::of(graph, ix, node)).collect()
    }

    fn of(graph: &Graph, ix: NodeIx, node: &Node) -> Self {
        const ENDS: &[EdgeKind] = &[EdgeKind::Withdrawn, EdgeKind::Decommissioned];
        Self {
            kind: node.kind,
            purpose: node.purpose,
            limits: limits(node),
            has_licence: node.licence.is_some(),
            has_removals: !node.removals.is_empty(),
            has_persons: !node.persons.is_empty(),
            is_company: node.sector == Some(Sector::Company),
            excludes_commerce: excludes_commerce(node),
            is_over: node.until.is_some() || graph.out_by(ix, ENDS).next().is_some(),
        }
    }

    /// Whether something can have been fed into anything.
    pub(crate) const fn is_material(&self) -> bool {
        !matches!(self.kind, NodeKind::Paper | NodeKind::Organisation)
    }

    /// Whether it is given out under a licence.
    pub(crate) const fn can_bear_licence(&self) -> bool {
        matches!(self.kind, NodeKind::Dataset | NodeKind::Model | NodeKind::Adapter | NodeKind::Crawl)
    }
}

fn limits(node: &Node) -> Option<Terms> {
    let own = node.licence.as_ref().and_then(Licence::terms);
    let inside = node.contents.iter().filter_map(Licence::terms).reduce(Terms::and);
    match (own, inside) {
        (Some(own), Some(inside)) if !inside.lost_in(own).is_open() => Some(own.and(inside)),
        (own, inside) => own.or(inside),
    }
}

fn excludes_commerce(node: &Node) -> bool {
    let excludes = |licence: &Licence| licence.terms().is_some_and(Terms::excludes_commerce);
    !matches!(node.kind, NodeKind::Paper | NodeKind::Organisation)
        && (node.licence.iter().chain(&node.contents).any(excludes)
            || matches!(node.purpose, Some(StatedPurpose::Research | StatedPurpose::NonCommercial)))
}
