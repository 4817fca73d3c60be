use sayso_registry::History;
use sayso_registry::claim::Claim;
use serde_json::{Map, Value, json};

/// A claim as the command and the API print it.
#[must_use]
pub fn claim_json(claim: &Claim) -> Value {
    let Claim { id, kind, subject, preferences, state, method, since, made_at, changed_by } = claim;
    json!({
        "claim": id,
        "kind": kind,
        "subject": subject.as_ref().map(ToString::to_string),
        "preferences": preferences,
        "state": state,
        "method": method,
        "since": since,
        "made_at": made_at,
        "changed_by": changed_by,
    })
}

/// The steps of a claim, with what opens their commitments as far as that was not erased.
#[must_use]
pub fn history_json(history: &[History]) -> Value {
    let step = |step: &History| {
        let opened = step.openings.iter().map(|(field, opening)| {
            let salt: String = opening.salt.iter().map(|byte| format!("{byte:02x}")).collect();
            (field.to_string(), json!({ "value": opening.value, "salt": salt }))
        });
        json!({ "number": step.number, "entry": step.entry, "openings": opened.collect::<Map<_, _>>() })
    };
    history.iter().map(step).collect()
}
