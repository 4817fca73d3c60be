use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt8Builder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray, new_null_array};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_cast::{CastOptions, can_cast_types, cast_with_options};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::filter::{filter, filter_record_batch};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use sayso_caption::display_name;
use sayso_consent::licence_of_table;
use sayso_core::{CaptionOrigin, CreatorOrigin, Limits};
use sayso_crawl::{PoolBuilder, PoolPage, PoolPair};

use super::aside::{Aside, AsideReason};
use super::layout::{InputLayout, Layout};
use super::pictures::{FactColumns, facts_of};
use super::role::Role;
use super::row_texts::RowTexts;
use super::table::Chunk;
use crate::Error;

/// What became of a chunk.
pub(super) struct Converted {
    /// The pool's columns, facts of pictures, and what is kept.
    pub(super) batch: RecordBatch,
    pub(super) aside: Vec<Aside>,
    /// Pictures that cannot be decoded, and why.
    pub(super) undecoded: Vec<String>,
}

/// Makes pairs of rows.
pub(super) struct Converter {
    pool: PoolBuilder,
    limits: Limits,
    with_features: bool,
}

/// PDQ's quality of hashes of which only the hash is known. Whoever published them will have left the bad ones out.
const QUALITY: u8 = 100;

impl Converter {
    pub(super) fn new(limits: Limits, with_features: bool) -> Self {
        Self { pool: PoolBuilder::of_tables(), limits, with_features }
    }

    /// Makes pairs of a chunk of `file`.
    pub(super) fn convert(
        &mut self,
        file: &str,
        chunk: Chunk,
        input: &InputLayout,
        layout: &Layout,
    ) -> Result<Converted, Error> {
        let Chunk { batch, rows, mut aside, pictures, .. } = chunk;
        let facts = (!pictures.is_empty()).then(|| facts_of(&pictures, self.with_features));
        let text = |role| input.place(role).map(|place| as_text(batch.column(place))).transpose();
        let (urls, captions) = (text(Role::Url)?, text(Role::Caption)?);
        let (pages, creators, licences) = (text(Role::PageUrl)?, text(Role::Creator)?, text(Role::Licence)?);
        let row_texts = (input.is_table && captions.is_none()).then(|| RowTexts::of(&batch, input)).transpose()?;
        let mut is_pair = Vec::with_capacity(batch.num_rows());
        for (row, number) in rows.iter().enumerate() {
            let picture = pictures.get(row);
            let url = value(urls.as_ref(), row).unwrap_or_default().trim();
            // A picture that was never on the web has no other address than its place in what was imported.
            let local = match picture {
                Some(picture) if url.is_empty() => Some(local_address(&picture.name)),
                None if input.is_table && !is_address(url) => Some(row_address(file, *number)),
                _ => None,
            };
            let url = local.as_deref().unwrap_or(url);
            let row_text = row_texts.as_ref().map(|texts| texts.of_row(row, self.limits.caption_bytes));
            let caption = row_text.as_deref().or_else(|| value(captions.as_ref(), row)).unwrap_or_default();
            let caption = if input.has_encoded_texts() { decoded(caption) } else { caption.into() };
            let caption = &*caption;
            if let Err((reason, message)) = self.check(url, caption) {
                let content = format!("{} {}", cut(url), cut(caption));
                aside.push(Aside::new(file, *number, reason, message, content.as_bytes()));
                is_pair.push(false);
                continue;
            }
            is_pair.push(true);
            // A question mark is what LAION's tables have where they know of none.
            let stated = |texts: Option<&StringArray>| {
                value(texts, row).map(str::trim).map(str::to_owned).filter(|text| !matches!(text.as_str(), "" | "?"))
            };
            let page_url = stated(pages.as_ref()).filter(|url| is_address(url)).unwrap_or_default();
            let creator = stated(creators.as_ref());
            let creator = creator.map(|name| (display_name(&name).into_owned(), CreatorOrigin::Table));
            let creator = creator.or_else(|| Some((self.pool.account_of(url)?, CreatorOrigin::Account)));
            let licence = stated(licences.as_ref());
            let licence = licence.map(|text| licence_of_table(&text).map_or(text, |known| known.short));
            let signals = facts.as_ref().and_then(|facts| facts.signals.get(row)?.as_deref());
            let page = PoolPage {
                url: &page_url,
                captured_at: None,
                creator: None,
                licence: None,
                file,
                offset: *number,
                length: 0,
                digest: "",
                signals: None,
            };
            self.pool.page(page).push(&PoolPair {
                url,
                caption,
                origin: if picture.is_some() { CaptionOrigin::Sidecar } else { CaptionOrigin::Table },
                creator: creator.as_ref().map(|(name, origin)| (name.as_str(), *origin)),
                licence: licence.as_deref(),
                signals,
            });
        }
        let pool = self.pool.finish()?;
        let is_pair = BooleanArray::from(is_pair);
        let undecoded = facts.as_ref().map_or_else(Vec::new, |facts| {
            let name = |at: usize| pictures.get(at).map_or("", |picture| picture.name.as_str());
            facts.undecoded.iter().map(|(at, message)| format!("{}: {message}", name(*at))).collect()
        });
        let mut facts = facts.map_or_else(Vec::new, FactColumns::finish);
        let is_whole = is_pair.true_count() == is_pair.len();
        let rows = if is_whole { batch } else { filter_record_batch(&batch, &is_pair)? };
        if !is_whole {
            for (_, column) in &mut facts {
                *column = filter(column, &is_pair)?;
            }
        }
        Ok(Converted { batch: with_columns(&pool, &rows, &facts, input, layout)?, aside, undecoded })
    }

