//! Takedown: samples that claims speak against leave a dataset at once, and nothing of them is written anew.
//!
//! Which rows those are is found by the indexes or by one walk along the samples (`candidates.rs`), decided by what all
//! claims on a picture say together, and put down as tombstones in a new snapshot with the same shards. The snapshot comes to be
//! when `CURRENT` is replaced; from then on nobody finds them, in this process or in another. Their bytes are removed by
//! [`crate::purge`].

mod candidates;
mod decide;
mod hosts;
mod kept_out;
mod of_places;
mod options;
mod receipts;
mod report;
mod run;

pub use kept_out::KeptOut;
pub use options::{ClaimsTaken, TakedownOptions};
pub use receipts::{ReceiptsOf, receipts};
pub use report::{TakedownReport, Taken, TakenBy};
pub use run::Takedown;
