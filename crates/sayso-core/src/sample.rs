use crate::{Decision, Pair, Policy, ReasonCode, Uid, Verdict};

/// Proof that a pair was judged and that the policy admits it: what a sample needs to exist.
///
/// The only constructor is [`Admission::decide`]. Whatever writes or reads samples goes through it, so that no
/// sample can come about without a verdict that admits it, nor be read from a shard that was tampered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    verdict: Verdict,
}

impl Admission {
    /// Lets `policy` decide on `verdict`: an admission, or the exclusion that takes the pair's place.
    pub fn decide(uid: Uid, verdict: Verdict, policy: &Policy) -> Result<Self, Exclusion> {
        match policy.decide(&verdict) {
            Decision::Admitted => Ok(Self { verdict }),
            Decision::Refused => {
                let code = verdict.reasons.first().map_or(ReasonCode::NO_STATEMENT, |first| first.code.clone());
                Err(Exclusion { uid, code })
            }
        }
    }

    /// The verdict that admits.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

/// A pair that was not admitted: its digest and the reason, and nothing of its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The digest of the pair that was refused.
    pub uid: Uid,
    /// The code of the reason that decided.
    pub code: ReasonCode,
}

/// An admitted pair with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// What is known of the pair.
    pub pair: Pair,
    admission: Admission,
}

impl Sample {
    /// Joins a pair and its admission.
    #[must_use]
    pub fn new(pair: Pair, admission: Admission) -> Self {
        Self { pair, admission }
    }

    /// The verdict under which the pair was admitted.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        self.admission.verdict()
    }
}
