use axum::extract::{Request, State};
use axum::response::Response;
use sayso::studio::{Shown, TrainAsked};
use sayso_registry::claim::UseKind;
use sayso_registry::office::Secret;

use super::super::PageRefusal;
use super::super::claim_steps::see;
use super::home::answered;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::Act;
use crate::studio::{Guest, Share};

/// `POST /studio/session`: opens one.
pub(crate) async fn begin(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let studio = desk.studio()?;
    let registry = desk.registry()?;
    let (parts, _) = registry.take_fields(Act::Step, request).await?;
    // Whoever has one already keeps it: a second tab is no second session.
    if let Some(guest) = studio.guest(&parts.headers) {
        let token = guest.token();
        if studio.work(move |studio| Ok(studio.look(&token).is_ok())).await? {
            return Ok(see("/studio"));
        }
    }
    let from = registry.peer(&parts);
    studio.count_from(from, Share::Sessions, 1)?;
    let network = studio.network(from);
    let guest = Guest::new(studio.work(move |studio| studio.begin(network)).await?);
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
    let done = studio.judge(&guest, move |studio| studio.take_out(&token, number)).await;
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
    let done = studio.judge(&guest, move |studio| studio.say_who_made(&token, &numbers, &maker)).await;
    answered(&desk, &guest, done).await
}

/// `POST /studio/shown`: who can be recognised.
pub(crate) async fn shown(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let (studio, registry) = (desk.studio()?, desk.registry()?);
    let headers = request.headers().clone();
    let (guest, form) = studio.take(registry, request).await?;
    let (lines, tokens) = named(form.get("persons").unwrap_or_default());
    let shown = match form.get("shown") {
        Some("nobody") => Shown::Nobody,
        Some("somebody") => Shown::Persons(lines),
        _ => {
            let message = "it is not said who can be recognised\nhint: choose one of the two".to_owned();
            return answered::<()>(&desk, &guest, Err(Refusal::Form { message })).await;
        }
    };
    let use_kind: UseKind = form.get("use").and_then(|kind| kind.parse().ok()).unwrap_or(UseKind::Any);
    let own = match studio.own_claims(registry, &guest, &headers, tokens).await {
        Ok(own) => own,
        Err(refusal) => return answered::<()>(&desk, &guest, Err(refusal)).await,
    };
    let token = guest.token();
    let done = studio.judge(&guest, move |studio| studio.say_who_is_shown(&token, &shown, &own, use_kind)).await;
    answered(&desk, &guest, done).await
}

/// The lines that say who is shown, and the tokens of claims that stand behind some of them. Those go no further than to the registry.
fn named(persons: &str) -> (Vec<String>, Vec<Secret>) {
    let mut tokens = Vec::new();
    let mut lines = Vec::new();
    for line in persons.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let parted = line.rsplit_once(char::is_whitespace);
        match parted.and_then(|(grant, token)| Some((grant, token.parse::<Secret>().ok()?))) {
            Some((grant, token)) => {
                tokens.push(token);
                lines.push(grant.trim().to_owned());
            }
            None => lines.push(line.to_owned()),
        }
    }
    (lines, tokens)
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
    if let Err(refusal) = studio.count(&guest, Share::Trainings, 1) {
        return answered::<()>(&desk, &guest, Err(refusal)).await;
    }
    let done = studio
        .judge(&guest, move |studio| {
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

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn tokens_stand_behind_and_nowhere_else() {
        let token = "0123456789abcdef0123456789abcdef";
        let (lines, tokens) = named(&format!(" me\n\nAna Müller=3 {token}\nBen Okafor=4\n{token}\n"));
        assert_eq!(lines, ["me", "Ana Müller=3", "Ben Okafor=4", token]);
        assert_eq!(tokens.len(), 1);
    }
}
