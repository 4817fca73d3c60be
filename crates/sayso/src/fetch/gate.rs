//! The two gates: what is known of a sample before its picture is asked for, and what the picture brings.

use sayso_consent::{settle_site_files, statements_of_reasons};
use sayso_core::{Admission, Policy, Stance, Statement, Subject};

use super::outcome::NewRuling;
use super::part::Part;
use super::said::Said;
use crate::Error;
use crate::rejudge::{is_same, rule};

/// Judges samples by what is stored of them and by what was learned since.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) policy: Policy,
}

/// What was judged of one sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) stance: Stance,
    /// The verdict, where what was learned adds to it.
    pub(super) ruling: Option<NewRuling>,
    /// The code of the reason for which it is refused.
    pub(super) refused: Option<String>,
}

impl Gate {
    /// Judges the sample at a row of `part` with what was `learned`.
    ///
    /// What was said before keeps counting (decision 14), so that what is learned only adds.
    pub(super) fn judge(&self, part: &Part, row: usize, learned: &Said) -> Result<Judged, Error> {
        let stance = part.stance(row)?;
        let stored = statements_of_reasons(part.reasons(row)?);
        let is_new = |statement: &&Statement| {
            !statement.preferences.is_empty() && !stored.iter().any(|known| is_same(known, statement))
        };
        let mut new: Vec<Statement> = learned.on(part.page_url(row)).filter(is_new).cloned().collect();
        if new.is_empty() {
            // What is admitted stands as long as nothing is learned.
            return Ok(Judged { stance, ruling: None, refused: None });
        }
        let mut all = stored;
        all.append(&mut new);
        settle_site_files(&mut all);
        let subject = Subject { url: part.url(row), page_url: part.page_url(row) };
        let ruling = rule(subject, &all, &self.policy)?;
        let reason = ruling.verdict.reasons.first().map(|reason| reason.code.as_str().to_owned());
        let new = NewRuling {
            verdict: ruling.verdict.stance,
            reason: reason.unwrap_or_default(),
            reasons: ruling.reasons.clone(),
        };
        let stance = ruling.verdict.stance;
        let decided = Admission::decide(part.uid(row)?, ruling.verdict, &self.policy);
        let refused = decided.err().map(|exclusion| exclusion.code.as_str().to_owned());
        Ok(Judged { stance, ruling: Some(new), refused })
    }

    /// Whether the picture of any sample of a group may be asked for: admitted, and not disallowed.
    ///
    /// A policy that only records admits what is disallowed. To write down that somebody refuses is one thing, to fetch
    /// what they refuse another.
    pub(super) fn opens(&self, part: &Part, group: usize, learned: &Said) -> Result<bool, Error> {
        for row in part.rows_of(group) {
            let judged = self.judge(part, row, learned)?;
            if judged.refused.is_none() && judged.stance != Stance::Disallowed {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
