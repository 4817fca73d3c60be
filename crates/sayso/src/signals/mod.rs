//! What is said of the use of something: in a site's files, saved pages and answers and pictures, where they lie or where
//! their site has them.

mod examine;
mod files;
mod kind;
mod page_rsl;
mod read;

pub use examine::{Contradiction, Examination, ExamineOptions, Source, SourceAt, examine, examine_url};
pub(crate) use files::{FilesFound, find, read_into, read_up_to};
pub use kind::SourceKind;
pub(crate) use page_rsl::rsl_links;
pub(crate) use read::{AnswerBody, AnswerRead, EMBEDDED_LIMITS, statements_of};
