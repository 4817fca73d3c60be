use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sayso_core::Uid;
use sayso_registry::office::{ReportReason, ReportState};

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::Act;
use crate::view::{Layout, shortened};

/// Characters of what is said about a picture.
const WORDS_CHARS: usize = 1000;

/// Reasons, and what they are called.
const REASONS: [(&str, &str); 5] = [
    (ReportReason::Private.as_str(), "It is private: it was never meant for others"),
    (ReportReason::Medical.as_str(), "It is medical: of a treatment, a body, a record"),
    (ReportReason::Child.as_str(), "It shows a child"),
    (ReportReason::Sexual.as_str(), "It is sexual"),
    (ReportReason::Other.as_str(), "Something else"),
];

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage {
    layout: Layout,
    form: String,
    uid: String,
    title: String,
    reasons: [(&'static str, &'static str); 5],
}

#[derive(Template)]
#[template(path = "reported.html")]
struct ReportedPage {
    layout: Layout,
    number: u64,
    uid: String,
    is_hidden: bool,
}

fn uid_of(uid: Result<Path<String>, PathRejection>) -> Result<Uid, Refusal> {
    let Path(uid) = uid.map_err(|_| Refusal::NoPage)?;
    uid.parse().map_err(Refusal::Uid)
}

/// `GET /report/{uid}`
pub(crate) async fn report_form(
    State(desk): State<Desk>,
    uid: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Result<Response, PageRefusal> {
    let uid = uid_of(uid)?;
    let registry = desk.registry()?;
    let (_, sample) = desk.sample(uid).await?;
    let visitor = registry.visitor(&headers).await?;
    let page = ReportPage {
        layout: desk.layout(),
        form: visitor.form_token(),
        uid: uid.to_string(),
        title: shortened(&sample.pair.caption, 140),
        reasons: REASONS,
    };
    let mut response = render(StatusCode::OK, &page);
    registry.keep(&visitor, &mut response);
    Ok(response)
}

/// `POST /report/{uid}`: the picture is hidden before the answer is sent.
pub(crate) async fn report(
    State(desk): State<Desk>,
    uid: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, PageRefusal> {
    let uid = uid_of(uid)?;
    let registry = desk.registry()?;
    let (_, form) = registry.take(Act::Report, request).await?;
    let wrong = |message: &str| Refusal::Form { message: message.to_owned() };
    let reason =
        form.get("reason").and_then(|reason| reason.parse().ok()).ok_or_else(|| wrong("it gives no reason"))?;
    let words = form.get("words").map(str::to_owned);
    if words.as_ref().is_some_and(|words| words.chars().count() > WORDS_CHARS) {
        return Err(wrong("it says more than 1,000 characters").into());
    }
    // Nobody fills the queue with pictures that are not there.
    let (_, sample) = desk.sample(uid).await?;
    let report = registry.report((uid, sample.pair.url), reason, words, desk.library()).await?;
    let page = ReportedPage {
        layout: desk.layout(),
        number: report.number,
        uid: uid.to_string(),
        is_hidden: report.state == ReportState::Hidden,
    };
    Ok(render(StatusCode::CREATED, &page))
}
