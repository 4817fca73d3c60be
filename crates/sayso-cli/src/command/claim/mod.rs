mod add;
mod check;
mod erase;
mod export;
mod import;
mod list;
mod show;
mod step;
mod verify;

use std::io::Write;

use sayso::claims::{RegistryPlace, claim_json};
use sayso::online::{Clock, SystemClock};
use sayso_core::Timestamp;
use sayso_registry::claim::Claim;
use sayso_registry::log::SigningKey;
use sayso_registry::{Clerk, Registry, SystemRandomness};

use crate::arguments::{Claim as Arguments, ClaimCommand, RegistryArguments};
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        ClaimCommand::Add(arguments) => add::run(arguments),
        ClaimCommand::List(arguments) => list::run(arguments),
        ClaimCommand::Show(arguments) => show::run(arguments),
        ClaimCommand::Verify(arguments) => verify::run(arguments),
        ClaimCommand::Contest(arguments) => step::contest(arguments),
        ClaimCommand::Uphold(arguments) => step::uphold(arguments),
        ClaimCommand::Revoke(arguments) => step::revoke(arguments),
        ClaimCommand::Erase(arguments) => erase::run(arguments),
        ClaimCommand::Import(arguments) => import::run(arguments),
        ClaimCommand::Export(arguments) => export::run(arguments),
        ClaimCommand::Check(arguments) => check::run(arguments),
    }
}

/// What time it is, for entries of the log.
pub(in crate::command) fn now() -> Timestamp {
    // Entries tell time by the second: nothing rests on more.
    Timestamp::from_micros(SystemClock.now().as_micros().div_euclid(1_000_000) * 1_000_000)
}

/// A registry that is there, with the key that writes in it.
fn to_write(arguments: &RegistryArguments) -> anyhow::Result<(Registry, SigningKey)> {
    let place = RegistryPlace::of(&arguments.registry);
    if !place.is_there() {
        place.open()?;
    }
    Ok(place.open_to_write(None, now())?)
}

/// Does something as the registry's clerk.
fn as_clerk<T, E>(key: &SigningKey, act: impl FnOnce(&mut Clerk<'_>) -> Result<T, E>) -> Result<T, E> {
    let mut randomness = SystemRandomness;
    act(&mut Clerk { key, now: now(), randomness: &mut randomness })
}

/// Prints a claim.
fn print(claim: &Claim, is_json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if is_json {
        serde_json::to_writer_pretty(&mut out, &claim_json(claim))?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", line(claim))?;
    }
    Ok(())
}

/// A claim on one line.
fn line(claim: &Claim) -> String {
    let subject = claim.subject.as_ref().map_or_else(|| format!("{} (erased)", claim.kind), ToString::to_string);
    let method = claim.method.map(|method| format!(" ({method})")).unwrap_or_default();
    format!("{:>8}  {:<9}  {}  {}{method}", claim.id, claim.state, harmless(&subject), claim.preferences)
}
