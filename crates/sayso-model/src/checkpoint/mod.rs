//! Files with weights: which tensors lie where in them. Nothing is read of a tensor before a net asks for it.

mod element;
mod pickle;
mod safetensors;
#[cfg(test)]
mod tests;
mod torch;
mod weights;

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use fs_err::File;
use sayso_core::Sha256;

pub(crate) use element::Element;
pub use weights::Weights;

use crate::ModelError;
use crate::fingerprint::digest;

/// Tensors of one file; the largest known nets have below 2,000.
const TENSORS: usize = 100_000;

/// Where a tensor lies in its file, and how it is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) element: Element,
    pub(crate) shape: Vec<usize>,
    /// The first byte, from the start of the file. The tensor is contiguous and in the order of its shape.
    pub(crate) offset: u64,
}

impl Place {
    /// How many bytes the tensor has; none if no memory could hold as many.
    fn bytes(&self) -> Option<u64> {
        let count = self.shape.iter().try_fold(1_u64, |count, side| count.checked_mul(u64::try_from(*side).ok()?))?;
        count.checked_mul(self.element.bytes())
    }
}

/// A file with weights.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    file: File,
    digest: Sha256,
    places: BTreeMap<String, Place>,
}

impl Checkpoint {
    /// Reads of a file which tensors it holds, and its digest.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no checkpoint.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let failed = |source| ModelError::File { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let digest = digest(&mut file).map_err(failed)?;
        let mut magic = [0; 4];
        file.rewind().and_then(|()| read_up_to(&mut file, &mut magic)).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let is_zip = magic == *b"PK\x03\x04";
        let places = if is_zip {
            torch::places(path, &mut file, length)?
        } else {
            safetensors::places(path, &mut file, length)?
        };
        if places.len() > TENSORS {
            return Err(damaged(path, format!("it names {} tensors, and {TENSORS} are the most", places.len())));
        }
        for (name, place) in &places {
            let end = place.bytes().and_then(|bytes| place.offset.checked_add(bytes));
            if end.is_none_or(|end| end > length) {
                return Err(damaged(path, format!("the tensor `{name}` reaches beyond the end of the file")));
            }
        }
        if !is_zip {
            safetensors::assert_apart(path, &places, length)?;
        }
        Ok(Self { path: path.to_owned(), file, digest, places })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its sha256.
    #[must_use]
    pub const fn digest(&self) -> Sha256 {
        self.digest
    }

    pub(crate) const fn places(&self) -> &BTreeMap<String, Place> {
        &self.places
    }

    /// The numbers of a tensor.
    fn read(&mut self, place: &Place) -> Result<Vec<f32>, ModelError> {
        let failed = |source| ModelError::File { path: self.path.clone(), source };
        let bytes = place.bytes().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(0);
        // `open` saw that the file is that long.
        let mut raw = vec![0; bytes];
        self.file.seek(SeekFrom::Start(place.offset)).map_err(failed)?;
        self.file.read_exact(&mut raw).map_err(failed)?;
        Ok(place.element.to_f32(&raw))
    }
}

/// Fills `buffer` as far as the reader goes; what is left stays zero.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<()> {
    let mut rest = buffer;
    while !rest.is_empty() {
        let read = reader.read(rest)?;
        if read == 0 {
            break;
        }
        rest = rest.get_mut(read..).unwrap_or_default();
    }
    Ok(())
}

/// The error of a file that cannot be right.
fn damaged(path: &Path, reason: impl Into<String>) -> ModelError {
    ModelError::Checkpoint {
        path: path.to_owned(),
        reason: reason.into(),
        hint: "fetch it again, and compare its sha256 with `sayso models`",
    }
}
