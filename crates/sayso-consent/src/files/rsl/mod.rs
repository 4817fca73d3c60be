//! Really Simple Licensing 1.0 (Recommendation of 10 December 2025): an XML document of a site's licences.

mod elements;
mod licence;
mod parse;
mod scope;
mod statements;

use super::found::Found;
use licence::Licence;
use scope::Scope;

/// An RSL document, read.
///
/// It does not know where it was found: ask it about addresses of the site that referred to it only, and say there in
/// whose name it speaks.
#[derive(Debug, Clone)]
pub struct Rsl {
    /// The patterns of all paths, normalised, one after the other.
    patterns: Vec<u8>,
    contents: Vec<Content>,
    /// The start of a document that cannot be read.
    unreadable: Option<Found>,
    /// Whether it was served as a web page, which a grant may not be read from.
    is_mistyped: bool,
}

/// A `content` element: the licences of some of the site's addresses.
#[derive(Debug, Clone)]
struct Content {
    scope: Scope,
    /// Whether a licence server or a key stands between the content and everybody (section 3.3).
    is_guarded: bool,
    licences: Vec<Licence>,
    found: Found,
}
