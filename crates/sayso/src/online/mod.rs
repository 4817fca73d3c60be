//! Asks sites what they say now: robots.txt, tdmrep.json, ai.txt, RSL, and the page or picture itself.
//!
//! Addresses come from strangers, and so do answers. What is asked is checked first (only http and https, no private
//! networks, at every redirect anew), what comes back is read within limits, and nobody is asked more often, or faster,
//! than a person would: one request at a time to a host, a pause between two, a day until the same is asked again, and
//! robots.txt is obeyed. Why it is so stands in decision 12, what is kept on disk in `docs/specs/cache.md`.

mod address;
mod answer;
mod ask;
mod cache;
mod clock;
mod contact;
mod crawl_delay;
mod entry;
mod failure;
mod fetch;
mod guarded;
mod hosts;
mod memo;
mod names;
mod options;
mod picture;
mod private;
mod read;
mod realm;
mod said;
mod site;
mod site_facts;
mod target;
mod text;

pub use ask::Online;
pub(crate) use ask::Shared;
pub use clock::{Clock, SystemClock};
pub use contact::{Contact, ContactError};
pub use failure::{Failure, Gap};
pub(crate) use guarded::guarded;
pub(crate) use names::{CheckedNames, RefusedAddress};
pub use names::{Names, SystemNames};
pub use options::{OnlineOptions, PAUSE, TIMEOUT, default_cache};
pub use private::AllowPrivate;
pub use read::OnlineReading;
pub(crate) use realm::{Realm, Rests, Right};
pub(crate) use site_facts::SiteAnswers;
pub(crate) use target::Target;
