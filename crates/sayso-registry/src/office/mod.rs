//! What whoever runs a public registry keeps beside it: who follows which claim, who is logged in, what was reported, and who
//! did what when.
//!
//! It is none of the log's business: nobody needs it to check a claim, and all of it can be lost without a claim changing. Of
//! whatever lets somebody in (tokens, sessions) a hash is kept. The trail only grows.

mod follow;
mod open;
mod operators;
mod reports;
mod secret;
mod sessions;
mod trail;

pub use open::Office;
pub use operators::Operator;
pub use reports::{Decision, Report, ReportReason, ReportState};
pub use secret::{Secret, SecretError};
pub use sessions::Session;
pub use trail::Trace;
