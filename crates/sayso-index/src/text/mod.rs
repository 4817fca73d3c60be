//! How text becomes tokens: the same way when a caption is indexed, when a query is read and when a match is shown.

mod fold;
mod script;
mod tokens;

pub(crate) use tokens::{Kind, Tokens};
