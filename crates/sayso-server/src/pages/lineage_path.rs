use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use sayso_lineage::{Hrefs, Path, Picture, Style};
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::lineage::LineageDesk;
use crate::refusal::Refusal;
use crate::view::{EdgeView, Layout, NodeLink};

/// Nodes that the form offers.
const OFFERED: usize = 400;

#[derive(Deserialize)]
pub(crate) struct PathParameters {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Template)]
#[template(path = "lineage_path.html")]
struct PathPage {
    layout: Layout,
    from: String,
    to: String,
    known: Vec<NodeLink>,
    ends: Option<(NodeLink, NodeLink)>,
    found: Option<FoundPath>,
}

struct FoundPath {
    is_flow: bool,
    /// Our own SVG, in which all text is escaped.
    svg: String,
    steps: Vec<EdgeView>,
}

impl FoundPath {
    fn new(lineage: &LineageDesk, path: &Path) -> Self {
        let graph = &lineage.graph;
        let mut at = path.from;
        let mut steps = Vec::new();
        for step in &path.steps {
            steps.push(EdgeView::new(graph, step.link, at));
            at = step.to;
        }
        let picture = Picture::of_path(graph, path, &lineage.found.alarms);
        Self { is_flow: path.is_flow, svg: picture.svg(graph, Hrefs::Pages, Style::OfPage), steps }
    }
}

/// `GET /lineage/path`
pub(crate) async fn lineage_path(
    State(desk): State<Desk>,
    parameters: Result<Query<PathParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(PathParameters { from, to }) = parameters.map_err(|_| Refusal::Parameters)?;
    let lineage = desk.lineage()?;
    let graph = &lineage.graph;
    let asked =
        from.as_deref().zip(to.as_deref()).filter(|(from, to)| !from.trim().is_empty() && !to.trim().is_empty());
    let (ends, found) = match asked {
        Some((from, to)) => {
            let (from, to) = (lineage.named(from)?, lineage.named(to)?);
            let found = graph.path(from, to).map(|path| FoundPath::new(lineage, &path));
            (Some((NodeLink::new(graph, from), NodeLink::new(graph, to))), found)
        }
        None => (None, None),
    };
    let known = graph.nodes().take(OFFERED).map(|(ix, _)| NodeLink::new(graph, ix)).collect();
    let page = PathPage {
        layout: desk.layout(),
        from: from.unwrap_or_default(),
        to: to.unwrap_or_default(),
        known,
        ends,
        found,
    };
    Ok(render(StatusCode::OK, &page))
}
