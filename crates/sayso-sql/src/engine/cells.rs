use std::fmt::Write;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type, Int64Type, UInt64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::array_value_to_string;
use serde_json::{Map, Value};

/// A value of an answer. Bytes are hexadecimal digits; what JSON has no number for (NaN, the infinite) is text.
pub(super) fn cell(column: &ArrayRef, row: usize) -> Result<Value, ArrowError> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let one = column.slice(row, 1);
    Ok(match column.data_type() {
        // Of which every value is null, and none is marked so.
        DataType::Null => Value::Null,
        DataType::Boolean => one.as_boolean().value(0).into(),
        DataType::UInt64 => one.as_primitive::<UInt64Type>().value(0).into(),
        kind if kind.is_integer() => cast(&one, &DataType::Int64)?.as_primitive::<Int64Type>().value(0).into(),
        // By its digits, so that 0.3 stays 0.3.
        DataType::Float32 => number(&one.as_primitive::<Float32Type>().value(0).to_string()),
        DataType::Float64 => {
            let value = one.as_primitive::<Float64Type>().value(0);
            serde_json::Number::from_f64(value).map_or_else(|| value.to_string().into(), Value::Number)
        }
        DataType::Utf8View => one.as_string_view().value(0).into(),
        DataType::Utf8 => one.as_string::<i32>().value(0).into(),
        DataType::LargeUtf8 => one.as_string::<i64>().value(0).into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            hexadecimal(cast(&one, &DataType::BinaryView)?.as_binary_view().value(0)).into()
        }
        DataType::Timestamp(unit, _) => {
            // An instant is one in UTC, whatever zone it was noted in: names of zones would need a table of them.
            let utc = cast(&one, &DataType::Timestamp(*unit, Some("+00:00".into())))?;
            array_value_to_string(&utc, 0)?.into()
        }
        DataType::Dictionary(_, values) => return cell(&cast(&one, values)?, 0),
        DataType::List(_) => list(&one.as_list::<i32>().value(0))?,
        DataType::LargeList(_) => list(&one.as_list::<i64>().value(0))?,
        DataType::FixedSizeList(..) => list(&one.as_fixed_size_list().value(0))?,
        DataType::Struct(fields) => {
            let columns = one.as_struct().columns();
            let values = fields.iter().zip(columns).map(|(field, column)| Ok((field.name().clone(), cell(column, 0)?)));
            Value::Object(values.collect::<Result<Map<_, _>, ArrowError>>()?)
        }
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            number(&array_value_to_string(&one, 0)?)
        }
        _ => array_value_to_string(&one, 0)?.into(),
    })
}

fn list(values: &Arc<dyn Array>) -> Result<Value, ArrowError> {
    Ok(Value::Array((0..values.len()).map(|at| cell(values, at)).collect::<Result<_, _>>()?))
}

/// Digits as a number, as long as none of them is lost; else as text.
fn number(digits: &str) -> Value {
    let read = digits.parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    read.filter(|_| digits.len() <= 17).map_or_else(|| digits.into(), Value::Number)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
