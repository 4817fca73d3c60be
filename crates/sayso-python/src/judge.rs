use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_pyarrow::{PyArrowType, ToPyArrow};
use arrow_schema::Schema;
use pyo3::prelude::*;
use sayso::claims::Ground;
use sayso::pairs::JudgeOptions;
use sayso::takedown::KeptOut;

use crate::error::{raised, refused};
use crate::interrupt::interruptible;
use crate::limits::{limits, policy, threads};

/// Judges batches of pairs.
#[pyclass(frozen, module = "sayso._sayso")]
pub(crate) struct PairJudge {
    judge: Mutex<sayso::pairs::PairJudge>,
}

#[pymethods]
impl PairJudge {
    /// Reads what is judged by.
    #[new]
    #[pyo3(signature = (*, purpose, policy, agent, crawl, robots, prefix, registry, tombstones, drop_personal, limits))]
    #[expect(clippy::too_many_arguments, reason = "the keywords of one function of Python's")]
    fn new(
        py: Python<'_>,
        purpose: &str,
        policy: &str,
        agent: String,
        crawl: Vec<String>,
        robots: Vec<String>,
        prefix: Option<String>,
        registry: Option<PathBuf>,
        tombstones: Vec<PathBuf>,
        drop_personal: bool,
        limits: Vec<(String, u64)>,
    ) -> PyResult<Self> {
        let policy = self::policy(py, policy, purpose)?;
        let limits = self::limits(limits)?;
        let judge = interruptible(py, move |interrupt| {
            let registry = registry.map(|path| Ground::open(&path)).transpose()?.map(Arc::new);
            let kept_out = (!tombstones.is_empty()).then(|| KeptOut::read(&tombstones)).transpose()?.map(Arc::new);
            let threads = threads(None);
            let options = JudgeOptions {
                policy,
                agent,
                limits,
                crawl,
                robots,
                prefix,
                threads,
                registry,
                kept_out,
                drop_personal,
            };
            sayso::pairs::PairJudge::open(&options, &interrupt.stop, &|_| interrupt.look())
        })?;
        Ok(Self { judge: Mutex::new(judge) })
    }

    /// Judges a batch: row by row, or with one row for all captures of a pair.
    fn judge<'py>(&self, py: Python<'py>, batch: PyArrowType<RecordBatch>, merge: bool) -> PyResult<Bound<'py, PyAny>> {
        let PyArrowType(batch) = batch;
        let judged = py.detach(|| {
            let mut judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner);
            if merge { judge.judge_merged(&batch) } else { judge.judge(&batch) }
        });
        judged.map_err(|error| raised(py, &error))?.to_pyarrow(py)
    }

    /// What was judged so far, as JSON.
    fn report(&self, py: Python<'_>) -> PyResult<String> {
        let counts = py.detach(|| {
            let judge = self.judge.lock().unwrap_or_else(PoisonError::into_inner);
            serde_json::to_string(&judge.counts())
        });
        counts.map_err(|error| refused(error.to_string()))
    }
}

/// The columns of judged pairs, for a table with these.
#[pyfunction]
pub(crate) fn judged_schema(py: Python<'_>, schema: PyArrowType<Schema>, merge: bool) -> PyResult<Bound<'_, PyAny>> {
    let PyArrowType(schema) = schema;
    sayso::pairs::judged_schema(&schema, merge).to_pyarrow(py)
}
