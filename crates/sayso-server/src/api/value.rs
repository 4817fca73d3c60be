use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use sayso::library::FacetField;

use super::ApiRefusal;
use super::types::{ApiValue, ErrorEnvelope};
use crate::desk::Desk;
use crate::pages::column_field;
use crate::refusal::Refusal;

/// What the datasets hold of one site: of pictures that lie there, by their registrable domain.
#[utoipa::path(
    get,
    path = "/api/v1/domain/{name}",
    tag = "values",
    params(("name" = String, Path, description = "the registrable domain", example = "example.org")),
    responses(
        (status = 200, description = "what is known of its samples", body = ApiValue),
        (status = 404, description = "no sample has it; the hint names those that are near", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn domain(
    State(desk): State<Desk>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<ApiValue>, ApiRefusal> {
    value(&desk, FacetField::Domain, name).await
}

/// What the datasets hold of one creator, whichever way the name is written.
#[utoipa::path(
    get,
    path = "/api/v1/creator/{name}",
    tag = "values",
    params(("name" = String, Path, description = "the creator's name", example = "Ana Müller")),
    responses(
        (status = 200, description = "what is known of the creator's samples", body = ApiValue),
        (status = 404, description = "no sample has it; the hint names those that are near", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn creator(
    State(desk): State<Desk>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<ApiValue>, ApiRefusal> {
    value(&desk, FacetField::Creator, name).await
}

/// What the datasets hold under one licence.
#[utoipa::path(
    get,
    path = "/api/v1/licence/{name}",
    tag = "values",
    params(("name" = String, Path, description = "the licence, as facets name it", example = "cc-by-4.0")),
    responses(
        (status = 200, description = "what is known of the samples under it", body = ApiValue),
        (status = 404, description = "no sample has it; the hint names those that are near", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn licence(
    State(desk): State<Desk>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<ApiValue>, ApiRefusal> {
    value(&desk, FacetField::Licence, name).await
}

/// What the datasets hold of one value of a column of an imported table.
#[utoipa::path(
    get,
    path = "/api/v1/column/{column}/{value}",
    tag = "values",
    params(
        ("column" = String, Path, description = "the column's name", example = "medium"),
        ("value" = String, Path, description = "the value", example = "Oil paint on canvas"),
    ),
    responses(
        (status = 200, description = "what is known of the samples that have it", body = ApiValue),
        (status = 404, description = "there is no such column, or no sample has the value", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn column(
    State(desk): State<Desk>,
    names: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<ApiValue>, ApiRefusal> {
    let Path((column, name)) = names.map_err(|_| Refusal::NoPage)?;
    value(&desk, column_field(&column)?, Ok(Path(name))).await
}

async fn value(
    desk: &Desk,
    field: FacetField,
    name: Result<Path<String>, PathRejection>,
) -> Result<Json<ApiValue>, ApiRefusal> {
    let Path(name) = name.map_err(|_| Refusal::NoPage)?;
    Ok(Json(ApiValue::new(&desk.value(field, &name).await?)))
}
