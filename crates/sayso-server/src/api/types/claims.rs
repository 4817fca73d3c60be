use std::collections::BTreeMap;

use sayso_registry::History;
use sayso_registry::claim::{Claim, ClaimPreferences};
use sayso_registry::entry::PrivateField;
use sayso_registry::lookup::{Holding, How};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A claim, as far as the log tells it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiClaim {
    /// Its number, which is that of the entry that made it.
    pub(crate) claim: u64,
    /// The kind of its subject: domain, prefix, url, account, sha256, pdq.
    pub(crate) kind: String,
    /// What it is about; null where the log has a commitment to it only.
    pub(crate) subject: Option<String>,
    /// What the log has in its place.
    pub(crate) commitment: Option<String>,
    /// What is wanted, use by use: allowed, disallowed or under-terms.
    pub(crate) preferences: BTreeMap<String, String>,
    /// asserted, verified, contested or revoked.
    pub(crate) state: String,
    /// How it was verified: well-known, dns, profile or signature.
    pub(crate) method: Option<String>,
    /// Since when it holds.
    pub(crate) since: String,
    /// When it was made.
    pub(crate) made_at: String,
    /// Every step that it took.
    pub(crate) steps: Vec<ApiClaimStep>,
}

/// A step of a claim.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiClaimStep {
    /// The entry's number.
    pub(crate) entry: u64,
    /// asserted, verified, contested, upheld or revoked.
    pub(crate) event: String,
    /// When.
    pub(crate) at: String,
    /// Where the proof is that it is on the log.
    pub(crate) proof: String,
}

/// Wishes by the names of uses.
fn wishes(preferences: &ClaimPreferences) -> BTreeMap<String, String> {
    preferences.iter().map(|(category, wish)| (category.to_string(), wish.to_string())).collect()
}

impl ApiClaim {
    pub(crate) fn new(claim: &Claim, history: &[History]) -> Self {
        let first = history.first().and_then(|step| step.entry.commitment(PrivateField::Subject));
        let step = |step: &History| ApiClaimStep {
            entry: step.number,
            event: step.entry.event.name().to_owned(),
            at: step.entry.at.to_string(),
            proof: format!("/api/v1/log/proof/{}", step.number),
        };
        Self {
            claim: claim.id.0,
            kind: claim.kind.to_string(),
            subject: claim.subject.as_ref().filter(|_| claim.kind.is_public()).map(ToString::to_string),
            commitment: first.map(|commitment| commitment.to_string()),
            preferences: wishes(&claim.preferences),
            state: claim.state.to_string(),
            method: claim.method.map(|method| method.to_string()),
            since: claim.since.to_string(),
            made_at: claim.made_at.to_string(),
            steps: history.iter().map(step).collect(),
        }
    }
}

/// Addresses to look up.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct LookUpQuestion {
    /// At most 10,000 of them.
    pub(crate) urls: Vec<String>,
}

/// What claims say of addresses.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookUpAnswer<'a> {
    /// The head of the log that was looked up in: origin, size and root.
    pub(crate) head: &'a str,
    /// One for each address, in their order.
    pub(crate) results: Vec<LookedUp<'a>>,
}

/// What claims say of one address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LookedUp<'a> {
    /// The address as it was given.
    pub(crate) url: &'a str,
    /// What follows from all claims together, of each use of which they say something: allowed, unknown or disallowed.
    pub(crate) says: BTreeMap<&'static str, &'static str>,
    /// The claims that hold for it, the oldest first, 100 at most.
    pub(crate) claims: Vec<ApiHolding>,
    /// How many more there are. What follows from all of them stands in `says`.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) more_claims: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields on by reference")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A claim that holds for an address.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ApiHolding {
    /// Its number.
    pub(crate) claim: u64,
    /// The kind of its subject.
    pub(crate) kind: &'static str,
    /// asserted, verified or contested.
    pub(crate) state: &'static str,
    /// Whether control of the subject was shown.
    pub(crate) is_by_control: bool,
    /// By what it holds: address or account.
    pub(crate) how: &'static str,
    /// What is wanted.
    pub(crate) preferences: BTreeMap<&'static str, &'static str>,
}

impl ApiHolding {
    pub(crate) fn new(holding: &Holding<'_>) -> Self {
        let claim = holding.claim;
        Self {
            claim: claim.id.0,
            kind: claim.subject.kind().as_str(),
            state: claim.state.as_str(),
            is_by_control: claim.is_by_control,
            how: match holding.how {
                How::Address => "address",
                How::Page => "page",
                How::Account => "account",
                How::Digest => "digest",
                How::Copy { .. } => "copy",
            },
            preferences: claim.wishes().map(|(category, wish)| (category.as_str(), wish.as_str())).collect(),
        }
    }
}

/// What Spawning's API answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpawningAnswer<'a> {
    /// One for each line, in their order.
    pub(crate) urls: Vec<SpawningUrl<'a>>,
}

/// One address.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SpawningUrl<'a> {
    /// The address as it was given.
    pub(crate) url: &'a str,
    /// Whether it is kept out of training.
    #[serde(rename = "optOut")]
    pub(crate) opt_out: bool,
}

/// What was taken out, and how long people waited for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiRemovals {
    /// The median of the time between a request and its answer, in seconds; null where nothing was answered yet.
    pub(crate) median_seconds: Option<u64>,
    /// Requests that wait for an answer.
    pub(crate) waiting: u64,
    /// The latest first.
    pub(crate) removals: Vec<ApiRemoval>,
}

/// One answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiRemoval {
    /// What was asked for: report or claim.
    pub(crate) what: String,
    /// The claim's number, where it is one.
    pub(crate) claim: Option<u64>,
    /// Why, where it was a report: private, medical, child, sexual or other.
    pub(crate) reason: Option<String>,
    /// When it was asked for.
    pub(crate) asked_at: String,
    /// When it was answered.
    pub(crate) answered_at: String,
    /// The answer: removed, hidden or shown-again.
    pub(crate) answer: String,
    /// Samples that it was about.
    pub(crate) samples: u64,
}
