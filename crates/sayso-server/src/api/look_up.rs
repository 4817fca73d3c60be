use std::collections::{BTreeMap, HashMap};

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use sayso::claims::{Ground, Grounded, statements_of};
use sayso_core::{Policy, PolicyName, Purpose, Stance, UsageCategory};

use super::ApiRefusal;
use super::types::{ApiHolding, ErrorEnvelope, LookUpAnswer, LookUpQuestion, LookedUp};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::{Act, LookUpBudget, MOST_URLS, Room};

/// Where many addresses are looked up.
pub(crate) const LOOK_UP: &str = "/api/v1/claims/look-up";

/// Bytes of many addresses.
pub(crate) const LOOK_UP_BYTES: usize = 8 << 20;

/// Claims that are told of one address; the rest is counted.
const TOLD: usize = 100;

/// Which claims hold for addresses: up to 10,000 of them at once, as JSON or a line each. Only where the server keeps a registry.
#[utoipa::path(
    post,
    path = "/api/v1/claims/look-up",
    tag = "claims",
    request_body(content(
        (LookUpQuestion = "application/json"),
        (String = "text/plain"),
    )),
    responses(
        (status = 200, description = "what claims say, an answer for each address", body = LookUpAnswer<'static>),
        (status = 400, description = "there are too many, or too many claims on them, or the body cannot be read", body = ErrorEnvelope),
        (status = 413, description = "the body is too long", body = ErrorEnvelope),
        (status = 429, description = "too many questions of one client", body = ErrorEnvelope),
    )
)]
pub(crate) async fn look_up(State(desk): State<Desk>, request: Request) -> Result<Response, ApiRefusal> {
    let registry = desk.registry()?;
    let (parts, body) = request.into_parts();
    registry.count(Act::LookUp, &parts)?;
    let body = registry.read(body, LOOK_UP_BYTES).await?;
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if body.is_empty() {
        return Err(Refusal::Addresses { most: MOST_URLS }.into());
    }
    let urls = if kind.starts_with("application/json") {
        let question: LookUpQuestion =
            serde_json::from_slice(&body).map_err(|error| Refusal::Document { message: error.to_string() })?;
        question.urls
    } else {
        lines(&body)?.map(str::to_owned).collect()
    };
    if urls.is_empty() || urls.len() > MOST_URLS {
        return Err(Refusal::Addresses { most: MOST_URLS }.into());
    }
    let json = registry.work(move |room| answer(room, &urls)).await?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

/// The lines of a body, as they were given.
pub(super) fn lines(body: &[u8]) -> Result<impl Iterator<Item = &str>, Refusal> {
    let text = std::str::from_utf8(body).map_err(|error| Refusal::Document { message: error.to_string() })?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)))
}

fn answer(room: &Room, urls: &[String]) -> Result<Vec<u8>, Refusal> {
    let ground = room.ground()?;
    let (mut known, mut budget) = (HashMap::<&str, usize>::new(), LookUpBudget::new());
    let mut results: Vec<LookedUp<'_>> = Vec::with_capacity(urls.len());
    for url in urls {
        let found = known.get(url.as_str()).and_then(|at| results.get(*at)).cloned();
        let result = match found {
            // Told once more, and not looked up once more.
            Some(found) => {
                budget.spend(found.claims.len())?;
                found
            }
            None => {
                known.insert(url, results.len());
                look(&ground, url, &mut budget)?
            }
        };
        results.push(result);
    }
    let answer = LookUpAnswer { head: &ground.head().0, results };
    serde_json::to_vec(&answer).map_err(|_| Refusal::Stopped)
}

/// What claims say of one address.
fn look<'a>(ground: &Ground, url: &'a str, budget: &mut LookUpBudget) -> Result<LookedUp<'a>, Refusal> {
    let picture = Grounded { url, ..Grounded::default() };
    let holdings = ground.find(&picture);
    budget.spend(holdings.len())?;
    let statements = statements_of(&holdings, ground.origin());
    let mut says = BTreeMap::new();
    // Most addresses are nobody's claim.
    for category in UsageCategory::ALL.iter().filter(|_| !holdings.is_empty()) {
        let policy = Policy::new(PolicyName::OptOut, Purpose(*category));
        let stance = ground.judge_by(&picture, &statements, &policy).stance;
        let is_named = holdings.iter().any(|holding| holding.claim.wish(*category).is_some());
        // A use that is not named may follow from one that is.
        if is_named || stance != Stance::Unknown {
            says.insert(category.as_str(), stance.as_str());
        }
    }
    let claims: Vec<ApiHolding> = holdings.iter().take(TOLD).map(ApiHolding::new).collect();
    let more_claims = holdings.len() - claims.len();
    Ok(LookedUp { url, says, claims, more_claims })
}
