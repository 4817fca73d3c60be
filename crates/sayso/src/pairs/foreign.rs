//! Somebody's table of pairs, in the form of the pool.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::builder::{FixedSizeBinaryBuilder, StringBuilder, UInt8Builder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, TimestampMicrosecondType};
use arrow_array::{
    Array, ArrayRef, FixedSizeBinaryArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt8Array,
    new_null_array,
};
use arrow_cast::cast;
use arrow_schema::{DataType, TimeUnit};
use sayso_core::{CaptionOrigin, CreatorOrigin, Signal, Uid};
use sayso_crawl::{host_of, pool_schema, registrable_domain};

use crate::Error;

/// Texts of signals that are known to be readable: most rows have the same few.
pub(super) struct Readable(HashSet<String>);

/// Texts that are remembered.
const CACHED: usize = 4096;

impl Readable {
    pub(super) fn new() -> Self {
        Self(HashSet::new())
    }

    fn is_readable(&mut self, signals: &str) -> bool {
        if self.0.contains(signals) {
            return true;
        }
        let is_readable = serde_json::from_str::<Vec<Signal>>(signals).is_ok();
        if is_readable {
            if self.0.len() >= CACHED {
                self.0.clear();
            }
            self.0.insert(signals.to_owned());
        }
        is_readable
    }
}

/// What somebody's table says of its pairs.
pub(super) struct Foreign {
    /// One row for each of its rows, in the schema of the pool.
    pub(super) pool: RecordBatch,
    /// Whether a row can be judged: it has an address, a caption, a page, and signals that can be read.
    pub(super) is_judgeable: Vec<bool>,
}

fn refused(message: String) -> Error {
    Error::Input { input: "pairs".to_owned(), message }
}

/// A column as another type of the same family, if the table has it.
fn column(batch: &RecordBatch, name: &str, to: &DataType) -> Result<Option<ArrayRef>, Error> {
    let Some(column) = batch.column_by_name(name) else { return Ok(None) };
    as_type(column, name, to).map(Some)
}

fn as_type(column: &ArrayRef, name: &str, to: &DataType) -> Result<ArrayRef, Error> {
    let is_text = |data_type: &DataType| {
        matches!(data_type, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null)
            || matches!(data_type, DataType::Dictionary(_, value) if matches!(**value, DataType::Utf8 | DataType::LargeUtf8))
    };
    let is_like = match to {
        DataType::Utf8 => is_text(column.data_type()),
        DataType::Timestamp(..) => matches!(column.data_type(), DataType::Timestamp(..) | DataType::Null),
        _ => column.data_type().is_integer() || column.data_type().is_null(),
    };
    let wrong = || {
        let (is, should) = (column.data_type(), word(to));
        refused(format!("the column `{name}` is of the type {is}\nhint: it should hold {should}"))
    };
    if !is_like {
        return Err(wrong());
    }
    cast(column, to).map_err(|_| wrong())
}

const fn word(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Utf8 => "text",
        DataType::Timestamp(..) => "instants",
        _ => "whole numbers",
    }
}

fn text(batch: &RecordBatch, name: &str) -> Result<Option<StringArray>, Error> {
    Ok(column(batch, name, &DataType::Utf8)?.and_then(|column| column.as_string_opt::<i32>().cloned()))
}

/// Columns without which nothing can be judged.
const NEEDED: [&str; 4] = ["url", "caption", "page_url", "signals"];

fn needed(batch: &RecordBatch, name: &str) -> Result<StringArray, Error> {
    text(batch, name)?.ok_or_else(|| {
        let all = NEEDED.map(|name| format!("`{name}`")).join(", ");
        refused(format!(
            "there is no column `{name}`\nhint: pairs are judged by {all}, as `read_wat` gives them; \
             a dataset of Sayso's is judged anew by `sayso judge`"
        ))
    })
}

fn cell(column: Option<&StringArray>, row: usize) -> Option<&str> {
    column.filter(|column| column.is_valid(row)).map(|column| column.value(row))
}

