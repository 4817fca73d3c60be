use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::builder::{BooleanBuilder, StringBuilder, UInt32Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;
use arrow_select::take::take_record_batch;
use sayso_core::{Limits, Policy, Stance};
use sayso_crawl::DamageCounts;
use serde::Serialize;
use tempfile::TempDir;

use super::foreign::{Foreign, Readable};
use crate::Error;
use crate::build::{
    BuildOptions, CaptionOptions, Captions, Decided, Facts, Judge, Merge, Merged, Progress, ReadFacts, Workshop, sorted,
};
use crate::claims::Ground;
use crate::takedown::KeptOut;

/// By what pairs are judged.
#[derive(Debug, Clone)]
pub struct JudgeOptions {
    /// The policy and purpose.
    pub policy: Policy,
    /// The builder's agent, whose groups in robots.txt count beside `*`.
    pub agent: String,
    /// Limits on what is read.
    pub limits: Limits,
    /// The crawl files that the pairs are from, heard for what they say of sites, pictures and revisits. A WAT says nothing
    /// of all that.
    pub crawl: Vec<String>,
    /// Crawl files in which only the files of sites are heard: robots.txt, tdmrep.json, ai.txt, RSL.
    pub robots: Vec<String>,
    /// What is put before each line of a list.
    pub prefix: Option<String>,
    /// Threads that read these files.
    pub threads: NonZeroUsize,
    /// The claims of a registry; none count without.
    pub registry: Option<Arc<Ground>>,
    /// What was taken out of other datasets, and stays out.
    pub kept_out: Option<Arc<KeptOut>>,
    /// Whether pairs whose captions hold somebody's personal data are refused.
    pub drop_personal: bool,
}

/// What was judged so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct JudgeCounts {
    /// Pairs that were judged.
    pub judged: u64,
    /// Those that the policy admits.
    pub admitted: u64,
    /// Those that it refuses.
    pub refused: u64,
    /// Those, by the reason that decided.
    pub refused_by_reason: BTreeMap<String, u64>,
    /// Pairs by verdict.
    pub verdicts: BTreeMap<Stance, u64>,
    /// Rows that cannot be judged, because an address or a caption is missing or their signals cannot be read. They are
    /// not admitted.
    pub not_judged: u64,
    /// What was wrong with the crawl files that are judged by.
    pub damage: DamageCounts,
}

/// Judges tables of pairs, one after another.
pub struct PairJudge {
    judge: Judge,
    readable: Readable,
    counts: JudgeCounts,
    /// Holds what sites and pictures say, for as long as it is asked for.
    _facts: Option<(Workshop, TempDir)>,
}

/// Memory for facts before they go to disk.
const MEMORY_BYTES: usize = 32 << 20;

/// The columns that judging adds.
const ADDED: [(&str, DataType, bool); 5] = [
    ("verdict", DataType::Utf8, true),
    ("reason", DataType::Utf8, true),
    ("reasons", DataType::Utf8, true),
    ("admitted", DataType::Boolean, false),
    ("excluded_by", DataType::Utf8, true),
];

/// In how many captures a pair was found, where equal pairs become one.
const CAPTURES: &str = "captures";

/// Whether a column of the input gives way to one that judging adds.
fn is_added(name: &str, merges: bool) -> bool {
    ADDED.iter().any(|(added, _, _)| *added == name) || (merges && name == CAPTURES)
}

/// The columns of judged pairs: all of the input, and behind them what judging adds.
#[must_use]
pub fn judged_schema(input: &Schema, merges: bool) -> SchemaRef {
    let kept = input.fields().iter().filter(|field| !is_added(field.name(), merges)).cloned();
    let captures = merges.then(|| Arc::new(Field::new(CAPTURES, DataType::Int32, true)));
    let added = ADDED.into_iter().map(|(name, data_type, nullable)| Arc::new(Field::new(name, data_type, nullable)));
    let fields: Vec<_> = kept.chain(captures).chain(added).collect();
    Arc::new(Schema::new_with_metadata(fields, input.metadata().clone()))
}

