//! Text records of the DNS, asked of a resolver: that of the machine, or one that is named.
//!
//! Messages are written and read by a library; what is asked, whom, how often, and which answers count is decided here. An
//! answer counts that comes from whom was asked, at the port that was asked from, with the number and the question that were sent.
//! Signatures (DNSSEC) are not checked here: a resolver on the same machine that does so says so. Why it is so stands in
//! decision 28.

mod answer;
mod ask;
mod failure;
mod question;
mod resolv_conf;

pub use ask::{Resolver, TIMEOUT, Texts};
pub use failure::DnsFailure;
