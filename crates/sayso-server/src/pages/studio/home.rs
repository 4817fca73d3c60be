use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sayso::studio::{SessionView, Shown, StudioError};
use sayso_registry::claim::UseKind;

use super::super::PageRefusal;
use super::super::claim_steps::see;
use super::super::refusal::with_retry;
use super::super::render::render;
use super::picture::PictureView;
use super::{Around, in_words};
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::studio::Guest;
use crate::view::words::{counted, number};
use crate::view::{Layout, Problem, visible};

#[derive(Template)]
#[template(path = "studio_start.html")]
struct StartPage {
    layout: Layout,
    base: String,
    limits: LimitsView,
    /// How long things are kept at most, and how long where nobody comes.
    most: String,
    idle: Option<String>,
    is_full: bool,
    /// What one network may have open at once.
    from_network: String,
}

#[derive(Template)]
#[template(path = "studio.html")]
struct HomePage {
    layout: Layout,
    around: Around,
    problem: Option<Problem>,
    limits: LimitsView,
    base: String,
    pictures: Vec<PictureView>,
    taken: usize,
    /// The sentence above the check.
    summary: String,
    can_state: bool,
    shown: ShownView,
    uses: Vec<UseView>,
    steps: usize,
    is_busy: bool,
    title: String,
}

struct LimitsView {
    pictures: String,
    picture_size: String,
    session_size: String,
    steps: usize,
}

struct ShownView {
    is_answered: bool,
    is_nobody: bool,
    persons: String,
}

struct UseView {
    name: &'static str,
    is_chosen: bool,
}

/// Steps that are offered, if so many are allowed.
const STEPS: usize = 400;

/// `GET /studio`: what happens here; or the session's pictures with their check.
pub(crate) async fn home(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let Some(guest) = studio.guest(&headers) else { return Ok(start(&desk)?) };
    let token = guest.token();
    let looked = studio.work(move |studio| Ok((studio.look(&token), studio.ended(&token).is_some()))).await?;
    match looked {
        (Ok(session), _) if session.is_closing => Ok(see("/studio/ended")),
        (Ok(session), _) => Ok(page(&desk, &guest, &session, None)?),
        (Err(StudioError::Over), true) => Ok(see("/studio/ended")),
        (Err(StudioError::Over), false) => Ok(start(&desk)?),
        (Err(error), _) => Err(Refusal::from(error).into()),
    }
}

/// The session's page with what was not taken of a form, if anything was not.
pub(super) async fn answered<T>(desk: &Desk, guest: &Guest, done: Result<T, Refusal>) -> Result<Response, PageRefusal> {
    let refusal = match done {
        Ok(_) => return Ok(see("/studio")),
        Err(refusal) if !refusal.status_and_code().0.is_client_error() => return Err(refusal.into()),
        Err(refusal @ (Refusal::NoStudioSession | Refusal::OtherSite)) => return Err(refusal.into()),
        Err(refusal) => refusal,
    };
    let token = guest.token();
    let session = desk.studio()?.work(move |studio| studio.look(&token)).await?;
    Ok(with_retry(page(desk, guest, &session, Some(&refusal))?, &refusal))
}

fn start(desk: &Desk) -> Result<Response, Refusal> {
    let studio = desk.studio()?.studio();
    let keeping = studio.options().keeping;
    let page = StartPage {
        layout: desk.layout(),
        base: visible(studio.base_name()),
        limits: LimitsView::of(desk)?,
        most: in_words(keeping.most),
        idle: keeping.idle.map(in_words),
        is_full: studio.is_full(),
        from_network: counted(studio.limits().from_network as u64, "session", "sessions"),
    };
    Ok(render(StatusCode::OK, &page))
}

fn page(desk: &Desk, guest: &Guest, session: &SessionView, refusal: Option<&Refusal>) -> Result<Response, Refusal> {
    let pictures: Vec<PictureView> = session.uploads.iter().map(PictureView::new).collect();
    let taken = pictures.iter().filter(|picture| picture.is_taken).count();
    let all = counted(pictures.len() as u64, "picture", "pictures");
    let limits = LimitsView::of(desk)?;
    let view = HomePage {
        layout: desk.layout(),
        around: Around::new(desk, guest.form_token(), "pictures", session),
        problem: refusal.map(|refusal| Problem::new(refusal, "")),
        base: visible(desk.studio()?.studio().base_name()),
        taken,
        summary: match taken {
            0 => format!("Of {all}, none says yes. Nothing is learned from the others."),
            1 => format!("Of {all}, 1 says yes and is learned from. Nothing is learned from the others."),
            taken => format!("Of {all}, {taken} say yes and are learned from. Nothing is learned from the others."),
        },
        can_state: pictures.iter().any(|picture| picture.can_be_stated),
        pictures,
        shown: ShownView {
            is_answered: session.shown.is_some(),
            is_nobody: session.shown == Some(Shown::Nobody),
            persons: match &session.shown {
                Some(Shown::Persons(lines)) => lines.join("\n"),
                _ => String::new(),
            },
        },
        uses: [UseKind::Personal, UseKind::Research, UseKind::NonCommercial, UseKind::Any]
            .map(|kind| UseView { name: kind.as_str(), is_chosen: kind == session.use_kind })
            .into(),
        steps: STEPS.min(limits.steps),
        limits,
        is_busy: session.making.is_some() || session.run.as_ref().is_some_and(|run| run.stage.is_going()),
        title: session.run.as_ref().map(|run| run.title.clone()).unwrap_or_default(),
    };
    let status = refusal.map_or(StatusCode::OK, |refusal| refusal.status_and_code().0);
    Ok(render(status, &view))
}

impl LimitsView {
    fn of(desk: &Desk) -> Result<Self, Refusal> {
        let limits = desk.studio()?.studio().limits();
        Ok(Self {
            pictures: counted(limits.pictures as u64, "picture", "pictures"),
            picture_size: size(limits.picture_bytes),
            session_size: size(limits.session_bytes),
            steps: limits.steps,
        })
    }
}

/// Bytes for people.
fn size(bytes: u64) -> String {
    match bytes {
        bytes if bytes >= 1 << 20 => format!("{} MiB", number(bytes >> 20)),
        bytes => format!("{} KiB", number((bytes >> 10).max(1))),
    }
}
