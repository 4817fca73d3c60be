use std::net::SocketAddr;

use sayso_crawl::registrable_domain;
use sayso_registry::claim::{Claim, Method};
use sayso_registry::{Clerk, Registry, RegistryError};

use super::verify::Shown;
use crate::Error;
use crate::dns::{DnsFailure, Resolver, Texts};

/// The label under which the record stands: names with an underscore are those of no host (RFC 8552).
const LABEL: &str = "_sayso-claim";

/// What to try where a resolver gives no answer.
const ASK_AGAIN: &str = "try again, or name another resolver with --resolver";

/// What to try where there is no record.
const PUT_IT_THERE: &str = "put the token there and try again; resolvers may say for an hour and more that there is none after somebody has asked";

/// A claim that a text record has verified.
#[derive(Debug, Clone, PartialEq)]
pub struct ByDns {
    /// The claim as it is now.
    pub claim: Claim,
    /// The name whose record showed it.
    pub name: String,
    /// The resolver that said so.
    pub server: SocketAddr,
    /// Whether that resolver is this machine's own and says that signatures were checked (DNSSEC).
    pub is_authenticated: bool,
}

/// The names whose text records can verify a claim: that of its host, and that of the registrable domain above, whose owner decides about all
/// hosts in it. None for what has no host.
#[must_use]
pub fn record_names(claim: &Claim) -> Vec<String> {
    let Some(host) = claim.subject.as_ref().and_then(|subject| subject.host()) else { return Vec::new() };
    let above = registrable_domain(host);
    [host, above].iter().take(if above == host { 1 } else { 2 }).map(|name| format!("{LABEL}.{name}")).collect()
}

/// What stands in the text records of a claim's host and of the registrable domain above it, the host's first: at least one. It may take
/// as long as the resolver takes, and needs no registry meanwhile.
pub fn look_in_dns(claim: &Claim, resolver: &Resolver) -> Result<Vec<Shown>, Error> {
    let (mut found, mut failed) = (Vec::new(), None::<(String, DnsFailure)>);
    for name in record_names(claim) {
        match resolver.texts(&name) {
            Ok(Texts { texts, .. }) => {
                found.push(Shown { method: Method::Dns, text: texts.join("\n"), place: place_of(&name) });
            }
            Err(failure) => {
                if failed.as_ref().is_none_or(|(_, before)| before.is_absence() && !failure.is_absence()) {
                    failed = Some((name, failure));
                }
            }
        }
    }
    match failed {
        _ if !found.is_empty() => Ok(found),
        Some((name, failure)) if failure.is_absence() => Err(no_answer(&name, &failure, PUT_IT_THERE)),
        Some((name, failure)) => Err(no_answer(&name, &failure, "try again in a while")),
        None => Err(no_host(claim)),
    }
}

/// Where a text stands, as RFC 4501 writes it.
fn place_of(name: &str) -> String {
    format!("dns:{name}?type=TXT")
}

/// Asks for the text records of a claim's host, and verifies the claim if its token stands there.
pub fn verify_by_dns(
    registry: &mut Registry,
    claim: &Claim,
    resolver: &Resolver,
    clerk: &mut Clerk<'_>,
) -> Result<ByDns, Error> {
    let names = record_names(claim);
    let mut not_proven = None;
    let mut failed: Option<(&String, DnsFailure)> = None;
    for name in &names {
        let Texts { texts, server, is_authenticated } = match resolver.texts(name) {
            Ok(found) => found,
            Err(failure) => {
                // That somebody could not be asked is worth more than that nothing is there.
                if failed.as_ref().is_none_or(|(_, before)| before.is_absence() && !failure.is_absence()) {
                    failed = Some((name, failure));
                }
                continue;
            }
        };
        match registry.verify(claim.id, Method::Dns, &texts.join("\n"), &place_of(name), clerk) {
            Ok(claim) => return Ok(ByDns { claim, name: name.clone(), server, is_authenticated }),
            Err(error @ RegistryError::NotProven { .. }) => not_proven = not_proven.or(Some(error)),
            Err(error) => return Err(error.into()),
        }
    }
    match (not_proven, failed) {
        (_, Some((name, failure))) if !failure.is_absence() => Err(no_answer(name, &failure, ASK_AGAIN)),
        (Some(error), _) => Err(error.into()),
        (None, Some((name, failure))) => Err(no_answer(name, &failure, PUT_IT_THERE)),
        (None, None) => Err(no_host(claim)),
    }
}

fn no_host(claim: &Claim) -> Error {
    let message = "what it is about has no host, or was erased".to_owned();
    Error::Input { input: format!("claim {}", claim.id), message }
}

fn no_answer(name: &str, failure: &DnsFailure, hint: &str) -> Error {
    Error::Input { input: name.to_owned(), message: format!("{failure}\nhint: {hint}") }
}
