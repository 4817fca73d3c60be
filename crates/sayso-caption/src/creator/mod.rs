use std::borrow::Cow;
use std::ops::Range;

use sayso_core::stable_names;

use crate::Names;

mod by;
mod copyright;
mod display;
mod guess;
mod label;
mod life;
mod name;
mod table;

pub use display::{creator_key, display_name};
pub(crate) use table::{NOT_FIRST, is};

/// Who a caption says made the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator<'a> {
    /// The name as it stands in the caption, or as the list of names has it.
    pub name: Cow<'a, str>,
    /// The bytes of the caption in which it was found.
    pub span: Range<usize>,
    /// How it was found.
    pub form: CreatorForm,
}

/// How a creator's name was found, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CreatorForm {
    /// It is a name of the reader's list.
    Listed,
    /// It stands behind words that credit somebody: "photo by", "photographer:", "peinture par".
    Credited,
    /// It stands behind "by" and nothing else.
    By,
    /// It stands behind "©", "(c)" or "Copyright".
    Copyright,
    /// It stands before the years of a life, as museums write it.
    Life,
}

stable_names!(CreatorForm, "creator form", {
    Listed => "listed",
    Credited => "credited",
    By => "by",
    Copyright => "copyright",
    Life => "life",
});

/// The creator that a caption names: one of `names`, if there are any and one of them stands in it, or else what has one of
/// the forms in which captions name creators.
///
/// Where there are several, the surest form counts, and of one form the first. Nothing is returned for what may be a
/// creator or something else, as what stands behind "photo de".
#[must_use]
pub fn creator_of<'a>(caption: &'a str, names: Option<&'a Names>) -> Option<Creator<'a>> {
    names.and_then(|names| names.find(caption)).or_else(|| guess::guess(caption))
}
