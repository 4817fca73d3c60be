use std::io::Write;

use sayso::claims::{ByDns, Ways, claim_json, instructions, verify_by_dns, verify_online, way_of};
use sayso::dns::Resolver;
use sayso_registry::claim::{Claim, Method};
use sayso_registry::log::SigningKey;
use sayso_registry::{Registry, RegistryError};
use serde_json::json;

use super::{as_clerk, line, print, to_write};
use crate::arguments::ClaimVerify;
use crate::command::signals::online;
use crate::exit::Outcome;

/// Bytes of a signed note.
const NOTE_BYTES: u64 = 1 << 20;

pub(super) fn run(arguments: &ClaimVerify) -> anyhow::Result<Outcome> {
    let (mut registry, key) = to_write(&arguments.at)?;
    let claim = registry.claim(arguments.claim)?;
    let by_signature = arguments.by_key || arguments.signature.is_some() || arguments.method == Some(Method::Signature);
    let ways = Ways { profile: arguments.profile.as_deref(), by_signature };
    let method = arguments.method.unwrap_or_else(|| way_of(&claim, ways));
    if arguments.challenge {
        let token = as_clerk(&key, |clerk| registry.challenge(claim.id, method, clerk))?;
        let words = instructions(&registry, &claim, method, &token);
        let mut out = std::io::stdout().lock();
        if arguments.at.json {
            let document =
                json!({ "claim": claim.id, "method": method, "token": token.to_string(), "instructions": words });
            serde_json::to_writer_pretty(&mut out, &document)?;
            writeln!(out)?;
        } else {
            writeln!(out, "{words}")?;
        }
        return Ok(Outcome::Done);
    }
    let verified = match &arguments.signature {
        Some(file) => {
            let mut note = String::new();
            std::io::Read::read_to_string(&mut std::io::Read::take(fs_err::File::open(file)?, NOTE_BYTES), &mut note)?;
            let shown = note.clone();
            as_clerk(&key, |clerk| registry.verify(claim.id, Method::Signature, &shown, &note, clerk))
                .map_err(sayso::Error::Registry)
        }
        None if method == Method::Dns => return by_dns(arguments, &mut registry, &key, &claim),
        None if method != way_of(&claim, ways) => {
            anyhow::bail!(
                "claim {} cannot be verified by the method {method}
hint: without --method it is the one that suits it",
                claim.id
            )
        }
        None => verify_online(&mut registry, &key, &claim, ways, &online(&arguments.asking, "sayso")?),
    };
    match verified {
        Ok(claim) => {
            print(&claim, arguments.at.json)?;
            Ok(Outcome::Done)
        }
        Err(error) => not_verified(error),
    }
}

/// The answer is no, and the way to yes stands in it; or something went wrong.
fn not_verified(error: sayso::Error) -> anyhow::Result<Outcome> {
    match error {
        sayso::Error::Registry(error @ RegistryError::NotProven { .. }) => {
            crate::output::error(&error.into());
            Ok(Outcome::No)
        }
        error => Err(error.into()),
    }
}

/// Verifies by a text record, and says who said so: that is worth as much as they are to be trusted.
fn by_dns(
    arguments: &ClaimVerify,
    registry: &mut Registry,
    key: &SigningKey,
    claim: &Claim,
) -> anyhow::Result<Outcome> {
    let timeout = arguments.resolver_timeout;
    let resolver = match arguments.resolver {
        Some(server) => Resolver::at(server, timeout),
        None => Resolver::of_system(timeout)?,
    };
    let found = match as_clerk(key, |clerk| verify_by_dns(registry, claim, &resolver, clerk)) {
        Ok(found) => found,
        Err(error) => return not_verified(error),
    };
    let ByDns { claim, name, server, is_authenticated } = found;
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        let mut document = claim_json(&claim);
        if let Some(fields) = document.as_object_mut() {
            let dns = json!({ "name": name, "resolver": server, "authenticated": is_authenticated });
            fields.insert("dns".to_owned(), dns);
        }
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
    } else {
        let dnssec = if is_authenticated { "which says that DNSSEC bears it out" } else { "without DNSSEC" };
        writeln!(out, "{}\n          by {name}, as {server} says, {dnssec}", line(&claim))?;
    }
    Ok(Outcome::Done)
}
