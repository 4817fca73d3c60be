use std::io::{self, Read, Write};
use std::path::PathBuf;

use sayso_core::Uid;
use sayso_sql::{Rows, SqlColumn, SqlError, SqlLimits, ask};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::open::open_but;
use crate::Error;
use crate::captions::mask;

/// A question as a server hands it to a process that works on nothing else, which can be ended at any moment and takes
/// nothing with it: no other question, no lock, no memory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WorkerQuestion {
    /// The datasets' folders; names without a dot are of the first.
    pub dirs: Vec<PathBuf>,
    /// Their names, where they differ from the folders'.
    pub names: Vec<String>,
    /// Samples that are not there for this question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<Uid>,
    /// The question.
    pub question: String,
    /// The limits.
    pub limits: SqlLimits,
    /// Whether personal data is masked, before the question sees it and in the answer.
    pub is_masked: bool,
}

/// What such a process answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkerAnswer {
    /// Rows.
    Rows(WorkerRows),
    /// Why there are none.
    Fault(WorkerFault),
}

/// The rows of an answer.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WorkerRows {
    /// The columns.
    pub columns: Vec<SqlColumn>,
    /// The rows, with a value for each column.
    pub rows: Vec<Vec<Value>>,
    /// Whether a limit left rows out.
    pub is_cut: bool,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerFault {
    /// A stable code.
    pub code: String,
    /// What is wrong, and what to try.
    pub message: String,
}

/// Reads one [`WorkerQuestion`] as JSON, and writes one [`WorkerAnswer`].
pub fn work(question: &mut dyn Read, answer: &mut dyn Write) -> Result<(), Error> {
    let question: WorkerQuestion = serde_json::from_reader(question).map_err(no_json)?;
    let answered = answer_to(&question);
    serde_json::to_writer(&mut *answer, &answered).map_err(no_json)?;
    answer.flush().map_err(Error::file("-"))
}

fn no_json(error: serde_json::Error) -> Error {
    Error::File { file: "-".into(), source: error.into() }
}

fn answer_to(question: &WorkerQuestion) -> WorkerAnswer {
    let mut datasets = match open_but(&question.dirs, &question.hidden) {
        Ok(datasets) => datasets,
        Err(error) => {
            return WorkerAnswer::Fault(WorkerFault { code: "internal".to_owned(), message: error.to_string() });
        }
    };
    for (dataset, name) in datasets.iter_mut().zip(&question.names) {
        dataset.name.clone_from(name);
    }
    let mut kept = Kept { rows: WorkerRows::default(), is_masked: question.is_masked };
    let mask = question.is_masked.then_some(mask as sayso_sql::Mask);
    match ask(&datasets, &question.question, &question.limits, mask, &mut kept) {
        Ok(told) => WorkerAnswer::Rows(WorkerRows { is_cut: told.is_cut, ..kept.rows }),
        Err(error) => WorkerAnswer::Fault(error.into()),
    }
}

/// The rows, kept until there is an answer.
struct Kept {
    rows: WorkerRows,
    is_masked: bool,
}

impl Rows for Kept {
    fn columns(&mut self, columns: &[SqlColumn]) -> io::Result<()> {
        self.rows.columns = columns.to_vec();
        Ok(())
    }

    fn row(&mut self, row: &[Value]) -> io::Result<()> {
        let masked = |value: &Value| if self.is_masked { masked(value) } else { value.clone() };
        self.rows.rows.push(row.iter().map(masked).collect());
        Ok(())
    }
}

/// What a question put together of masked text, numbers and addresses is masked once more.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(mask(text).into_owned()),
        Value::Array(values) => Value::Array(values.iter().map(masked).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), masked(value))).collect())
        }
        other => other.clone(),
    }
}

impl From<SqlError> for WorkerFault {
    fn from(error: SqlError) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}
