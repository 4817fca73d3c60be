use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sayso_registry::log::{LogFile, SignedNote};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::ErrorEnvelope;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::{Act, FORM_BYTES};

/// Where witnesses send what they signed.
pub(crate) const COSIGN: &str = "/log/cosignature";

/// What a file of the log never is again is something else.
const IMMUTABLE: [(HeaderName, &str); 2] =
    [(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];

/// The log's signed checkpoint, with cosignatures (C2SP tlog-tiles). Only where the server keeps a registry.
#[utoipa::path(
    get,
    path = "/log/checkpoint",
    tag = "log",
    responses((status = 200, description = "a signed note", body = String, content_type = "text/plain"))
)]
pub(crate) async fn checkpoint(State(desk): State<Desk>) -> Result<Response, ApiRefusal> {
    let note = desk.registry()?.work(|room| Ok(room.reader().signed_head()?.1.to_string())).await?;
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    Ok((headers, note).into_response())
}

/// A tile of the log, or a bundle of its entries (C2SP tlog-tiles).
#[utoipa::path(
    get,
    path = "/log/tile/{path}",
    tag = "log",
    params(("path" = String, Path, description = "LEVEL/NUMBER or entries/NUMBER, with .p/WIDTH where it is not whole")),
    responses(
        (status = 200, description = "hashes, or entries each after its length", body = Vec<u8>,
         content_type = "application/octet-stream"),
        (status = 404, description = "the log is not as long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn tile(
    State(desk): State<Desk>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiRefusal> {
    let Path(path) = path.map_err(|_| Refusal::NoPage)?;
    let file = LogFile::at(&path).ok_or(Refusal::NoPage)?;
    let bytes = desk.registry()?.work(move |room| Ok(room.reader().log_file(file)?)).await?;
    // A tile of some width has the same bytes for ever, whole or not.
    Ok((IMMUTABLE, bytes.ok_or(Refusal::NoPage)?).into_response())
}

/// Takes the cosignature of a witness that this server knows: the checkpoint with the witness's signature under it.
#[utoipa::path(
    post,
    path = "/log/cosignature",
    tag = "log",
    request_body(content = String, content_type = "text/plain", description = "a signed note"),
    responses(
        (status = 204, description = "it is kept"),
        (status = 400, description = "no known witness signed it, or it is no checkpoint of this log", body = ErrorEnvelope),
        (status = 409, description = "the log's own key signed it, and it is none of its states: a fork", body = ErrorEnvelope),
    )
)]
pub(crate) async fn cosign(State(desk): State<Desk>, request: Request) -> Result<Response, ApiRefusal> {
    let registry = desk.registry()?;
    let (parts, body) = request.into_parts();
    registry.count(Act::Step, &parts)?;
    let body = registry.read(body, FORM_BYTES).await?;
    let text = String::from_utf8(body.to_vec()).map_err(|error| Refusal::Document { message: error.to_string() })?;
    let note: SignedNote = text.parse().map_err(Refusal::from)?;
    let taken = registry.work(move |room| {
        let is_by = |name: &str, id: [u8; 4]| {
            note.signatures.iter().any(|signature| signature.name == name && signature.key_id == id)
        };
        let witness = room.witnesses.iter().find(|key| is_by(key.name(), key.id()));
        let witness = witness
            .ok_or_else(|| Refusal::Document { message: "it has no signature of a witness known here".to_owned() })?;
        room.write(|registry, _| registry.take_cosignature(&note, witness))
    });
    taken.await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}

/// An entry with the proof that it is on the log.
#[utoipa::path(
    get,
    path = "/api/v1/log/proof/{entry}",
    tag = "log",
    params(("entry" = u64, Path, description = "the entry's number, from 0")),
    responses(
        (status = 200, description = "the entry's bytes, the proof, and the checkpoint that it leads to", body = serde_json::Value),
        (status = 404, description = "the log is not as long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn proof(
    State(desk): State<Desk>,
    entry: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiRefusal> {
    let Path(entry) = entry.map_err(|_| Refusal::NoPage)?;
    let entry: u64 = entry.parse().map_err(|_| Refusal::NoPage)?;
    let proof = desk.registry()?.work(move |room| Ok(room.reader().prove(entry)?)).await?;
    Ok(Json(proof).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConsistencyParameters {
    /// The earlier size.
    #[param(required, value_type = u64)]
    old: Option<String>,
    /// The later one.
    #[param(required, value_type = u64)]
    new: Option<String>,
}

/// The proof that the log of one size goes on from another.
#[utoipa::path(
    get,
    path = "/api/v1/log/consistency",
    tag = "log",
    params(ConsistencyParameters),
    responses(
        (status = 200, description = "the proof", body = serde_json::Value),
        (status = 404, description = "the log was never so long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn consistency(
    State(desk): State<Desk>,
    parameters: Result<Query<ConsistencyParameters>, QueryRejection>,
) -> Result<Response, ApiRefusal> {
    let Query(ConsistencyParameters { old, new }) = parameters.map_err(|_| Refusal::Parameters)?;
    let size = |name, given: Option<String>| match given {
        Some(given) => number(name, Some(&given), 0, u64::MAX),
        None => Err(Refusal::Parameter { name, given: String::new(), hint: "a number of entries".to_owned() }),
    };
    let (old, new) = (size("old", old)?, size("new", new)?);
    let proof = desk.registry()?.work(move |room| Ok(room.reader().prove_consistency(old, new)?)).await?;
    Ok(Json(proof).into_response())
}
