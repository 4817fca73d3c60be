//! The JSON API under `/api/v1`: one handler a file, the forms of what it says in `types`.

mod compare;
mod datasets;
mod export;
mod facets;
mod health;
mod knn;
mod knn_question;
mod matching;
mod near;
mod openapi;
mod refusal;
mod sample;
mod search;
mod sql;
mod types;
mod value;

pub(crate) use compare::compare;
pub(crate) use datasets::datasets;
pub(crate) use export::{MOST_EXPORTED, export};
pub(crate) use facets::facets;
pub(crate) use health::health;
pub(crate) use knn::{indices_list, knn_service};
pub(crate) use matching::{copies, own_hashes};
pub(crate) use near::near;
pub(crate) use openapi::openapi;
pub(crate) use refusal::ApiRefusal;
pub(crate) use sample::sample;
pub(crate) use search::{MOST_REACHED, page_number, search, sort};
pub(crate) use sql::{MOST_ROWS, sql};
pub(crate) use value::{column, creator, domain, licence};
