//! Sayso for Python: what engines that bring their own machines call, as a module that Python loads.
//!
//! The module is `sayso._sayso`; the package around it, in `python/sayso`, is what people import. Here is nothing but
//! conversion: each function takes Python's values, calls [`sayso`] with the interpreter let go, and hands Arrow batches
//! over by pointer.

mod check;
mod error;
mod interrupt;
mod judge;
mod limits;
mod read;
mod search;
mod stream;

/// The compiled part of the package `sayso`.
#[pyo3::pymodule]
mod _sayso {
    #[pymodule_export]
    use super::check::check;
    #[pymodule_export]
    use super::judge::{PairJudge, judged_schema};
    #[pymodule_export]
    use super::read::{PairReader, pairs_schema};
    #[pymodule_export]
    use super::search::search;

    #[pymodule_init]
    fn init(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        use pyo3::types::PyModuleMethods;

        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
