//! Which tensors a pickle names.
//!
//! A pickle is a program for a small stack machine, which in Python may import and call anything. The machine here builds
//! values only: numbers, texts, tuples, lists, dicts, and objects as the dicts of their attributes. Of calls it knows
//! those by which torch says where a tensor lies, and does not make even them; any other is an error.

mod call;
mod machine;
mod reader;
mod value;
mod walk;

use std::path::Path;

pub(super) use value::Tensor;

use crate::ModelError;

/// Why a pickle is not read to its end.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// It breaks off, or says what makes no sense.
    Broken(String),
    /// It asks for a call, or for an object of a class, that weights do not need.
    Call(String),
}

/// The tensors that a pickle names, each with the path to it: the keys of dicts and the names of attributes, with dots.
pub(super) fn tensors(path: &Path, pickle: &[u8]) -> Result<Vec<(String, Tensor)>, ModelError> {
    machine::run(pickle).and_then(|(values, root)| walk::walk(&values, root)).map_err(|fault| match fault {
        Fault::Broken(reason) => super::damaged(path, format!("its pickle {reason}")),
        Fault::Call(call) => ModelError::Code { path: path.to_owned(), call },
    })
}
