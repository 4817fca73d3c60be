use std::io::Write;

use sayso::receipts::BuilderKey;

use crate::arguments::{Key, KeyCommand};
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Key) -> anyhow::Result<Outcome> {
    let (place, key, told) = match &arguments.command {
        KeyCommand::Make { at, name } => {
            let place = BuilderKey::at(at.key.as_deref())?;
            let key = place.make(name.as_deref())?;
            (place, key, "made; keep a copy of it: without it nobody can sign as before")
        }
        KeyCommand::Show { at } => {
            let place = BuilderKey::at(at.key.as_deref())?;
            let key = place.open()?;
            (place, key, "it verifies what is signed by this file's key")
        }
    };
    // The verifying key alone on standard output: it goes onto a page, or into a file.
    writeln!(std::io::stdout().lock(), "{}", key.public())?;
    writeln!(std::io::stderr(), "{}: {told}", harmless(&place.file().display().to_string()))?;
    Ok(Outcome::Done)
}
