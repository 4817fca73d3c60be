use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BinaryBuilder, StringBuilder, UInt8Builder, UInt32Builder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, StructArray};
use arrow_cast::display::array_value_to_string;
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use sayso_core::{Admission, Pair, Pdq, Reason, RecordLocator, Sample, Timestamp, Uid, Verdict};

use crate::instants::writable;
use crate::{DatasetError, Manifest};

/// The column with the features of the picture. Nothing that is known of a sample depends on it, and a reader does well
/// without.
pub const FEATURES: &str = "features";

/// The columns of a shard of samples, in order; `docs/specs/dataset.md` says what each holds.
#[must_use]
pub fn sample_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
        let number = |name: &str| Field::new(name, DataType::UInt32, true);
        Arc::new(Schema::new(vec![
            text("uid", false),
            text("url", false),
            text("caption", false),
            text("domain", false),
            text("page_url", false),
            text("caption_origin", false),
            Field::new("captured_at", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
            Field::new("captures", DataType::UInt32, false),
            text("creator", true),
            text("creator_origin", true),
            text("licence", true),
            number("width"),
            number("height"),
            Field::new("picture_bytes", DataType::UInt64, true),
            text("sha256", true),
            text("pdq", true),
            Field::new("pdq_quality", DataType::UInt8, true),
            text("verdict", false),
            text("reason", false),
            text("reasons", false),
            Field::new("record", DataType::Struct(record_fields()), false),
            text("cc2dataset_uid", false),
            Field::new(FEATURES, DataType::Binary, true),
        ]))
    });
    Arc::clone(&SCHEMA)
}

/// Columns that say what became of a picture that was asked for, and nothing of the sample.
pub const OF_FETCHING: [&str; 4] = ["fetch", "fetched_at", "etag", "last_modified"];

fn record_fields() -> Fields {
    Fields::from(vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("offset", DataType::UInt64, false),
        Field::new("length", DataType::UInt64, false),
        Field::new("digest", DataType::Utf8, false),
    ])
}

/// Builds batches of samples: what judgement adds goes in row by row, what the pool knew is taken over whole.
#[derive(Debug, Default)]
pub struct SampleBatchBuilder {
    uid: StringBuilder,
    captures: UInt32Builder,
    width: UInt32Builder,
    height: UInt32Builder,
    picture_bytes: UInt64Builder,
    sha256: StringBuilder,
    pdq: StringBuilder,
    pdq_quality: UInt8Builder,
    verdict: StringBuilder,
    reason: StringBuilder,
    reasons: StringBuilder,
    features: BinaryBuilder,
}

/// What is known of a picture that lies in the crawl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureColumns<'a> {
    /// SHA-256 of the file in hexadecimal.
    pub sha256: &'a str,
    /// Size of the file.
    pub bytes: u64,
    /// Width and height in pixels.
    pub size: Option<(u32, u32)>,
    /// Its perceptual hash, and PDQ's quality of that.
    pub pdq: Option<(Pdq, u8)>,
    /// The stored form of its features.
    pub features: Option<&'a [u8]>,
}

impl SampleBatchBuilder {
    /// Adds an admitted pair. `reasons` are those of the admission's verdict, as [`reasons_json`] writes them.
    pub fn admit(
        &mut self,
        uid: Uid,
        admission: &Admission,
        reasons: &str,
        captures: u32,
        picture: Option<PictureColumns<'_>>,
    ) {
        let verdict = admission.verdict();
        let mut hex = [0; 32];
        uid.write_hex(&mut hex);
        self.uid.append_value(std::str::from_utf8(&hex).unwrap_or_default());
        self.captures.append_value(captures);
        let size = picture.and_then(|picture| picture.size);
        self.width.append_option(size.map(|(width, _)| width));
        self.height.append_option(size.map(|(_, height)| height));
        self.picture_bytes.append_option(picture.map(|picture| picture.bytes));
        self.sha256.append_option(picture.map(|picture| picture.sha256));
        let pdq = picture.and_then(|picture| picture.pdq);
        self.pdq.append_option(pdq.map(|(pdq, _)| pdq.to_string()));
        self.pdq_quality.append_option(pdq.map(|(_, quality)| quality));
        self.verdict.append_value(verdict.stance.as_str());
        self.reason.append_value(verdict.reasons.first().map_or("", |reason| reason.code.as_str()));
        self.reasons.append_value(reasons);
        self.features.append_option(picture.and_then(|picture| picture.features));
    }

