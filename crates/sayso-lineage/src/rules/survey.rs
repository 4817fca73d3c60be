use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::facts::Facts;
use crate::{EdgeKind, Graph, LinkIx, NodeIx, NodeKind, StatedPurpose};

/// What rules go by: the graph, and what several of them ask of it.
pub(crate) struct Survey<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) names: &'a [String],
    facts: &'a [Facts],
    most_steps: usize,
    steps: Cell<usize>,
    /// Which search saw a node last, so that a search begins without clearing anything.
    marks: RefCell<(u32, Vec<u32>)>,
}

/// How far somebody uses something for business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Commerce {
    /// It is a company's, which does not say that it is for research.
    OfCompany,
    /// It says so itself.
    Stated,
}

/// What a search came by, in the order in which it did.
pub(crate) struct Cone {
    found: Vec<(NodeIx, LinkIx, Option<u32>)>,
}

impl Cone {
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    pub(crate) fn node(&self, at: usize) -> Option<NodeIx> {
        self.found.get(at).map(|(node, _, _)| *node)
    }

    /// The links from what was found back to where the search began.
    pub(crate) fn way_back(&self, at: usize) -> Vec<LinkIx> {
        let mut links = Vec::new();
        let mut next = u32::try_from(at).ok();
        while let Some((_, link, before)) = next.and_then(|at| self.found.get(at as usize)) {
            links.push(*link);
            next = *before;
        }
        links
    }

    /// The links from where the search began to what was found.
    pub(crate) fn way(&self, at: usize) -> Vec<LinkIx> {
        let mut links = self.way_back(at);
        links.reverse();
        links
    }
}

impl<'a> Survey<'a> {
    pub(crate) fn new(graph: &'a Graph, facts: &'a [Facts], names: &'a [String], most_steps: usize) -> Self {
        let marks = RefCell::new((0, vec![0; graph.len()]));
        Self { graph, names, facts, most_steps, steps: Cell::new(0), marks }
    }

    /// All nodes, with what is known of them at hand.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = (NodeIx, &'a Facts)> + use<'a> {
        (0_u32..).map(NodeIx).zip(self.facts)
    }

    /// What is known of a node at hand.
    #[expect(clippy::indexing_slicing, reason = "there are facts of each node of the graph, which alone makes places")]
    pub(crate) fn facts(&self, ix: NodeIx) -> &'a Facts {
        &self.facts[ix.place()]
    }

    pub(crate) fn is_out_of_steps(&self) -> bool {
        self.steps.get() >= self.most_steps
    }

    /// All nodes upstream of one, or downstream, as far as `goes` lets the search go along a link to a node.
    pub(crate) fn cone(&self, start: NodeIx, is_up: bool, goes: impl FnMut(LinkIx, NodeIx) -> bool) -> Cone {
        self.cone_until(start, is_up, goes, |_| false)
    }

    /// The same, but not beyond nodes at which it `stops`.
    pub(crate) fn cone_until(
        &self,
        start: NodeIx,
        is_up: bool,
        mut goes: impl FnMut(LinkIx, NodeIx) -> bool,
        stops: impl Fn(NodeIx) -> bool,
    ) -> Cone {
        let mut marks = self.marks.borrow_mut();
        let (mark, marks) = &mut *marks;
        *mark += 1;
        let mut cone = Cone { found: Vec::new() };
        let mut queue: VecDeque<(NodeIx, Option<u32>)> = VecDeque::from([(start, None)]);
        let mut steps = self.steps.get();
        if let Some(seen) = marks.get_mut(start.place()) {
            *seen = *mark;
        }
        while let Some((at, number)) = queue.pop_front() {
            let mut visit = |link: LinkIx, next: NodeIx| {
                steps += 1;
                let Some(seen) = marks.get_mut(next.place()) else { return };
                if *seen == *mark || steps > self.most_steps || !goes(link, next) {
                    return;
                }
                *seen = *mark;
                let own = u32::try_from(cone.found.len()).ok();
                cone.found.push((next, link, number));
                if !stops(next) {
                    queue.push_back((next, own));
                }
            };
            if is_up {
                self.graph.upstream(at).for_each(|(link, next)| visit(link, next));
            } else {
                self.graph.downstream(at).for_each(|(link, next)| visit(link, next));
            }
        }
        self.steps.set(steps);
        cone
    }

    /// Whether something is used for business.
    pub(crate) fn commerce(&self, ix: NodeIx) -> Option<Commerce> {
        let node = self.facts(ix);
        match (node.kind, node.purpose) {
            (NodeKind::Organisation, _) => node.is_company.then_some(Commerce::OfCompany),
            (NodeKind::Model | NodeKind::Adapter | NodeKind::App | NodeKind::Run, Some(StatedPurpose::Commercial)) => {
                Some(Commerce::Stated)
            }
            (NodeKind::Model | NodeKind::Adapter | NodeKind::App, None | Some(StatedPurpose::Any)) => self
                .graph
                .out_by(ix, &[EdgeKind::ReleasedBy, EdgeKind::OwnedBy])
                .any(|(_, owner)| self.facts(owner).is_company)
                .then_some(Commerce::OfCompany),
            _ => None,
        }
    }

    /// Whose it is: who released it or owns it, with the link that says so.
    pub(crate) fn holders(&self, ix: NodeIx) -> impl Iterator<Item = (LinkIx, NodeIx)> {
        self.graph.out_by(ix, &[EdgeKind::ReleasedBy, EdgeKind::OwnedBy])
    }

    /// The link by which it was taken back or ended, and by whom.
    pub(crate) fn end(&self, ix: NodeIx) -> Option<(LinkIx, NodeIx)> {
        self.graph.out_by(ix, &[EdgeKind::Decommissioned, EdgeKind::Withdrawn]).next()
    }

    /// Whether something is still there, as far as is known.
    pub(crate) fn is_in_use(&self, ix: NodeIx) -> bool {
        !self.facts(ix).is_over
    }
}
