//! The registry as a server shows it: who may do what, how often, and what follows from claims at once.
//!
//! What somebody may do rests on a secret that they hold: the token of a claim, or an operator's. Both are exchanged for a
//! session in a cookie, and no address ever has one in it. Every form carries a token of the session that it was made for, and
//! a request that a browser says comes from another site is turned away before that.

mod buckets;
mod desk;
mod form;
mod limits;
mod looked_up;
mod removed;
mod steps;
mod visitor;

pub(crate) use buckets::{Act, Buckets, Peer};
pub use desk::RegistryService;
pub(crate) use desk::{RegistryDesk, Room, now};
pub(crate) use form::{FORM_BYTES, Form};
pub use limits::{PublicUrl, PublicUrlError, Rate, RegistryLimits};
pub(crate) use looked_up::{LookUpBudget, MOST_URLS, opted_out};
pub(crate) use steps::VerifiedBy;
pub(crate) use visitor::{Visitor, cookie};
