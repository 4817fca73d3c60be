//! WAT: Common Crawl's JSON summary of each capture, read without building its tree.

mod json;
mod links;
mod page;
mod skip;
mod string;
mod urljoin;
mod urlparts;

pub use page::{PicturesEnd, WatError, WatLink, WatPage, read_page};
pub use urljoin::Base;
