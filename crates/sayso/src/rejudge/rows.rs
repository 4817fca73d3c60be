use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType};
use sayso_consent::codes::{ROBOTS_ASSUMED_DISALLOWED, ROBOTS_UNREACHABLE};
use sayso_consent::{judge, statements_of_reasons};
use sayso_core::{
    Admission, Exclusion, Pdq, Policy, ReasonCode, Sha256, SignalKind, Speaker, Stance, Statement, Subject, Uid,
    Verdict,
};
use sayso_dataset::{DatasetError, reasons_json};
use sayso_picture::Hashed;

use crate::Error;
use crate::build::Facts;
use crate::claims::{Ground, Grounded};

/// Judges rows of samples by what is stored of them, and by what the files of their sites say in newer crawls.
pub(super) struct RowJudge<'a> {
    pub(super) policy: &'a Policy,
    pub(super) newer: Option<&'a mut Facts>,
    registry: Option<&'a Ground>,
    /// Statements by the text they are stored as: most samples have the same few.
    known: HashMap<String, Arc<Stored>>,
}

/// What is stored of a sample's verdict, and the ruling where nothing newer is said.
struct Stored {
    statements: Vec<Statement>,
    ruling: Arc<Ruling>,
}

/// A verdict and its reasons as they are stored.
pub(crate) struct Ruling {
    pub(crate) verdict: Verdict,
    pub(crate) reasons: String,
}

/// Stored reasons that are remembered.
const CACHED: usize = 4096;

/// The columns by which a sample is judged.
pub(crate) struct Columns<'a> {
    /// Whose it is, and what claims may speak of.
    pub(super) known: KnownColumns<'a>,
    verdict: &'a StringArray,
    reasons: &'a StringArray,
}

/// The columns that claims speak of, with those of a picture's facts where a dataset has them: before anything was fetched it may not.
pub(crate) struct KnownColumns<'a> {
    uid: &'a StringArray,
    url: &'a StringArray,
    page_url: &'a StringArray,
    creator: Option<&'a StringArray>,
    sha256: Option<&'a StringArray>,
    pdq: Option<&'a StringArray>,
    quality: Option<ArrayRef>,
    path: PathBuf,
}

/// A column of text that every sample has.
fn text<'a>(batch: &'a RecordBatch, name: &str, path: &Path) -> Result<&'a StringArray, Error> {
    let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
    let message = || format!("its column `{name}` is missing or of another type");
    let damaged = || DatasetError::Damaged { file: path.to_owned(), message: message() };
    Ok(column.ok_or_else(damaged)?)
}

impl<'a> KnownColumns<'a> {
    pub(crate) fn of(batch: &'a RecordBatch, path: &Path) -> Result<Self, Error> {
        let optional = |name: &str| batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        Ok(Self {
            uid: text(batch, "uid", path)?,
            url: text(batch, "url", path)?,
            page_url: text(batch, "page_url", path)?,
            creator: optional("creator"),
            sha256: optional("sha256"),
            pdq: optional("pdq"),
            quality: batch.column_by_name("pdq_quality").and_then(|column| cast(column, &DataType::Int64).ok()),
            path: path.to_owned(),
        })
    }

    /// What of a row claims may speak of.
    pub(crate) fn grounded(&self, row: usize) -> Grounded<'a> {
        let cell = |column: Option<&'a StringArray>| column.filter(|it| it.is_valid(row)).map(|it| it.value(row));
        let quality = self.quality.as_ref().and_then(|column| column.as_primitive_opt::<Int64Type>());
        let quality = quality.filter(|it| it.is_valid(row)).map(|it| it.value(row));
        // A digest has as many digits as a hash.
        let digest = cell(self.sha256).and_then(|text| text.parse::<Pdq>().ok());
        let pdq = cell(self.pdq).filter(|_| quality.is_none_or(|it| it >= i64::from(Hashed::GOOD)));
        Grounded {
            url: self.url.value(row),
            page_url: self.page_url.value(row),
            creator: cell(self.creator),
            sha256: digest.map(|digest| Sha256(*digest.as_bytes())),
            pdq: pdq.and_then(|text| text.parse().ok()),
        }
    }

    pub(crate) fn uid(&self, row: usize) -> Result<Uid, Error> {
        self.uid.value(row).parse().map_err(|_| self.damaged(row, "its uid is none"))
    }

    fn damaged(&self, row: usize, message: &str) -> Error {
        Error::Dataset(DatasetError::Damaged { file: self.path.clone(), message: format!("row {row}: {message}") })
    }
}

impl<'a> Columns<'a> {
    pub(crate) fn of(batch: &'a RecordBatch, path: &Path) -> Result<Self, Error> {
        Ok(Self {
            known: KnownColumns::of(batch, path)?,
            verdict: text(batch, "verdict", path)?,
            reasons: text(batch, "reasons", path)?,
        })
    }

    pub(super) fn stance(&self, row: usize) -> Result<Stance, Error> {
        self.verdict.value(row).parse().map_err(|_| self.known.damaged(row, "its verdict is none"))
    }

    pub(super) fn reasons(&self, row: usize) -> &str {
        self.reasons.value(row)
    }
}

impl<'a> RowJudge<'a> {
    pub(super) fn new(policy: &'a Policy, newer: Option<&'a mut Facts>, registry: Option<&'a Ground>) -> Self {
        Self { policy, newer, registry, known: HashMap::new() }
    }

