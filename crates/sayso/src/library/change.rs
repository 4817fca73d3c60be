use sayso_consent::changes::{Change, changes};
use sayso_consent::statements_of_reasons;
use sayso_core::{Policy, Sample, Subject};

/// What would have kept a sample out of a dataset with this policy: each change would do alone.
#[must_use]
pub fn what_would_change(sample: &Sample, policy: &Policy) -> Vec<Change> {
    let subject = Subject { url: &sample.pair.url, page_url: &sample.pair.page_url };
    changes(&subject, &statements_of_reasons(sample.verdict().reasons.clone()), policy)
}
