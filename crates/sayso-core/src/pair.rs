use crate::{Pdq, RecordLocator, Timestamp, Uid, stable_names};

/// Where on the page a caption was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaptionOrigin {
    /// The `alt` attribute of the picture.
    Alt,
    /// The `figcaption` of the figure around it.
    Figcaption,
    /// The `title` attribute of the picture.
    Title,
    /// The page's `og:image:alt`, or else its `og:title`.
    Opengraph,
    /// `caption`, `description` or `name` of a JSON-LD `ImageObject`.
    JsonLd,
    /// A column of a table that was imported.
    Table,
    /// A file beside the picture, in a folder or tar that was imported.
    Sidecar,
}

stable_names!(CaptionOrigin, "caption origin", {
    Alt => "alt",
    Figcaption => "figcaption",
    Title => "title",
    Opengraph => "og:image",
    JsonLd => "json-ld",
    Table => "table",
    Sidecar => "sidecar",
});

/// How a creator became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CreatorOrigin {
    /// `creator`, `author` or `creditText` of the picture's JSON-LD.
    JsonLd,
    /// `<meta name="author">` of the page.
    MetaAuthor,
    /// The address of the picture or page at a portfolio host that names the account.
    Account,
    /// A column of a table that was imported.
    Table,
    /// The caption says so: `by …`, `© …`, or a name of a list.
    Caption,
}

stable_names!(CreatorOrigin, "creator origin", {
    JsonLd => "json-ld",
    MetaAuthor => "meta-author",
    Account => "account",
    Table => "table",
    Caption => "caption",
});

/// An image–text pair and what is known of it, as a row of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The identity: a digest of `url` and `caption`.
    pub uid: Uid,
    /// The identity that cc2dataset gives the same pair: MD5 of caption and URL, in hexadecimal.
    pub cc2dataset_uid: String,
    /// The picture's URL, absolute.
    pub url: String,
    /// The registrable domain of `url` by the public suffix list; the host where it has none.
    pub domain: String,
    /// The text that goes with the picture.
    pub caption: String,
    /// Where the caption was found.
    pub caption_origin: CaptionOrigin,
    /// The page on which the pair was found.
    pub page_url: String,
    /// When that page was captured.
    pub captured_at: Option<Timestamp>,
    /// How often the same pair was seen in the crawl.
    pub captures: u32,
    /// Who made the picture, where that is stated.
    pub creator: Option<String>,
    /// How the creator became known.
    pub creator_origin: Option<CreatorOrigin>,
    /// The licence as the page states it: an SPDX-like short name (`cc-by-4.0`) or else its URL.
    pub licence: Option<String>,
    /// Width in pixels, where the picture lies in the crawl.
    pub width: Option<u32>,
    /// Height in pixels, where the picture lies in the crawl.
    pub height: Option<u32>,
    /// Size of the picture's file in bytes, where it lies in the crawl.
    pub picture_bytes: Option<u64>,
    /// SHA-256 of the picture's file in hexadecimal, where it lies in the crawl.
    pub sha256: Option<String>,
    /// The picture's perceptual hash, where it lies in the crawl and could be decoded.
    pub pdq: Option<Pdq>,
    /// PDQ's quality of that hash, from 0 to 100.
    pub pdq_quality: Option<u8>,
    /// The record of the page.
    pub record: RecordLocator,
    /// What an imported table, or a later step, knows beside all that: columns and their values as text, those without
    /// a value left out.
    pub further: Vec<(String, String)>,
}
