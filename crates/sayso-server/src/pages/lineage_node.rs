use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use sayso_lineage::{Graph, Hrefs, Licence, LinkIx, NodeIx, Picture, Style, grouped};

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::headers::X_ROBOTS_TAG;
use crate::refusal::Refusal;
use crate::view::{AlarmView, EdgeView, Layout, OutsideLink, SourceView, alarms_in_words, visible};

/// Alarms that the page shows.
const ALARMS: usize = 60;

/// Edges of a list that the page shows.
const EDGES: usize = 200;

#[derive(Template)]
#[template(path = "lineage_node.html")]
struct NodePage {
    layout: Layout,
    id: String,
    kind: String,
    name: String,
    about: Option<String>,
    facts: Vec<(&'static str, String)>,
    home: Option<OutsideLink>,
    /// Our own SVG, in which all text is escaped.
    svg: String,
    left_out: usize,
    has_picture: bool,
    lists: Vec<EdgeList>,
    alarms: Vec<AlarmView>,
    alarms_in_words: String,
    sources: Vec<SourceView>,
}

struct EdgeList {
    title: &'static str,
    edges: Vec<EdgeView>,
    more: usize,
}

/// `GET /lineage/{id}`
pub(crate) async fn lineage_node(
    State(desk): State<Desk>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Response, PageRefusal> {
    let Path(id) = id.map_err(|_| Refusal::NoPage)?;
    let lineage = desk.lineage()?;
    let graph = &lineage.graph;
    let ix = lineage.named(&id)?;
    let node = graph.node(ix);
    if id != node.id.as_str() {
        return Ok(Redirect::permanent(&format!("/lineage/{}", node.id)).into_response());
    }
    let alarms = lineage.alarms_of(ix);
    let groups = grouped(graph, &alarms);
    let picture = Picture::around(graph, ix, &alarms);
    let page = NodePage {
        layout: desk.layout(),
        id: node.id.to_string(),
        kind: node.sector.map_or_else(|| node.kind.to_string(), |sector| sector.to_string()),
        name: visible(&node.name),
        about: node.about.as_deref().map(visible),
        facts: facts(graph, ix),
        home: node.url.as_deref().map(OutsideLink::new),
        svg: picture.svg(graph, Hrefs::Pages, Style::OfPage),
        left_out: picture.left_out,
        has_picture: picture.nodes.len() > 1,
        lists: lists(graph, ix),
        alarms: groups.iter().take(ALARMS).map(|group| AlarmView::of_group(graph, group)).collect(),
        alarms_in_words: alarms_in_words(&groups),
        sources: node.sources.iter().map(SourceView::new).collect(),
    };
    let mut response = render(StatusCode::OK, &page);
    response.headers_mut().insert(X_ROBOTS_TAG, HeaderValue::from_static("all"));
    Ok(response)
}

fn facts(graph: &Graph, ix: NodeIx) -> Vec<(&'static str, String)> {
    let node = graph.node(ix);
    let joined = |licences: &[Licence]| licences.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let terms = |licence: &Licence| match licence.terms().map(|terms| terms.names()) {
        Some(names) if !names.is_empty() => format!("{licence} ({})", names.join(", ")),
        _ => licence.to_string(),
    };
    [
        ("Also called", node.also.join(", ")),
        ("Came out", node.date.map(|date| date.to_string()).unwrap_or_default()),
        ("Until", node.until.map(|date| date.to_string()).unwrap_or_default()),
        ("Licence", node.licence.as_ref().map(terms).unwrap_or_default()),
        ("Works under", joined(&node.contents)),
        ("For", node.purpose.map(|purpose| format!("{purpose}, as its makers say")).unwrap_or_default()),
        ("Collected under", node.basis.map(|basis| basis.as_str().replace('-', " ")).unwrap_or_default()),
        ("Size", node.size.clone().unwrap_or_default()),
        ("Country", node.country.clone().unwrap_or_default()),
        (
            "Named after",
            node.persons
                .iter()
                .map(|person| format!("{} (leave: {})", person.name, person.consent))
                .collect::<Vec<_>>()
                .join(", "),
        ),
        (
            "Removed",
            node.removals
                .iter()
                .map(|one| {
                    let samples = one.samples.map(|samples| format!("{samples} samples ")).unwrap_or_default();
                    let date = one.date.map(|date| date.to_string()).unwrap_or_default();
                    format!("{samples}{date} {}", one.note.as_deref().unwrap_or_default())
                })
                .collect::<Vec<_>>()
                .join("; "),
        ),
    ]
    .into_iter()
    .filter(|(_, value)| !value.trim().is_empty())
    .map(|(name, value)| (name, visible(&value)))
    .collect()
}

fn lists(graph: &Graph, ix: NodeIx) -> Vec<EdgeList> {
    let list = |title, links: Vec<LinkIx>| EdgeList {
        title,
        more: links.len().saturating_sub(EDGES),
        edges: links.into_iter().take(EDGES).map(|link| EdgeView::new(graph, link, ix)).collect(),
    };
    let rest = graph.links_of(ix).filter(|link| !graph.link(*link).edge.kind.is_flow()).collect();
    [
        list("What it is made of", graph.upstream(ix).map(|(link, _)| link).collect()),
        list("What it went into", graph.downstream(ix).map(|(link, _)| link).collect()),
        list("Who, and whose money", rest),
    ]
    .into_iter()
    .filter(|list| !list.edges.is_empty())
    .collect()
}