    fn check(&self, url: &str, caption: &str) -> Result<(), (AsideReason, String)> {
        let too_long = |what: &str, limit: &str, bytes: u64| {
            format!("its {what} is longer than {bytes} bytes; raise the limit with --limit {limit}=NUMBER")
        };
        let Limits { url_bytes, caption_bytes, .. } = self.limits;
        if url.is_empty() {
            Err((AsideReason::NoUrl, "it has no address".to_owned()))
        } else if url.len() as u64 > url_bytes {
            Err((AsideReason::UrlTooLong, too_long("address", "url-bytes", url_bytes)))
        } else if !is_address(url) && !url.starts_with(LOCAL) {
            Err((AsideReason::NotAUrl, "its address is none of http or https".to_owned()))
        } else if caption.trim().is_empty() {
            Err((AsideReason::NoCaption, "it has no caption".to_owned()))
        } else if caption.len() as u64 > caption_bytes {
            Err((AsideReason::CaptionTooLong, too_long("caption", "caption-bytes", caption_bytes)))
        } else {
            Ok(())
        }
    }
}

/// What the address of a picture begins with that was never on the web.
const LOCAL: &str = "file:";

/// What would end a path, or not survive being written into one.
const IN_PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`');

/// The address of a picture by its place in what was imported.
fn local_address(name: &str) -> String {
    format!("{LOCAL}{}", utf8_percent_encode(name, IN_PATH))
}

/// The address of a row that has no other: its place in its table, counted from 1.
fn row_address(file: &str, number: u64) -> String {
    format!("{}#row={}", local_address(file), number.saturating_add(1))
}

/// Whether that is an address of http or https with a host.
fn is_address(url: &str) -> bool {
    let starts = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    (starts("http://") || starts("https://"))
        && !url.bytes().any(|byte| byte.is_ascii_control() || byte == b' ')
        && !sayso_crawl::host_of(url).is_empty()
}

fn value(texts: Option<&StringArray>, row: usize) -> Option<&str> {
    texts.filter(|texts| texts.is_valid(row)).map(|texts| texts.value(row))
}

/// A text that stands in its table as a form sends it: `old+bridge%21`.
fn decoded(text: &str) -> Cow<'_, str> {
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

/// Bytes of an address or caption that are kept aside.
const CUT_BYTES: usize = 1024;

fn cut(text: &str) -> &str {
    let end = (0..=text.len().min(CUT_BYTES)).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

const CAST: CastOptions<'static> = CastOptions { safe: true, format_options: FormatOptions::new() };

pub(super) fn as_text(column: &ArrayRef) -> Result<StringArray, ArrowError> {
    let column = to_type(column, &DataType::Utf8)?;
    column.as_string_opt::<i32>().cloned().ok_or_else(|| ArrowError::CastError("no text came of it".to_owned()))
}

/// The column in another type. A value that has no place in it becomes none.
fn to_type(column: &ArrayRef, wanted: &DataType) -> Result<ArrayRef, ArrowError> {
    if column.data_type() == wanted {
        return Ok(Arc::clone(column));
    }
    if can_cast_types(column.data_type(), wanted) {
        return cast_with_options(column, wanted, &CAST);
    }
    // Lists and structures, which have no other text than this.
    let formatter = ArrayFormatter::try_new(column, &CAST.format_options)?;
    let text = |row: usize| column.is_valid(row).then(|| formatter.value(row).to_string());
    let texts: StringArray = (0..column.len()).map(text).collect();
    cast_with_options(&texts, wanted, &CAST)
}

/// The pool's batch with facts of pictures and with what is kept of the same rows.
fn with_columns(
    pool: &RecordBatch,
    rows: &RecordBatch,
    facts: &[(&str, ArrayRef)],
    input: &InputLayout,
    layout: &Layout,
) -> Result<RecordBatch, ArrowError> {
    let (mut fields, mut columns) = (pool.schema().fields().to_vec(), pool.columns().to_vec());
    let mut add = |name: &str, column: ArrayRef| {
        fields.push(Field::new(name, column.data_type().clone(), true).into());
        columns.push(column);
    };
    let sample = sayso_dataset::sample_schema();
    for name in layout.fact_columns() {
        let computed = facts.iter().find(|(other, _)| *other == name).map(|(_, column)| Arc::clone(column));
        let column = match computed {
            Some(column) => Some(column),
            None => stated(name, rows, input)?,
        };
        let none = || Ok::<_, ArrowError>(new_null_array(sample.field_with_name(name)?.data_type(), pool.num_rows()));
        add(name, column.map_or_else(none, Ok)?);
    }
    for field in &layout.kept {
        let place = input.kept.iter().find(|(_, name)| name == field.name()).map(|(place, _)| *place);
        let column = match place {
            Some(place) => to_type(rows.column(place), field.data_type())?,
            None => new_null_array(field.data_type(), pool.num_rows()),
        };
        add(field.name(), column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// A fact of pictures as a table states it, if it does.
fn stated(name: &str, rows: &RecordBatch, input: &InputLayout) -> Result<Option<ArrayRef>, ArrowError> {
    let column = |role| input.place(role).map(|place| rows.column(place));
    Ok(match name {
        "width" => column(Role::Width).map(|column| to_type(column, &DataType::UInt32)).transpose()?,
        "height" => column(Role::Height).map(|column| to_type(column, &DataType::UInt32)).transpose()?,
        "sha256" => match column(Role::Sha256) {
            Some(column) => Some(Arc::new(as_text(column)?.iter().map(digest).collect::<StringArray>())),
            None => None,
        },
        "pdq" => match column(Role::Pdq) {
            Some(column) => Some(Arc::new(hashes(column)?)),
            None => None,
        },
        "pdq_quality" => column(Role::Pdq).map(qualities),
        _ => None,
    })
}

/// The quality of hashes of which nobody states one.
fn qualities(hashes: &ArrayRef) -> ArrayRef {
    let mut qualities = UInt8Builder::with_capacity(hashes.len());
    for row in 0..hashes.len() {
        qualities.append_option(hashes.is_valid(row).then_some(QUALITY));
    }
    Arc::new(qualities.finish())
}

/// A digest as it is kept, if it is one.
fn digest(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    (text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| text.to_ascii_lowercase())
}

/// Perceptual hashes in hexadecimal, of bytes or of hexadecimal digits.
fn hashes(column: &ArrayRef) -> Result<StringArray, ArrowError> {
    let bytes = match column.data_type() {
        DataType::FixedSizeBinary(32) => {
            column.as_fixed_size_binary_opt().map(|column| column.iter().collect::<Vec<_>>())
        }
        DataType::Binary => column.as_binary_opt::<i32>().map(|column| column.iter().collect::<Vec<_>>()),
        _ => None,
    };
    let Some(bytes) = bytes else { return Ok(as_text(column)?.iter().map(digest).collect()) };
    let mut hex = StringBuilder::with_capacity(bytes.len(), bytes.len() * 64);
    let mut digits = [0_u8; 64];
    for hash in bytes {
        match hash.filter(|hash| hash.len() == 32) {
            None => hex.append_null(),
            Some(hash) => {
                for (pair, byte) in digits.chunks_exact_mut(2).zip(hash) {
                    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).map_or(b'0', |digit| digit as u8);
                    pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
                }
                hex.append_value(std::str::from_utf8(&digits).unwrap_or_default());
            }
        }
    }
    Ok(hex.finish())
}
