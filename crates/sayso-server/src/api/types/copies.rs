use sayso::matching::PictureCopy;
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiSample;

/// The copies of a picture.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FoundCopies {
    /// In how many of 256 bits a hash might differ.
    pub(crate) distance: u64,
    /// Whether there are more than were asked for.
    pub(crate) has_more: bool,
    /// The copies, the nearest first.
    pub(crate) copies: Vec<ApiCopy>,
}

/// A sample whose picture is like the one that was asked for. Likeness is no proof of who took what from whom.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiCopy {
    /// The dataset that holds it.
    pub(crate) dataset: String,
    /// `copy` up to 16 bits, `near-copy` up to 31, `merely-near` beyond.
    #[schema(example = "copy")]
    pub(crate) class: String,
    /// How it was found: `hash` or `turned-hash`.
    pub(crate) how: String,
    /// In how many of 256 bits the hashes differ.
    pub(crate) distance: Option<u32>,
    /// How the picture that was asked for has to be turned to look like this one.
    #[schema(example = "original")]
    pub(crate) turn: Option<String>,
    /// The sample.
    pub(crate) sample: ApiSample,
}

impl ApiCopy {
    pub(crate) fn new(copy: &PictureCopy) -> Self {
        Self {
            dataset: copy.dataset.clone(),
            class: copy.class().as_str().to_owned(),
            how: copy.how.as_str().to_owned(),
            distance: copy.how.distance(),
            turn: copy.how.turn().map(|turn| turn.as_str().to_owned()),
            sample: ApiSample::from(&copy.sample),
        }
    }
}
