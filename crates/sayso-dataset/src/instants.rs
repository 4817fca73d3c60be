use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

/// A column whose values can be written out: instants in a zone that has a name are instants in UTC all the same, and names
/// of zones would need a table of them.
#[must_use]
pub fn writable(column: &ArrayRef) -> ArrayRef {
    const UTC: &str = "+00:00";
    let DataType::Timestamp(unit, Some(_)) = column.data_type() else { return Arc::clone(column) };
    let in_utc: Option<ArrayRef> = match unit {
        TimeUnit::Second => column
            .as_primitive_opt::<TimestampSecondType>()
            .map(|column| Arc::new(column.clone().with_timezone(UTC)) as _),
        TimeUnit::Millisecond => column
            .as_primitive_opt::<TimestampMillisecondType>()
            .map(|column| Arc::new(column.clone().with_timezone(UTC)) as _),
        TimeUnit::Microsecond => column
            .as_primitive_opt::<TimestampMicrosecondType>()
            .map(|column| Arc::new(column.clone().with_timezone(UTC)) as _),
        TimeUnit::Nanosecond => column
            .as_primitive_opt::<TimestampNanosecondType>()
            .map(|column| Arc::new(column.clone().with_timezone(UTC)) as _),
    };
    in_utc.unwrap_or_else(|| Arc::clone(column))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::sync::Arc;

    use arrow_array::{ArrayRef, TimestampMicrosecondArray};
    use arrow_cast::display::array_value_to_string;

    use super::writable;

    #[test]
    fn instants_are_written_in_utc() {
        for zone in ["UTC", "Europe/Berlin", "+02:00"] {
            let column: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone(zone));
            assert_eq!(array_value_to_string(&writable(&column), 0).unwrap(), "1970-01-01T00:00:00Z", "{zone}");
        }
    }
}
