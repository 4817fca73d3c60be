use std::io::{self, Write};

use sayso::sql::{Rows, SqlColumn};
use serde_json::Value;

/// One document with the rows of an answer, written as they come.
pub(super) struct JsonDocument<'a> {
    out: &'a mut dyn Write,
    is_first: bool,
}

impl<'a> JsonDocument<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, is_first: true }
    }

    /// Completes the document.
    pub(super) fn end(&mut self, is_cut: bool) -> io::Result<()> {
        writeln!(self.out, "{}],\n\"is_cut\": {is_cut}}}", if self.is_first { "" } else { "\n" })
    }
}

impl Rows for JsonDocument<'_> {
    fn columns(&mut self, columns: &[SqlColumn]) -> io::Result<()> {
        write!(self.out, "{{\"columns\": {},\n\"rows\": [", serde_json::to_string(columns)?)
    }

    fn row(&mut self, row: &[Value]) -> io::Result<()> {
        write!(self.out, "{}\n{}", if self.is_first { "" } else { "," }, serde_json::to_string(row)?)?;
        self.is_first = false;
        Ok(())
    }
}
