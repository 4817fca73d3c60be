use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use sayso::check::{CHECK_FILE_BYTES, CheckInput, CheckOptions, TableColumns, check_json, checked_json};
use sayso::claims::Ground;

use crate::interrupt::interruptible;
use crate::limits::{policy, threads};

/// What `sayso check --json` prints, as JSON. No site is asked.
#[pyfunction]
#[pyo3(signature = (inputs, *, purpose, policy, registry, url_column, caption_column, threads))]
#[expect(clippy::too_many_arguments, reason = "the keywords of one function of Python's")]
pub(crate) fn check(
    py: Python<'_>,
    inputs: Vec<PathBuf>,
    purpose: &str,
    policy: &str,
    registry: Option<PathBuf>,
    url_column: Option<String>,
    caption_column: Option<String>,
    threads: Option<usize>,
) -> PyResult<String> {
    let policy = self::policy(py, policy, purpose)?;
    interruptible(py, move |interrupt| {
        let options = CheckOptions {
            policy,
            threads: self::threads(threads),
            file_bytes: CHECK_FILE_BYTES,
            columns: TableColumns { url: url_column, caption: caption_column },
            ask: None,
            registry: registry.map(|path| Ground::open(&path)).transpose()?.map(Arc::new),
            askers: NonZeroUsize::MIN,
        };
        let inputs: Vec<_> = inputs.iter().map(|input| CheckInput::of(input)).collect();
        let mut pictures = Vec::new();
        let summary = sayso::check::check(&inputs, &options, &interrupt.stop, &|_| interrupt.look(), &mut |checked| {
            pictures.push(checked_json(&checked, &options.policy));
            ControlFlow::Continue(())
        })?;
        Ok(check_json(&options, pictures, &summary).to_string())
    })
}
