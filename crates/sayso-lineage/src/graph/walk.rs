use std::collections::VecDeque;

use super::{Graph, LinkIx, NodeIx};

/// A way from one node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Where it starts.
    pub from: NodeIx,
    /// Its steps, in order.
    pub steps: Vec<Step>,
    /// Whether works went along all of it; if not, it also goes over money and people, whichever way round.
    pub is_flow: bool,
}

/// One step of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The link.
    pub link: LinkIx,
    /// Where it leads.
    pub to: NodeIx,
}

/// What a search came by: for each node how it was reached.
pub(crate) struct Reached {
    /// The node before and the link, by node.
    before: Vec<Option<(NodeIx, LinkIx)>>,
}

impl Reached {
    fn way(&self, from: NodeIx, to: NodeIx) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = to;
        while at != from {
            let Some((before, link)) = self.before.get(at.place()).copied().flatten() else { break };
            steps.push(Step { link, to: at });
            at = before;
        }
        steps.reverse();
        steps
    }
}

impl Graph {
    /// The shortest way that works went from one node to another; where there is none, the shortest over links of all kinds.
    #[must_use]
    pub fn path(&self, from: NodeIx, to: NodeIx) -> Option<Path> {
        let flow = self.search(from, to, |at, visit| self.downstream(at).for_each(|(link, to)| visit(link, to)));
        let (reached, is_flow) = match flow {
            Some(reached) => (reached, true),
            None => {
                let any = self.search(from, to, |at, visit| {
                    for ix in self.links_of(at) {
                        let link = self.link(ix);
                        visit(ix, if link.from == at { link.to } else { link.from });
                    }
                });
                (any?, false)
            }
        };
        Some(Path { from, steps: reached.way(from, to), is_flow })
    }

    /// A search in width that ends where it finds `to`.
    fn search(
        &self,
        from: NodeIx,
        to: NodeIx,
        neighbours: impl Fn(NodeIx, &mut dyn FnMut(LinkIx, NodeIx)),
    ) -> Option<Reached> {
        let mut reached = Reached { before: vec![None; self.len()] };
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            if at == to {
                return Some(reached);
            }
            neighbours(at, &mut |link, next| {
                let Some(before) = reached.before.get_mut(next.place()) else { return };
                if before.is_none() && next != from {
                    *before = Some((at, link));
                    queue.push_back(next);
                }
            });
        }
        None
    }

    /// All that a node is made of, the nearest first, at most `most` nodes, with how each was reached.
    #[must_use]
    pub fn above(&self, ix: NodeIx, most: usize) -> Vec<Step> {
        self.cone(ix, most, |at, visit| self.upstream(at).for_each(|(link, to)| visit(link, to)))
    }

    /// All that was made of a node, the nearest first, at most `most` nodes.
    #[must_use]
    pub fn below(&self, ix: NodeIx, most: usize) -> Vec<Step> {
        self.cone(ix, most, |at, visit| self.downstream(at).for_each(|(link, to)| visit(link, to)))
    }

    fn cone(&self, ix: NodeIx, most: usize, neighbours: impl Fn(NodeIx, &mut dyn FnMut(LinkIx, NodeIx))) -> Vec<Step> {
        let mut seen = std::collections::HashSet::from([ix]);
        let mut found: Vec<Step> = Vec::new();
        let mut queue = VecDeque::from([ix]);
        while let Some(at) = queue.pop_front() {
            neighbours(at, &mut |link, next| {
                if found.len() < most && seen.insert(next) {
                    found.push(Step { link, to: next });
                    queue.push_back(next);
                }
            });
            if found.len() >= most {
                break;
            }
        }
        found
    }
}
