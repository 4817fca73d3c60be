use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use sayso::matching::{Copies, MatchOptions, OwnPicture, Thumbnails};
use sayso_core::Pdq;
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::api::own_hashes;
use crate::assets;
use crate::desk::Desk;
use crate::headers::let_script;
use crate::refusal::Refusal;
use crate::suffix::json_href;
use crate::view::{Layout, MatchNothing, MatchesView, Problem, shortened, words};

/// Copies on a page.
const MOST_COPIES: usize = 100;

#[derive(Deserialize)]
pub(crate) struct MatchParameters {
    /// The picture's hash, and those of its mirror images and turns.
    pdq: Option<String>,
    quality: Option<String>,
}

#[derive(Template)]
#[template(path = "match.html")]
struct MatchPage {
    layout: Layout,
    script: &'static str,
    /// What was asked by a hash, as JSON.
    json: Option<String>,
    title: &'static str,
    samples: String,
    outcome: MatchOutcome,
}

/// What a picture came to.
enum MatchOutcome {
    Unasked,
    Found(MatchesView),
    Nothing(MatchNothing),
    TooPlain(u8),
    Refused(Problem),
}

/// `GET /match`: the page, and what was found by a hash that the page computed.
pub(crate) async fn match_hash(
    State(desk): State<Desk>,
    parameters: Result<Query<MatchParameters>, QueryRejection>,
) -> Result<Response, PageRefusal> {
    let Query(MatchParameters { pdq, quality }) = parameters.map_err(|_| Refusal::Parameters)?;
    let Some(pdq) = pdq else { return Ok(page(&desk, StatusCode::OK, MatchOutcome::Unasked, None)) };
    let json = json_of(&pdq);
    answer(&desk, own_of(&pdq, quality.as_deref()), Some(json)).await
}

/// `POST /match`: what was found by the picture itself, which lies in memory until it is compared and nowhere else.
pub(crate) async fn match_picture(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let taken = desk.take_picture(async {
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| Refusal::NoPicture)?;
        while let Some(field) = form.next_field().await.map_err(|_| Refusal::NoPicture)? {
            if field.name() == Some("picture") {
                // It is larger than may be sent, or breaks off.
                return field.bytes().await.map_err(|_| Refusal::PictureNotTaken);
            }
        }
        Err(Refusal::NoPicture)
    });
    let own = match taken.await {
        Ok(bytes) => desk.look_at(bytes).await,
        Err(refusal) => Err(refusal),
    };
    answer(&desk, own, None).await
}

async fn answer(desk: &Desk, own: Result<OwnPicture, Refusal>, json: Option<String>) -> Result<Response, PageRefusal> {
    let found = match own {
        Ok(own) if !own.can_be_matched() => {
            return Ok(page(desk, StatusCode::OK, MatchOutcome::TooPlain(own.quality.unwrap_or(0)), json));
        }
        Ok(own) => {
            let options = MatchOptions { distance: Pdq::NEAR, limit: MOST_COPIES, thumbnails: Thumbnails::None };
            desk.copies(own, options).await
        }
        Err(refusal) => Err(refusal),
    };
    match found {
        Ok(copies) => Ok(page(desk, StatusCode::OK, outcome_of(desk, &copies), json)),
        Err(refusal) if refusal.status_and_code().0.is_client_error() => {
            let status = refusal.status_and_code().0;
            Ok(page(desk, status, MatchOutcome::Refused(Problem::new(&refusal, "")), None))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn outcome_of(desk: &Desk, copies: &Copies) -> MatchOutcome {
    let datasets = desk.datasets();
    if copies.copies.is_empty() {
        return MatchOutcome::Nothing(MatchNothing::new(&datasets));
    }
    MatchOutcome::Found(MatchesView::new(copies, datasets.len() > 1))
}

fn page(desk: &Desk, status: StatusCode, outcome: MatchOutcome, json: Option<String>) -> Response {
    let samples = desk.datasets().iter().map(|dataset| dataset.samples).sum();
    let page = MatchPage {
        layout: desk.layout(),
        script: assets::match_path(),
        json,
        title: "Is this picture in?",
        samples: words::counted(samples, "sample", "samples"),
        outcome,
    };
    let mut response = render(status, &page);
    let_script(response.headers_mut());
    response
}

/// The address of what is found by a hash, as JSON.
fn json_of(pdq: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(pdq.as_bytes()).collect();
    json_href(&format!("/match?pdq={encoded}"))
}

/// What the page computed: the hashes, and how much there was to see.
fn own_of(pdq: &str, quality: Option<&str>) -> Result<OwnPicture, Refusal> {
    let refused = |given: &str| Refusal::Parameter {
        name: "quality",
        given: shortened(given, 40),
        hint: "PDQ's quality, from 0 to 100".to_owned(),
    };
    own_hashes(pdq, quality.map(|given| given.parse().map_err(|_| refused(given))).transpose()?)
}
