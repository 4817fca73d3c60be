use arrow_array::{Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType};

use super::convert::as_text;
use super::layout::InputLayout;

/// What the rows of a table say, where no column is its caption: all texts of a row one behind the other, so that every
/// word of it is found. A table of nothing but numbers says its numbers with the names of their columns.
pub(super) struct RowTexts {
    /// With the name that is said before each value, if any is.
    columns: Vec<(Option<String>, StringArray)>,
}

/// What stands between two texts.
const BETWEEN: &str = " · ";

impl RowTexts {
    pub(super) fn of(batch: &RecordBatch, input: &InputLayout) -> Result<Self, ArrowError> {
        let schema = batch.schema();
        let is_text = |place: usize| {
            matches!(
                schema.field(place).data_type(),
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(..)
            )
        };
        let has_texts = input.kept.iter().any(|(place, _)| is_text(*place));
        let said = input.kept.iter().filter(|(place, _)| !has_texts || is_text(*place));
        let column = |(place, name): &(usize, String)| {
            Ok((Some(name.clone()).filter(|_| !has_texts), as_text(batch.column(*place))?))
        };
        Ok(Self { columns: said.map(column).collect::<Result<_, ArrowError>>()? })
    }

    /// The text of a row, cut where it would be longer than a caption may be.
    pub(super) fn of_row(&self, row: usize, most_bytes: u64) -> String {
        let most_bytes = usize::try_from(most_bytes).unwrap_or(usize::MAX);
        let mut text = String::new();
        for (name, column) in &self.columns {
            let value = if column.is_valid(row) { column.value(row).trim() } else { "" };
            if value.is_empty() || text.len() >= most_bytes {
                continue;
            }
            if !text.is_empty() {
                text.push_str(BETWEEN);
            }
            if let Some(name) = name {
                text.push_str(name);
                text.push(' ');
            }
            text.push_str(value);
        }
        let end = (0..=text.len().min(most_bytes)).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or(0));
        text
    }
}
