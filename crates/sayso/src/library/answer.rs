use sayso_core::Sample;

/// Which part of the answers to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How many of the best hits to pass over.
    pub offset: usize,
    /// How many hits to return at most.
    pub limit: usize,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchAnswer {
    /// How many samples match in all.
    pub total: u64,
    /// How many were passed over.
    pub offset: u64,
    /// The hits, in their order.
    pub hits: Vec<Hit>,
    /// The cursor from which the list goes on; `None` at its end.
    pub next: Option<String>,
}

/// One sample that a query matched, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The name of the dataset that holds it.
    pub dataset: String,
    /// The sample.
    pub sample: Sample,
    /// How well it matches; comparable within one answer only.
    pub score: f32,
    /// What the query matched.
    pub matched: Vec<Matched>,
}

/// One field that a query matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The field: `caption`, `creator`, `site`, `licence`, `verdict`.
    pub field: &'static str,
    /// The field's text.
    pub text: String,
    /// Which byte ranges of `text` matched, in order, not overlapping, on character boundaries.
    pub ranges: Vec<std::ops::Range<usize>>,
}

/// What a dataset is, in a few numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetSummary {
    /// The name: the last part of its folder's path.
    pub name: String,
    /// How many samples its newest snapshot holds.
    pub samples: u64,
    /// Of how many samples the picture was hashed, and shows enough to be told from others.
    pub hashed: u64,
    /// How many pairs were not admitted.
    pub exclusions: u64,
    /// The snapshot's number.
    pub snapshot: u64,
    /// The policy it was built under, and the purpose.
    pub policy: sayso_core::Policy,
}
