use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_pyarrow::ToPyArrow;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use sayso::build::{CaptionOptions, NameList};
use sayso::pairs::{PairInput, ReadOptions};

use crate::error::{raised, refused};
use crate::limits::limits;
use crate::stream::PyStream;

/// Reads pairs batch by batch. From any number of threads; each batch goes to one of them.
#[pyclass(frozen, module = "sayso._sayso")]
pub(crate) struct PairReader {
    reader: Mutex<sayso::pairs::PairReader>,
}

/// What became of reading on.
enum Step {
    Batch(RecordBatch),
    /// No batch is there yet.
    More,
    End,
}

#[pymethods]
impl PairReader {
    /// Opens a path or address, bytes, or something that has `read`: the one of them that is given.
    #[new]
    #[pyo3(signature = (*, place, data, stream, name, prefix, names, batch_rows, limits))]
    #[expect(clippy::too_many_arguments, reason = "the keywords of one function of Python's")]
    fn new(
        py: Python<'_>,
        place: Option<String>,
        data: Option<PyBackedBytes>,
        stream: Option<Py<PyAny>>,
        name: String,
        prefix: Option<String>,
        names: Option<PathBuf>,
        batch_rows: usize,
        limits: Vec<(String, u64)>,
    ) -> PyResult<Self> {
        let input = match (place, data, stream) {
            (Some(place), None, None) => PairInput::Place { place, prefix },
            (None, Some(bytes), None) => PairInput::Bytes { name, bytes: Arc::new(bytes) },
            (None, None, Some(stream)) => PairInput::Stream { name, stream: Box::new(PyStream(stream)) },
            _ => {
                return Err(refused(
                    "there is nothing to read\nhint: hand over a path, bytes, or something with `read`",
                ));
            }
        };
        let batch_rows = NonZeroUsize::new(batch_rows)
            .ok_or_else(|| refused("a batch cannot have 0 rows\nhint: batch_rows is 8192 unless you say otherwise"))?;
        let limits = self::limits(limits)?;
        let opened = py.detach(|| {
            let names = names.map(|path| NameList::read(&path)).transpose()?;
            let captions = CaptionOptions { names, drop_personal: false };
            sayso::pairs::PairReader::open(input, ReadOptions { limits, captions, batch_rows })
        });
        Ok(Self { reader: Mutex::new(opened.map_err(|error| raised(py, &error))?) })
    }

    /// The next batch as one of pyarrow's, `None` at the end.
    fn next_batch<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            match py.detach(|| self.step()).map_err(|error| raised(py, &error))? {
                Step::Batch(batch) => return batch.to_pyarrow(py).map(Some),
                Step::More => py.check_signals()?,
                Step::End => return Ok(None),
            }
        }
    }

    /// What was met so far, as JSON.
    fn report(&self, py: Python<'_>) -> PyResult<String> {
        let report = py.detach(|| {
            let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
            serde_json::to_string(reader.report())
        });
        report.map_err(|error| refused(error.to_string()))
    }
}

impl PairReader {
    /// Takes a batch that is there, or reads a block. The interpreter has to be let go before: whoever holds the lock may
    /// wait for it.
    fn step(&self) -> Result<Step, sayso::Error> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(batch) = reader.ready() {
            return Ok(Step::Batch(batch));
        }
        Ok(if reader.advance()? { Step::More } else { Step::End })
    }
}

/// The columns of pairs before they are judged, as a schema of pyarrow's.
#[pyfunction]
pub(crate) fn pairs_schema(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    sayso::pairs::pairs_schema().to_pyarrow(py)
}
