use sayso_core::Sample;

use super::{shortened, visible};

/// Characters of a caption in a list of links.
const TITLE_CHARS: usize = 100;

/// A link to a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SampleLink {
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) domain: String,
}

impl SampleLink {
    pub(crate) fn new(sample: &Sample) -> Self {
        let pair = &sample.pair;
        Self {
            href: format!("/samples/{}", pair.uid),
            title: visible(&shortened(&pair.caption, TITLE_CHARS)),
            domain: pair.domain.clone(),
        }
    }
}
