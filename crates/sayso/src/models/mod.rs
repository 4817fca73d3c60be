//! Neural nets: which are known and at hand, whether their weights are what they should be, and how one is opened.
//!
//! The nets themselves need the feature `models`; without it everything here works but [`open`].

mod embed;
mod npy;
mod picture;
mod query;

use std::path::PathBuf;

pub use embed::{EmbeddedPictures, embed_files};
pub use npy::write_npy;
pub use query::NamedEmbedder;
pub use sayso_model::hub::Hub;
pub use sayso_model::known::{KNOWN, Known, KnownFile, by_digest, by_name};
pub use sayso_model::{
    Choices, ClipActivation, Embedder, Identity, Located, ModelError, Rgb, SscdSize, Takes, Vectors, fingerprint,
    locate, open,
};

use crate::Error;

/// Whether a model's weights are on this machine, and what they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// They are not where Hugging Face's programs would have put them.
    Absent,
    /// They are there, and were not read.
    Found(Located),
    /// They were read, and have the digest that is recorded here, or by which the cache names them.
    Verified(Located),
    /// They were read, and nothing says which digest they should have; this is the one they have.
    Unrecorded(Located, String),
    /// They were read, and have another digest than they should; this one.
    Differs(Located, String),
}

/// Where a known model stands. With `verify` its weights are read, which takes about a second for 1 GB.
///
/// # Errors
///
/// When weights that are there cannot be read.
pub fn standing(model: &'static Known, hub: Option<&Hub>, verify: bool) -> Result<Standing, Error> {
    let Some(located) = hub.and_then(|hub| Located::in_hub(model, hub)) else {
        return Ok(Standing::Absent);
    };
    if !verify {
        return Ok(Standing::Found(located));
    }
    let digest = fingerprint(&located.path)?.to_string();
    Ok(match &located.expected {
        Some(expected) if *expected == digest => Standing::Verified(located),
        Some(_) => Standing::Differs(located, digest),
        None => Standing::Unrecorded(located, digest),
    })
}

/// What a file with weights holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The file.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// The known model whose weights these are, byte for byte.
    pub known: Option<&'static Known>,
    /// The net, and what it takes; none if this program was built without nets.
    pub net: Option<(Identity, Takes)>,
}

/// Opens weights, named by a path or a known model's name, to see what they hold.
///
/// # Errors
///
/// When nothing is there, or it is no net that is known here; see [`open`].
pub fn inspect(name: &str, hub: Option<&Hub>, choices: Choices) -> Result<Inspection, Error> {
    let located = locate(name, hub)?;
    let (digest, net) = match open(&located.path, choices) {
        Ok(embedder) => {
            let identity = embedder.identity().clone();
            (identity.weights, Some((identity, embedder.takes())))
        }
        Err(ModelError::LeftOut) => (fingerprint(&located.path)?, None),
        Err(error) => return Err(error.into()),
    };
    Ok(Inspection { path: located.path, sha256: digest.to_string(), known: by_digest(digest), net })
}
