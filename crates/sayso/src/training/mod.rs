//! Consent before a model is trained on pictures, and what the trained weights say of it.
//!
//! 1. [`select`] judges every picture of a folder for the use, and gives out those whose verdict allows it, bound to their bytes. Of
//!    every other it says why, whom to ask and in which words.
//! 2. [`KnownNames`] refuses names of persons in what the adapter is called and called up by.
//! 3. Whoever trained hands the facts of the run ([`RunFacts`]) to [`papers`], and gets the metadata of the weights, a model card
//!    and, where there are many pictures, a list beside them. [`read_adapter`] reads them back.
//!
//! Nothing here trains, asks for a time, or recognises anybody.

mod ask;
mod batch;
mod card;
mod depicted;
mod grant;
mod lineage;
mod names;
mod papers;
mod read;
mod select;
mod taken;
mod terms;

pub use ask::{Ask, UNDER_NO_NAME};
pub use depicted::Depicts;
pub use grant::{GrantedBy, PersonGrant};
pub use lineage::{BaseFacts, LINEAGE_VERSION, Lineage, PictureFacts, RunFacts};
pub use names::{KnownNames, NameRefused, NameSource};
#[cfg(feature = "diffusion")]
pub(crate) use papers::XL;
pub use papers::{LISTED_PICTURES, Papers, papers, pictures_root};
#[cfg(feature = "diffusion")]
pub(crate) use read::read_head;
pub use read::{Adapter, read_adapter, read_adapter_head, read_adapter_unless};
pub use select::{Captions, Refused, RefusedFor, SelectOptions, Selection, select};
pub use taken::Taken;
pub use terms::KeptTerms;
