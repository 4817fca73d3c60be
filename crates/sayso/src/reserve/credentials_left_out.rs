//! What stands in for the signing of manifests in a build without it.

use std::path::Path;

use super::Wishes;
use crate::Error;

/// Who signs manifests: nobody in this build.
#[derive(Debug)]
pub enum Signing {}

impl Signing {
    /// Refuses.
    pub fn from_files(certificates: &Path, _key: &Path) -> Result<Self, Error> {
        Err(left_out(&certificates.display().to_string()))
    }

    /// Refuses.
    pub fn self_signed() -> Result<Self, Error> {
        Err(left_out("--self-signed"))
    }

    /// Whether anybody could know the signer.
    #[must_use]
    pub const fn is_self_signed(&self) -> bool {
        match *self {}
    }

    pub(super) fn sign(&self, _old: &[u8], _new: &[u8], _wishes: &Wishes) -> Result<Vec<u8>, String> {
        match *self {}
    }
}

fn left_out(input: &str) -> Error {
    let message = "this program was built without the signing of manifests\n\
                   hint: build it with `--features credentials`, or leave the option out"
        .to_owned();
    Error::Input { input: input.to_owned(), message }
}
