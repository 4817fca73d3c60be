use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::Schema;
use serde_json::Value;

use super::cells::cell;
use crate::{Rows, SqlColumn, SqlError, SqlLimits, Told};

/// An answer on its way out, within its limits.
pub struct Answer<'a> {
    limits: SqlLimits,
    rows: &'a mut dyn Rows,
    told: Told,
    bytes: u64,
}

impl<'a> Answer<'a> {
    /// An answer of which nothing is told yet.
    #[must_use]
    pub fn new(limits: SqlLimits, rows: &'a mut dyn Rows) -> Self {
        Self { limits, rows, told: Told { rows: 0, is_cut: false }, bytes: 0 }
    }

    /// What was told of it.
    #[must_use]
    pub fn told(&self) -> Told {
        self.told
    }

    /// Tells the columns, before any row.
    pub fn columns(&mut self, columns: &Schema) -> Result<(), SqlError> {
        self.named(&SqlColumn::all_of(columns))
    }

    pub(crate) fn named(&mut self, columns: &[SqlColumn]) -> Result<(), SqlError> {
        Ok(self.rows.columns(columns)?)
    }

    /// Hands on the rows of a batch; whether more are wanted.
    pub fn rows_of(&mut self, batch: &RecordBatch) -> Result<bool, SqlError> {
        for row in 0..batch.num_rows() {
            let values = batch.columns().iter().map(|column| cell(column, row)).collect::<Result<Vec<_>, _>>();
            let values = values.map_err(|error| SqlError::Engine { message: error.to_string() })?;
            self.bytes = self.bytes.saturating_add(values.iter().map(bytes_of).sum());
            if self.told.rows == self.limits.rows || self.bytes > self.limits.answer_bytes {
                if self.told.rows == 0 && self.limits.rows > 0 {
                    return Err(SqlError::LongRow { most_bytes: self.limits.answer_bytes });
                }
                self.told.is_cut = true;
                return Ok(false);
            }
            self.rows.row(&values)?;
            self.told.rows += 1;
        }
        Ok(true)
    }
}

/// About the bytes that a value takes.
fn bytes_of(value: &Value) -> u64 {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => 8 + text.len() as u64,
        Value::Array(values) => 8 + values.iter().map(bytes_of).sum::<u64>(),
        Value::Object(fields) => {
            8 + fields.iter().map(|(name, value)| name.len() as u64 + bytes_of(value)).sum::<u64>()
        }
    }
}
