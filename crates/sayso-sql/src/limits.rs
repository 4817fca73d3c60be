use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The limits of a question and its answer. All are explicit: there is no `Default`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlLimits {
    /// Bytes of the question.
    pub question_bytes: usize,
    /// Rows of the answer; what is beyond is left out, and said to be.
    pub rows: u64,
    /// Bytes of the answer's values, likewise.
    pub answer_bytes: u64,
    /// Bytes of memory for what a question has to hold at once: groups, sorted rows, the smaller side of a join. Nothing is
    /// ever put on disk instead.
    pub memory_bytes: usize,
    /// How long it may take, from reading the question to the last row.
    pub time: Duration,
}
