use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sayso::studio::{MakeAsked, SessionView};

use super::super::PageRefusal;
use super::super::claim_steps::see;
use super::super::refusal::with_retry;
use super::super::render::render;
use super::{AGAIN, Around};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::studio::{Guest, Share};
use crate::view::words::counted;
use crate::view::{Layout, Problem, visible};

#[derive(Template)]
#[template(path = "studio_made.html")]
struct MadePage {
    layout: Layout,
    around: Around,
    problem: Option<Problem>,
    again: Option<u32>,
    title: String,
    making: Option<MakingShown>,
    fault: Option<String>,
    pictures: Vec<MadeShown>,
    copies: Option<String>,
    seed: u32,
}

struct MakingShown {
    prompt: String,
    state: String,
    done: usize,
    all: usize,
}

struct MadeShown {
    number: usize,
    prompt: String,
    seed: u32,
    nearest: Option<String>,
}

/// `GET /studio/made`: what was made, and the form for more.
pub(crate) async fn made(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let guest = studio.guest(&headers).ok_or(Refusal::NoStudioSession)?;
    let token = guest.token();
    let session = studio.work(move |studio| studio.look(&token)).await?;
    Ok(page(&desk, &guest, &session, None))
}

/// `POST /studio/made`: asks for pictures.
pub(crate) async fn make(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, form) = studio.take(desk.registry()?, request).await?;
    let number = |name: &str| form.get(name).and_then(|number| number.parse().ok()).unwrap_or(0);
    let asked = MakeAsked {
        prompt: form.get("prompt").unwrap_or_default().to_owned(),
        seed: form.get("seed").and_then(|seed| seed.parse().ok()).unwrap_or(0),
        count: number("count"),
        steps: number("steps"),
    };
    let token = guest.token();
    let made = match studio.count(&guest, Share::Made, asked.count as u64) {
        Ok(()) => studio.work(move |studio| studio.make(&token, &asked)).await,
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(()) => Ok(see("/studio/made")),
        Err(refusal @ (Refusal::Studio { .. } | Refusal::StudioShare { .. }))
            if refusal.status_and_code().0.is_client_error() =>
        {
            let token = guest.token();
            let session = studio.work(move |studio| studio.look(&token)).await?;
            Ok(with_retry(page(&desk, &guest, &session, Some(&refusal)), &refusal))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

fn page(desk: &Desk, guest: &Guest, session: &SessionView, refusal: Option<&Refusal>) -> Response {
    let making = session.making.as_ref().map(|making| MakingShown {
        prompt: visible(&making.prompt),
        state: match making.before {
            Some(0) => "It is next.".to_owned(),
            Some(before) => format!("It waits for its turn, behind {}.", counted(before as u64, "other", "others")),
            None if making.all == 0 => "The model is being opened.".to_owned(),
            None => format!("It is being drawn: {} of {}.", making.done, counted(making.all as u64, "step", "steps")),
        },
        done: making.done,
        all: making.all.max(1),
    });
    let shown = |made: &sayso::studio::MadeView| MadeShown {
        number: made.number,
        prompt: visible(&made.prompt),
        seed: made.seed,
        nearest: made.nearest.map(|bits| format!("the nearest picture that was learned differs in {bits} of 256 bits")),
    };
    let copies = (session.copies > 0).then(|| {
        let are = counted(session.copies as u64, "picture was a copy", "pictures were copies");
        format!("{are} of one that was learned, and not kept: the model had learned it by heart.")
    });
    let view = MadePage {
        layout: desk.layout(),
        around: Around::new(desk, guest.form_token(), "made", session),
        problem: refusal.map(|refusal| Problem::new(refusal, "")),
        again: making.is_some().then_some(AGAIN),
        title: visible(session.run.as_ref().map_or("", |run| &run.title)),
        making,
        fault: session.made_fault.as_deref().map(visible),
        pictures: session.made.iter().rev().map(shown).collect(),
        copies,
        seed: session.made.iter().map(|made| made.seed.wrapping_add(1)).max().unwrap_or(1),
    };
    render(refusal.map_or(StatusCode::OK, |refusal| refusal.status_and_code().0), &view)
}
