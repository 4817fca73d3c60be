use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt8Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, Schema};
use sayso_consent::licences::licence_of_url;
use sayso_core::{
    Admission, CaptionOrigin, CreatorOrigin, Exclusion, Pdq, Policy, ReasonCode, Sha256, Signal, Speaker, Stance,
    Statement, Subject, Timestamp, Uid, Verdict,
};
use sayso_dataset::{PictureColumns, SampleBatchBuilder, reasons_json};
use sayso_picture::Hashed;

use super::captions::Captions;
use super::facts::{Facts, PictureFact};
use super::merge::{Merged, OtherPage};
use crate::Error;
use crate::claims::{Ground, Grounded};
use crate::takedown::KeptOut;

/// What became of a batch of distinct pairs.
pub(super) struct Judged {
    /// The samples, in the schema of `sayso_dataset::sample_schema`.
    pub(super) samples: RecordBatch,
    /// The pairs that were refused.
    pub(super) exclusions: Vec<Exclusion>,
}

/// Judges batches of distinct pairs: a function from pool to samples, with caches.
pub(crate) struct Judge {
    facts: Facts,
    policy: Policy,
    registry: Option<Arc<Ground>>,
    kept_out: Option<Arc<KeptOut>>,
    pub(crate) captions: Captions,
    /// The verdict on a pair of which nothing says anything, which is most pairs.
    silent: Arc<Ruling>,
    /// Rulings on the signals of one page, where nothing else says anything.
    of_page: HashMap<String, Arc<Ruling>>,
    /// How many pairs got each verdict.
    pub(crate) verdicts: BTreeMap<Stance, u64>,
}

/// A verdict, what the policy makes of it, and its reasons as they are stored.
pub(crate) struct Ruling {
    pub(crate) verdict: Verdict,
    pub(crate) reasons: String,
}

/// What was decided on one pair.
pub(crate) struct Decided {
    pub(crate) ruling: Arc<Ruling>,
    /// Its admission, or the exclusion that takes its place.
    pub(crate) admission: Result<Admission, Exclusion>,
    picture: Option<PictureFact>,
}

/// Rulings that are kept.
const CACHED: usize = 4096;

impl Judge {
    pub(crate) fn new(
        facts: Facts,
        policy: Policy,
        captions: Captions,
        registry: Option<Arc<Ground>>,
        kept_out: Option<Arc<KeptOut>>,
    ) -> Result<Self, Error> {
        let silent = Arc::new(rule(&[], &policy, Subject { url: "", page_url: "" })?);
        Ok(Self {
            facts,
            policy,
            registry,
            kept_out,
            captions,
            silent,
            of_page: HashMap::new(),
            verdicts: BTreeMap::new(),
        })
    }

    /// Judges every pair of a batch.
    pub(super) fn judge(&mut self, merged: &Merged) -> Result<Judged, Error> {
        let batch = &merged.batch;
        let columns = Columns::of(batch)?;
        let mut builder = SampleBatchBuilder::default();
        let mut exclusions = Vec::new();
        let mut admitted = Vec::with_capacity(batch.num_rows());
        for row in 0..batch.num_rows() {
            let Decided { ruling, admission, picture } = self.decide(&columns, merged, row)?;
            match admission {
                Ok(admission) => {
                    let facts = picture.as_ref().map(|picture| PictureColumns {
                        sha256: &picture.sha256,
                        bytes: picture.bytes,
                        size: picture.size,
                        pdq: picture.pdq,
                        features: picture.features.as_deref(),
                    });
                    let captures = merged.captures.get(row).copied().unwrap_or(1);
                    builder.admit(columns.uid(row)?, &admission, &ruling.reasons, captures, facts);
                    admitted.push(true);
                }
                Err(exclusion) => {
                    exclusions.push(exclusion);
                    admitted.push(false);
                }
            }
        }
        let admitted_batch = if exclusions.is_empty() {
            batch.clone()
        } else {
            arrow_select::filter::filter_record_batch(batch, &BooleanArray::from(admitted))?
        };
        let shown = shown_columns(&admitted_batch)?;
        let samples = builder.finish(|name| shown.get(name).or_else(|| admitted_batch.column_by_name(name)))?;
        let samples = self.captions.complete(&with_further_columns(&samples, &admitted_batch)?)?;
        Ok(Judged { samples, exclusions })
    }

    /// Decides on every pair of a batch, and leaves it at that: for whoever keeps what was refused beside what was not.
    pub(crate) fn decide_all(&mut self, merged: &Merged) -> Result<Vec<Decided>, Error> {
        let columns = Columns::of(&merged.batch)?;
        (0..merged.batch.num_rows()).map(|row| self.decide(&columns, merged, row)).collect()
    }

