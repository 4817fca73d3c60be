use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::ApiRefusal;
use super::look_up::{LOOK_UP_BYTES, lines};
use super::types::{ErrorEnvelope, SpawningAnswer, SpawningUrl};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::{Act, MOST_URLS, opted_out};

/// Where Spawning's API is asked.
pub(crate) const SPAWNING: &str = "/api/v2/query/urls/";

/// Which addresses are kept out of training, as Spawning's API answers it: a line each, whatever `Authorization` says. Only
/// where the server keeps a registry.
#[utoipa::path(
    post,
    path = "/api/v2/query/urls/",
    tag = "claims",
    request_body(content = String, content_type = "text/plain", description = "up to 10,000 addresses, a line each"),
    responses(
        (status = 200, description = "an answer for each line, in their order", body = SpawningAnswer<'static>),
        (status = 400, description = "there are too many, or too many claims on them, or the body is no text", body = ErrorEnvelope),
        (status = 429, description = "too many questions of one client", body = ErrorEnvelope),
    )
)]
pub(crate) async fn spawning(State(desk): State<Desk>, request: Request) -> Result<Response, ApiRefusal> {
    let registry = desk.registry()?;
    let (parts, body) = request.into_parts();
    registry.count(Act::LookUp, &parts)?;
    let body = registry.read(body, LOOK_UP_BYTES).await?;
    let json = registry.work(move |room| {
        if body.is_empty() || lines(&body)?.nth(MOST_URLS).is_some() {
            return Err(Refusal::Addresses { most: MOST_URLS });
        }
        let ground = room.ground()?;
        let answers = opted_out(&ground, lines(&body)?)?.into_iter();
        let urls = answers.map(|(url, opt_out)| SpawningUrl { url, opt_out }).collect();
        serde_json::to_vec(&SpawningAnswer { urls }).map_err(|_| Refusal::Stopped)
    });
    Ok(([(CONTENT_TYPE, "application/json")], json.await?).into_response())
}
