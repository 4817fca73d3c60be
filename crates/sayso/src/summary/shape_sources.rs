//! Section 2 of a summary.

use serde::Serialize;

use super::bins::Modality;
use super::domains::DomainCount;

/// Section 2: where the data come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sources {
    /// Section 2.1.
    pub public: PublicSources,
    /// Section 2.2.1.
    pub licensed: LicensedSources,
    /// Section 2.2.2.
    pub private: PrivateSources,
    /// Section 2.3.
    pub crawled: CrawledSources,
    /// Section 2.4.
    pub user_data: UserData,
    /// Section 2.5.
    pub synthetic: SyntheticSources,
    /// Section 2.6.
    pub other: OtherSources,
}

/// Section 2.1: publicly available datasets.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublicSources {
    /// Whether there are any.
    pub used: Option<bool>,
    /// Kinds of content.
    pub modalities: Vec<Modality>,
    /// Those of more than 3 % of all publicly available data.
    pub large: Vec<LargeDataset>,
    /// What the others are.
    pub others: Option<String>,
    /// Comments.
    pub comments: Option<String>,
}

/// A large publicly available dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LargeDataset {
    /// Its name.
    pub name: String,
    /// Where it can be had.
    pub link: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its samples, where they were counted.
    pub samples: Option<u64>,
    /// What share they are of all samples of publicly available datasets that were counted.
    pub share: Option<f64>,
    /// The first month of its collection.
    pub from: Option<String>,
    /// The last.
    pub to: Option<String>,
}

/// Section 2.2.1: datasets commercially licensed by rightsholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicensedSources {
    /// Whether there are any.
    pub used: Option<bool>,
    /// Kinds of content.
    pub modalities: Vec<Modality>,
}

/// Section 2.2.2: private datasets of other third parties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrivateSources {
    /// Whether there are any.
    pub used: Option<bool>,
    /// Kinds of content.
    pub modalities: Vec<Modality>,
    /// Those that are publicly known.
    pub known: Vec<String>,
    /// What the others are.
    pub description: Option<String>,
    /// Comments.
    pub comments: Option<String>,
}

/// Section 2.3: data crawled and scraped from online sources.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrawledSources {
    /// Whether there are any.
    pub used: Option<bool>,
    /// Names of crawlers.
    pub crawlers: Vec<String>,
    /// What they crawl for.
    pub purposes: Option<String>,
    /// How they behave.
    pub behaviour: Option<String>,
    /// The first month.
    pub from: Option<String>,
    /// The last month.
    pub to: Option<String>,
    /// What was crawled.
    pub description: Option<String>,
    /// Kinds of content.
    pub modalities: Vec<Modality>,
    /// The most relevant domains; nothing where nothing was crawled.
    pub domains: Option<Domains>,
    /// Comments.
    pub comments: Option<String>,
}

/// The most relevant domains of what was crawled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Domains {
    /// Domains in all.
    pub total: u64,
    /// Whether the shorter list of small providers is asked for.
    pub is_small_provider: bool,
    /// How many are to be named at least.
    pub to_name: u64,
    /// Samples of all of them.
    pub samples: u64,
    /// Samples whose picture's size is known.
    pub samples_with_bytes: u64,
    /// Bytes of those pictures.
    pub bytes: u64,
    /// Domains of which any size is known.
    pub total_with_bytes: u64,
    /// The largest by bytes of pictures, as far as those are known.
    pub by_bytes: Vec<DomainCount>,
    /// The largest by samples.
    pub by_samples: Vec<DomainCount>,
}

/// Section 2.4: data of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserData {
    /// From what they do with the model.
    pub from_model: Option<bool>,
    /// From what they do with other services.
    pub from_services: Option<bool>,
    /// Which services.
    pub description: Option<String>,
    /// Kinds of content.
    pub modalities: Vec<Modality>,
    /// Comments.
    pub comments: Option<String>,
}

/// Section 2.5: synthetic data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyntheticSources {
    /// Whether there are any.
    pub used: Option<bool>,
    /// Kinds of content.
    pub modalities: Vec<Modality>,
    /// Models on the market that made them.
    pub models: Vec<String>,
    /// Other models that did.
    pub other_models: Option<String>,
    /// Comments.
    pub comments: Option<String>,
}

/// Section 2.6: other sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherSources {
    /// Whether there are any.
    pub used: Option<bool>,
    /// What they are.
    pub description: Option<String>,
    /// Comments.
    pub comments: Option<String>,
}
