use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::DataType;
use sayso_core::Timestamp;
use sayso_dataset::IndexedColumns;
use sayso_index::{FacetIndexWriter, FacetRow};

use crate::Error;

/// Columns that are counted beside those that are indexed. A dataset need not have them.
pub(super) const FACET_COLUMNS: [&str; 8] =
    ["width", "height", "captured_at", "language", "similarity", "punsafe", "pwatermark", "aesthetic"];

/// Adds the samples of a batch to what is counted.
pub(super) fn add_facets(
    writer: &mut FacetIndexWriter,
    batch: &RecordBatch,
    columns: &IndexedColumns<'_>,
) -> Result<(), Error> {
    fn text(column: Option<&StringArray>, row: usize) -> Option<&str> {
        column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
    }
    fn number(column: Option<&PrimitiveArray<Float64Type>>, row: usize) -> Option<f64> {
        column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
    }
    let pixels = |name: &str| batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<UInt32Type>());
    let (width, height) = (pixels("width"), pixels("height"));
    let instants = batch.column_by_name("captured_at");
    let instants = instants.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    let language = batch.column_by_name("language").and_then(|column| column.as_string_opt::<i32>());
    let (similarity, punsafe) = (numbers(batch, "similarity")?, numbers(batch, "punsafe")?);
    let (pwatermark, aesthetic) = (numbers(batch, "pwatermark")?, numbers(batch, "aesthetic")?);
    for row in 0..batch.num_rows() {
        let pixels = |column: Option<&PrimitiveArray<UInt32Type>>| {
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
        };
        let year =
            instants.filter(|column| column.is_valid(row)).map(|column| Timestamp::from_micros(column.value(row)));
        writer.add(&FacetRow {
            domain: columns.domain.value(row),
            creator: text(Some(columns.creator), row),
            licence: text(Some(columns.licence), row),
            language: text(language, row),
            verdict: columns.verdict.value(row),
            side: pixels(width).zip(pixels(height)).map(|(width, height)| f64::from(width.max(height))),
            similarity: number(similarity.as_ref(), row),
            punsafe: number(punsafe.as_ref(), row),
            pwatermark: number(pwatermark.as_ref(), row),
            aesthetic: number(aesthetic.as_ref(), row),
            year: year.map(|at| f64::from(at.year())),
        })?;
    }
    Ok(())
}

/// A column of numbers of any type; `None` where there is none, or where it holds something else.
fn numbers(batch: &RecordBatch, name: &str) -> Result<Option<PrimitiveArray<Float64Type>>, Error> {
    let column = batch.column_by_name(name).filter(|column| column.data_type().is_numeric());
    let cast = |column: &ArrayRef| cast_with_options(column, &DataType::Float64, &CastOptions::default());
    let column = column.map(cast).transpose()?;
    Ok(column.and_then(|column| column.as_primitive_opt::<Float64Type>().cloned()))
}