    fn decide(&mut self, columns: &Columns<'_>, merged: &Merged, row: usize) -> Result<Decided, Error> {
        let uid = columns.uid(row)?;
        let signals = merged.signals.get(row).and_then(Option::as_deref).or_else(|| columns.signals(row));
        let url = columns.url.value(row);
        let picture = self.facts.picture(url)?;
        let pages = merged.pages.get(row).map_or(&[][..], Vec::as_slice);
        let is_single = pages.is_empty() && merged.captures.get(row).is_none_or(|captures| *captures == 1);
        let ruling = self.ruling(columns, row, signals, (pages, is_single), picture.as_ref())?;
        *self.verdicts.entry(ruling.verdict.stance).or_default() += 1;
        let decided = match Admission::decide(uid, ruling.verdict.clone(), &self.policy) {
            Ok(_) if self.captions.is_refused(columns.caption.value(row)) => {
                Err(Exclusion { uid, code: ReasonCode::PERSONAL_DATA })
            }
            decided => decided,
        };
        // What was refused already has its reason.
        let admission = decided.and_then(|admission| match self.kept_out(uid, url) {
            Some(code) => Err(Exclusion { uid, code }),
            None => Ok(admission),
        });
        Ok(Decided { ruling, admission, picture })
    }

    fn ruling(
        &mut self,
        columns: &Columns<'_>,
        row: usize,
        signals: Option<&str>,
        (pages, is_single): (&[OtherPage], bool),
        picture: Option<&PictureFact>,
    ) -> Result<Arc<Ruling>, Error> {
        let claims = self.claims(columns, row, pages, picture);
        let is_of_page = self.facts.is_empty() && claims.is_empty();
        if is_of_page {
            let Some(signals) = signals else { return Ok(Arc::clone(&self.silent)) };
            if let Some(ruling) = self.of_page.get(signals) {
                return Ok(Arc::clone(ruling));
            }
        }
        let subject = Subject { url: columns.url.value(row), page_url: columns.page_url.value(row) };
        let captured_at = columns.captured_at(row);
        let mut raw: Vec<Signal> = signals.and_then(|signals| serde_json::from_str(signals).ok()).unwrap_or_default();
        let revisits = self.facts.revisits(columns.digest.value(row))?;
        let is_single = is_single && revisits.is_empty();
        raw.extend(revisits);
        raw.extend_from_slice(picture.map_or(&[][..], |picture| &picture.signals));
        let mut statements: Vec<Statement> = sayso_consent::statements(&raw, self.facts.agents(), self.facts.agent());
        statements.extend(self.facts.site(Speaker::PageSite, subject.page_url, captured_at)?.iter().cloned());
        for page in pages {
            // Each page's site speaks; one and the same line of a file need not be heard twice.
            for statement in self.facts.site(Speaker::PageSite, &page.url, page.captured_at)?.iter() {
                if !statements.contains(statement) {
                    statements.push(statement.clone());
                }
            }
        }
        statements.extend(self.facts.site(Speaker::PictureSite, subject.url, captured_at)?.iter().cloned());
        statements.extend(claims);
        if statements.is_empty() {
            return Ok(Arc::clone(&self.silent));
        }
        if is_single {
            sayso_consent::settle_site_files(&mut statements);
        }
        let ruling = Arc::new(rule(&statements, &self.policy, subject)?);
        if is_of_page && let Some(signals) = signals {
            if self.of_page.len() >= CACHED {
                self.of_page.clear();
            }
            self.of_page.insert(signals.to_owned(), Arc::clone(&ruling));
        }
        Ok(ruling)
    }
}

impl Judge {
    /// Why a pair was taken out of a dataset before, if it was.
    fn kept_out(&self, uid: Uid, url: &str) -> Option<ReasonCode> {
        self.kept_out.as_ref()?.code(uid, url).cloned()
    }

    /// What claims say of a pair: by its picture, and by every page on which it was found.
    fn claims(
        &self,
        columns: &Columns<'_>,
        row: usize,
        pages: &[OtherPage],
        picture: Option<&PictureFact>,
    ) -> Vec<Statement> {
        let Some(registry) = &self.registry else { return Vec::new() };
        let hash = picture.and_then(|picture| picture.pdq).filter(|(_, quality)| *quality >= Hashed::GOOD);
        // A digest has as many digits as a hash.
        let digest = picture.and_then(|picture| picture.sha256.parse::<Pdq>().ok());
        let creator = columns.creator.filter(|column| column.is_valid(row)).map(|column| column.value(row));
        let of_page = |page_url| {
            let (url, sha256) = (columns.url.value(row), digest.map(|digest| Sha256(*digest.as_bytes())));
            registry.statements(&Grounded { url, page_url, creator, sha256, pdq: hash.map(|(pdq, _)| pdq) })
        };
        let mut claims = of_page(columns.page_url.value(row));
        for page in pages {
            for claim in of_page(&page.url) {
                if !claims.contains(&claim) {
                    claims.push(claim);
                }
            }
        }
        claims
    }
}

