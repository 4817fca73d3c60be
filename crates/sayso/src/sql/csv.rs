use std::borrow::Cow;
use std::io::{self, Write};

use sayso_sql::SqlColumn;
use serde_json::Value;

use crate::export::cell_for_csv;

/// The line of the columns' names.
pub fn write_csv_header(out: &mut dyn Write, columns: &[SqlColumn]) -> io::Result<()> {
    write_row(out, columns.iter().map(|column| Cow::Borrowed(column.name.as_str())))
}

/// A row of an answer between commas (RFC 4180). Nothing stands for null, and `""` for empty text; what a spreadsheet would
/// take for a formula begins with an apostrophe, as in `sayso export`.
pub fn write_csv_row(out: &mut dyn Write, row: &[Value]) -> io::Result<()> {
    write_row(out, row.iter().map(text))
}

fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) if text.is_empty() => Cow::Borrowed("\"\""),
        Value::String(text) => cell_for_csv(Cow::Borrowed(text)),
        Value::Number(number) => Cow::Owned(number.to_string()),
        other => cell_for_csv(Cow::Owned(other.to_string())),
    }
}

fn write_row<'a>(out: &mut dyn Write, cells: impl Iterator<Item = Cow<'a, str>>) -> io::Result<()> {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        out.write_all(cell.as_bytes())?;
    }
    out.write_all(b"\r\n")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use serde_json::json;

    use super::write_csv_row;

    #[test]
    fn null_differs_from_nothing_written() {
        let row = [json!(null), json!(""), json!("=1+1"), json!(-2), json!("a \"b\", c"), json!({"file": "x"})];
        let mut csv = Vec::new();
        write_csv_row(&mut csv, &row).unwrap();
        assert_eq!(
            String::from_utf8(csv).unwrap(),
            ",\"\",'=1+1,-2,\"a \"\"b\"\", c\",\"{\"\"file\"\":\"\"x\"\"}\"\r\n"
        );
    }
}
