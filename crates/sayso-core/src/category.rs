use crate::stable_names;

/// A kind of use that a statement can speak of.
///
/// The categories are Sayso's own; one table in `sayso-consent` says which label of which vocabulary
/// (robots directives, TDMRep, AIPREF, RSL, …) speaks of which, and which category implies which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UsageCategory {
    /// Showing the work, or a link to it, as an answer to a search.
    Search,
    /// Text and data mining in the sense of Directive (EU) 2019/790, article 2(2).
    DataMining,
    /// Training any model.
    TrainAi,
    /// Training a model that generates pictures, text or sound.
    TrainGenai,
    /// Tuning a model so that it imitates one creator or depicts one person.
    FineTune,
    /// Giving the work to a model as input when it is used (retrieval, grounding).
    AiInput,
}

stable_names!(UsageCategory, "usage category", {
    Search => "search",
    DataMining => "data-mining",
    TrainAi => "train-ai",
    TrainGenai => "train-genai",
    FineTune => "fine-tune",
    AiInput => "ai-input",
});

/// The use for which somebody asks, and which a verdict judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Purpose(pub UsageCategory);

impl std::fmt::Display for Purpose {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Purpose {
    type Err = crate::UnknownName;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        given.parse().map(Self)
    }
}
