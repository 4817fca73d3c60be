use sayso_crawl::account_of_profile;
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
        Method::Dns => {
            let names = super::record_names(claim);
            let name = names.first().map(String::as_str).unwrap_or_default();
            let above = names.get(1).map(|above| format!(", or one of the name {above}.")).unwrap_or_default();
            format!("put this record into the zone of {host}{above}\n{name}. 300 IN TXT \"{token}\"")
        }
        Method::Profile => format!("put this line onto the profile page of the account\n{token}"),
        Method::Signature => {
            let text = signature_text(registry.identity().key.name(), claim.id, token);
            format!("sign these lines as a note, with the key that makes the claim\n{text}")
        }
    }
}

/// What was found where only a claimant could put it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The way in which it verifies the claim.
    pub method: Method,
    /// The text.
    pub text: String,
    /// Where it stands.
    pub place: String,
}

/// Asks the claim's site, or the account's profile page, for the token, and verifies the claim if it stands there.
pub fn verify_online(
    registry: &mut Registry,
    key: &SigningKey,
    claim: &Claim,
    ways: Ways<'_>,
    online: &Online,
) -> Result<Claim, Error> {
    let shown = look_online(claim, ways, online)?;
    verify_by(registry, key, claim, &shown, online)
}

/// Verifies a claim by what was found.
pub fn verify_by(
    registry: &mut Registry,
    key: &SigningKey,
    claim: &Claim,
    shown: &Shown,
    online: &Online,
) -> Result<Claim, Error> {
    let mut randomness = SystemRandomness;
    let mut clerk = Clerk { key, now: online.now(), randomness: &mut randomness };
    Ok(registry.verify(claim.id, shown.method, &shown.text, &shown.place, &mut clerk)?)
}

/// Asks the claim's site, or the account's profile page, for what stands there. It may take as long as the site takes, and
/// needs no registry meanwhile.
///
/// The site is asked over https, but for hosts in one's own network that were allowed by name: these seldom have a certificate.
/// A site may send on within its own host and what is under its domain, and no further; a profile page to the account's own pages alone.
pub fn look_online(claim: &Claim, ways: Ways<'_>, online: &Online) -> Result<Shown, Error> {
    let subject = claim.subject.as_ref();
    let method = way_of(claim, ways);
    let not_asked = |why: &str| Error::Input { input: format!("claim {}", claim.id), message: why.to_owned() };
    let (url, shown) = match method {
        Method::WellKnown => {
            let host =
                subject.and_then(|subject| subject.host()).ok_or_else(|| not_asked("what it is about was erased"))?;
            let scheme = if online.options.allow_private.allows(host) { "http" } else { "https" };
            let url = format!("{scheme}://{host}{WELL_KNOWN}");
            let is_own = |_: &str, other: &str| {
                other.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            let shown = online.text(&url, &is_own);
            (url, shown)
        }
        Method::Profile => {
            let account = subject.map(sayso_registry::claim::ClaimSubject::value).unwrap_or_default();
            let guessed = profile_of(&account);
            let url = ways.profile.map(str::to_owned).or(guessed).ok_or_else(|| {
                not_asked("where its profile page is was not said\nhint: name the page with --profile")
            })?;
            let url = own_page(&url, &account)
                .ok_or_else(|| not_asked("the page is not the account's own, or its host is none that is known"))?;
            let shown = online.text(&url, &|at, _| is_own_page(at, &account));
            (url, shown)
        }
        Method::Dns => return Err(not_asked("it is verified by a text record\nhint: ask for it with --method dns")),
        Method::Signature => {
            return Err(not_asked("it is verified by a signature\nhint: show the signed note with --signature"));
        }
    };
    let shown = shown.map_err(|failure: Failure| Error::Input {
        input: url.clone(),
        message: format!("{failure}\nhint: put the token there and try again"),
    })?;
    Ok(Shown { method, text: shown, place: url })
}

/// The address of an account's own page as a parser writes it; `None` if it is no such page: anybody's would do otherwise, or a page
/// on which others write. What is compared is what is asked for.
fn own_page(given: &str, account: &str) -> Option<String> {
    let url = String::from(url::Url::parse(given).ok()?);
    is_own_page(&url, account).then_some(url)
}

/// The same of an address that a parser has written: that of the page, and of each that it sends on to. A host that sends from one
/// account's page to another's, by a name that changed hands or whatever an account may set, shows the other's.
fn is_own_page(url: &str, account: &str) -> bool {
    account_of_profile(url).is_some_and(|named| named.eq_ignore_ascii_case(account))
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
    forms.into_iter().find(|url| account_of_profile(url).is_some_and(|named| named.eq_ignore_ascii_case(account)))
}

#[cfg(test)]
mod tests {
    use super::{own_page, profile_of};

    #[test]
    fn only_the_page_that_a_host_keeps_for_an_account_is_its_own() {
        let account = "artstation.com/victim";
        for page in [
            "https://www.artstation.com/victim",
            "https://artstation.com/Victim/",
            "https://victim.artstation.com/",
            "https://WWW.ArtStation.com/x/../victim",
        ] {
            assert!(own_page(page, account).is_some(), "{page}");
        }
        for page in [
            "https://www.artstation.com/victim/../attacker",
            "https://www.artstation.com/victim/%2e%2e/attacker",
            "https://www.artstation.com/victim\\..\\attacker",
            "https://www.artstation.com/victim/.\t./attacker",
            "https://www.artstation.com/attacker",
            "https://www.artstation.com/victim/albums/1",
            "https://www.artstation.com/victim?x=token",
            "https://www.artstation.com/victim#token",
            "https://www.artstation.com/victim%2f..%2fattacker",
            "https://victim.artstation.com/comments",
            "https://www.artstation.com.attacker.example/victim",
            "https://attacker@victim.artstation.com.attacker.example/",
            "https://images.wixmp.com/boat_by_victim-d1abcdef.png",
            "victim",
        ] {
            assert_eq!(own_page(page, account), None, "{page}");
        }
        // Where a page is guessed, it is the account's own.
        for account in ["artstation.com/ana", "flickr.com/ana", "unsplash.com/ana", "tumblr.com/ana", "bsky.app/ana"] {
            let page = profile_of(account);
            assert!(page.is_some_and(|page| own_page(&page, account).is_some()), "{account}");
        }
    }
}
