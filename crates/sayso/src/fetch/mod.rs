//! Fetches the pictures of a dataset as a good guest does: asked who comes and why, by the rules of the house, and gone
//! when told so.
//!
//! Two gates stand on the way. Before a picture is asked for, its verdict and what its sites say today have to let it
//! pass; when it comes, its headers and what stands inside it are judged together with all that was said before. What is
//! refused then becomes an exclusion. What was learned becomes a new snapshot; of the pictures themselves nothing is kept
//! unless somebody asks for it. Why it is so stands in decision 15, how it is used in `docs/reference/fetch.md`.
//!
//! `run` is the whole of it, and `work` the loop in which all of them meet. `desk` begins parts of the dataset and writes down what came of them, `turns` says whose turn
//! it is, `ask` does one step on the way to a picture, `sites` hears what its sites say, `settle` decodes and judges what
//! came, `snapshot` makes shards of it all. `warden` remembers when hosts may be asked next, `lanes` shares the work with other
//! machines.

mod ask;
mod back_off;
mod book;
mod client;
mod desk;
mod gate;
mod journal;
mod keep;
mod kind;
mod lanes;
mod large;
mod lines;
mod look;
mod names;
mod options;
mod outcome;
mod part;
mod plan;
mod report;
mod run;
mod said;
mod settle;
mod sites;
mod snapshot;
mod turns;
mod warden;
mod work;

pub(crate) use keep::forget_refused;
pub use keep::{KeepLayout, KeepOptions, KeepWhat, ResizeMode, THUMBNAIL_PIXELS};
pub use kind::FetchKind;
#[cfg(feature = "cluster")]
pub use lanes::fetch_on;
#[cfg(feature = "cluster")]
pub(crate) use lanes::functions;
pub use options::{FetchLimits, FetchOptions, Manners};
pub use report::FetchReport;
pub use run::fetch;
