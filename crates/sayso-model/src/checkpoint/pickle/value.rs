use std::rc::Rc;

use super::super::Element;

/// A value's place among all values of a pickle. Values name others by it, so that rings and shared values cost nothing.
pub(super) type Id = usize;

/// What a pickle's machine builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// None, truth values, fractions, bytes: no part of a tensor's place.
    Plain,
    Int(i64),
    Text(Rc<str>),
    /// Tuples and lists.
    Row(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    /// A class or function, by module and name.
    Global(Rc<str>, Rc<str>),
    /// An object: the values that its class was called with are gone, its attributes are a dict.
    Object(Option<Id>),
    Storage(Storage),
    Tensor(Tensor),
}

/// A run of numbers in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Storage {
    pub(super) element: Element,
    /// Shared with the text that it is of.
    pub(super) key: Rc<str>,
}

/// A tensor, as a view of a storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checkpoint) struct Tensor {
    pub(in crate::checkpoint) storage: Rc<str>,
    pub(in crate::checkpoint) element: Element,
    /// Its first number, counted in the storage.
    pub(in crate::checkpoint) offset: u64,
    pub(in crate::checkpoint) shape: Vec<usize>,
    pub(in crate::checkpoint) strides: Vec<usize>,
}
