use arrow_schema::{DataType, Field, FieldRef, Schema};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{RECORDS, SHARDS};
use crate::card::meaning_of;

/// The columns of the shards as fields of records.
pub(super) struct Fields {
    fields: Vec<Value>,
    left_out: Vec<String>,
}

/// What stays as it is in the name of a node.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// The name of a field's node.
pub(super) fn id(column: &str) -> String {
    format!("{RECORDS}/{}", utf8_percent_encode(column, PLAIN))
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> Self {
        let (mut fields, mut left_out) = (Vec::new(), Vec::new());
        for column in schema.fields() {
            match described(column) {
                Some(field) => fields.push(field),
                None => left_out.push(column.name().clone()),
            }
        }
        Self { fields, left_out }
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.fields
    }

    /// Columns that Croissant has no words for.
    pub(super) fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

fn described(column: &FieldRef) -> Option<Value> {
    let mut field = Map::new();
    let mut put = |name: &str, value: Value| field.insert(name.to_owned(), value);
    put("@type", json!("cr:Field"));
    put("@id", json!(id(column.name())));
    put("name", json!(column.name()));
    if let Some(meaning) = meaning_of(column.name()) {
        put("description", json!(meaning));
    }
    let source = |transform: Option<Value>| {
        let mut source = json!({"fileSet": {"@id": SHARDS}, "extract": {"column": column.name()}});
        if let (Some(transform), Some(source)) = (transform, source.as_object_mut()) {
            source.insert("transform".to_owned(), transform);
        }
        source
    };
    match column.data_type() {
        DataType::Struct(parts) => {
            // A JSON path of one step; other names would need quoting, which readers do each in their way.
            let is_plain =
                |part: &FieldRef| part.name().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if parts.is_empty() || !parts.iter().all(is_plain) {
                return None;
            }
            let part = |part: &FieldRef| {
                Some(json!({
                    "@type": "cr:Field", "@id": format!("{}/{}", id(column.name()), part.name()), "name": part.name(),
                    "dataType": type_of(part)?, "source": source(Some(json!({"jsonPath": part.name()}))),
                }))
            };
            put("subField", Value::Array(parts.iter().map(part).collect::<Option<_>>()?));
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            put("dataType", json!(type_of(item)?));
            put("isArray", json!(true));
            let length = match column.data_type() {
                DataType::FixedSizeList(_, length) => i64::from(*length),
                _ => -1,
            };
            put("arrayShape", json!(length.to_string()));
            put("source", source(None));
        }
        _ => {
            put("dataType", json!(type_of(column)?));
            put("source", source(None));
        }
    }
    Some(Value::Object(field))
}

/// Croissant's type of a value that has no parts.
fn type_of(field: &Field) -> Option<&'static str> {
    Some(match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
            if matches!(field.name().as_str(), "url" | "page_url") =>
        {
            "sc:URL"
        }
        // Croissant has no type for bytes, and readers hand texts out as bytes.
        DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Binary
        | DataType::LargeBinary
        | DataType::BinaryView
        | DataType::FixedSizeBinary(_) => "sc:Text",
        DataType::Boolean => "sc:Boolean",
        DataType::Int8 => "cr:Int8",
        DataType::Int16 => "cr:Int16",
        DataType::Int32 => "cr:Int32",
        DataType::Int64 => "cr:Int64",
        DataType::UInt8 => "cr:UInt8",
        DataType::UInt16 => "cr:UInt16",
        DataType::UInt32 => "cr:UInt32",
        DataType::UInt64 => "cr:UInt64",
        DataType::Float16 => "cr:Float16",
        DataType::Float32 => "cr:Float32",
        DataType::Float64 => "cr:Float64",
        DataType::Date32 | DataType::Date64 => "sc:Date",
        DataType::Timestamp(..) => "sc:DateTime",
        _ => return None,
    })
}
