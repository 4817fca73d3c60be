use sayso_core::{Preference, Reason, SignalKind, Statement};

use crate::agents::AgentTable;
use crate::read::read;

/// The statements from which a stored verdict came: [`judge`](crate::judge()) makes of them, under another policy and for
/// another purpose, the verdict that it would have made at the time.
///
/// They mean what they were read to mean when they were stored. Of a verdict that was stored before reasons held what
/// a statement says of other uses, only what it says of that one purpose is left.
#[must_use]
pub fn statements_of_reasons(reasons: Vec<Reason>) -> Vec<Statement> {
    reasons.into_iter().filter_map(statement).collect()
}

fn statement(reason: Reason) -> Option<Statement> {
    let signal = reason.evidence?;
    // What a licence is worth was for the policy to say, which is why its reason may hold the policy's word for it.
    if signal.kind == SignalKind::Licence {
        let preferences = read(&signal, AgentTable::builtin(), "");
        return Some(Statement::new(signal, preferences));
    }
    let mut preferences = reason.also;
    preferences.push(Preference { category: reason.category, stance: reason.stance, code: reason.code });
    preferences.sort_by_key(|preference| preference.category);
    Some(Statement::new(signal, preferences))
}
