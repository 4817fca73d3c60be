use sayso_crawl::account_of;
use sayso_registry::claim::{Claim, Method, SubjectKind};
use sayso_registry::log::SigningKey;
use sayso_registry::{Clerk, Registry, SystemRandomness, Token, signature_text};

use crate::Error;
use crate::online::{Failure, Online};

/// The file by which whoever controls a site shows it.
const WELL_KNOWN: &str = "/.well-known/sayso-claim";

/// What the ways to verify need besides the claim.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ways<'a> {
    /// The address of an account's profile page.
    pub profile: Option<&'a str>,
    /// Whether a note signed by the claimant's key is shown, and nobody is asked.
    pub by_signature: bool,
}

/// The way in which a claim is verified.
#[must_use]
pub fn way_of(claim: &Claim, ways: Ways<'_>) -> Method {
    match claim.kind {
        _ if ways.by_signature => Method::Signature,
        SubjectKind::Domain | SubjectKind::Prefix | SubjectKind::Url => Method::WellKnown,
        SubjectKind::Account => Method::Profile,
        // There is nobody to ask about a picture.
        SubjectKind::Sha256 | SubjectKind::Pdq => Method::Signature,
    }
}

/// What a claimant has to do with a token.
#[must_use]
pub fn instructions(registry: &Registry, claim: &Claim, method: Method, token: &Token) -> String {
    let host = claim.subject.as_ref().and_then(|subject| subject.host()).unwrap_or_default();
    match method {
        Method::WellKnown => format!("put this line into https://{host}{WELL_KNOWN}\n{token}"),
        Method::Profile => format!("put this line onto the profile page of the account\n{token}"),
        Method::Signature => {
            let text = signature_text(registry.identity().key.name(), claim.id, token);
            format!("sign these lines as a note, with the key that makes the claim\n{text}")
        }
    }
}

/// Asks the claim's site, or the account's profile page, for the token, and verifies the claim if it stands there.
///
/// The site is asked over https, but for hosts in one's own network that were allowed by name: these seldom have a certificate.
/// It may send on within its own host and what is under its domain, and no further.
pub fn verify_online(
    registry: &mut Registry,
    key: &SigningKey,
    claim: &Claim,
    ways: Ways<'_>,
    online: &Online,
) -> Result<Claim, Error> {
    let subject = claim.subject.as_ref();
    let method = way_of(claim, ways);
    let not_asked = |why: &str| Error::Input { input: format!("claim {}", claim.id), message: why.to_owned() };
    let (url, shown) = match method {
        Method::WellKnown => {
            let host =
                subject.and_then(|subject| subject.host()).ok_or_else(|| not_asked("what it is about was erased"))?;
            let scheme = if online.options.allow_private.allows(host) { "http" } else { "https" };
            let url = format!("{scheme}://{host}{WELL_KNOWN}");
            let is_own =
                |other: &str| other.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            let shown = online.text(&url, &is_own);
            (url, shown)
        }
        Method::Profile => {
            let account = subject.map(sayso_registry::claim::ClaimSubject::value).unwrap_or_default();
            let guessed = profile_of(&account);
            let url = ways.profile.map(str::to_owned).or(guessed).ok_or_else(|| {
                not_asked("where its profile page is was not said\nhint: name the page with --profile")
            })?;
            // The page must be the account's own: otherwise anybody's would do.
            if account_of(&url).is_none_or(|named| !named.eq_ignore_ascii_case(&account)) {
                return Err(not_asked("the page is not the account's own, or its host is none that is known"));
            }
            let host = url::Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
            let shown = online.text(&url, &|other| other == host);
            (url, shown)
        }
        Method::Signature => {
            return Err(not_asked("it is verified by a signature\nhint: show the signed note with --signature"));
        }
    };
    let shown = shown.map_err(|failure: Failure| Error::Input {
        input: url.clone(),
        message: format!("{failure}\nhint: put the token there and try again"),
    })?;
    let mut randomness = SystemRandomness;
    let mut clerk = Clerk { key, now: online.now(), randomness: &mut randomness };
    Ok(registry.verify(claim.id, method, &shown, &url, &mut clerk)?)
}

/// Where most hosts have the page of an account; `None` where that is none of the account's.
fn profile_of(account: &str) -> Option<String> {
    let (host, name) = account.split_once('/')?;
    let forms = [
        format!("https://www.{host}/{name}"),
        format!("https://{host}/@{name}"),
        format!("https://{name}.{host}/"),
        format!("https://{host}/photos/{name}"),
        format!("https://{host}/people/{name}"),
        format!("https://{host}/profile/{name}"),
        format!("https://{host}/profiles/{name}"),
        format!("https://{host}/user/{name}"),
        format!("https://{host}/users/{name}"),
        format!("https://{host}/shop/{name}"),
        format!("https://{host}/gallery/{name}"),
        format!("https://{host}/~{name}"),
    ];
    forms.into_iter().find(|url| account_of(url).is_some_and(|named| named.eq_ignore_ascii_case(account)))
}
