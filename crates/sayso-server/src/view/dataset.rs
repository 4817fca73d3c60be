use sayso::library::DatasetSummary;

use super::words;

/// A dataset in the list of datasets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatasetView {
    pub(crate) name: String,
    /// What is in it, counted.
    pub(crate) href: String,
    pub(crate) samples: String,
    pub(crate) exclusions: String,
    pub(crate) snapshot: u64,
    pub(crate) purpose: &'static str,
    pub(crate) purpose_words: &'static str,
    pub(crate) policy: String,
    pub(crate) policy_words: String,
}

impl DatasetView {
    pub(crate) fn new(summary: &DatasetSummary) -> Self {
        let encoded: String = url::form_urlencoded::byte_serialize(summary.name.as_bytes()).collect();
        Self {
            name: summary.name.clone(),
            href: format!("/overview?dataset={encoded}"),
            samples: words::number(summary.samples),
            exclusions: words::number(summary.exclusions),
            snapshot: summary.snapshot,
            purpose: summary.policy.purpose.0.as_str(),
            purpose_words: words::of_use(summary.policy.purpose.0),
            policy: summary.policy.to_string(),
            policy_words: words::of_policy(&summary.policy),
        }
    }
}