fn rule(statements: &[Statement], policy: &Policy, subject: Subject<'_>) -> Result<Ruling, Error> {
    let verdict = sayso_consent::judge(&subject, statements, None, policy);
    let reasons = reasons_json(&verdict).map_err(|error| ArrowError::JsonError(error.to_string()))?;
    Ok(Ruling { verdict, reasons })
}

/// The pool's columns that judging reads.
struct Columns<'a> {
    batch: &'a RecordBatch,
    url: &'a StringArray,
    caption: &'a StringArray,
    page_url: &'a StringArray,
    digest: &'a StringArray,
    signals: &'a StringArray,
    creator: Option<&'a StringArray>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self, Error> {
        let text = |name: &str| {
            let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
            column.ok_or_else(|| ArrowError::SchemaError(format!("the pool has no column `{name}`")))
        };
        Ok(Self {
            batch,
            url: text("url")?,
            caption: text("caption")?,
            page_url: text("page_url")?,
            digest: text("record_digest")?,
            signals: text("signals")?,
            creator: text("creator").ok(),
        })
    }

    fn uid(&self, row: usize) -> Result<Uid, Error> {
        let column = self.batch.column_by_name("uid").and_then(|column| column.as_fixed_size_binary_opt());
        let bytes = column.and_then(|column| column.value(row).try_into().ok());
        Ok(bytes.map(Uid::from_bytes).ok_or_else(|| ArrowError::SchemaError("the pool has no uids".to_owned()))?)
    }

    fn signals(&self, row: usize) -> Option<&'a str> {
        self.signals.is_valid(row).then(|| self.signals.value(row))
    }

    fn captured_at(&self, row: usize) -> Option<Timestamp> {
        let column = self.batch.column_by_name("captured_at")?.as_primitive_opt::<TimestampMicrosecondType>()?;
        column.is_valid(row).then(|| Timestamp::from_micros(column.value(row)))
    }
}

/// The samples with those columns of the pool that are neither the pool's own nor a sample's: what an imported table had
/// beside them.
fn with_further_columns(samples: &RecordBatch, pool: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let (known, of_samples) = (sayso_crawl::pool_schema(), samples.schema());
    let schema = pool.schema();
    let further = |name: &str| known.index_of(name).is_err() && of_samples.index_of(name).is_err();
    let (mut fields, mut columns) = (of_samples.fields().to_vec(), samples.columns().to_vec());
    for (field, column) in schema.fields().iter().zip(pool.columns()) {
        if further(field.name()) {
            fields.push(Arc::clone(field));
            columns.push(Arc::clone(column));
        }
    }
    if columns.len() == samples.num_columns() {
        return Ok(samples.clone());
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Columns that the pool keeps as numbers or bytes and a dataset shows as text.
pub(crate) fn shown_columns(batch: &RecordBatch) -> Result<HashMap<&'static str, ArrayRef>, Error> {
    let codes = |name: &'static str, names: &dyn Fn(u8) -> &'static str| -> Result<ArrayRef, Error> {
        let column = batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<UInt8Type>());
        let column = column.ok_or_else(|| ArrowError::SchemaError(format!("the pool has no column `{name}`")))?;
        Ok(Arc::new(column.iter().map(|code| code.map(names)).collect::<StringArray>()))
    };
    let caption_origin = |code: u8| CaptionOrigin::ALL.get(usize::from(code)).map_or("", |origin| origin.as_str());
    let creator_origin = |code: u8| CreatorOrigin::ALL.get(usize::from(code)).map_or("", |origin| origin.as_str());
    let uids = batch.column_by_name("cc2dataset_uid").and_then(|column| column.as_fixed_size_binary_opt());
    let uids = uids.ok_or_else(|| ArrowError::SchemaError("the pool has no cc2dataset uids".to_owned()))?;
    let mut hex = StringBuilder::with_capacity(uids.len(), uids.len() * 32);
    let mut digits = [0; 32];
    for uid in uids.iter().flatten() {
        if uid == [0; 16] {
            hex.append_value("");
            continue;
        }
        Uid::from_bytes(uid.try_into().unwrap_or_default()).write_hex(&mut digits);
        hex.append_value(std::str::from_utf8(&digits).unwrap_or_default());
    }
    let licences = batch.column_by_name("licence").and_then(|column| column.as_string_opt::<i32>());
    let licences: StringArray = licences
        .ok_or_else(|| ArrowError::SchemaError("the pool has no licences".to_owned()))?
        .iter()
        // A known licence is shown by its short name, any other by its address, as the page states it.
        .map(|licence| {
            licence.map(|licence| licence_of_url(licence).map_or_else(|| licence.to_owned(), |known| known.short))
        })
        .collect();
    Ok(HashMap::from([
        ("caption_origin", codes("caption_origin", &caption_origin)?),
        ("creator_origin", codes("creator_origin", &creator_origin)?),
        ("cc2dataset_uid", Arc::new(hex.finish()) as ArrayRef),
        ("licence", Arc::new(licences) as ArrayRef),
    ]))
}
