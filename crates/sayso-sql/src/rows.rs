use std::io;

use serde_json::Value;

use crate::SqlColumn;

/// Who takes an answer: its columns once, then its rows as they come.
pub trait Rows {
    /// The columns, before any row.
    fn columns(&mut self, columns: &[SqlColumn]) -> io::Result<()>;
    /// A row, with a value for each column: `null`, a boolean, a number, text, or a list or object of those.
    fn row(&mut self, row: &[Value]) -> io::Result<()>;
}

/// What was told of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Rows that were told.
    pub rows: u64,
    /// Whether there are more, which a limit left out.
    pub is_cut: bool,
}