impl Foreign {
    pub(super) fn read(batch: &RecordBatch, readable: &mut Readable) -> Result<Self, Error> {
        let [url, caption, page_url, signals] = NEEDED.map(|name| needed(batch, name));
        let (url, caption, page_url, signals) = (url?, caption?, page_url?, signals?);
        let is_judgeable = (0..batch.num_rows()).map(|row| {
            [&url, &caption, &page_url].iter().all(|column| column.is_valid(row))
                && (signals.is_null(row) || readable.is_readable(signals.value(row)))
        });
        let is_judgeable = is_judgeable.collect();
        let instants = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let captured_at = column(batch, "captured_at", &instants)?;
        let no_instants =
            || Arc::new(TimestampMicrosecondArray::new_null(batch.num_rows()).with_timezone("UTC")) as ArrayRef;
        let captured_at = captured_at
            .filter(|column| column.as_primitive_opt::<TimestampMicrosecondType>().is_some())
            .unwrap_or_else(no_instants);
        let record = Record::of(batch)?;
        let (creator, creator_origin) = (text(batch, "creator")?, text(batch, "creator_origin")?);
        let stated = stated_creators(creator.as_ref(), creator_origin.as_ref(), batch.num_rows());
        let columns: Vec<ArrayRef> = vec![
            Arc::new(domains(text(batch, "domain")?.as_ref(), &url)),
            Arc::new(filled(&url)),
            Arc::new(uids(&url, &caption)),
            Arc::new(filled(&caption)),
            Arc::new(caption_origins(text(batch, "caption_origin")?.as_ref(), batch.num_rows())),
            Arc::new(no_uids(batch.num_rows())),
            Arc::new(filled(&page_url)),
            captured_at,
            Arc::new(stated),
            new_null_array(&DataType::UInt8, batch.num_rows()),
            new_null_array(&DataType::Utf8, batch.num_rows()),
            Arc::new(record.text(record.file.as_ref(), batch.num_rows())),
            Arc::new(numbers(record.offset.as_ref(), batch.num_rows())),
            Arc::new(numbers(record.length.as_ref(), batch.num_rows())),
            Arc::new(record.text(record.digest.as_ref(), batch.num_rows())),
            Arc::new(signals),
        ];
        Ok(Self { pool: RecordBatch::try_new(pool_schema(), columns)?, is_judgeable })
    }
}

/// The column without holes: rows with one are not judged.
fn filled(column: &StringArray) -> StringArray {
    if column.null_count() == 0 {
        column.clone()
    } else {
        column.iter().map(|text| Some(text.unwrap_or_default())).collect()
    }
}

fn domains(known: Option<&StringArray>, url: &StringArray) -> StringArray {
    let domain = |row: usize| match cell(known, row) {
        Some(domain) => domain.to_owned(),
        None => registrable_domain(&host_of(cell(Some(url), row).unwrap_or_default())).to_owned(),
    };
    (0..url.len()).map(|row| Some(domain(row))).collect()
}

fn uids(url: &StringArray, caption: &StringArray) -> FixedSizeBinaryArray {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(url.len(), 16);
    for row in 0..url.len() {
        let uid = Uid::of_pair(cell(Some(url), row).unwrap_or_default(), cell(Some(caption), row).unwrap_or_default());
        // Sixteen bytes are what it was made for.
        let _ = builder.append_value(uid.as_bytes());
    }
    builder.finish()
}

fn no_uids(rows: usize) -> FixedSizeBinaryArray {
    let mut builder = FixedSizeBinaryBuilder::with_capacity(rows, 16);
    (0..rows).for_each(|_| {
        let _ = builder.append_value([0; 16]);
    });
    builder.finish()
}

fn caption_origins(named: Option<&StringArray>, rows: usize) -> UInt8Array {
    let mut builder = UInt8Builder::with_capacity(rows);
    for row in 0..rows {
        let origin = cell(named, row).and_then(|name| name.parse::<CaptionOrigin>().ok());
        builder.append_value(origin.unwrap_or(CaptionOrigin::Table) as u8);
    }
    builder.finish()
}

/// The creators that pages state, by which claims are found: what a caption says is a guess, which a build makes only behind
/// its judgement.
fn stated_creators(creator: Option<&StringArray>, origin: Option<&StringArray>, rows: usize) -> StringArray {
    let mut builder = StringBuilder::new();
    for row in 0..rows {
        let is_guess = cell(origin, row) == Some(CreatorOrigin::Caption.as_str());
        builder.append_option(cell(creator, row).filter(|_| !is_guess));
    }
    builder.finish()
}

fn numbers(column: Option<&Int64Array>, rows: usize) -> arrow_array::UInt64Array {
    let mut builder = UInt64Builder::with_capacity(rows);
    for row in 0..rows {
        let number = column.filter(|column| column.is_valid(row)).map_or(0, |column| column.value(row));
        builder.append_value(number.try_into().unwrap_or(0));
    }
    builder.finish()
}

/// Where the page's record lies, as far as a table says.
#[derive(Default)]
struct Record {
    file: Option<StringArray>,
    offset: Option<Int64Array>,
    length: Option<Int64Array>,
    digest: Option<StringArray>,
}

impl Record {
    fn of(batch: &RecordBatch) -> Result<Self, Error> {
        let Some(record) = batch.column_by_name("record").and_then(|column| column.as_struct_opt()) else {
            return Ok(Self::default());
        };
        let part = |name: &str, to: &DataType| {
            record.column_by_name(name).map(|column| as_type(column, &format!("record.{name}"), to)).transpose()
        };
        let text = |column: Option<ArrayRef>| column.and_then(|column| column.as_string_opt::<i32>().cloned());
        let number =
            |column: Option<ArrayRef>| column.and_then(|column| column.as_primitive_opt::<Int64Type>().cloned());
        Ok(Self {
            file: text(part("file", &DataType::Utf8)?),
            offset: number(part("offset", &DataType::Int64)?),
            length: number(part("length", &DataType::Int64)?),
            digest: text(part("digest", &DataType::Utf8)?),
        })
    }

    fn text(&self, column: Option<&StringArray>, rows: usize) -> StringArray {
        (0..rows).map(|row| Some(cell(column, row).unwrap_or_default())).collect()
    }
}
