//! All nodes with their edges, checked as a whole.

mod build;
mod walk;

use crate::{Edge, EdgeKind, LineageError, Node};

pub use walk::{Path, Step};

/// A node of a graph, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIx(pub(crate) u32);

/// A link of a graph, by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkIx(pub(crate) u32);

/// An edge between two nodes of a graph.
#[derive(Debug, Clone, Copy)]
pub struct Link<'a> {
    /// Where it starts.
    pub from: NodeIx,
    /// Where it ends.
    pub to: NodeIx,
    /// What the file says of it.
    pub edge: &'a Edge,
    /// The node whose file tells of it, which has the sources.
    pub told_by: &'a Node,
}

/// Who fed whom.
#[derive(Debug)]
pub struct Graph {
    /// In the order of their ids.
    nodes: Vec<Node>,
    links: Vec<LinkEnds>,
    /// Links at either end of each node.
    all: Neighbours,
    /// Links by which works came to a node, and by which they went on.
    up: Neighbours,
    down: Neighbours,
    /// Nodes in an order in which what something is made of comes first.
    order: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct LinkEnds {
    from: u32,
    to: u32,
    /// The node whose file tells of it, and which of its edges it is.
    file: u32,
    edge: u32,
    kind: EdgeKind,
}

/// For each node a slice of links.
#[derive(Debug)]
struct Neighbours {
    starts: Vec<u32>,
    links: Vec<u32>,
}

impl Neighbours {
    /// Links by the nodes that `ends` names for each.
    fn new<E: IntoIterator<Item = u32>>(nodes: usize, links: &[LinkEnds], ends: impl Fn(&LinkEnds) -> E) -> Self {
        let mut starts = vec![0_u32; nodes + 1];
        for end in links.iter().flat_map(&ends) {
            if let Some(start) = starts.get_mut(end as usize + 1) {
                *start += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut sorted = vec![0_u32; sum as usize];
        for (number, link) in (0_u32..).zip(links) {
            for end in ends(link) {
                let Some(at) = next.get_mut(end as usize) else { continue };
                if let Some(place) = sorted.get_mut(*at as usize) {
                    *place = number;
                }
                *at += 1;
            }
        }
        Self { starts, links: sorted }
    }

    fn of(&self, node: u32) -> &[u32] {
        let start = self.starts.get(node as usize).copied().unwrap_or(0) as usize;
        let end = self.starts.get(node as usize + 1).copied().unwrap_or(0) as usize;
        self.links.get(start..end).unwrap_or_default()
    }
}

impl Graph {
    /// The graph of these nodes, if they fit together.
    pub fn new(nodes: Vec<Node>) -> Result<Self, LineageError> {
        build::build(nodes)
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many edges there are.
    #[must_use]
    pub fn links(&self) -> usize {
        self.links.len()
    }

    /// All nodes, in the order of their ids.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeIx, &Node)> {
        (0_u32..).map(NodeIx).zip(&self.nodes)
    }

    /// The node at this place of this very graph.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a place is made by this graph alone, whose nodes stay where they are")]
    pub fn node(&self, ix: NodeIx) -> &Node {
        &self.nodes[ix.0 as usize]
    }

    /// The link at this place of this very graph.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a place is made by this graph alone, whose links stay where they are")]
    pub fn link(&self, ix: LinkIx) -> Link<'_> {
        let ends = self.links[ix.0 as usize];
        let told_by = &self.nodes[ends.file as usize];
        Link { from: NodeIx(ends.from), to: NodeIx(ends.to), edge: &told_by.edges[ends.edge as usize], told_by }
    }

    /// The place of the node with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<NodeIx> {
        let place = self.nodes.binary_search_by(|node| node.id.as_str().cmp(id)).ok()?;
        u32::try_from(place).ok().map(NodeIx)
    }

    /// The same, or an error that names ids that may have been meant: those that hold the words, or whose names do.
    pub fn named(&self, id: &str) -> Result<NodeIx, LineageError> {
        /// Ids that are named.
        const NEAR: usize = 5;
        let asked = id.trim().to_lowercase();
        if let Some(found) = self.find(&asked) {
            return Ok(found);
        }
        let bare =
            |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        let asked = bare(&asked);
        let is_near = |node: &Node| {
            asked.len() > 1
                && (bare(node.id.as_str()).contains(&asked)
                    || bare(&node.name).contains(&asked)
                    || node.also.iter().any(|name| bare(name).contains(&asked)))
        };
        let mut near: Vec<&str> = self.nodes.iter().filter(|node| is_near(node)).map(|node| node.id.as_str()).collect();
        near.sort_by_key(|id| id.len());
        near.truncate(NEAR);
        Err(LineageError::NoNode {
            id: id.chars().take(60).collect(),
            near: near.into_iter().map(str::to_owned).collect(),
        })
    }

    /// The links at either end of a node.
    pub fn links_of(&self, ix: NodeIx) -> impl Iterator<Item = LinkIx> {
        self.all.of(ix.0).iter().copied().map(LinkIx)
    }

    /// The links that start at a node.
    pub fn out(&self, ix: NodeIx) -> impl Iterator<Item = (LinkIx, Link<'_>)> {
        self.links_of(ix).map(|link| (link, self.link(link))).filter(move |(_, link)| link.from == ix)
    }

    /// The links of these kinds that start at a node, with their other ends.
    pub fn out_by(&self, ix: NodeIx, kinds: &'static [EdgeKind]) -> impl Iterator<Item = (LinkIx, NodeIx)> {
        let ends = self.links_of(ix).filter_map(|at| Some((at, self.links.get(at.place())?)));
        ends.filter(move |(_, ends)| ends.from == ix.0 && kinds.contains(&ends.kind))
            .map(|(at, ends)| (at, NodeIx(ends.to)))
    }

    /// The links by which works came to a node, with where they came from.
    pub fn upstream(&self, ix: NodeIx) -> impl Iterator<Item = (LinkIx, NodeIx)> {
        self.up.of(ix.0).iter().map(move |link| (LinkIx(*link), self.other_end(*link, ix)))
    }

    /// The links by which they went on, with where they went.
    pub fn downstream(&self, ix: NodeIx) -> impl Iterator<Item = (LinkIx, NodeIx)> {
        self.down.of(ix.0).iter().map(move |link| (LinkIx(*link), self.other_end(*link, ix)))
    }

    /// How a link's ends hang together: cheaper to ask for than all of the link.
    pub(crate) fn kind_of(&self, ix: LinkIx) -> Option<EdgeKind> {
        self.links.get(ix.place()).map(|ends| ends.kind)
    }

    /// Nodes in an order in which what something is made of comes first.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = NodeIx> {
        self.order.iter().copied().map(NodeIx)
    }

    fn other_end(&self, link: u32, ix: NodeIx) -> NodeIx {
        let ends = self.links.get(link as usize);
        ends.map_or(ix, |ends| NodeIx(if ends.from == ix.0 { ends.to } else { ends.from }))
    }
}

impl NodeIx {
    /// Its place among the nodes of its graph.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}

impl LinkIx {
    /// Its place among the links of its graph.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0 as usize
    }
}
