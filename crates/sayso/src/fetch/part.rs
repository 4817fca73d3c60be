use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, RecordBatch, StringArray};
use sayso_core::{Reason, Stance, Timestamp, Uid};
use sayso_dataset::{Dataset, DatasetError};

use super::client::Validators;
use super::kind::FetchKind;
use super::plan::PartPlan;
use crate::Error;

/// Samples that lie behind each other, worked on and kept together.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) plan: PartPlan,
    batch: RecordBatch,
    /// Where each group of samples with one address begins, and where the last ends.
    starts: Vec<usize>,
    path: PathBuf,
    /// Requests for its pictures so far.
    pub(super) asked: AtomicU64,
}

/// What of a sample is needed while it is fetched.
const COLUMNS: [&str; 13] = [
    "uid",
    "url",
    "caption",
    "page_url",
    "creator",
    "licence",
    "sha256",
    "verdict",
    "reasons",
    "fetch",
    "fetched_at",
    "etag",
    "last_modified",
];

impl Part {
    pub(super) fn read(dataset: &Dataset, plan: PartPlan) -> Result<Self, Error> {
        let batch = dataset.range(plan.shard, plan.first, plan.rows, &COLUMNS)?;
        let file = dataset.manifest().samples.get(plan.shard).map(|entry| entry.file.clone()).unwrap_or_default();
        let path = dataset.dir().join(file);
        for name in ["uid", "url", "caption", "page_url", "verdict", "reasons"] {
            if text(&batch, name).is_none() {
                let message = format!("its column `{name}` is missing or of another type");
                return Err(DatasetError::Damaged { file: path, message }.into());
            }
        }
        let mut part = Self { plan, batch, starts: Vec::new(), path, asked: AtomicU64::new(0) };
        let rows = part.batch.num_rows();
        part.starts = (0..rows).filter(|&row| row == 0 || part.url(row) != part.url(row - 1)).collect();
        part.starts.push(rows);
        Ok(part)
    }

    /// Bytes of memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.batch.get_array_memory_size() + self.starts.len() * 128
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The rows of a group, which have one address.
    pub(super) fn rows_of(&self, group: usize) -> Range<usize> {
        let at = |group: usize| self.starts.get(group).copied().unwrap_or_default();
        at(group)..at(group + 1)
    }

    /// The address of a group.
    pub(super) fn url_of(&self, group: usize) -> &str {
        self.url(self.rows_of(group).start)
    }

    /// A text of a row; none where there is none.
    pub(super) fn text(&self, name: &str, row: usize) -> Option<&str> {
        text(&self.batch, name)
            .filter(|column| row < column.len() && column.is_valid(row))
            .map(|column| column.value(row))
    }

    pub(super) fn url(&self, row: usize) -> &str {
        self.text("url", row).unwrap_or_default()
    }

    pub(super) fn page_url(&self, row: usize) -> &str {
        self.text("page_url", row).unwrap_or_default()
    }

    pub(super) fn uid(&self, row: usize) -> Result<Uid, Error> {
        let uid = self.text("uid", row).and_then(|uid| uid.parse().ok());
        uid.ok_or_else(|| self.damaged(row, "its uid is none"))
    }

    pub(super) fn stance(&self, row: usize) -> Result<Stance, Error> {
        let verdict = self.text("verdict", row).and_then(|verdict| verdict.parse().ok());
        verdict.ok_or_else(|| self.damaged(row, "its verdict is none"))
    }

    pub(super) fn reasons(&self, row: usize) -> Result<Vec<Reason>, Error> {
        let reasons = serde_json::from_str(self.text("reasons", row).unwrap_or_default());
        reasons.map_err(|_| self.damaged(row, "its reasons cannot be read"))
    }

    /// What became of the group's picture when it was fetched before, and when that was.
    pub(super) fn before(&self, group: usize) -> Option<(FetchKind, Timestamp)> {
        let row = self.rows_of(group).start;
        let kind = self.text("fetch", row)?.parse().ok()?;
        let instants = self.batch.column_by_name("fetched_at")?.as_primitive_opt::<TimestampMicrosecondType>()?;
        instants.is_valid(row).then(|| (kind, Timestamp::from_micros(instants.value(row))))
    }

    /// By what the server may know that the picture is what it was. Only of a picture of which the facts are known.
    pub(super) fn validators(&self, group: usize) -> Validators {
        let row = self.rows_of(group).start;
        let is_known = self.before(group).is_some_and(|(kind, _)| kind.is_had()) && self.text("sha256", row).is_some();
        if !is_known {
            return Validators::default();
        }
        let of = |name| self.text(name, row).map(str::to_owned);
        Validators { etag: of("etag"), last_modified: of("last_modified") }
    }

    fn damaged(&self, row: usize, message: &str) -> Error {
        let message = format!("row {}: {message}", self.plan.first.saturating_add(row));
        Error::Dataset(DatasetError::Damaged { file: self.path.clone(), message })
    }
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a StringArray> {
    batch.column_by_name(name)?.as_string_opt::<i32>()
}
