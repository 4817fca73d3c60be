//! The studio as a server shows it: who may see which session, and what may be sent.
//!
//! A session is known by a secret in a cookie that goes with no request from another site, and of which the studio keeps a hash. No address
//! has it in it, and files are asked for by names that are no paths. Every form carries a token of the session.

mod body;
mod deletions;
mod desk;
mod guest;
mod share;
mod take;

pub(crate) use body::FileBody;
pub(crate) use desk::StudioDesk;
pub(crate) use guest::Guest;
pub(crate) use share::Share;