    /// Joins the admitted rows with the pool's columns of the same rows, which `pool` finds by name. What it knows of
    /// pictures, as an imported table does, goes before what was admitted with the rows.
    pub fn finish<'a>(mut self, pool: impl Fn(&str) -> Option<&'a ArrayRef>) -> Result<RecordBatch, ArrowError> {
        let of_pool = |name: &str| {
            pool(name).cloned().ok_or_else(|| ArrowError::SchemaError(format!("the pool has no column `{name}`")))
        };
        let record: Vec<ArrayRef> = ["record_file", "record_offset", "record_length", "record_digest"]
            .into_iter()
            .map(of_pool)
            .collect::<Result<_, _>>()?;
        let of_picture = |name: &str, admitted: ArrayRef| pool(name).cloned().unwrap_or(admitted);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.uid.finish()),
            of_pool("url")?,
            of_pool("caption")?,
            of_pool("domain")?,
            of_pool("page_url")?,
            of_pool("caption_origin")?,
            of_pool("captured_at")?,
            Arc::new(self.captures.finish()),
            of_pool("creator")?,
            of_pool("creator_origin")?,
            of_pool("licence")?,
            of_picture("width", Arc::new(self.width.finish())),
            of_picture("height", Arc::new(self.height.finish())),
            of_picture("picture_bytes", Arc::new(self.picture_bytes.finish())),
            of_picture("sha256", Arc::new(self.sha256.finish())),
            of_picture("pdq", Arc::new(self.pdq.finish())),
            of_picture("pdq_quality", Arc::new(self.pdq_quality.finish())),
            Arc::new(self.verdict.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.reasons.finish()),
            Arc::new(StructArray::try_new(record_fields(), record, None)?),
            of_pool("cc2dataset_uid")?,
            of_picture(FEATURES, Arc::new(self.features.finish())),
        ];
        RecordBatch::try_new(sample_schema(), columns)
    }
}

/// A verdict's reasons as the column `reasons` holds them.
pub fn reasons_json(verdict: &Verdict) -> Result<String, serde_json::Error> {
    serde_json::to_string(&verdict.reasons)
}

/// The columns of one batch of samples, found by name and checked once.
pub struct SampleColumns<'a> {
    batch: &'a RecordBatch,
    record: &'a StructArray,
}

impl<'a> SampleColumns<'a> {
    /// Checks that `batch`, which was read from `path`, has the columns of a sample.
    pub fn of(batch: &'a RecordBatch, path: &Path) -> Result<Self, DatasetError> {
        let damaged = |message: String| DatasetError::Damaged { file: path.to_owned(), message };
        for field in sample_schema().fields().iter().filter(|field| field.name() != FEATURES) {
            let found = batch.column_by_name(field.name());
            if found.is_none_or(|column| column.data_type() != field.data_type()) {
                return Err(damaged(format!("its column `{}` is missing or of another type", field.name())));
            }
        }
        let record = batch.column_by_name("record").and_then(|column| column.as_struct_opt());
        Ok(Self { batch, record: record.ok_or_else(|| damaged("its column `record` is of another type".to_owned()))? })
    }

    fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        let column: &StringArray = self.batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn number(&self, name: &str, row: usize) -> Option<u32> {
        let column = self.batch.column_by_name(name)?.as_primitive_opt::<UInt32Type>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn locator(&self, row: usize) -> Option<RecordLocator> {
        let text = |name: &str| Some(self.record.column_by_name(name)?.as_string_opt::<i32>()?.value(row));
        let number = |name: &str| Some(self.record.column_by_name(name)?.as_primitive_opt::<UInt64Type>()?.value(row));
        Some(RecordLocator {
            file: text("file")?.into(),
            offset: number("offset")?,
            length: number("length")?,
            digest: text("digest")?.to_owned(),
        })
    }

    /// The values of columns that not every sample has.
    fn further(&self, row: usize) -> Vec<(String, String)> {
        let (known, schema) = (sample_schema(), self.batch.schema());
        let fields = schema.fields().iter().zip(self.batch.columns());
        let further = fields.filter(|(field, _)| {
            known.index_of(field.name()).is_err() && !OF_FETCHING.contains(&field.name().as_str())
        });
        let with_value = further.filter(|(_, column)| column.is_valid(row));
        // A type without a text, of which there is none so far, is nothing to show.
        with_value
            .filter_map(|(field, column)| {
                Some((field.name().clone(), array_value_to_string(&writable(column), row).ok()?))
            })
            .collect()
    }

    /// The sample at `row`, judged anew under the manifest's policy: a row that it refuses is damage.
    pub fn sample(&self, row: usize, manifest: &Manifest, path: &Path) -> Result<Sample, DatasetError> {
        let damaged =
            |message: &str| DatasetError::Damaged { file: path.to_owned(), message: format!("row {row}: {message}") };
        let text = |name: &str| self.text(name, row).ok_or_else(|| damaged("a text is missing"));
        let uid: Uid = text("uid")?.parse().map_err(|_| damaged("its uid is none"))?;
        let reasons: Vec<Reason> =
            serde_json::from_str(text("reasons")?).map_err(|_| damaged("its reasons cannot be read"))?;
        let stance = text("verdict")?.parse().map_err(|_| damaged("its verdict is none"))?;
        let verdict =
            Verdict { purpose: manifest.purpose, stance, reasons, registry_head: manifest.registry_head.clone() };
        let admission = Admission::decide(uid, verdict, &manifest.policy())
            .map_err(|_| damaged("the dataset's own policy does not admit it"))?;
        let instants = self
            .batch
            .column_by_name("captured_at")
            .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
        let bytes =
            self.batch.column_by_name("picture_bytes").and_then(|column| column.as_primitive_opt::<UInt64Type>());
        let qualities =
            self.batch.column_by_name("pdq_quality").and_then(|column| column.as_primitive_opt::<UInt8Type>());
        let pair = Pair {
            uid,
            cc2dataset_uid: text("cc2dataset_uid")?.to_owned(),
            url: text("url")?.to_owned(),
            domain: text("domain")?.to_owned(),
            caption: text("caption")?.to_owned(),
            caption_origin: text("caption_origin")?
                .parse()
                .map_err(|_| damaged("its caption has an unknown origin"))?,
            page_url: text("page_url")?.to_owned(),
            captured_at: instants
                .filter(|column| column.is_valid(row))
                .map(|column| Timestamp::from_micros(column.value(row))),
            captures: self.number("captures", row).unwrap_or(1),
            creator: self.text("creator", row).map(str::to_owned),
            creator_origin: self.text("creator_origin", row).and_then(|origin| origin.parse().ok()),
            licence: self.text("licence", row).map(str::to_owned),
            width: self.number("width", row),
            height: self.number("height", row),
            picture_bytes: bytes.filter(|column| column.is_valid(row)).map(|column| column.value(row)),
            sha256: self.text("sha256", row).map(str::to_owned),
            pdq: self.text("pdq", row).map(str::parse).transpose().map_err(|_| damaged("its pdq is none"))?,
            pdq_quality: qualities.filter(|column| column.is_valid(row)).map(|column| column.value(row)),
            record: self.locator(row).ok_or_else(|| damaged("its record is missing"))?,
            further: self.further(row),
        };
        Ok(Sample::new(pair, admission))
    }
}
