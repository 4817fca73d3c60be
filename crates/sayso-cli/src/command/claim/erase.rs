use std::io::Write;

use serde_json::json;

use super::to_write;
use crate::arguments::ClaimErase;
use crate::exit::Outcome;
use crate::output::counted;

pub(super) fn run(arguments: &ClaimErase) -> anyhow::Result<Outcome> {
    let (mut registry, _) = to_write(&arguments.at)?;
    let erased = registry.erase(&arguments.claims, arguments.with_subject)?;
    let mut out = std::io::stdout().lock();
    if arguments.at.json {
        writeln!(out, "{}", json!({ "claims": erased.claims, "values": erased.values }))?;
    } else {
        writeln!(out, "{} erased of {}", counted(erased.values, "value"), counted(erased.claims, "claim"))?;
    }
    Ok(if erased.values == 0 { Outcome::No } else { Outcome::Done })
}
