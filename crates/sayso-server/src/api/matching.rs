use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use sayso::matching::{MAX_DISTANCE, MatchOptions, OwnPicture, Thumbnails};
use sayso_core::Pdq;
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApiRefusal;
use super::search::number;
use super::types::{ApiCopy, ErrorEnvelope, FoundCopies};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::view::shortened;

/// The most copies in one answer.
const MOST_COPIES: u64 = 100;

/// Copies in an answer where the question does not say.
const USUAL_COPIES: u64 = 20;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatchParameters {
    /// The picture's PDQ hash, 64 hexadecimal digits. Or its hashes in all eight ways in which it can lie, separated by
    /// commas: original, rotate-90, rotate-180, rotate-270, flip-x, flip-y, flip-plus-1, flip-minus-1.
    #[param(required, value_type = String)]
    pdq: Option<String>,
    /// In how many of 256 bits the hash of a copy may differ; 31 if not given, 64 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 64)]
    distance: Option<String>,
    /// How many copies to return at most, the nearest first; 20 if not given, 100 at most.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 100)]
    limit: Option<String>,
}

/// Find copies of a picture by its hash, without the picture.
#[utoipa::path(
    get,
    path = "/api/v1/match",
    tag = "match",
    params(MatchParameters),
    responses(
        (status = 200, description = "the copies, which may be none", body = FoundCopies),
        (status = 400, description = "the hash or a parameter cannot be read", body = ErrorEnvelope),
        (status = 503, description = "busy, or the answer took too long", body = ErrorEnvelope),
    )
)]
pub(crate) async fn copies(
    State(desk): State<Desk>,
    parameters: Result<Query<MatchParameters>, QueryRejection>,
) -> Result<Json<FoundCopies>, ApiRefusal> {
    let Query(parameters) = parameters.map_err(|_| Refusal::Parameters)?;
    let distance = number("distance", parameters.distance.as_deref(), Pdq::NEAR.into(), MAX_DISTANCE.into())?;
    let limit = number("limit", parameters.limit.as_deref(), USUAL_COPIES, MOST_COPIES)?;
    let own = own_hashes(parameters.pdq.as_deref().unwrap_or_default(), None)?;
    let options = MatchOptions {
        distance: u32::try_from(distance).unwrap_or(MAX_DISTANCE),
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        thumbnails: Thumbnails::None,
    };
    let found = desk.copies(own, options).await?;
    let copies = found.copies.iter().map(ApiCopy::new).collect();
    Ok(Json(FoundCopies { distance, has_more: found.has_more, copies }))
}

/// A picture by its hash, or by its hashes in all ways in which it can lie.
pub(crate) fn own_hashes(given: &str, quality: Option<u8>) -> Result<OwnPicture, Refusal> {
    // One more than there can be, so that too many are told from enough.
    let hashes: Vec<Pdq> = given.split(',').take(9).map(str::parse).collect::<Result<_, _>>()?;
    OwnPicture::of_hashes(&hashes, quality).filter(|_| matches!(hashes.len(), 1 | 8)).ok_or_else(|| {
        let hint = "one hash, or eight separated by commas".to_owned();
        Refusal::Parameter { name: "pdq", given: shortened(given, 40), hint }
    })
}
