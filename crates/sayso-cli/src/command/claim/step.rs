use super::{as_clerk, print, to_write};
use crate::arguments::{ClaimContest, ClaimStep};
use crate::exit::Outcome;

pub(super) fn contest(arguments: &ClaimContest) -> anyhow::Result<Outcome> {
    let ClaimStep { at, claim, reason } = &arguments.step;
    let (mut registry, key) = to_write(at)?;
    let claim = as_clerk(&key, |clerk| registry.contest(*claim, arguments.by, reason.as_deref(), clerk))?;
    print(&claim, at.json)?;
    Ok(Outcome::Done)
}

pub(super) fn uphold(ClaimStep { at, claim, reason }: &ClaimStep) -> anyhow::Result<Outcome> {
    let (mut registry, key) = to_write(at)?;
    let claim = as_clerk(&key, |clerk| registry.uphold(*claim, reason.as_deref(), clerk))?;
    print(&claim, at.json)?;
    Ok(Outcome::Done)
}

pub(super) fn revoke(ClaimStep { at, claim, reason }: &ClaimStep) -> anyhow::Result<Outcome> {
    let (mut registry, key) = to_write(at)?;
    let claim = as_clerk(&key, |clerk| registry.revoke(*claim, reason.as_deref(), clerk))?;
    print(&claim, at.json)?;
    Ok(Outcome::Done)
}
