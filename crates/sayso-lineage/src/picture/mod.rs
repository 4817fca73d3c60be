//! A part of the graph as a picture: what something is made of on its left, what was made of it on its right, money above.

mod layout;
mod svg;

use std::collections::{BTreeSet, HashSet};

use crate::{Alarm, EdgeKind, Graph, LinkIx, NodeIx, NodeKind, Path};

pub(crate) use svg::sentence;
pub use svg::{Hrefs, Style};

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub struct Picture {
    /// The nodes.
    pub nodes: Vec<NodeIx>,
    /// The links between them.
    pub links: Vec<LinkIx>,
    /// The node that it is about.
    pub focus: Option<NodeIx>,
    /// Nodes and links that alarms are about.
    pub alarmed: (HashSet<NodeIx>, HashSet<LinkIx>),
    /// How many nodes were left out, because there are too many.
    pub left_out: usize,
}

/// Nodes that fit into one picture, on the side of what something is made of and on that of what was made of it.
const ABOVE: usize = 14;
const BELOW: usize = 9;

impl Picture {
    /// What a node is made of, what was made of it, and who paid.
    #[must_use]
    pub fn around(graph: &Graph, ix: NodeIx, alarms: &[Alarm]) -> Self {
        let above = graph.above(ix, usize::MAX);
        let below = graph.below(ix, usize::MAX);
        let left_out = above.len().saturating_sub(ABOVE) + below.len().saturating_sub(BELOW);
        let mut nodes: BTreeSet<NodeIx> = BTreeSet::from([ix]);
        nodes.extend(above.iter().take(ABOVE).chain(below.iter().take(BELOW)).map(|step| step.to));
        // Neither what came from elsewhere into what was made of it, nor siblings: only what lies on the way.
        let on_side = |steps: &[crate::Step], most: usize| -> BTreeSet<NodeIx> {
            steps.iter().take(most).map(|step| step.to).chain([ix]).collect()
        };
        let (left, right) = (on_side(&above, ABOVE), on_side(&below, BELOW));
        let mut picture = Self { nodes: nodes.into_iter().collect(), focus: Some(ix), left_out, ..Self::default() };
        for side in [&left, &right] {
            for node in side {
                for (link, up) in graph.upstream(*node) {
                    if side.contains(&up) && !picture.links.contains(&link) {
                        picture.links.push(link);
                    }
                }
            }
        }
        if graph.node(ix).kind == NodeKind::Organisation && picture.links.is_empty() {
            picture.of_owner(graph, ix);
        }
        picture.money(graph);
        picture.mark(alarms, Some(ix));
        picture
    }

    /// A way through the graph, and who paid along it.
    #[must_use]
    pub fn of_path(graph: &Graph, path: &Path, alarms: &[Alarm]) -> Self {
        let mut picture = Self { nodes: vec![path.from], ..Self::default() };
        for step in &path.steps {
            picture.nodes.push(step.to);
            picture.links.push(step.link);
        }
        picture.money(graph);
        picture.mark(alarms, None);
        picture
    }

    /// The way that an alarm is about, and what shows more of it.
    #[must_use]
    pub fn of_alarm(graph: &Graph, alarm: &Alarm) -> Self {
        let mut picture = Self { nodes: vec![alarm.cause], focus: Some(alarm.node), ..Self::default() };
        for link in alarm.path.iter().chain(&alarm.beside) {
            picture.add(graph, *link);
        }
        // Where it was collected from is where the story starts.
        const FROM: &[EdgeKind] = &[EdgeKind::CollectedFrom, EdgeKind::DerivedFrom];
        let mut at = alarm.cause;
        for _ in 0..3 {
            let Some((link, next)) = graph.out_by(at, FROM).find(|(_, up)| graph.node(*up).kind != NodeKind::Model)
            else {
                break;
            };
            picture.add(graph, link);
            at = next;
        }
        picture.money(graph);
        picture.mark(std::slice::from_ref(alarm), None);
        picture
    }

    fn add(&mut self, graph: &Graph, link: LinkIx) {
        let ends = graph.link(link);
        for end in [ends.from, ends.to] {
            if !self.nodes.contains(&end) {
                self.nodes.push(end);
            }
        }
        if !self.links.contains(&link) {
            self.links.push(link);
        }
    }

    /// What an organisation released, owns or paid for.
    fn of_owner(&mut self, graph: &Graph, ix: NodeIx) {
        let links: Vec<LinkIx> = graph.links_of(ix).collect();
        self.left_out = links.len().saturating_sub(ABOVE);
        links.into_iter().take(ABOVE).for_each(|link| self.add(graph, link));
    }

    /// Who paid for what is drawn, and what of it is theirs: so that money can be seen to come back.
    fn money(&mut self, graph: &Graph) {
        const PAID: &[EdgeKind] = &[EdgeKind::FundedBy];
        const THEIRS: &[EdgeKind] = &[EdgeKind::ReleasedBy, EdgeKind::OwnedBy];
        let paid: Vec<(LinkIx, NodeIx)> = self.nodes.iter().flat_map(|node| graph.out_by(*node, PAID)).collect();
        let payers: BTreeSet<NodeIx> = paid.iter().map(|(_, payer)| *payer).collect();
        let drawn = self.nodes.clone();
        for (link, _) in paid {
            self.add(graph, link);
        }
        for node in drawn {
            let theirs: Vec<LinkIx> =
                graph.out_by(node, THEIRS).filter(|(_, owner)| payers.contains(owner)).map(|(link, _)| link).collect();
            theirs.into_iter().for_each(|link| self.add(graph, link));
        }
    }

    /// Marks what alarms are about: those of one node, or all that lie in the picture.
    fn mark(&mut self, alarms: &[Alarm], of: Option<NodeIx>) {
        let links: HashSet<LinkIx> = self.links.iter().copied().collect();
        for alarm in alarms.iter().filter(|alarm| of.is_none_or(|ix| alarm.node == ix || alarm.cause == ix)) {
            if alarm.path.iter().all(|link| links.contains(link)) {
                self.alarmed.0.extend([alarm.node, alarm.cause]);
                self.alarmed.1.extend(alarm.path.iter().chain(&alarm.beside).copied());
            }
        }
    }

    /// The picture as SVG.
    #[must_use]
    pub fn svg(&self, graph: &Graph, hrefs: Hrefs, style: Style) -> String {
        svg::draw(graph, self, hrefs, style)
    }
}
