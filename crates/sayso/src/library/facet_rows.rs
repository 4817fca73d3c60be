use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, TimestampMicrosecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StringArray};
use arrow_cast::{CastOptions, cast_with_options};
use arrow_schema::{DataType, Schema};
use sayso_core::Timestamp;
use sayso_dataset::IndexedColumns;
use sayso_index::{ColumnName, FacetField, FacetRow, IndexError};

use crate::Error;

/// Columns that are counted beside those that are indexed. A dataset need not have them.
pub(super) const FACET_COLUMNS: [&str; 9] =
    ["reason", "width", "height", "captured_at", "language", "similarity", "punsafe", "pwatermark", "aesthetic"];

/// The columns of an imported table whose values may be counted, by name: what holds texts, truth values, numbers or
/// days, and is none of those that every sample has.
pub(super) fn further_columns(schema: &Schema) -> Vec<ColumnName> {
    let known = sayso_dataset::sample_schema();
    let is_known = |name: &str| {
        known.index_of(name).is_ok() || FACET_COLUMNS.contains(&name) || sayso_dataset::OF_FETCHING.contains(&name)
    };
    let is_countable = |kind: &DataType| {
        matches!(
            kind,
            DataType::Utf8
                | DataType::LargeUtf8
                | DataType::Utf8View
                | DataType::Boolean
                | DataType::Date32
                | DataType::Date64
                | DataType::Dictionary(..)
        ) || kind.is_numeric()
    };
    let further = schema.fields().iter().filter(|field| is_countable(field.data_type()) && !is_known(field.name()));
    further.filter_map(|field| ColumnName::new(field.name())).take(MOST_COLUMNS).collect()
}

/// Columns of which values are counted: tables with more of them are seldom read by people.
const MOST_COLUMNS: usize = 32;

/// These columns of a batch.
pub(super) struct FacetColumns<'a> {
    language: Option<&'a StringArray>,
    reason: Option<&'a StringArray>,
    width: Option<&'a PrimitiveArray<UInt32Type>>,
    height: Option<&'a PrimitiveArray<UInt32Type>>,
    captured_at: Option<&'a PrimitiveArray<TimestampMicrosecondType>>,
    scores: [Option<PrimitiveArray<Float64Type>>; 4],
    further: Vec<Option<StringArray>>,
}

/// The scores, in the order of `FacetColumns::scores`.
const SCORES: [FacetField; 4] =
    [FacetField::Similarity, FacetField::Punsafe, FacetField::Pwatermark, FacetField::Aesthetic];

impl<'a> FacetColumns<'a> {
    pub(super) fn of(batch: &'a RecordBatch, further: &[ColumnName]) -> Result<Self, Error> {
        let column = |name: &str| batch.column_by_name(name);
        let [similarity, punsafe, pwatermark, aesthetic] = SCORES.map(|field| numbers(batch, field.as_str()));
        Ok(Self {
            language: column("language").and_then(|column| column.as_string_opt::<i32>()),
            reason: column("reason").and_then(|column| column.as_string_opt::<i32>()),
            width: column("width").and_then(|column| column.as_primitive_opt()),
            height: column("height").and_then(|column| column.as_primitive_opt()),
            captured_at: column("captured_at").and_then(|column| column.as_primitive_opt()),
            scores: [similarity?, punsafe?, pwatermark?, aesthetic?],
            further: further.iter().map(|name| texts(batch, name.column())).collect(),
        })
    }

    pub(super) fn language(&self, row: usize) -> Option<&'a str> {
        text(self.language, row)
    }

    /// The longer side of the picture.
    fn side(&self, row: usize) -> Option<f64> {
        let pixels = |column: Option<&PrimitiveArray<UInt32Type>>| {
            column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
        };
        pixels(self.width).zip(pixels(self.height)).map(|(width, height)| f64::from(width.max(height)))
    }

    /// The year of the capture, with the part of it that had passed.
    fn year(&self, row: usize) -> Option<f64> {
        let column = self.captured_at.filter(|column| column.is_valid(row))?;
        Some(in_years(Timestamp::from_micros(column.value(row))))
    }

    fn score(&self, place: usize, row: usize) -> Option<f64> {
        let column = self.scores.get(place)?.as_ref()?;
        column.is_valid(row).then(|| column.value(row))
    }

    /// The steps in which the numbers of a sample lie.
    pub(super) fn steps(&self, row: usize, steps: &mut Vec<(FacetField, u32)>) {
        steps.clear();
        let mut add = |field: FacetField, number: Option<f64>| {
            if let Some(step) = number.and_then(|number| field.step(number)) {
                steps.push((field, step));
            }
        };
        add(FacetField::Side, self.side(row));
        add(FacetField::Year, self.year(row));
        for (place, field) in SCORES.into_iter().enumerate() {
            add(field, self.score(place, row));
        }
    }
}

/// An instant in years.
fn in_years(at: Timestamp) -> f64 {
    let year = at.year();
    // Days from year 0 to the first of a year, of the Gregorian calendar.
    let days = |year: i64| {
        let before = year - 1;
        365 * year + before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400)
    };
    let (first, next) = (days(year.into()) - days(1970), days(i64::from(year) + 1) - days(1970));
    let passed = at.as_micros() as f64 / 86_400e6 - first as f64;
    f64::from(year) + (passed / (next - first) as f64).clamp(0.0, 0.999_999_9)
}

fn text(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

/// Hands over what of the samples of a batch is counted.
pub(super) fn add_facets(
    known: &FacetColumns<'_>,
    columns: &IndexedColumns<'_>,
    mut add: impl FnMut(&FacetRow<'_>) -> Result<(), IndexError>,
) -> Result<(), Error> {
    let mut further = Vec::new();
    for row in 0..columns.url.len() {
        further.clear();
        further.extend(known.further.iter().map(|column| text(column.as_ref(), row)));
        add(&FacetRow {
            domain: columns.domain.value(row),
            creator: text(Some(columns.creator), row),
            licence: text(Some(columns.licence), row),
            language: known.language(row),
            verdict: columns.verdict.value(row),
            reason: text(known.reason, row),
            side: known.side(row),
            similarity: known.score(0, row),
            punsafe: known.score(1, row),
            pwatermark: known.score(2, row),
            aesthetic: known.score(3, row),
            year: known.year(row),
            columns: &further,
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

/// A column as texts; `None` where a shard has it not, or holds what has no text, such as a day beyond all calendars: that
/// is kept, and not counted.
fn texts(batch: &RecordBatch, name: &str) -> Option<StringArray> {
    let cast = |column: &ArrayRef| cast_with_options(column, &DataType::Utf8, &CastOptions::default()).ok();
    batch.column_by_name(name).and_then(cast)?.as_string_opt::<i32>().cloned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::in_years;

    #[test]
    fn instants_are_years_and_their_parts() {
        for (at, expected) in [
            ("1970-01-01T00:00:00Z", 1970.0),
            ("2000-01-01T00:00:00Z", 2000.0),
            ("2020-07-02T00:00:00Z", 2020.5),
            ("2019-12-31T23:59:59Z", 2020.0 - 1.0 / 31_536_000.0),
            ("1969-12-31T12:00:00Z", 1970.0 - 0.5 / 365.0),
        ] {
            let years = in_years(at.parse().unwrap());
            assert!((years - expected).abs() < 1e-6, "{at}: {years}");
            assert_eq!(years.floor() as i16, at.parse::<sayso_core::Timestamp>().unwrap().year(), "{at}");
        }
    }
}
