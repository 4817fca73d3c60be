use std::io::Write as _;

use sayso_core::Sha256;
use tempfile::NamedTempFile;

use super::error::StudioError;
use super::open::{Inner, Studio};
use super::session::Session;
use crate::Error;

/// A picture that is on its way into a session's folder, piece by piece. One that never comes whole is gone with this.
#[derive(Debug)]
pub struct Incoming {
    pub(super) file: NamedTempFile,
    bytes: u64,
    most: u64,
}

impl Studio {
    /// Begins to take a picture in. [`Self::put`] takes it once it is there.
    pub fn receive(&self, token: &Sha256) -> Result<Incoming, StudioError> {
        self.inner.with(token, |session| {
            session.is_open()?;
            self.inner.incoming(session)
        })
    }
}

impl Inner {
    pub(super) fn incoming(&self, session: &Session) -> Result<Incoming, StudioError> {
        let folder = session.folder.coming();
        let file = NamedTempFile::new_in(&folder).map_err(Error::file(&folder))?;
        Ok(Incoming { file, bytes: 0, most: self.options.limits.picture_bytes })
    }
}

impl Incoming {
    /// Takes the next piece. What comes beyond the limit is counted and forgotten: the picture is refused when it is there.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), StudioError> {
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        if self.bytes <= self.most {
            let path = self.file.path().to_owned();
            self.file.write_all(piece).map_err(Error::file(path))?;
        }
        Ok(())
    }

    /// Bytes that came.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }
}