impl PairJudge {
    /// Reads what is judged by, which takes as long as reading the crawl files that it names.
    pub fn open(
        options: &JudgeOptions,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self, Error> {
        let mut counts = JudgeCounts::default();
        let (facts, kept) = if options.crawl.is_empty() && options.robots.is_empty() {
            (Facts::none(&options.agent, options.limits)?, None)
        } else {
            let folder = tempfile::tempdir().map_err(Error::file(std::env::temp_dir()))?;
            let reading = reading(options, folder.path());
            let mut read =
                ReadFacts::read(Workshop::open(folder.path())?, &reading, &mut |_| Ok(()), interrupt, progress)?;
            counts.damage = std::mem::take(&mut read.damage);
            let (facts, workshop) = read.into_facts();
            (facts, Some((workshop, folder)))
        };
        let captions = Captions::new(&CaptionOptions { names: None, drop_personal: options.drop_personal });
        let (registry, kept_out) = (options.registry.clone(), options.kept_out.clone());
        let judge = Judge::new(facts, options.policy.clone(), captions, registry, kept_out)?;
        Ok(Self { judge, readable: Readable::new(), counts, _facts: kept })
    }

    /// What was judged so far.
    #[must_use]
    pub fn counts(&self) -> JudgeCounts {
        let verdicts = self.judge.verdicts.clone();
        JudgeCounts { verdicts, ..self.counts.clone() }
    }

    /// Judges each row by itself, as one capture of a pair: the same rows in the same order, with what was decided.
    pub fn judge(&mut self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let Foreign { pool, is_judgeable } = Foreign::read(batch, &mut self.readable)?;
        let judged = if is_judgeable.iter().all(|is| *is) {
            self.judge.decide_all(&single(pool))?.into_iter().map(Some).collect()
        } else {
            let only = filter_record_batch(&pool, &BooleanArray::from(is_judgeable.clone()))?;
            let mut decided = self.judge.decide_all(&single(only))?.into_iter();
            is_judgeable.iter().map(|is| if *is { decided.next() } else { None }).collect()
        };
        self.with_verdicts(batch, judged, None)
    }

    /// Makes one row of equal pairs and judges each by all its captures, as a build does with its pool: in the pool's order,
    /// and behind them the rows that cannot be judged.
    pub fn judge_merged(&mut self, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        let Foreign { pool, is_judgeable } = Foreign::read(batch, &mut self.readable)?;
        let numbered = filter_record_batch(&with_rows(&pool)?, &BooleanArray::from(is_judgeable.clone()))?;
        let mut merge = Merge::new(vec![Box::new(std::iter::once(sorted(&numbered)))])?;
        let (mut rows, mut captures, mut judged) = (Vec::new(), UInt32Builder::new(), Vec::new());
        while let Some(merged) = merge.next_batch()? {
            let first = merged.batch.column_by_name(ROW).and_then(|column| column.as_primitive_opt::<UInt32Type>());
            rows.extend(first.into_iter().flat_map(|column| column.values().iter().copied()));
            captures.append_slice(&merged.captures);
            judged.extend(self.judge.decide_all(&merged)?.into_iter().map(Some));
        }
        for (row, _) in (0..).zip(&is_judgeable).filter(|(_, is)| !**is) {
            rows.push(row);
            captures.append_null();
            judged.push(None);
        }
        let distinct = take_record_batch(batch, &UInt32Array::from(rows))?;
        self.with_verdicts(&distinct, judged, Some(captures.finish()))
    }

    /// The batch with what was decided on its rows.
    fn with_verdicts(
        &mut self,
        batch: &RecordBatch,
        judged: Vec<Option<Decided>>,
        captures: Option<UInt32Array>,
    ) -> Result<RecordBatch, Error> {
        let (mut verdicts, mut codes, mut reasons) = (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
        let (mut admitted, mut excluded_by) = (BooleanBuilder::new(), StringBuilder::new());
        for decided in judged {
            let Some(Decided { ruling, admission, .. }) = decided else {
                self.counts.not_judged += 1;
                verdicts.append_null();
                codes.append_null();
                reasons.append_null();
                admitted.append_value(false);
                excluded_by.append_null();
                continue;
            };
            self.counts.judged += 1;
            verdicts.append_value(ruling.verdict.stance.as_str());
            codes.append_value(ruling.verdict.reasons.first().map_or("", |reason| reason.code.as_str()));
            reasons.append_value(&ruling.reasons);
            admitted.append_value(admission.is_ok());
            match admission {
                Ok(_) => {
                    self.counts.admitted += 1;
                    excluded_by.append_null();
                }
                Err(exclusion) => {
                    self.counts.refused += 1;
                    excluded_by.append_value(exclusion.code.as_str());
                    *self.counts.refused_by_reason.entry(exclusion.code.as_str().to_owned()).or_default() += 1;
                }
            }
        }
        let merges = captures.is_some();
        let schema = batch.schema();
        let kept = schema.fields().iter().zip(batch.columns()).filter(|(field, _)| !is_added(field.name(), merges));
        let mut columns: Vec<ArrayRef> = kept.map(|(_, column)| Arc::clone(column)).collect();
        if let Some(captures) = captures {
            // A number with a sign, as those of pairs are.
            columns.push(arrow_cast::cast(&captures, &DataType::Int32)?);
        }
        columns.extend([
            Arc::new(verdicts.finish()) as ArrayRef,
            Arc::new(codes.finish()),
            Arc::new(reasons.finish()),
            Arc::new(admitted.finish()),
            Arc::new(excluded_by.finish()),
        ]);
        Ok(RecordBatch::try_new(judged_schema(&schema, merges), columns)?)
    }
}

/// Rows of which each is a pair in one capture.
fn single(pool: RecordBatch) -> Merged {
    let rows = pool.num_rows();
    Merged { batch: pool, captures: vec![1; rows], pages: vec![Vec::new(); rows], signals: vec![None; rows] }
}

/// The column with the place of a row in the table that is judged.
const ROW: &str = "row of the table";

fn with_rows(pool: &RecordBatch) -> Result<RecordBatch, Error> {
    let (mut fields, mut columns) = (pool.schema().fields().to_vec(), pool.columns().to_vec());
    fields.push(Arc::new(Field::new(ROW, DataType::UInt32, false)));
    columns.push(Arc::new(UInt32Array::from_iter_values(0..u32::try_from(pool.num_rows()).unwrap_or(u32::MAX))));
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?)
}

fn reading(options: &JudgeOptions, folder: &Path) -> BuildOptions {
    BuildOptions {
        inputs: options.crawl.clone(),
        robots: options.robots.clone(),
        prefix: options.prefix.clone(),
        out: folder.to_owned(),
        policy: options.policy.clone(),
        agent: options.agent.clone(),
        limits: options.limits,
        threads: options.threads,
        memory_bytes: MEMORY_BYTES,
        shard_rows: u64::MAX,
        captions: CaptionOptions::default(),
        registry: None,
        kept_out: None,
        features: false,
    }
}
