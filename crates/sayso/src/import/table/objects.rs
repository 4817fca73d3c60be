use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Field, Schema, SchemaRef};
use serde_json::{Map, Value};

use super::typed::{ColumnBuilder, Type, of_json};

/// The column that holds, as JSON, what keys have that the first objects do not have.
const FURTHER: &str = "further_keys";

/// Columns at most; keys beyond them go to [`FURTHER`].
const COLUMNS: usize = 1024;

/// What keys the first objects of a table have, with the types of their values.
#[derive(Default)]
pub(in crate::import) struct Keys {
    found: Vec<(String, Type)>,
}

impl Keys {
    /// Looks at an object.
    pub(in crate::import) fn see(&mut self, object: &Map<String, Value>) {
        for (key, value) in object {
            let kind = of_json(value);
            let count = self.found.len();
            match self.found.iter_mut().find(|(known, _)| known == key) {
                Some((_, known)) => *known = known.with(kind),
                None if count < COLUMNS && key != FURTHER => self.found.push((key.clone(), kind)),
                None => {}
            }
        }
    }

    /// Columns for objects like these.
    pub(in crate::import) fn finish(mut self) -> Objects {
        self.found.push((FURTHER.to_owned(), Type::Text));
        let fields: Vec<Field> =
            self.found.iter().map(|(name, kind)| Field::new(name, kind.data_type(), true)).collect();
        Objects { schema: Arc::new(Schema::new(fields)), types: self.found.into_iter().map(|(_, kind)| kind).collect() }
    }
}

/// The columns of a table of objects.
pub(in crate::import) struct Objects {
    schema: SchemaRef,
    types: Vec<Type>,
}

impl Default for Objects {
    fn default() -> Self {
        Keys::default().finish()
    }
}

impl Objects {
    pub(in crate::import) fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    /// Starts a batch.
    pub(in crate::import) fn rows(&self) -> ObjectRows {
        ObjectRows { schema: self.schema(), columns: self.types.iter().map(|kind| ColumnBuilder::new(*kind)).collect() }
    }
}

/// Collects objects column by column.
pub(in crate::import) struct ObjectRows {
    schema: SchemaRef,
    columns: Vec<ColumnBuilder>,
}

impl ObjectRows {
    /// Adds an object's values, all or none; in the error, what keeps it from fitting.
    pub(in crate::import) fn push(&mut self, mut object: Map<String, Value>) -> Result<(), String> {
        for (field, column) in self.schema.fields().iter().zip(&self.columns) {
            if field.name() != FURTHER && object.get(field.name()).is_some_and(|value| !column.takes_json(value)) {
                return Err(format!("its key `{}` is not of the type of those before", field.name()));
            }
        }
        for (field, column) in self.schema.fields().iter().zip(&mut self.columns) {
            // It is the last, so that what is left is what no column is for.
            let value = if field.name() == FURTHER {
                let further = std::mem::take(&mut object);
                (!further.is_empty()).then_some(Value::Object(further))
            } else {
                object.remove(field.name())
            };
            column.push_json(&value.unwrap_or(Value::Null));
        }
        Ok(())
    }

    pub(in crate::import) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let arrays = self.columns.iter_mut().map(ColumnBuilder::finish).collect();
        RecordBatch::try_new(SchemaRef::clone(&self.schema), arrays)
    }
}
