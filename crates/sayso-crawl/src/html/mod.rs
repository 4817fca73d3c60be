//! HTML pages: what they say of the pictures on them.
//!
//! The tokenizer is our own, and this is the one place where no library would do: html5ever's and html5gum's come to
//! 60 MB/s on the benchmark's pages and lol_html to 160, and a crawl is petabytes (see
//! `docs/decisions/0004-html-tokenizer.md`). It follows the tokenization chapter of the HTML standard and is held
//! against html5ever's, token by token, by tests and a fuzz target.

mod foreign;
mod jsonld;
mod licences;
mod page;
mod rawtext;
mod srcset;
mod tag;
mod tokenizer;

pub use licences::{LicenceElement, StatedLicence};
pub use page::{Page, PageLimits, PagePair, PageReader};
pub use tag::{Attribute, Tag};
pub use tokenizer::{Token, Tokenizer};
