use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sayso::claims::record_names;
use sayso_registry::claim::{Claim, ClaimId, Method};

use super::PageRefusal;
use super::render::render;
use crate::api::ApiClaim;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::{Act, Form, RegistryDesk, VerifiedBy, Visitor};
use crate::suffix::json_href;
use crate::view::{ClaimView, Layout};

type Number = Result<Path<String>, PathRejection>;

#[derive(Template)]
#[template(path = "claim_state.html")]
struct ClaimStatePage {
    layout: Layout,
    form: String,
    claim: ClaimView,
    is_holders: bool,
    /// Whether it can be verified by a text record here.
    offers_dns: bool,
    json: String,
    /// What to do to verify it, with the token that is shown once.
    instructions: Option<String>,
    /// What was just done.
    said: Option<String>,
}

fn id_of(number: Number) -> Result<ClaimId, Refusal> {
    let Path(number) = number.map_err(|_| Refusal::NoPage)?;
    number.parse().map_err(|_| Refusal::NoPage)
}

/// `GET /claims/{number}`
pub(crate) async fn claim_state(
    State(desk): State<Desk>,
    number: Number,
    headers: HeaderMap,
) -> Result<Response, PageRefusal> {
    let visitor = desk.registry()?.visitor(&headers).await?;
    show(&desk, id_of(number)?, &visitor, None, None).await
}

async fn show(
    desk: &Desk,
    id: ClaimId,
    visitor: &Visitor,
    instructions: Option<String>,
    said: Option<String>,
) -> Result<Response, PageRefusal> {
    let registry = desk.registry()?;
    let found = registry.work(move |room| {
        let mut registry = room.reader();
        let claim = registry.claim(id)?;
        let history = registry.history(id)?;
        Ok((ApiClaim::new(&claim, &history), claim, room.resolver.is_some()))
    });
    let (told, claim, has_resolver) = found.await?;
    let is_holders = visitor.holds(id);
    let page = ClaimStatePage {
        layout: desk.layout(),
        form: visitor.form_token(),
        claim: ClaimView::new(&claim, &told, is_holders),
        is_holders,
        offers_dns: has_resolver && !record_names(&claim).is_empty(),
        json: json_href(&format!("/claims/{id}")),
        instructions,
        said,
    };
    let mut response = render(StatusCode::OK, &page);
    registry.keep(visitor, &mut response);
    Ok(response)
}

/// Takes a form about a claim, from whoever holds it.
async fn by_holder(desk: &Desk, act: Act, number: Number, request: Request) -> Result<(Claim, Visitor, Form), Refusal> {
    let registry = desk.registry()?;
    let id = id_of(number)?;
    let (visitor, form) = registry.take(act, request).await?;
    // Whether there is such a claim is public: it is said first.
    let claim = registry.work(move |room| Ok(room.reader().claim(id)?)).await?;
    if visitor.holds(id) { Ok((claim, visitor, form)) } else { Err(Refusal::NotYours) }
}

fn registry_of(desk: &Desk) -> Result<&RegistryDesk, Refusal> {
    desk.registry()
}

/// `POST /claims/{number}/follow`: a token is exchanged for a session.
pub(crate) async fn follow_claim(
    State(desk): State<Desk>,
    number: Number,
    request: Request,
) -> Result<Response, PageRefusal> {
    let id = id_of(number)?;
    let registry = registry_of(&desk)?;
    let (visitor, form) = registry.take(Act::LogIn, request).await?;
    let token = form.get("token").unwrap_or_default().to_owned();
    let visitor = registry.follow(id, token, visitor).await?;
    // So that a reload sends nothing twice.
    let mut response = see(&format!("/claims/{id}"));
    registry.keep(&visitor, &mut response);
    Ok(response)
}

/// An answer that leads on to a page.
pub(super) fn see(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(LOCATION, path);
    }
    response
}

/// `POST /claims/{number}/challenge`: what to do to verify it.
pub(crate) async fn challenge_claim(
    State(desk): State<Desk>,
    number: Number,
    request: Request,
) -> Result<Response, PageRefusal> {
    let (claim, visitor, form) = by_holder(&desk, Act::Step, number, request).await?;
    let id = claim.id;
    let way = match form.get("way") {
        Some("signature") => Some(Method::Signature),
        Some("dns") => Some(Method::Dns),
        _ => None,
    };
    let words = registry_of(&desk)?.challenge(claim, way).await?;
    show(&desk, id, &visitor, Some(words), None).await
}

/// `POST /claims/{number}/verify`: looks where it says, in the DNS, or at a note.
pub(crate) async fn verify_claim(
    State(desk): State<Desk>,
    number: Number,
    request: Request,
) -> Result<Response, PageRefusal> {
    let (claim, visitor, form) = by_holder(&desk, Act::Verify, number, request).await?;
    let id = claim.id;
    let by = match (form.get("note"), form.get("way")) {
        // Browsers send line breaks of their own.
        (Some(note), _) => VerifiedBy::Note(format!("{}\n", note.replace("\r\n", "\n"))),
        (None, Some("dns")) => VerifiedBy::Dns,
        (None, _) => VerifiedBy::Site { profile: form.get("profile").map(str::to_owned) },
    };
    registry_of(&desk)?.verify(claim, by).await?;
    show(&desk, id, &visitor, None, Some("It is verified.".to_owned())).await
}

/// `POST /claims/{number}/revoke`
pub(crate) async fn revoke_claim(
    State(desk): State<Desk>,
    number: Number,
    request: Request,
) -> Result<Response, PageRefusal> {
    let (claim, visitor, _) = by_holder(&desk, Act::Step, number, request).await?;
    let id = claim.id;
    let who = format!("the holder of claim {id}");
    registry_of(&desk)?.step(id, who, "revoked", move |registry, clerk| registry.revoke(id, None, clerk)).await?;
    show(&desk, id, &visitor, None, Some("It is taken back.".to_owned())).await
}

/// `POST /claims/{number}/erase`
pub(crate) async fn erase_claim(
    State(desk): State<Desk>,
    number: Number,
    request: Request,
) -> Result<Response, PageRefusal> {
    let (claim, visitor, form) = by_holder(&desk, Act::Step, number, request).await?;
    let id = claim.id;
    let values = registry_of(&desk)?.erase(id, form.get("with-subject").is_some()).await?;
    let said = format!("Erased: {values} of what was kept beside the log.");
    show(&desk, id, &visitor, None, Some(said)).await
}
