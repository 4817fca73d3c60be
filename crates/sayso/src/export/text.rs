use std::borrow::Cow;
use std::io::{self, Write};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::ArrowError;
use sayso_dataset::writable;

use crate::captions::mask;

/// Writes a row of texts between commas (RFC 4180), or between tabs.
pub(super) fn write_row<'a>(
    out: &mut dyn Write,
    cells: impl Iterator<Item = Cow<'a, str>>,
    is_csv: bool,
) -> io::Result<()> {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.write_all(if is_csv { b"," } else { b"\t" })?;
        }
        let cell = if is_csv { cell_for_csv(cell) } else { spaced(safe(cell)) };
        out.write_all(cell.as_bytes())?;
    }
    out.write_all(if is_csv { b"\r\n" } else { b"\n" })
}

/// A cell between commas: quoted where it must be, and nothing that a spreadsheet would compute.
pub(crate) fn cell_for_csv(cell: Cow<'_, str>) -> Cow<'_, str> {
    quoted(safe(cell))
}

/// A cell that no spreadsheet takes for a formula: an apostrophe goes before what would begin one (OWASP, CSV Injection).
/// Numbers stay as they are.
fn safe(cell: Cow<'_, str>) -> Cow<'_, str> {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if is_formula { Cow::Owned(format!("'{cell}")) } else { cell }
}

fn quoted(cell: Cow<'_, str>) -> Cow<'_, str> {
    if cell.contains([',', '"', '\n', '\r']) { Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\""))) } else { cell }
}

fn spaced(cell: Cow<'_, str>) -> Cow<'_, str> {
    if cell.contains(['\t', '\n', '\r']) { Cow::Owned(cell.replace(['\t', '\n', '\r'], " ")) } else { cell }
}

/// The columns of these names in their order, fit to be written out.
pub(super) fn columns(batch: &RecordBatch, names: &[String]) -> Vec<Option<ArrayRef>> {
    names.iter().map(|name| batch.column_by_name(name).map(writable)).collect()
}

/// The values of a batch as text, by column; nothing is empty text.
pub(super) struct Texts<'a> {
    columns: Vec<Option<ArrayFormatter<'a>>>,
    is_masked: bool,
}

/// How values are written that are no text.
const FORMAT: FormatOptions<'static> = FormatOptions::new();

impl<'a> Texts<'a> {
    /// The columns as [`columns`] found them; one that the batch lacks is empty.
    pub(super) fn of(columns: &'a [Option<ArrayRef>], is_masked: bool) -> Result<Self, ArrowError> {
        let column = |column: &'a Option<ArrayRef>| {
            column.as_ref().map(|column| ArrayFormatter::try_new(column.as_ref(), &FORMAT)).transpose()
        };
        Ok(Self { columns: columns.iter().map(column).collect::<Result<_, _>>()?, is_masked })
    }

    pub(super) fn row(&self, row: usize) -> impl Iterator<Item = Cow<'static, str>> {
        self.columns.iter().map(move |column| {
            let text = column.as_ref().map(|column| column.value(row).to_string()).unwrap_or_default();
            Cow::Owned(if self.is_masked { mask(&text).into_owned() } else { text })
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::write_row;

    #[test]
    fn cells_are_quoted_and_harmless() {
        let cells = ["a", "b, c", "say \"x\"", "=1+1", "-2.5", "@cmd", "two\nlines", ""];
        let mut csv = Vec::new();
        write_row(&mut csv, cells.into_iter().map(Into::into), true).unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            "a,\"b, c\",\"say \"\"x\"\"\",'=1+1,-2.5,'@cmd,\"two\nlines\",\r\n"
        );
        let mut tsv = Vec::new();
        write_row(&mut tsv, ["a\tb", "c\nd"].into_iter().map(Into::into), false).unwrap();
        assert_eq!(tsv, b"a b\tc d\n");
    }
}
