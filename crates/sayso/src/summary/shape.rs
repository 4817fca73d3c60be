//! What stands in a summary, and sections 1 and 3 of it.

use serde::Serialize;

use super::bins::Modality;
use super::form_values::Source;
use super::shape_sources::Sources;

/// A summary, as `docs/specs/eu-summary.schema.json` has it. A field that is empty is one that nobody filled in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EuSummary {
    /// Always `sayso-eu-summary`.
    pub format: &'static str,
    /// The version of the format.
    pub version: u64,
    /// The document that has the template.
    pub template: &'static str,
    /// The version of the summary, in the provider's words.
    pub summary_version: Option<String>,
    /// The day of its last change.
    pub last_update: Option<String>,
    /// Section 1.
    pub general: General,
    /// Section 2.
    pub sources: Sources,
    /// Section 3.
    pub processing: Processing,
    /// The datasets that all of this was computed from.
    pub datasets: Vec<SummarisedDataset>,
}

/// Section 1: general information.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct General {
    /// Section 1.1.
    pub provider: Provider,
    /// Section 1.2.
    pub model: Model,
    /// Section 1.3: kinds of content, how much of each, and what it is.
    pub modalities: Vec<ModalitySize>,
    /// The month of the last data.
    pub latest_acquisition: Option<String>,
    /// Whether the model goes on being trained on new data.
    pub continuously_trained: Option<bool>,
    /// Languages of captions.
    pub languages: Languages,
    /// Other characteristics, in words.
    pub other_characteristics: Option<String>,
    /// Comments.
    pub comments: Option<String>,
}

/// Section 1.1: who provides the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provider {
    /// Name.
    pub name: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Their representative in the Union.
    pub representative: Option<Representative>,
}

/// An authorised representative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Representative {
    /// Name.
    pub name: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
}

/// Section 1.2: the model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Model {
    /// Names with versions.
    pub names: Vec<String>,
    /// Models that it was made of.
    pub dependencies: Option<String>,
    /// The day on which it was placed on the market of the Union.
    pub placed_on_market: Option<String>,
}

/// How much there is of one kind of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModalitySize {
    /// The kind.
    pub modality: Modality,
    /// What it is; of other kinds only.
    pub name: Option<String>,
    /// In what it is measured.
    pub unit: &'static str,
    /// The template's range.
    pub range: Option<&'static str>,
    /// The number, where it is known.
    pub number: Option<u64>,
    /// A number that it cannot exceed: a token has at least one byte.
    pub at_most: Option<u64>,
    /// The size in another unit.
    pub size: Option<String>,
    /// What kinds of content there are.
    pub types: Option<String>,
}

/// Languages of captions, as far as they are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Languages {
    /// In the provider's words.
    pub description: Option<String>,
    /// Samples whose language is known.
    pub known: u64,
    /// Samples whose language is not.
    pub unknown: u64,
    /// How many of the 24 official languages of the Union occur.
    pub union_languages: u64,
    /// Each with its number of samples, the commonest first.
    pub list: Vec<LanguageCount>,
}

/// One language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LanguageCount {
    /// Its code.
    pub language: String,
    /// Samples whose caption is in it.
    pub samples: u64,
    /// Whether it is an official language of the Union.
    pub is_of_union: bool,
}

/// Section 3: how data are processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Processing {
    /// Section 3.1.
    pub reservations: Reservations,
    /// Section 3.2.
    pub illegal_content: IllegalContent,
    /// Section 3.3: further facts, computed, then the provider's words.
    pub other: Vec<String>,
}

/// Section 3.1: how reservations of rights are respected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reservations {
    /// Whether the provider signed the Code of Practice.
    pub code_of_practice: Option<bool>,
    /// What is done, computed sentences and then the provider's words.
    pub measures: Vec<String>,
    /// By which protocols pairs were refused or kept all the same.
    pub protocols: Vec<ProtocolCount>,
    /// Pairs that were refused for what is no opt-out, by code.
    pub refused_otherwise: Vec<CodeCount>,
    /// Comments.
    pub comments: Option<String>,
}

/// What became of reservations by one protocol.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProtocolCount {
    /// The stable name.
    pub protocol: String,
    /// What people call it.
    pub name: String,
    /// Pairs that were refused because of it.
    pub honoured: u64,
    /// Pairs that were refused because what it says could not be read.
    pub refused_in_doubt: u64,
    /// Samples that are in a dataset although it reserves their use.
    pub kept: u64,
    /// The same by code of the reason that decided.
    pub codes: Vec<ProtocolCode>,
}

/// What became of reservations of one code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProtocolCode {
    /// The stable code.
    pub code: String,
    /// Pairs that were refused.
    pub refused: u64,
    /// Samples that are in a dataset.
    pub kept: u64,
}

/// A count under a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeCount {
    /// The stable code.
    pub code: String,
    /// How many.
    pub refused: u64,
}

/// Section 3.2: how illegal content is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IllegalContent {
    /// What is done.
    pub measures: Option<String>,
}

/// A dataset that is summarised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummarisedDataset {
    /// The name of its folder.
    pub folder: String,
    /// What it is called, where the form or its origin says.
    pub name: Option<String>,
    /// Where it comes from; nothing where nobody said.
    pub source: Option<Source>,
    /// The snapshot's number.
    pub snapshot: u64,
    /// The Merkle root over the digests of its files.
    pub root: String,
    /// The use that was judged.
    pub purpose: String,
    /// The policy it was built under.
    pub policy: String,
    /// Samples.
    pub samples: u64,
    /// Distinct addresses of pictures among them.
    pub pictures: u64,
    /// Bytes of captions in UTF-8.
    pub caption_bytes: u64,
    /// Characters of captions.
    pub caption_characters: u64,
    /// Bytes of the pictures whose size is known.
    pub picture_bytes: u64,
    /// Samples whose picture's size is known.
    pub samples_with_bytes: u64,
    /// Pairs that were refused.
    pub refused: u64,
    /// The first month of its captures.
    pub from: Option<String>,
    /// The last month in which anything of it was captured or fetched.
    pub to: Option<String>,
}
