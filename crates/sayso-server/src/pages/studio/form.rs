use axum::extract::{Request, State};
use axum::response::Response;
use sayso::studio::{Shown, TrainAsked};
use sayso_registry::claim::UseKind;

use super::super::PageRefusal;
use super::super::claim_steps::see;
use super::home::answered;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::Act;
use crate::studio::Guest;

/// `POST /studio/session`: opens one.
pub(crate) async fn begin(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (parts, _) = desk.registry()?.take_fields(Act::Begin, request).await?;
    // Whoever has one already keeps it: a second tab is no second session.
    if let Some(guest) = studio.guest(&parts.headers) {
        let token = guest.token();
        if studio.work(move |studio| Ok(studio.look(&token).is_ok())).await? {
            return Ok(see("/studio"));
        }
    }
    let guest = Guest::new(studio.work(sayso::studio::Studio::begin).await?);
    let mut response = see("/studio");
    studio.keep(&guest, &mut response);
    Ok(response)
}

/// `POST /studio/pictures`: takes pictures in and checks them.
pub(crate) async fn bring(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let guest = studio.guest(request.headers());
    let taken = studio.take_pictures(desk.registry()?, request).await;
    match (guest, taken) {
        (_, Ok(guest)) => answered(&desk, &guest, Ok(())).await,
        (Some(guest), Err(refusal)) => answered::<()>(&desk, &guest, Err(refusal)).await,
        (None, Err(refusal)) => Err(refusal.into()),
    }
}

/// `POST /studio/pictures/remove`
pub(crate) async fn take_out(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, form) = studio.take(desk.registry()?, request).await?;
    let (token, number) = (guest.token(), form.get("number").and_then(|number| number.parse().ok()).unwrap_or(0));
    let done = studio.work(move |studio| studio.take_out(&token, number)).await;
    answered(&desk, &guest, done).await
}

/// `POST /studio/own-word`: whoever made pictures of which nothing is said says yes.
pub(crate) async fn own_word(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, form) = studio.take(desk.registry()?, request).await?;
    if form.get("agree").is_none() {
        let message = "it is not ticked that you made them and agree\nhint: tick it, if it is so".to_owned();
        return answered::<()>(&desk, &guest, Err(Refusal::Form { message })).await;
    }
    let numbers: Vec<u32> = form.all("number").filter_map(|number| number.parse().ok()).collect();
    let (token, maker) = (guest.token(), form.get("maker").unwrap_or_default().to_owned());
    let done = studio.work(move |studio| studio.say_who_made(&token, &numbers, &maker)).await;
    answered(&desk, &guest, done).await
}

/// `POST /studio/shown`: who can be recognised.
pub(crate) async fn shown(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, form) = studio.take(desk.registry()?, request).await?;
    let lines = || form.get("persons").unwrap_or_default().lines().map(str::trim).filter(|line| !line.is_empty());
    let shown = match form.get("shown") {
        Some("nobody") => Shown::Nobody,
        Some("somebody") => Shown::Persons(lines().map(str::to_owned).collect()),
        _ => {
            let message = "it is not said who can be recognised\nhint: choose one of the two".to_owned();
            return answered::<()>(&desk, &guest, Err(Refusal::Form { message })).await;
        }
    };
    let use_kind: UseKind = form.get("use").and_then(|kind| kind.parse().ok()).unwrap_or(UseKind::Any);
    let token = guest.token();
    let done = studio.work(move |studio| studio.say_who_is_shown(&token, &shown, use_kind)).await;
    answered(&desk, &guest, done).await
}

/// `POST /studio/train`
pub(crate) async fn train(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, form) = studio.take(desk.registry()?, request).await?;
    let text = |name: &str| form.get(name).unwrap_or_default().to_owned();
    let asked = TrainAsked {
        title: text("title"),
        prompt: text("prompt"),
        class: text("class"),
        steps: form.get("steps").and_then(|steps| steps.parse().ok()).unwrap_or(0),
    };
    let token = guest.token();
    let captions: Vec<(u32, String)> = form
        .all("captioned")
        .filter_map(|number| number.parse().ok())
        .map(|number: u32| (number, text(&format!("caption-{number}"))))
        .collect();
    let done = studio
        .work(move |studio| {
            studio.caption(&token, &captions)?;
            studio.train(&token, &asked)
        })
        .await;
    match done {
        Ok(()) => Ok(see("/studio/training")),
        Err(refusal) => answered::<()>(&desk, &guest, Err(refusal)).await,
    }
}

/// `POST /studio/stop`
pub(crate) async fn stop(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let (guest, form) = studio.take(desk.registry()?, request).await?;
    let token = guest.token();
    studio.work(move |studio| studio.stop(&token)).await?;
    Ok(see(if form.get("from") == Some("made") { "/studio/made" } else { "/studio/training" }))
}
