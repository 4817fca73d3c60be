use std::io::{self, Read};

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

/// Something of Python's that has `read`: an open file, an object of a store elsewhere.
pub(crate) struct PyStream(pub(crate) Py<PyAny>);

impl Read for PyStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // An error of the kind `Interrupted` would be tried again; whatever Python raises is to be heard.
        Python::attach(|py| self.read_into(py, buffer)).map_err(io::Error::other)
    }
}

impl PyStream {
    fn read_into(&self, py: Python<'_>, buffer: &mut [u8]) -> PyResult<usize> {
        let read = self.0.bind(py).call_method1("read", (buffer.len(),))?;
        let Ok(bytes) = read.extract::<PyBackedBytes>() else {
            let kind = read.get_type().name()?;
            return Err(PyTypeError::new_err(format!(
                "`read` gave {kind} and not bytes: open the file in binary mode"
            )));
        };
        let Some(room) = buffer.get_mut(..bytes.len()) else {
            return Err(PyValueError::new_err("`read` gave more bytes than it was asked for"));
        };
        room.copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}
