use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::array_value_to_string;

use crate::SqlColumn;

/// The columns of a table, a row each, in the words in which all columns are told.
pub(super) fn described(schema: &Schema) -> Result<RecordBatch, ArrowError> {
    let columns = SqlColumn::all_of(schema);
    let names: ArrayRef = Arc::new(StringArray::from_iter_values(columns.iter().map(|column| &column.name)));
    let kinds: ArrayRef = Arc::new(StringArray::from_iter_values(columns.iter().map(|column| &column.kind)));
    RecordBatch::try_from_iter([("column", names), ("kind", kinds)])
}

/// A plan with a row for each of its lines, which reads as what it is: a tree.
pub(super) fn by_line(plans: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (mut kinds, mut lines) = (Vec::new(), Vec::new());
    if let [kind, plan, ..] = plans.columns() {
        for row in 0..plans.num_rows() {
            let kind = array_value_to_string(kind, row)?;
            for line in array_value_to_string(plan, row)?.lines() {
                kinds.push(kind.clone());
                lines.push(line.to_owned());
            }
        }
    }
    let (kinds, lines): (ArrayRef, ArrayRef) = (Arc::new(StringArray::from(kinds)), Arc::new(StringArray::from(lines)));
    RecordBatch::try_from_iter([("plan", kinds), ("line", lines)])
}
