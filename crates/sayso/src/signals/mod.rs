//! What files say of the use of what they hold, read where they lie: a site's files, saved pages and answers, pictures.

mod examine;
mod files;
mod kind;
mod read;

pub use examine::{Contradiction, Examination, ExamineOptions, Source, examine};
pub(crate) use files::{find, read_into, read_up_to};
pub use kind::SourceKind;
pub(crate) use read::{EMBEDDED_LIMITS, statements_of};
