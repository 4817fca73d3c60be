//! The pages: one handler a file.

mod about;
mod compare;
mod home;
mod matching;
mod overview;
mod refusal;
mod render;
mod robots;
mod sample;
mod search;
mod sql;
mod value;

pub(crate) use about::about;
pub(crate) use compare::compare;
pub(crate) use home::home;
pub(crate) use matching::{match_hash, match_picture};
pub(crate) use overview::overview;
pub(crate) use refusal::PageRefusal;
pub(crate) use robots::robots;
pub(crate) use sample::sample;
pub(crate) use search::search;
pub(crate) use sql::sql;
pub(crate) use value::{column, column_field, creator, domain, licence};
