use std::io::Write;

use sayso::claims::{RegistryPlace, claim_json};
use sayso_registry::Made;
use sayso_registry::claim::NewClaim;
use serde_json::json;

use super::{as_clerk, line, now};
use crate::arguments::ClaimAdd;
use crate::exit::Outcome;

pub(super) fn run(arguments: &ClaimAdd) -> anyhow::Result<Outcome> {
    let wanted = &arguments.wanted;
    let Some(preferences) = &wanted.preference else {
        anyhow::bail!("a claim says what is wanted of some use\nhint: add --preference train-ai=n");
    };
    let claims: Vec<NewClaim> = arguments
        .subject
        .iter()
        .map(|subject| NewClaim {
            subject: subject.clone(),
            preferences: preferences.clone(),
            claimant: wanted.claimant.clone(),
            terms: wanted.terms.clone(),
            since: arguments.since,
        })
        .collect();
    // Nothing is made where nothing will be claimed.
    claims.iter().try_for_each(|claim| claim.check(now()))?;
    let place = RegistryPlace::of(&arguments.at.registry);
    let is_new = !place.is_there();
    let (mut registry, key) = place.open_to_write(wanted.origin.as_deref(), now())?;
    let made = as_clerk(&key, |clerk| registry.assert(&claims, clerk))?;
    let head = registry.head()?;
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        let mut claims = Vec::new();
        for made in &made {
            let mut claim = claim_json(&registry.claim(made.id())?);
            claim["is_new"] = json!(matches!(made, Made::New(_)));
            claims.push(claim);
        }
        let document = json!({ "claims": claims, "head": head.head(), "key": key.public().to_string() });
        serde_json::to_writer_pretty(&mut out, &document)?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    if is_new {
        writeln!(std::io::stderr(), "a new registry; its log is verified by {}", key.public())?;
    }
    for made in &made {
        let known = if matches!(made, Made::Known(_)) { "  (it stood already)" } else { "" };
        writeln!(out, "{}{known}", line(&registry.claim(made.id())?))?;
    }
    Ok(Outcome::Done)
}
