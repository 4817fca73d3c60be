use std::io::Write;

use sayso::claims::{RegistryPlace, claim_json};
use serde_json::json;

use super::line;
use crate::arguments::ClaimList;
use crate::exit::Outcome;

/// Claims that are read at once.
const BATCH: u64 = 1000;

pub(super) fn run(arguments: &ClaimList) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.at.registry).open()?;
    let head = registry.head()?;
    let (mut from, mut since, mut found) = (arguments.from, arguments.since, Vec::new());
    loop {
        let claims = match (&arguments.subject, since) {
            (Some(subject), _) => registry.claims_on(subject, arguments.limit)?,
            (None, Some(size)) => registry.changed_since(size, BATCH)?,
            (None, None) => registry.claims(from, BATCH)?,
        };
        let Some(last) = claims.last() else { break };
        from.0 = last.id.0 + 1;
        since = since.map(|_| last.changed_by + 1);
        found.extend(claims.into_iter().filter(|claim| arguments.state.is_none_or(|state| claim.state == state)));
        if found.len() as u64 >= arguments.limit || arguments.subject.is_some() {
            break;
        }
    }
    found.truncate(usize::try_from(arguments.limit).unwrap_or(usize::MAX));
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        let claims: Vec<_> = found.iter().map(claim_json).collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "claims": claims, "head": head.head() }))?;
        writeln!(out)?;
    } else {
        found.iter().try_for_each(|claim| writeln!(out, "{}", line(claim)))?;
    }
    Ok(if found.is_empty() { Outcome::No } else { Outcome::Done })
}
