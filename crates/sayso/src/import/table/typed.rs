use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_schema::DataType;

/// The type of a column of text, by the values at the start of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    /// No value was seen yet.
    Unseen,
    Boolean,
    Integer,
    Number,
    Text,
}

impl Type {
    /// The type that holds both.
    pub(super) fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unseen, one) | (one, Self::Unseen) => one,
            (one, other) if one == other => one,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            _ => Self::Text,
        }
    }

    /// The type of a value written out, as CSV has them. Numbers that would lose something, such as 007, are text.
    pub(super) fn of_text(text: &str) -> Self {
        let text = text.trim();
        if is_nothing(text) {
            return Self::Unseen;
        }
        let digits = text.strip_prefix('-').unwrap_or(text);
        let is_padded = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        if is_padded || digits.starts_with('+') {
            Self::Text
        } else if text.parse::<i64>().is_ok() {
            Self::Integer
        } else if digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && text.len() <= 25
            && text.parse::<f64>().is_ok_and(f64::is_finite)
            // A whole number that is too long for one is an identifier.
            && !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            Self::Number
        } else {
            Self::Text
        }
    }

    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Boolean => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Text | Self::Unseen => DataType::Utf8,
        }
    }
}

/// What tables in text write where a number is not known.
pub(super) fn is_nothing(text: &str) -> bool {
    matches!(text, "" | "NULL" | "null" | "None" | "NaN" | "nan" | "NA" | "N/A" | "\\N" | "?")
}

/// Collects the values of a column.
pub(super) enum ColumnBuilder {
    Boolean(BooleanBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Text(StringBuilder),
}

impl ColumnBuilder {
    pub(super) fn new(kind: Type) -> Self {
        match kind {
            Type::Boolean => Self::Boolean(BooleanBuilder::new()),
            Type::Integer => Self::Integer(Int64Builder::new()),
            Type::Number => Self::Number(Float64Builder::new()),
            Type::Text | Type::Unseen => Self::Text(StringBuilder::new()),
        }
    }

    /// Whether a value written out fits, which is asked of a whole row before any of it is added.
    pub(super) fn takes_text(&self, text: &str) -> bool {
        let trimmed = text.trim();
        match self {
            Self::Text(_) => true,
            Self::Boolean(_) => is_nothing(trimmed) || trimmed.parse::<bool>().is_ok(),
            Self::Integer(_) => is_nothing(trimmed) || trimmed.parse::<i64>().is_ok(),
            Self::Number(_) => is_nothing(trimmed) || trimmed.parse::<f64>().is_ok(),
        }
    }

    pub(super) fn push_text(&mut self, text: &str) {
        match self {
            Self::Text(builder) => builder.append_option((!text.is_empty()).then_some(text)),
            Self::Boolean(builder) => builder.append_option(text.trim().parse().ok()),
            Self::Integer(builder) => builder.append_option(text.trim().parse().ok()),
            // What is no number, such as nan, was let through as nothing.
            Self::Number(builder) => {
                builder.append_option(text.trim().parse().ok().filter(|number: &f64| number.is_finite()));
            }
        }
    }

    /// Whether a JSON value fits.
    pub(super) fn takes_json(&self, value: &serde_json::Value) -> bool {
        match self {
            Self::Text(_) => true,
            Self::Boolean(_) => value.is_null() || value.is_boolean(),
            Self::Integer(_) => value.is_null() || value.is_i64(),
            Self::Number(_) => value.is_null() || value.is_number(),
        }
    }

    pub(super) fn push_json(&mut self, value: &serde_json::Value) {
        match (self, value) {
            (Self::Text(builder), serde_json::Value::String(text)) => builder.append_value(text),
            (Self::Text(builder), serde_json::Value::Null) => builder.append_null(),
            // Lists and objects are kept as JSON.
            (Self::Text(builder), other) => builder.append_value(other.to_string()),
            (Self::Boolean(builder), value) => builder.append_option(value.as_bool()),
            (Self::Integer(builder), value) => builder.append_option(value.as_i64()),
            (Self::Number(builder), value) => builder.append_option(value.as_f64()),
        }
    }

    pub(super) fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Boolean(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Number(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
        }
    }
}

/// The type of a JSON value.
pub(super) fn of_json(value: &serde_json::Value) -> Type {
    match value {
        serde_json::Value::Null => Type::Unseen,
        serde_json::Value::Bool(_) => Type::Boolean,
        serde_json::Value::Number(number) if number.is_i64() => Type::Integer,
        // Beyond 63 bits a whole number would not stay what it is.
        serde_json::Value::Number(number) if number.is_u64() => Type::Text,
        serde_json::Value::Number(_) => Type::Number,
        _ => Type::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::Type;

    #[test]
    fn values_have_types() {
        for (text, kind) in [
            ("", Type::Unseen),
            ("NaN", Type::Unseen),
            ("12", Type::Integer),
            ("-3", Type::Integer),
            ("0", Type::Integer),
            ("0.5", Type::Number),
            ("1e-3", Type::Number),
            (".5", Type::Number),
            ("007", Type::Text),
            ("+49 30", Type::Text),
            ("12345678901234567890123", Type::Text),
            ("inf", Type::Text),
            ("true", Type::Text),
            ("a cat", Type::Text),
        ] {
            assert_eq!(Type::of_text(text), kind, "{text}");
        }
        assert_eq!(Type::Integer.with(Type::Number), Type::Number);
        assert_eq!(Type::Integer.with(Type::Text), Type::Text);
        assert_eq!(Type::Unseen.with(Type::Integer), Type::Integer);
    }
}
