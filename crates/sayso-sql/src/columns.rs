use arrow_schema::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};

/// A column of a table or of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SqlColumn {
    /// Its name. Two of an answer may have the same.
    pub name: String,
    /// What its values are, as [`kind_of`] has it.
    pub kind: String,
}

impl SqlColumn {
    pub(crate) fn new(field: &Field) -> Self {
        Self { name: field.name().clone(), kind: kind_of(field.data_type()) }
    }

    /// The columns of a schema.
    #[must_use]
    pub fn all_of(schema: &Schema) -> Vec<Self> {
        schema.fields().iter().map(|field| Self::new(field)).collect()
    }
}

/// A type in few words: how text is laid out in memory is nothing that somebody who asks needs to know.
#[must_use]
pub fn kind_of(kind: &DataType) -> String {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Timestamp(_, _) => "timestamp".to_owned(),
        DataType::Date32 | DataType::Date64 => "date".to_owned(),
        DataType::Time32(_) | DataType::Time64(_) => "time".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "bytes".to_owned()
        }
        DataType::Dictionary(_, values) => kind_of(values),
        DataType::List(inner)
        | DataType::LargeList(inner)
        | DataType::ListView(inner)
        | DataType::FixedSizeList(inner, _) => {
            format!("list of {}", kind_of(inner.data_type()))
        }
        DataType::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|field| format!("{} {}", field.name(), kind_of(field.data_type()))).collect();
            format!("struct of {}", fields.join(", "))
        }
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            "decimal".to_owned()
        }
        // `int64`, `uint32`, `float32`: whoever knows them at all knows them so.
        other => other.to_string().to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_schema::{DataType, Field, TimeUnit};

    use super::kind_of;

    #[test]
    fn types_have_plain_names() {
        let text = || Arc::new(Field::new("item", DataType::Utf8View, true));
        for (kind, name) in [
            (DataType::LargeUtf8, "text"),
            (DataType::UInt32, "uint32"),
            (DataType::Float32, "float32"),
            (DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), "timestamp"),
            (DataType::List(text()), "list of text"),
            (DataType::Struct(vec![Field::new("file", DataType::Utf8, false)].into()), "struct of file text"),
        ] {
            assert_eq!(kind_of(&kind), name);
        }
    }
}
