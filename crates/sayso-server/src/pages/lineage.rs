use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use sayso_lineage::{NodeKind, grouped};

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::headers::X_ROBOTS_TAG;
use crate::view::{Layout, NodeLink, RuleView, StripView, alarms_in_words, words};

/// Nodes of a kind that the page lists.
const LISTED: usize = 400;

#[derive(Template)]
#[template(path = "lineage.html")]
struct LineagePage {
    layout: Layout,
    nodes: String,
    edges: String,
    alarms: String,
    from: String,
    to: String,
    known: Vec<NodeLink>,
    strips: Vec<StripView>,
    rules: Vec<RuleView>,
    kinds: Vec<KindView>,
}

/// All nodes of a kind.
struct KindView {
    name: &'static str,
    count: usize,
    nodes: Vec<NodeLink>,
    more: usize,
}

/// `GET /lineage`
pub(crate) async fn lineage(State(desk): State<Desk>) -> Result<Response, PageRefusal> {
    let lineage = desk.lineage()?;
    let graph = &lineage.graph;
    let of_kind = |kind: &NodeKind| {
        let own: Vec<_> = graph.nodes().filter(|(_, node)| node.kind == *kind).map(|(ix, _)| ix).collect();
        KindView {
            name: plural(*kind),
            count: own.len(),
            nodes: own.iter().take(LISTED).map(|ix| NodeLink::new(graph, *ix)).collect(),
            more: own.len().saturating_sub(LISTED),
        }
    };
    let groups = grouped(graph, &lineage.found.alarms);
    let page = LineagePage {
        layout: desk.layout(),
        nodes: words::counted(graph.len() as u64, "node", "nodes"),
        edges: words::counted(graph.links() as u64, "edge", "edges"),
        alarms: alarms_in_words(&groups),
        from: String::new(),
        to: String::new(),
        known: graph.nodes().take(LISTED).map(|(ix, _)| NodeLink::new(graph, ix)).collect(),
        strips: StripView::chosen(graph, &lineage.found.alarms),
        rules: RuleView::all(graph, &groups),
        kinds: NodeKind::ALL.iter().map(of_kind).filter(|kind| kind.count > 0).collect(),
    };
    let mut response = render(StatusCode::OK, &page);
    response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    Ok(response)
}

const fn plural(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Organisation => "Organisations",
        NodeKind::Crawl => "Crawls",
        NodeKind::Dataset => "Datasets",
        NodeKind::Model => "Models",
        NodeKind::Adapter => "Adapters",
        NodeKind::App => "Apps",
        NodeKind::Paper => "Papers",
        NodeKind::Run => "Runs",
    }
}
