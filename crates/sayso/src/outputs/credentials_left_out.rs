//! What stands in for credentials in a build without them.

use std::path::Path;

use super::mining::Mining;
use super::origin::OutputFacts;
use crate::Error;

/// Who signs made pictures: nobody in this build.
#[derive(Debug)]
pub enum Signatory {}

impl Signatory {
    /// Refuses.
    pub fn from_files(chain: &Path, _key: &Path) -> Result<Self, Error> {
        Err(left_out(&chain.display().to_string()))
    }

    /// Refuses.
    pub fn local(_folder: Option<&Path>) -> Result<Self, Error> {
        Err(left_out("content credentials"))
    }

    /// Where the key was made, if it was made now.
    #[must_use]
    pub const fn made_at(&self) -> Option<&Path> {
        match *self {}
    }

    /// Whether nobody vouches for the key.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        match *self {}
    }

    /// Signs nothing.
    pub fn sign(&self, _: &[u8], _: &OutputFacts, _: Option<&[u8]>, _: Mining) -> Result<Vec<u8>, Error> {
        match *self {}
    }
}

fn left_out(input: &str) -> Error {
    let message = "this program was built without credentials, and can sign no picture\n\
                   hint: build it with `--features credentials`, or say --unsigned"
        .to_owned();
    Error::Input { input: input.to_owned(), message }
}
