use std::path::PathBuf;

use pyo3::prelude::*;
use sayso::library::{Library, SearchQuestion, Sort, Start, search_json};

use crate::error::{raised, refused};

/// What `sayso search --json` prints, as JSON.
#[pyfunction]
#[pyo3(signature = (dirs, query, *, sort, offset, limit))]
pub(crate) fn search(
    py: Python<'_>,
    dirs: Vec<PathBuf>,
    query: &str,
    sort: &str,
    offset: usize,
    limit: usize,
) -> PyResult<String> {
    let sort: Sort = sort.parse().map_err(|error: sayso::library::UnknownSort| refused(error.to_string()))?;
    let answer = py.detach(move || {
        let question = SearchQuestion { query, sort, start: Start::Offset(offset), limit };
        Library::open(&dirs)?.find(&question).map(|answer| search_json(query, &answer).to_string())
    });
    answer.map_err(|error| raised(py, &error))
}
