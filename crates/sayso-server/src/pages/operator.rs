use askama::Template;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sayso_registry::RegistryError;
use sayso_registry::claim::{ClaimId, ClaimState};
use sayso_registry::office::{Decision, Report, ReportState, Trace};
use serde::Deserialize;

use super::PageRefusal;
use super::claim_steps::see;
use super::render::render;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::Act;
use crate::view::words::Moment;
use crate::view::{Layout, OutsideLink};

/// Reports and claims on the page.
const LISTED: u64 = 100;

#[derive(Template)]
#[template(path = "log_in.html")]
struct LogInPage {
    layout: Layout,
    form: String,
}

#[derive(Template)]
#[template(path = "operator.html")]
struct OperatorPage {
    layout: Layout,
    form: String,
    name: String,
    hidden: Vec<ReportView>,
    waiting: Vec<ReportView>,
    upheld: Vec<ReportView>,
    contested: Vec<(u64, String)>,
}

#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    layout: Layout,
    traces: Vec<TraceView>,
    /// Where older ones begin.
    older: Option<u64>,
}

struct ReportView {
    number: u64,
    uid: String,
    reason: &'static str,
    words: Option<String>,
    made_at: Moment,
    /// The picture, which nothing here loads.
    picture: Option<OutsideLink>,
}

impl ReportView {
    fn new(report: Report) -> Self {
        let uid = report.uid.to_string();
        Self {
            number: report.number,
            reason: report.reason.as_str(),
            words: report.words,
            made_at: Moment::new(report.made_at),
            picture: report.url.as_deref().map(OutsideLink::new),
            uid,
        }
    }
}

struct TraceView {
    at: Moment,
    who: String,
    what: String,
    about: String,
}

/// `GET /operator`: what waits for somebody to look at it, or the way in.
pub(crate) async fn operator(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageRefusal> {
    let registry = desk.registry()?;
    let visitor = registry.visitor(&headers).await?;
    let form = visitor.form_token();
    let Some(name) = visitor.session.operator.clone() else {
        let mut response = render(StatusCode::OK, &LogInPage { layout: desk.layout(), form });
        registry.keep(&visitor, &mut response);
        return Ok(response);
    };
    let found = registry.work(|room| {
        let contested: Vec<ClaimId> =
            room.ground()?.index().in_state(ClaimState::Contested, usize::try_from(LISTED).unwrap_or(100));
        let mut claims = Vec::new();
        for id in contested {
            let claim = room.reader().claim(id)?;
            claims.push((id.0, claim.subject.map_or_else(|| claim.kind.to_string(), |subject| subject.to_string())));
        }
        let mut office = room.office()?;
        let mut reports = |state| {
            let found = office.reports(state, LISTED)?;
            Ok::<Vec<ReportView>, Refusal>(found.into_iter().map(ReportView::new).collect())
        };
        let (hidden, waiting) = (reports(ReportState::Hidden)?, reports(ReportState::Waiting)?);
        Ok((hidden, waiting, reports(ReportState::Upheld)?, claims))
    });
    let (hidden, waiting, upheld, contested) = found.await?;
    let page = OperatorPage { layout: desk.layout(), form, name, hidden, waiting, upheld, contested };
    Ok(render(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(crate) struct TrailParameters {
    before: Option<u64>,
}

/// `GET /operator/trail`: who did what when.
pub(crate) async fn trail(
    State(desk): State<Desk>,
    parameters: Result<Query<TrailParameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, PageRefusal> {
    let Query(TrailParameters { before }) = parameters.map_err(|_| Refusal::Parameters)?;
    let registry = desk.registry()?;
    registry.visitor(&headers).await?.operator()?;
    let traces = registry.work(move |room| Ok(room.office()?.trail(before, LISTED)?)).await?;
    let older = traces.last().map(|trace| trace.number).filter(|number| *number > 1);
    let view = |Trace { at, who, what, about, .. }| TraceView { at: Moment::new(at), who, what, about };
    let page = TrailPage { layout: desk.layout(), older, traces: traces.into_iter().map(view).collect() };
    Ok(render(StatusCode::OK, &page))
}

/// `POST /operator/login`
pub(crate) async fn log_in(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let registry = desk.registry()?;
    let (visitor, form) = registry.take(Act::LogIn, request).await?;
    let visitor = registry.log_in(form.get("token").unwrap_or_default().to_owned(), visitor).await?;
    let mut response = see("/operator");
    registry.keep(&visitor, &mut response);
    Ok(response)
}

/// `POST /operator/logout`
pub(crate) async fn log_out(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let registry = desk.registry()?;
    let (visitor, _) = registry.take(Act::Step, request).await?;
    visitor.operator()?;
    registry.log_out(visitor).await?;
    let mut response = see("/operator");
    registry.forget(&mut response);
    Ok(response)
}

/// `POST /operator/reports/{number}`
pub(crate) async fn decide_report(
    State(desk): State<Desk>,
    number: Result<Path<u64>, PathRejection>,
    request: Request,
) -> Result<Response, PageRefusal> {
    let Path(number) = number.map_err(|_| Refusal::NoPage)?;
    let registry = desk.registry()?;
    let (visitor, form) = registry.take(Act::Step, request).await?;
    let who = visitor.operator()?.to_owned();
    let decision = match form.get("decision") {
        Some("uphold") => Decision::Uphold,
        Some("dismiss") => Decision::Dismiss,
        _ => return Err(Refusal::Form { message: "it decides nothing".to_owned() }.into()),
    };
    registry.decide(number, decision, who, desk.library()).await?;
    Ok(see("/operator"))
}

/// `POST /operator/claims/{number}`: settles a contest.
pub(crate) async fn decide_claim(
    State(desk): State<Desk>,
    number: Result<Path<u64>, PathRejection>,
    request: Request,
) -> Result<Response, PageRefusal> {
    let Path(number) = number.map_err(|_| Refusal::NoPage)?;
    let id = ClaimId(number);
    let registry = desk.registry()?;
    let (visitor, form) = registry.take(Act::Step, request).await?;
    let who = visitor.operator()?.to_owned();
    let reason = form.get("reason").map(|reason| reason.chars().take(1000).collect::<String>());
    match form.get("decision") {
        Some("uphold") => {
            let act = move |registry: &mut sayso_registry::Registry, clerk: &mut sayso_registry::Clerk<'_>| {
                registry.uphold(id, reason.as_deref(), clerk)
            };
            registry.step(id, who, "upheld", act).await?;
        }
        Some("revoke") => {
            let act = move |registry: &mut sayso_registry::Registry, clerk: &mut sayso_registry::Clerk<'_>| {
                // Nobody but who made it takes back what nobody contests.
                let state = registry.claim(id)?.state;
                if state != ClaimState::Contested {
                    return Err(RegistryError::State { claim: id, step: "decided", state, hint: "" });
                }
                registry.revoke(id, reason.as_deref(), clerk)
            };
            registry.step(id, who, "revoked", act).await?;
        }
        _ => return Err(Refusal::Form { message: "it decides nothing".to_owned() }.into()),
    }
    Ok(see("/operator"))
}
