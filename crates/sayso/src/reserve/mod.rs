//! The other way round: what a rightsholder writes to say no, or yes, for which uses. The files and header lines of a
//! site, and the metadata of pictures.
//!
//! What is written is read again by the same readers that judge other people's sites and pictures, so that nobody relies
//! on words that no program understands.

#[cfg(feature = "credentials")]
mod credentials;
#[cfg(not(feature = "credentials"))]
#[path = "credentials_left_out.rs"]
mod credentials;
#[cfg(feature = "credentials")]
mod key;
mod pictures;
mod place;
mod plan;
mod site;
mod vocabularies;
mod wishes;

pub use credentials::Signing;
#[cfg(feature = "credentials")]
pub(crate) use credentials::{credential_context, format_of as format_of_credentials, refuse_invalid};
pub use pictures::{PictureFailed, PictureOptions, PictureReserved, PicturesReserved, Texts, reserve_pictures};
pub use plan::Target;
pub use site::{Reservation, Written, reserve_site};
pub use wishes::Wishes;
