use sayso_core::{Sample, UsageCategory};
use sayso_registry::claim::{Claim, ClaimState, ClaimSubject, SubjectKind};
use url::Url;

use super::visible;
use super::words::{self, Moment};
use crate::api::ApiClaim;

/// Something that somebody may claim of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimOffer {
    /// The subject, as the form sends it.
    pub(crate) subject: String,
    /// What it means.
    pub(crate) says: &'static str,
    /// What it is about, to be read.
    pub(crate) shown: String,
    /// Whether it is chosen at first.
    pub(crate) is_chosen: bool,
}

/// A use of which something may be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UseChoice {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    /// Whether it is refused at first.
    pub(crate) is_refused: bool,
}

const fn choice(category: UsageCategory, says: &'static str, is_refused: bool) -> UseChoice {
    UseChoice { name: category.as_str(), says, is_refused }
}

/// The uses, in the order in which they are asked about.
pub(crate) const USES: [UseChoice; 6] = [
    choice(UsageCategory::TrainAi, "Training any model", true),
    choice(UsageCategory::TrainGenai, "Training a model that generates", true),
    choice(UsageCategory::FineTune, "Tuning a model to imitate one creator or person", true),
    choice(UsageCategory::AiInput, "Showing it to a model when it answers", false),
    choice(UsageCategory::DataMining, "Text and data mining", false),
    choice(UsageCategory::Search, "Finding it in a search", false),
];

/// What somebody may claim of a sample: only what a registry takes.
pub(crate) fn offers(sample: &Sample) -> Vec<ClaimOffer> {
    let pair = &sample.pair;
    let mut offers: Vec<ClaimOffer> = Vec::new();
    let mut offer = |text: String, says: &'static str| {
        let Ok(subject) = text.parse::<ClaimSubject>() else { return };
        let subject = subject.to_string();
        if offers.iter().all(|offer| offer.subject != subject) {
            let shown = subject.split_once(':').map_or_else(|| subject.clone(), |(_, value)| visible(value));
            offers.push(ClaimOffer { shown, is_chosen: offers.is_empty(), subject, says });
        }
    };
    offer(format!("url:{}", pair.url), "this picture, at this address");
    let folder = Url::parse(&pair.url).ok().and_then(|url| url.join("./").ok());
    if let Some(mut folder) = folder {
        folder.set_query(None);
        offer(format!("prefix:{folder}"), "everything in this folder");
    }
    for url in [&pair.url, &pair.page_url] {
        if let Some(host) = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)) {
            let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
            offer(format!("domain:{host}"), "everything at this site and under it");
        }
    }
    if let Some(sha256) = &pair.sha256 {
        offer(format!("sha256:{sha256}"), "this file, wherever it is");
    }
    if let Some(pdq) = pair.pdq.filter(|_| pair.pdq_quality.is_none_or(|quality| quality >= 50)) {
        offer(format!("pdq:{pdq}"), "this picture and its copies, wherever they are");
    }
    for account in pair.creator.iter().filter(|creator| creator.contains('/')) {
        offer(format!("account:{account}"), "everything by this account");
    }
    offers
}

/// What a state means.
pub(crate) const fn of_state(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Asserted => {
            "It was made, and nobody has shown yet that it is theirs. What it reserves counts already; what it allows does not."
        }
        ClaimState::Verified => "Whoever made it has shown that it is theirs.",
        ClaimState::Contested => {
            "Somebody else says that it is not the claimant’s. Until that is settled, it says nothing."
        }
        ClaimState::Revoked => "It was taken back, and says nothing any more.",
    }
}

/// Where a claim stands, for a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimView {
    pub(crate) number: u64,
    pub(crate) kind: &'static str,
    /// What it is about: for everybody where the log tells it, and for its holder.
    pub(crate) subject: Option<String>,
    /// Whether the log has a commitment in its place.
    pub(crate) is_private: bool,
    pub(crate) state: &'static str,
    pub(crate) state_words: &'static str,
    pub(crate) method: Option<&'static str>,
    pub(crate) since: Moment,
    pub(crate) wishes: Vec<(&'static str, &'static str)>,
    pub(crate) steps: Vec<(u64, String, Moment)>,
    /// What can be done with it.
    pub(crate) can_verify: bool,
    pub(crate) can_revoke: bool,
    pub(crate) needs_profile: bool,
}

impl ClaimView {
    pub(crate) fn new(claim: &Claim, told: &ApiClaim, is_holders: bool) -> Self {
        let is_private = !claim.kind.is_public();
        let subject = claim.subject.as_ref().filter(|_| is_holders || !is_private);
        let wishes = claim.preferences.iter().map(|(category, wish)| {
            let wish = match wish {
                sayso_registry::claim::Wish::Allowed => "yes",
                sayso_registry::claim::Wish::Disallowed => "no",
                sayso_registry::claim::Wish::UnderTerms => "under terms",
            };
            (words::of_use(category), wish)
        });
        let steps = told
            .steps
            .iter()
            .filter_map(|step| Some((step.entry, step.event.clone(), Moment::new(step.at.parse().ok()?))));
        let is_over = claim.state == ClaimState::Revoked;
        Self {
            number: claim.id.0,
            kind: kind_words(claim.kind),
            subject: subject.map(|subject| visible(&subject.value())),
            is_private,
            state: claim.state.as_str(),
            state_words: of_state(claim.state),
            method: claim.method.map(sayso_registry::claim::Method::as_str),
            since: Moment::new(claim.since),
            wishes: wishes.collect(),
            steps: steps.collect(),
            can_verify: !is_over && claim.subject.is_some(),
            can_revoke: !is_over,
            needs_profile: claim.kind == SubjectKind::Account,
        }
    }
}

const fn kind_words(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::Domain => "a site",
        SubjectKind::Prefix => "a folder of a site",
        SubjectKind::Url => "an address",
        SubjectKind::Account => "an account",
        SubjectKind::Sha256 => "a file, by its digest",
        SubjectKind::Pdq => "a picture and its copies, by what it looks like",
    }
}
