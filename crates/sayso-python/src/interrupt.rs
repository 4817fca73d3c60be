use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use sayso::Error;

use crate::error::raised;

/// Work that looks now and then whether it is to stop.
pub(crate) struct Interrupt {
    /// Becomes true when it is to stop.
    pub(crate) stop: AtomicBool,
    raised: Mutex<Option<PyErr>>,
}

impl Interrupt {
    /// Asks Python whether a signal came, a Ctrl-C most of all. Only its main thread is told.
    pub(crate) fn look(&self) {
        if self.stop.load(Ordering::Relaxed) {
            return;
        }
        #[expect(clippy::redundant_closure_for_method_calls, reason = "the method alone is not general enough")]
        let looked = Python::attach(|py| py.check_signals());
        if let Err(error) = looked {
            *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

/// Does work with the interpreter let go.
pub(crate) fn interruptible<T: Send>(
    py: Python<'_>,
    work: impl FnOnce(&Interrupt) -> Result<T, Error> + Send,
) -> PyResult<T> {
    let interrupt = Interrupt { stop: AtomicBool::new(false), raised: Mutex::new(None) };
    let result = py.detach(|| work(&interrupt));
    match interrupt.raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => result.map_err(|error| raised(py, &error)),
    }
}
