use std::io::{BufWriter, Write};

use sayso::claims::{RegistryPlace, claim_json};
use sayso_registry::entry::PrivateField;
use serde_json::json;

use crate::arguments::ClaimExport;
use crate::exit::Outcome;

/// Claims that are read at once.
const BATCH: u64 = 1000;

/// Writes a list for those who keep claims: the signed checkpoint first, then a claim a line, with the salts by which what it is
/// about can be checked against the log.
pub(super) fn run(arguments: &ClaimExport) -> anyhow::Result<Outcome> {
    let mut registry = RegistryPlace::of(&arguments.registry).open()?;
    let (head, note) = registry.signed_head()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let key = registry.identity().key.to_string();
    writeln!(out, "{}", json!({ "checkpoint": note.to_string(), "key": key, "since": arguments.since }))?;
    let mut at = arguments.since;
    loop {
        let claims = registry.changed_since(at, BATCH)?;
        let Some(last) = claims.last() else { break };
        at = last.changed_by + 1;
        // What came since belongs to the next list.
        for claim in claims.iter().filter(|claim| claim.changed_by < head.size) {
            let mut row = claim_json(claim);
            let history = registry.history(claim.id)?;
            let opening =
                history.first().and_then(|step| step.openings.iter().find(|it| it.0 == PrivateField::Subject));
            if let Some((_, opening)) = opening {
                let salt: String = opening.salt.iter().map(|byte| format!("{byte:02x}")).collect();
                row["salt"] = json!(salt);
            }
            writeln!(out, "{row}")?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}
