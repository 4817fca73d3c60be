//! What goes out with a made picture: its file in the format that was asked for, what it says of itself in texts, signed
//! credentials, and the comparison with the pictures that the model was trained on before it is written at all.

#[cfg(feature = "credentials")]
mod certificate;
mod copies;
#[cfg(feature = "credentials")]
mod credentials;
#[cfg(not(feature = "credentials"))]
#[path = "credentials_left_out.rs"]
mod credentials;
mod encode;
mod exif;
#[cfg(feature = "credentials")]
mod local_key;
mod mining;
mod origin;
mod place;

pub use copies::{Against, CopyFound};
pub use credentials::Signatory;
pub use encode::{OutputFormat, encode};
pub use mining::Mining;
pub use origin::{MadeOf, OutputFacts};
pub use place::{try_place, write_whole};

/// The label of our own assertion in a manifest of a made picture; `docs/specs/credentials.md` describes it.
pub const GENERATION: &str = "sayso.generation";
