use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::array_value_to_string;
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{ArrowError, DataType};
use sayso_dataset::writable;
use serde_json::{Map, Value};

use crate::captions::mask;

/// A row as a JSON object, without what it has no value of.
pub(super) fn object(batch: &RecordBatch, names: &[String], row: usize, is_masked: bool) -> Result<Value, ArrowError> {
    let mut object = Map::new();
    for name in names {
        if let Some(column) = batch.column_by_name(name)
            && column.is_valid(row)
        {
            let value = value(&writable(column), row, is_masked)?;
            // Reasons are stored as JSON, which need not be JSON in JSON.
            let value = match value {
                Value::String(text) if name == "reasons" => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                value => value,
            };
            object.insert(name.clone(), value);
        }
    }
    Ok(Value::Object(object))
}

fn value(column: &ArrayRef, row: usize, is_masked: bool) -> Result<Value, ArrowError> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let one = column.slice(row, 1);
    let cast = |to: &DataType| cast_with_options(&one, to, &CastOptions::default());
    Ok(match column.data_type() {
        DataType::Boolean => column.as_boolean_opt().map_or(Value::Null, |column| column.value(row).into()),
        DataType::UInt64 => {
            column.as_primitive_opt::<UInt64Type>().map_or(Value::Null, |column| column.value(row).into())
        }
        kind if kind.is_integer() => {
            cast(&DataType::Int64)?.as_primitive_opt::<Int64Type>().map_or(Value::Null, |column| column.value(0).into())
        }
        // Widened by its digits, so that 0.3 stays 0.3.
        DataType::Float32 => column.as_primitive_opt::<Float32Type>().map_or(Value::Null, |column| {
            column.value(row).to_string().parse::<f64>().map_or(Value::Null, Value::from)
        }),
        DataType::Float64 => {
            column.as_primitive_opt::<Float64Type>().map_or(Value::Null, |column| column.value(row).into())
        }
        DataType::Struct(fields) => {
            let mut object = Map::new();
            if let Some(column) = column.as_struct_opt() {
                for (field, inner) in fields.iter().zip(column.columns()) {
                    object.insert(field.name().clone(), value(&writable(inner), row, is_masked)?);
                }
            }
            Value::Object(object)
        }
        DataType::List(_) => {
            let values = column.as_list_opt::<i32>().map(|column| column.value(row));
            let values =
                values.iter().flat_map(|values| (0..values.len()).map(|at| value(&writable(values), at, is_masked)));
            Value::Array(values.collect::<Result<_, _>>()?)
        }
        _ => {
            let text = array_value_to_string(column, row)?;
            Value::String(if is_masked { mask(&text).into_owned() } else { text })
        }
    })
}
