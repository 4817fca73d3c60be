use std::error::Error as _;
use std::io;

use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use sayso::Error;
use sayso_crawl::CrawlError;

pyo3::import_exception!(sayso._errors, SaysoError);

/// The exception for an error, with its sentence and its hint.
///
/// What Python's own code raised while it was asked for bytes is the cause; a Ctrl-C in there stays a Ctrl-C.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let cause = python_cause(py, error);
    if let Some(cause) = &cause
        && !cause.is_instance_of::<PyException>(py)
    {
        return cause.clone_ref(py);
    }
    let raised = SaysoError::new_err(message(error));
    raised.set_cause(py, cause);
    raised
}

/// An exception for what is wrong with an argument.
pub(crate) fn refused(message: impl Into<String>) -> PyErr {
    SaysoError::new_err(message.into())
}

/// What is said; a command that goes on where it was is nothing to hint at here.
fn message(error: &Error) -> String {
    match error {
        Error::Crawl(CrawlError::Read { file, source }) => {
            format!("cannot read `{file}`: {source}\nhint: when it can be read, open it again; reading starts anew")
        }
        error => error.to_string(),
    }
}

fn python_cause(py: Python<'_>, error: &Error) -> Option<PyErr> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(error) = error.downcast_ref::<PyErr>()
        {
            return Some(error.clone_ref(py));
        }
        source = error.source();
    }
    None
}
