use std::io::Write;

use sayso::claims::{Ways, instructions, verify_online, way_of};
use sayso_registry::RegistryError;
use sayso_registry::claim::Method;
use serde_json::json;

use super::{as_clerk, print, to_write};
use crate::arguments::ClaimVerify;
use crate::command::signals::online;
use crate::exit::Outcome;

/// Bytes of a signed note.
const NOTE_BYTES: u64 = 1 << 20;

pub(super) fn run(arguments: &ClaimVerify) -> anyhow::Result<Outcome> {
    let (mut registry, key) = to_write(&arguments.at)?;
    let claim = registry.claim(arguments.claim)?;
    let by_signature = arguments.by_key || arguments.signature.is_some();
    let ways = Ways { profile: arguments.profile.as_deref(), by_signature };
    if arguments.challenge {
        let method = way_of(&claim, ways);
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
        None => verify_online(&mut registry, &key, &claim, ways, &online(&arguments.asking, "sayso")?),
    };
    match verified {
        Ok(claim) => {
            print(&claim, arguments.at.json)?;
            Ok(Outcome::Done)
        }
        // The answer is no; the way to yes stands in it.
        Err(sayso::Error::Registry(error @ RegistryError::NotProven { .. })) => {
            crate::output::error(&error.into());
            Ok(Outcome::No)
        }
        Err(error) => Err(error.into()),
    }
}