    /// The ruling on one row, and the exclusion that takes its place if it is refused.
    pub(super) fn judge(
        &mut self,
        columns: &Columns<'_>,
        row: usize,
    ) -> Result<(Arc<Ruling>, Option<Exclusion>), Error> {
        let stored = self.stored(columns, row)?;
        let subject = Subject { url: columns.known.url.value(row), page_url: columns.known.page_url.value(row) };
        let answered = self.answered(subject, &stored.statements)?;
        // Claims of another head say what they said then; those of this one take their place.
        let is_older_claim =
            |statement: &Statement| self.registry.is_some() && statement.signal.kind == SignalKind::Claim;
        let is_kept = |statement: &&Statement| !is_answered(statement, &answered) && !is_older_claim(statement);
        let kept: Vec<Statement> = stored.statements.iter().filter(is_kept).cloned().collect();
        let mut newer = self.newer(subject, &|statement| kept.iter().any(|kept| is_same(kept, statement)))?;
        if let Some(registry) = self.registry {
            newer.extend(registry.statements(&columns.known.grounded(row)));
        }
        let ruling = if newer.is_empty() && kept.len() == stored.statements.len() {
            Arc::clone(&stored.ruling)
        } else {
            let all: Vec<Statement> = kept.into_iter().chain(newer).collect();
            Arc::new(rule(subject, &all, self.policy)?)
        };
        let decided = Admission::decide(columns.known.uid(row)?, ruling.verdict.clone(), self.policy);
        Ok((ruling, decided.err()))
    }

    fn stored(&mut self, columns: &Columns<'_>, row: usize) -> Result<Arc<Stored>, Error> {
        let text = columns.reasons(row);
        if let Some(stored) = self.known.get(text) {
            return Ok(Arc::clone(stored));
        }
        let reasons =
            serde_json::from_str(text).map_err(|_| columns.known.damaged(row, "its reasons cannot be read"))?;
        let statements = statements_of_reasons(reasons);
        // The verdict of stored statements does not depend on the subject, as long as no claim speaks of it.
        let ruling = Arc::new(rule(Subject { url: "", page_url: "" }, &statements, self.policy)?);
        let stored = Arc::new(Stored { statements, ruling });
        if self.known.len() >= CACHED {
            self.known.clear();
        }
        self.known.insert(text.to_owned(), Arc::clone(&stored));
        Ok(stored)
    }

    /// The sites whose robots.txt was not to be had, and is now.
    fn answered(&mut self, subject: Subject<'_>, known: &[Statement]) -> Result<Vec<Speaker>, Error> {
        let Some(facts) = &mut self.newer else { return Ok(Vec::new()) };
        let mut answered = Vec::new();
        for (speaker, url) in sites(subject) {
            let is_waiting = known.iter().any(|known| known.signal.speaker == speaker && was_not_to_be_had(known));
            if is_waiting && facts.knows_robots(url)? {
                answered.push(speaker);
            }
        }
        Ok(answered)
    }

    /// What the newest files of the sites say that is not known already.
    fn newer(&mut self, subject: Subject<'_>, is_known: &dyn Fn(&Statement) -> bool) -> Result<Vec<Statement>, Error> {
        let Some(facts) = &mut self.newer else { return Ok(Vec::new()) };
        let mut newer = Vec::new();
        for (speaker, url) in sites(subject) {
            for statement in facts.site(speaker, url, None)?.iter() {
                if !statement.preferences.is_empty() && !is_known(statement) {
                    newer.push(statement.clone());
                }
            }
        }
        Ok(newer)
    }
}

/// Who speaks for a sample by the files of a site, and an address of that site.
fn sites(subject: Subject<'_>) -> [(Speaker, &str); 2] {
    [(Speaker::PageSite, subject.page_url), (Speaker::PictureSite, subject.url)]
}

/// Whether a statement was made for a site because it could not be asked.
fn was_not_to_be_had(statement: &Statement) -> bool {
    let is_made = |code: &ReasonCode| code == ROBOTS_ASSUMED_DISALLOWED || code == ROBOTS_UNREACHABLE;
    let mut codes = statement.preferences.iter().map(|preference| &preference.code).peekable();
    statement.signal.kind == SignalKind::RobotsTxt && codes.peek().is_some() && codes.all(is_made)
}

/// Whether what the site says now takes a statement's place: the site never said it.
fn is_answered(statement: &Statement, answered: &[Speaker]) -> bool {
    answered.contains(&statement.signal.speaker) && was_not_to_be_had(statement)
}

/// Whether two captures of a file say the same thing in the same place.
pub(crate) fn is_same(a: &Statement, b: &Statement) -> bool {
    let key = |statement: &Statement| {
        let signal = &statement.signal;
        (signal.kind, signal.speaker, signal.place.clone(), signal.raw.clone())
    };
    key(a) == key(b) && a.preferences == b.preferences
}

/// Judges, and writes the reasons as they are stored.
pub(crate) fn rule(subject: Subject<'_>, statements: &[Statement], policy: &Policy) -> Result<Ruling, Error> {
    let verdict = judge(&subject, statements, None, policy);
    let reasons = reasons_json(&verdict).map_err(|error| ArrowError::JsonError(error.to_string()))?;
    Ok(Ruling { verdict, reasons })
}
