use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use sayso_lineage::{alarm_json, node_json, path_json};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::ApiRefusal;
use super::types::ErrorEnvelope;
use crate::desk::Desk;
use crate::refusal::Refusal;

/// Nodes of an answer.
const NODES: usize = 5_000;

/// Alarms of an answer.
const ALARMS: usize = 1_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PathParameters {
    /// The id of the node where the way starts.
    #[param(required, value_type = String)]
    from: Option<String>,
    /// The id of the node where it ends.
    #[param(required, value_type = String)]
    to: Option<String>,
}

/// List what is known of who fed whom, and what is alarming in it.
#[utoipa::path(
    get,
    path = "/api/v1/lineage",
    tag = "lineage",
    responses(
        (status = 200, description = "nodes and alarms, the weightiest first", body = Object),
        (status = 404, description = "no lineage is shown here", body = ErrorEnvelope),
    )
)]
pub(crate) async fn lineage(State(desk): State<Desk>) -> Result<Json<Value>, ApiRefusal> {
    let lineage = desk.lineage()?;
    let (graph, alarms) = (&lineage.graph, &lineage.found.alarms);
    let nodes: Vec<Value> = graph
        .nodes()
        .take(NODES)
        .map(|(_, node)| json!({ "id": node.id.as_str(), "kind": node.kind, "name": node.name }))
        .collect();
    let told: Vec<Value> = alarms.iter().take(ALARMS).map(|alarm| alarm_json(graph, alarm)).collect();
    Ok(Json(json!({
        "nodes": nodes, "nodes_total": graph.len(), "edges_total": graph.links(),
        "alarms": told, "alarms_total": alarms.len(), "alarms_more": lineage.found.more,
    })))
}

/// Tell all that is known of one node: its edges, its sources, its alarms.
#[utoipa::path(
    get,
    path = "/api/v1/lineage/{id}",
    tag = "lineage",
    params(("id" = String, Path, description = "the node's id, such as laion-5b")),
    responses(
        (status = 200, description = "the node", body = Object),
        (status = 404, description = "there is no such node", body = ErrorEnvelope),
    )
)]
pub(crate) async fn lineage_node(
    State(desk): State<Desk>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, ApiRefusal> {
    let Path(id) = id.map_err(|_| Refusal::NoPage)?;
    let lineage = desk.lineage()?;
    let ix = lineage.named(&id)?;
    let mut node = node_json(&lineage.graph, ix);
    let alarms = lineage.alarms_of(ix);
    node["alarms"] = alarms.iter().take(ALARMS).map(|alarm| alarm_json(&lineage.graph, alarm)).collect();
    Ok(Json(node))
}

/// Find the way from one node to another: `null` where none is known.
#[utoipa::path(
    get,
    path = "/api/v1/lineage/path",
    tag = "lineage",
    params(PathParameters),
    responses(
        (status = 200, description = "the nodes and edges on the way; `flow` says whether works went along it", body = Object),
        (status = 404, description = "there is no such node", body = ErrorEnvelope),
    )
)]
pub(crate) async fn lineage_path(
    State(desk): State<Desk>,
    parameters: Result<Query<PathParameters>, QueryRejection>,
) -> Result<Json<Value>, ApiRefusal> {
    let Query(PathParameters { from, to }) = parameters.map_err(|_| Refusal::Parameters)?;
    let lineage = desk.lineage()?;
    let ends = (lineage.named(&from.unwrap_or_default())?, lineage.named(&to.unwrap_or_default())?);
    let path = lineage.graph.path(ends.0, ends.1);
    Ok(Json(path.map_or(Value::Null, |path| path_json(&lineage.graph, &path))))
}
