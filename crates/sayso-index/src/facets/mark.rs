use serde::{Deserialize, Serialize};

use super::field::FacetField;
use crate::mark::SnapshotId;

pub(super) const FORMAT: &str = "sayso-facets";
pub(super) const VERSION: u64 = 1;

/// What the index says of itself, and where what lies in its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FacetMark {
    pub(super) format: String,
    pub(super) version: u64,
    pub(super) snapshot: SnapshotId,
    /// Samples.
    pub(super) rows: u64,
    pub(super) fields: Vec<Stretch>,
    /// Fields of steps by whose numbers samples can be sorted, and where what is finer than a step lies in its own file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) orders: Vec<Order>,
}

/// How far the numbers of one field lie into their steps, two bytes a row.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) field: FacetField,
    /// Where they begin.
    pub(super) offset: u64,
}

impl Order {
    /// Bytes of a row.
    pub(super) const WIDTH: u64 = 2;

    pub(super) const fn end(&self, rows: u64) -> u64 {
        self.offset + Self::WIDTH * rows
    }
}

/// One field. Its stretches follow each other in the file: numbers of rows, counts, ends of names, names.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Stretch {
    pub(super) field: FacetField,
    /// Where its numbers begin.
    pub(super) offset: u64,
    /// Bytes of a number: 1, 2 or 4.
    pub(super) width: u64,
    /// Values, without the one of samples that have none, whose number is 0.
    pub(super) values: u64,
    /// Bytes of all names.
    pub(super) name_bytes: u64,
}

impl Stretch {
    pub(super) const fn counts_at(&self, rows: u64) -> u64 {
        self.offset + self.width * rows
    }

    pub(super) const fn ends_at(&self, rows: u64) -> u64 {
        self.counts_at(rows) + 8 * (self.values + 1)
    }

    pub(super) const fn names_at(&self, rows: u64) -> u64 {
        self.ends_at(rows) + 8 * self.values
    }

    pub(super) const fn end(&self, rows: u64) -> u64 {
        self.names_at(rows) + self.name_bytes
    }
}

/// The name of the file with all numbers and names.
pub(super) const FILE: &str = "facets.bin";

/// The name of the file with what samples are sorted by; absent where that is nothing.
pub(super) const ORDERS: &str = "orders.bin";
