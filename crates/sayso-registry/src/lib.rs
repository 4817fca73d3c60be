//! The registry: what people claim about their works, on a log that everybody can check.
//!
//! A claim says: this domain, folder, address, account, file or picture is mine, and this is what I want of its use. Each step of
//! a claim (asserted, verified, contested, revoked) is an entry of an append-only Merkle log, whose checkpoints are signed.
//! What the log must not keep for ever (who claims, addresses, accounts) stands there as a salted commitment; the rest lies
//! beside it and can be erased, and every proof holds as before.
//!
//! * [`claim`] says what can be claimed, and what cannot.
//! * [`entry`] is what stands on the log, to the byte, and [`log`] the log itself: tree, proofs, notes, tiles.
//! * [`store`] is where it is kept: one contract, SQLite by default.
//! * [`office`] is what whoever runs a public registry keeps beside it: sessions, reports, operators, a trail.
//! * [`deletion`] proves that what was left with a studio is said to be gone, to whoever left it.
//! * [`receipt`] proves that something was removed from a snapshot, and because of which entry.
//! * [`Registry`] brings them together, and [`lookup`] answers which claims hold for an address or picture.
//!
//! There is no network here and no clock: time and randomness are handed in, what others show is text.

pub mod claim;
pub mod deletion;
pub mod entry;
mod error;
pub mod log;
pub mod lookup;
pub mod office;
pub mod receipt;
mod registry;
pub mod store;

pub use error::RegistryError;
pub use registry::{
    Audit, AuditFault, Changes, Clerk, Deletions, Erased, History, ListHead, Listed, ListedMethod, Listing, Made,
    Proof, Randomness, Registry, SystemRandomness, Token, TokenError, find_tokens, signature_text,
};
