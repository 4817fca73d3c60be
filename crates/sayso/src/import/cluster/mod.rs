//! An import on many machines.
//!
//! It goes the way of a build there, as it does on one machine: what differs is how pairs come to be.
//!
//! 1. **Look** (`look.rs`): the columns of each input are looked at. Whoever drives decides by them on the columns of all samples.
//! 2. **Read** (`read.rs`): one input becomes a sorted run, with the rows beside it that became no pair.
//!
//! What is judged and written is judged and written by the functions of a build. An input that harms is set aside; if it was the
//! only one with a column, the others are read again without that column, so that the dataset is that of the others alone.

mod aside;
mod columns;
mod drive;
mod look;
mod read;
mod settings;

use sayso_cluster::Function;

pub use self::drive::import_on;

/// The functions of an import.
pub(crate) fn functions() -> [Function; 2] {
    [
        Function { name: LOOK, label: look::label, call: look::call },
        Function { name: READ, label: read::label, call: read::call },
    ]
}

const LOOK: &str = "sayso_look";
const READ: &str = "sayso_read";
