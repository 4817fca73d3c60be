use sayso_core::Stance;

use crate::facets::FacetField;

/// What the text index needs of one sample. Everything is borrowed: nothing is allocated for a sample.
#[derive(Debug, Clone, Copy)]
pub struct IndexedSample<'a> {
    /// Which shard holds the sample, counted as the snapshot lists its shards.
    pub shard: u32,
    /// Its row in that shard.
    pub row: u32,
    /// The caption.
    pub caption: &'a str,
    /// The creator, where one is known.
    pub creator: Option<&'a str>,
    /// The licence as the page states it, where it does.
    pub licence: Option<&'a str>,
    /// What the verdict says.
    pub verdict: Stance,
    /// The language of the caption, where it is known.
    pub language: Option<&'a str>,
    /// The steps in which numbers of the sample lie, as [`FacetField::step`] tells them.
    pub steps: &'a [(FacetField, u32)],
    /// The host of the picture's URL, in lower case and in the form that DNS uses.
    pub picture_host: &'a str,
    /// The registrable domain of `picture_host`.
    pub domain: &'a str,
    /// The host of the page's URL; empty where no page is known.
    pub page_host: &'a str,
    /// The registrable domain of `page_host`.
    pub page_domain: &'a str,
}

impl IndexedSample<'_> {
    /// Shard and row in one number, which orders samples as the dataset does.
    pub(crate) fn key(&self) -> u64 {
        (u64::from(self.shard) << 32) | u64::from(self.row)
    }
}
