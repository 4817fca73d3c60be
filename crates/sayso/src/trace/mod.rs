//! From a made picture back to what it was made of: its credentials, the model and adapters that they name, the pictures that these
//! were trained on, and what has become of those. Where there are no credentials, the nearest pictures, with numbers.

#[cfg(feature = "credentials")]
mod credentials;
#[cfg(not(feature = "credentials"))]
#[path = "credentials_left_out.rs"]
mod credentials;
mod follow;
mod json;
mod nearest;
mod run;

use std::path::PathBuf;
use std::sync::Arc;

use sayso_core::{Pdq, Sha256};
use serde_json::Value;

use crate::claims::Ground;
use crate::training::PictureFacts;
pub use json::trace_json;
pub use nearest::{Near, NearestOptions};
pub use run::trace;

/// The sentence that stands beside every nearness.
pub const NEARNESS: &str =
    "nearness is not cause: that a picture is near says nothing of whether the model learnt from it";

/// How to trace.
#[derive(Debug, Clone)]
pub struct TraceOptions {
    /// Weights that may be those that the credentials name.
    pub adapters: Vec<PathBuf>,
    /// Folders of pictures and datasets in which near ones are looked for.
    pub within: Vec<PathBuf>,
    /// How many near ones are told.
    pub near: usize,
    /// The registry by which it is seen what has become of the pictures.
    pub registry: Option<Arc<Ground>>,
    /// Threads that look at pictures.
    pub threads: std::num::NonZeroUsize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The digest of the picture's file.
    pub sha256: Sha256,
    /// What it looks like; none where it is too plain, or cannot be decoded.
    pub pdq: Option<Pdq>,
    /// Its credentials; none where it has none.
    pub credentials: Option<Credentials>,
    /// The adapters that the credentials name, and those that were handed in.
    pub adapters: Vec<AdapterTraced>,
    /// The nearest pictures of all that was looked at.
    pub nearest: Vec<Near>,
    /// How many were looked at.
    pub compared: u64,
    /// What is proven.
    pub proven: Vec<String>,
    /// What is not.
    pub not_proven: Vec<String>,
    /// What could not be read or followed.
    pub faults: Vec<String>,
}

/// The credentials of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Credentials {
    /// How far they hold.
    pub state: CredentialState,
    /// The codes of what does not hold, as C2PA names them.
    pub problems: Vec<String>,
    /// Who signed, as the certificate names them: its organisation, and its common name.
    pub signer: Option<String>,
    /// The certificate's common name.
    pub signed_by: Option<String>,
    /// When, where a time authority says so.
    pub time: Option<String>,
    /// What it is called.
    pub title: Option<String>,
    /// The program that made the claim.
    pub generator: Option<String>,
    /// What was done, as C2PA names it, with the kind of source that is stated.
    pub actions: Vec<(String, Option<String>)>,
    /// What went into it.
    pub ingredients: Vec<IngredientTraced>,
    /// What is wished of training and data mining with it.
    pub mining: Option<Value>,
    /// Our own assertion.
    pub generation: Option<Value>,
}

/// How far credentials hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// Signed, unchanged, and by somebody on a list that is known here.
    Trusted,
    /// Signed and unchanged; who signed is known by the certificate's own word.
    Valid,
    /// Changed, or wrongly signed.
    Invalid,
}

impl CredentialState {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
        }
    }
}

/// Something that went into a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngredientTraced {
    /// What it is called.
    pub title: Option<String>,
    /// How it went in: `parentOf`, `componentOf`, `inputTo`.
    pub relationship: &'static str,
    /// Its id; of models, their digest.
    pub id: String,
    /// Whether it has credentials of its own.
    pub has_credentials: bool,
}

/// An adapter on the way back.
#[derive(Debug, Clone, PartialEq)]
pub struct AdapterTraced {
    /// What it is called.
    pub name: String,
    /// The digest that the credentials name.
    pub sha256: Option<Sha256>,
    /// The digest of its lineage that they name.
    pub lineage: Option<Sha256>,
    /// The weights that were found for it.
    pub file: Option<PathBuf>,
    /// Whether these are the weights that the credentials name; `None` where these name none.
    pub is_same: Option<bool>,
    /// The base that its lineage names, with the digests of its files.
    pub base: Option<crate::training::BaseFacts>,
    /// How many pictures it was trained on, by its lineage.
    pub count: Option<u64>,
    /// These pictures, as far as they could be had.
    pub pictures: Vec<PictureTraced>,
}

/// A picture that an adapter was trained on, and what has become of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureTraced {
    /// What the lineage tells.
    pub facts: PictureFacts,
    /// In how many bits it differs from the made one; none where one of both is too plain.
    pub distance: Option<u32>,
    /// What the registry says now: claims that reserve the use and were not there then, and claims that were taken back.
    pub since: Vec<String>,
}
