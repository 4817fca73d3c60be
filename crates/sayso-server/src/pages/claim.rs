use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use sayso_core::Uid;
use sayso_registry::claim::{ClaimSubject, NewClaim};
use sayso_registry::log::NoteKey;
use serde::Deserialize;

use super::PageRefusal;
use super::render::render;
use crate::desk::Desk;
use crate::refusal::Refusal;
use crate::registry::{Act, Form};
use crate::view::{ClaimOffer, Layout, USES, UseChoice, offers, shortened};

/// Subjects of one form.
const MOST_SUBJECTS: usize = 20;

/// Characters of whom to reach.
const CONTACT_CHARS: usize = 200;

#[derive(Deserialize)]
pub(crate) struct ClaimParameters {
    uid: Option<String>,
}

#[derive(Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    layout: Layout,
    form: String,
    title: Option<String>,
    uid: Option<String>,
    offers: Vec<ClaimOffer>,
    uses: [UseChoice; 6],
}

#[derive(Template)]
#[template(path = "claimed.html")]
struct ClaimedPage {
    layout: Layout,
    /// Each claim's number, and what it is about.
    made: Vec<(u64, String)>,
    token: String,
    /// Where to go on.
    first: u64,
}

/// `GET /claim`: the form, filled in for a sample where one is named.
pub(crate) async fn claim_form(
    State(desk): State<Desk>,
    parameters: Result<Query<ClaimParameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, PageRefusal> {
    let Query(ClaimParameters { uid }) = parameters.map_err(|_| Refusal::Parameters)?;
    let registry = desk.registry()?;
    let (mut title, mut found) = (None, Vec::new());
    if let Some(uid) = &uid {
        let uid: Uid = uid.parse().map_err(Refusal::Uid)?;
        let (_, sample) = desk.sample(uid).await?;
        title = Some(shortened(&sample.pair.caption, 140));
        found = offers(&sample);
    }
    let visitor = registry.visitor(&headers).await?;
    let page = ClaimPage { layout: desk.layout(), form: visitor.form_token(), title, uid, offers: found, uses: USES };
    let mut response = render(StatusCode::OK, &page);
    registry.keep(&visitor, &mut response);
    Ok(response)
}

/// `POST /claim`
pub(crate) async fn claim(State(desk): State<Desk>, request: Request) -> Result<Response, PageRefusal> {
    let registry = desk.registry()?;
    let (visitor, form) = registry.take(Act::Claim, request).await?;
    let claims = claims_of(&form)?;
    let subjects: Vec<String> = claims.iter().map(|claim| claim.subject.to_string()).collect();
    let claimed = registry.claim(claims, visitor).await?;
    let made: Vec<(u64, String)> = claimed.made.iter().map(|claim| claim.0).zip(subjects).collect();
    let first = made.first().map_or(0, |(number, _)| *number);
    let page = ClaimedPage { layout: desk.layout(), made, token: claimed.token.to_string(), first };
    let mut response = render(StatusCode::CREATED, &page);
    registry.keep(&claimed.visitor, &mut response);
    Ok(response)
}

/// The claims that a form asks for.
fn claims_of(form: &Form) -> Result<Vec<NewClaim>, Refusal> {
    let wrong = |message: &str| Refusal::Form { message: message.to_owned() };
    let mut subjects: Vec<ClaimSubject> = Vec::new();
    for text in form.all("subject").chain(form.all("other")) {
        let subject = text.parse().map_err(sayso_registry::RegistryError::Refused)?;
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    if subjects.is_empty() || subjects.len() > MOST_SUBJECTS {
        return Err(wrong("it says nothing of what is yours, or too much at once"));
    }
    let wishes = USES.iter().filter_map(|choice| {
        let wish = form.get(&format!("use-{}", choice.name)).filter(|wish| matches!(*wish, "n" | "y" | "terms"))?;
        Some(format!("{}={wish}", choice.name))
    });
    let preferences = wishes.collect::<Vec<_>>().join(",");
    if preferences.is_empty() {
        return Err(wrong("it says of no use what you want"));
    }
    let preferences: sayso_registry::claim::ClaimPreferences =
        preferences.parse().map_err(sayso_registry::RegistryError::Refused)?;
    let terms = form.get("terms").map(str::to_owned).filter(|_| preferences.has_terms());
    if preferences.has_terms() && terms.is_none() {
        return Err(wrong("some use is allowed under terms, and it does not say which"));
    }
    let contact = form.get("contact");
    if contact.is_some_and(|who| who.chars().count() > CONTACT_CHARS || who.chars().any(char::is_control)) {
        return Err(wrong("the contact is too long"));
    }
    let claimant = Some(claimant(contact)?);
    Ok(subjects
        .into_iter()
        .map(|subject| NewClaim {
            subject,
            preferences: preferences.clone(),
            claimant: claimant.clone(),
            terms: terms.clone(),
            since: None,
        })
        .collect())
}

/// Who claims, with a mark of its own behind it, so that nobody takes one contact for another. A key has none: it is whoever can sign with
/// it, and what is no key could never sign.
fn claimant(contact: Option<&str>) -> Result<String, Refusal> {
    if let Some(key) = contact.and_then(|contact| contact.strip_prefix("key:")) {
        let key: NoteKey = key.parse().map_err(|_| Refusal::Form {
            message: "the contact is no key\nhint: write key: and behind it NAME+ID+KEY, as `sayso key show` prints it"
                .to_owned(),
        })?;
        return Ok(format!("key:{key}"));
    }
    let mark = sayso_registry::office::Secret::new(&mut sayso_registry::SystemRandomness)?;
    Ok(format!("{} #{mark}", contact.unwrap_or("visitor")))
}
