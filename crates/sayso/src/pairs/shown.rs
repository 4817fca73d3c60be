use std::sync::{Arc, LazyLock};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use sayso_core::Uid;

use crate::Error;
use crate::build::{Captions, shown_columns};

/// The columns of pairs before they are judged, in order: those of a sample that are known by then, in the same form, and
/// `signals`, which judging reads.
///
/// Numbers have a sign, where those of samples have none: half of the engines know no others.
#[must_use]
pub fn pairs_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
        Arc::new(Schema::new(vec![
            text("uid", false),
            text("url", false),
            text("caption", false),
            text("domain", false),
            text("page_url", false),
            text("caption_origin", false),
            Field::new("captured_at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
            text("creator", true),
            text("creator_origin", true),
            text("licence", true),
            text("language", true),
            Field::new("record", DataType::Struct(record_fields()), false),
            text("cc2dataset_uid", false),
            text("signals", true),
        ]))
    });
    Arc::clone(&SCHEMA)
}

fn record_fields() -> Fields {
    Fields::from(vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("offset", DataType::Int64, false),
        Field::new("length", DataType::Int64, false),
        Field::new("digest", DataType::Utf8, false),
    ])
}

/// A batch of the pool in the columns of [`pairs_schema`], with what captions say.
pub(super) fn shown(pool: &RecordBatch, captions: &Captions) -> Result<RecordBatch, Error> {
    let shown = shown_columns(pool)?;
    let missing = |name: &str| ArrowError::SchemaError(format!("the pool has no column `{name}`"));
    let of_pool = |name: &str| {
        let column = shown.get(name).or_else(|| pool.column_by_name(name));
        column.cloned().ok_or_else(|| missing(name))
    };
    let number = |name: &str| -> Result<ArrayRef, ArrowError> {
        let column = pool.column_by_name(name).and_then(|column| column.as_primitive_opt::<UInt64Type>());
        let numbers: Int64Array = column.ok_or_else(|| missing(name))?.unary(u64::cast_signed);
        Ok(Arc::new(numbers))
    };
    let record =
        vec![of_pool("record_file")?, number("record_offset")?, number("record_length")?, of_pool("record_digest")?];
    let record: ArrayRef = Arc::new(StructArray::try_new(record_fields(), record, None)?);
    // What captions add stands in the columns that samples have for it.
    let named =
        |name: &str, column: ArrayRef, nullable| (Field::new(name, column.data_type().clone(), nullable), column);
    let texts = [("caption", false), ("creator", true), ("creator_origin", true)];
    let texts = texts.into_iter().map(|(name, nullable)| Ok(named(name, of_pool(name)?, nullable)));
    let (fields, columns): (Vec<_>, Vec<_>) = texts.collect::<Result<Vec<_>, ArrowError>>()?.into_iter().unzip();
    let said = captions.complete(&RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)?;
    let schema = pairs_schema();
    let columns = schema.fields().iter().map(|field| match field.name().as_str() {
        "uid" => Ok(Arc::new(uids(pool)?) as ArrayRef),
        "record" => Ok(Arc::clone(&record)),
        name @ ("creator" | "creator_origin" | "language") => {
            said.column_by_name(name).cloned().ok_or_else(|| missing(name))
        }
        name => of_pool(name),
    });
    let columns = columns.collect::<Result<Vec<_>, ArrowError>>()?;
    Ok(RecordBatch::try_new(schema, columns)?)
}

fn uids(pool: &RecordBatch) -> Result<StringArray, ArrowError> {
    let column = pool.column_by_name("uid").and_then(|column| column.as_fixed_size_binary_opt());
    let column = column.ok_or_else(|| ArrowError::SchemaError("the pool has no uids".to_owned()))?;
    let mut builder = arrow_array::builder::StringBuilder::with_capacity(column.len(), column.len() * 32);
    let mut digits = [0; 32];
    for uid in column.iter().flatten() {
        Uid::from_bytes(uid.try_into().unwrap_or_default()).write_hex(&mut digits);
        builder.append_value(std::str::from_utf8(&digits).unwrap_or_default());
    }
    Ok(builder.finish())
}
