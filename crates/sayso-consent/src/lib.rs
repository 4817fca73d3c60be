//! Reads what the web says about the use of its pages and pictures, and judges it.
//!
//! Signals are what stands there (`X-Robots-Tag: noai`), statements are signals with the preferences read from them,
//! and [`judge`] makes a verdict of statements under a policy. Nothing here does I/O, reads a clock or remembers
//! anything: the same signals under the same policy give the same verdict, to the byte.
//!
//! * [`headers`] makes signals of response headers and meta elements, [`read`] reads one of them, and [`statements`]
//!   reads all those of one page or picture together.
//! * [`robots`] reads robots.txt, whose statements depend on a path.
//! * [`files`] reads the other files by which a site speaks for many addresses (tdmrep.json, ai.txt, RSL), and [`embedded`]
//!   what a picture's own file says.
//! * [`agents`] knows which agents work for AI, [`licences`] which licences are free, [`labels`] and [`categories`]
//!   which word of which vocabulary speaks of which use.
//! * [`changes`] says what would change a decision.
//! * [`judge`] decides, [`codes`] names the reasons, and [`sentence`] says them in English.
//!
//! ```
//! use sayso_consent::{agents::AgentTable, headers::header_signal, judge, sentence, statements};
//! use sayso_core::{Policy, PolicyName, Purpose, Speaker, Stance, Subject, UsageCategory};
//!
//! let header = header_signal(Speaker::Page, "X-Robots-Tag", b"unavailable_after: 25 Jun 2027 15:00:00 PST, noai", 500);
//! let signals: Vec<_> = header.into_iter().collect();
//! let statements = statements(&signals, AgentTable::builtin(), "saysobot");
//!
//! let subject = Subject { url: "https://example.org/cat.jpg", page_url: "https://example.org/" };
//! let policy = Policy::new(PolicyName::OptOut, Purpose(UsageCategory::TrainGenai));
//! let verdict = judge(&subject, &statements, None, &policy);
//! assert_eq!(verdict.stance, Stance::Disallowed);
//! assert!(sentence(&verdict.reasons[0]).ends_with("reserves AI training"));
//! ```
//!
//! What is malformed, missing or unknown leaves a preference unknown. It never becomes a grant.

pub mod agents;
pub mod categories;
pub mod changes;
pub mod codes;
pub mod embedded;
mod error;
pub mod files;
pub mod headers;
mod judge;
pub mod labels;
pub mod licences;
mod licences_in_tables;
mod read;
pub mod robots;
mod sentence;
mod statements;
mod stored;
pub mod structured_field;

pub use error::ConsentError;
pub use judge::judge;
pub use licences_in_tables::{licence_of_flickr, licence_of_table};
pub use read::read;
pub use sentence::sentence;
pub use statements::{settle_site_files, statements};
pub use stored::statements_of_reasons;
