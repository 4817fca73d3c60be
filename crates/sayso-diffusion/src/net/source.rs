use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};

use sayso_core::Sha256;
use sayso_model::{Checkpoint, ModelError, Weights};
use sha2::Digest;

use crate::DiffusionError;

/// What training programs put before the names of a whole model, with their own state beside it.
const WRAPPING: &str = "state_dict.";

/// The files that tensors are taken from: one, or several pieces of what would be too large for one.
pub(crate) struct Source {
    parts: Vec<Weights>,
    /// What is named when something is wrong: the file, or the list of the pieces.
    path: PathBuf,
    /// What stands before every name that counts; others are passed over.
    within: &'static str,
    /// Makes any tensor that is asked for, in place of files.
    maker: Option<Maker>,
}

/// Numbers for a tensor, by its name and shape.
type Maker = Box<dyn Fn(&str, &[usize]) -> Vec<f32>>;

impl Source {
    /// One file. A pickle is read only if that is allowed, and never run.
    pub(crate) fn open(path: &Path, pickle: bool) -> Result<Self, DiffusionError> {
        Self::of(path, std::slice::from_ref(&path.to_owned()), pickle)
    }

    /// Several pieces, of which `path` is the list.
    pub(crate) fn of(path: &Path, pieces: &[PathBuf], pickle: bool) -> Result<Self, DiffusionError> {
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if !pickle && is_pickle(piece)? {
                return Err(DiffusionError::Pickle { path: piece.clone() });
            }
            parts.push(Weights::new(Checkpoint::open(piece)?));
        }
        let mut source = Self { parts, path: path.to_owned(), within: "", maker: None };
        if source.names().any(|name| name.starts_with(WRAPPING)) {
            source.within = WRAPPING;
        }
        Ok(source)
    }

    /// No file.
    pub(crate) fn none() -> Self {
        Self { parts: Vec::new(), path: PathBuf::new(), within: "", maker: None }
    }

    /// No file, and any tensor that is asked for: of nets that nothing was taught yet.
    pub(crate) fn made(maker: impl Fn(&str, &[usize]) -> Vec<f32> + 'static) -> Self {
        Self { maker: Some(Box::new(maker)), ..Self::none() }
    }

    /// Any tensor that is asked for, made of its name: nets of any size without a file.
    #[cfg(test)]
    pub(crate) fn formula() -> Self {
        Self::made(crate::fixture::formula)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The sha256 of the file; of several, that of theirs, in hexadecimal and in their order.
    pub(crate) fn digest(&self) -> Sha256 {
        if let [part] = self.parts.as_slice() {
            return part.checkpoint().digest();
        }
        let mut digests = String::new();
        for part in &self.parts {
            // Writing to a text does not fail.
            let _ = write!(digests, "{}", part.checkpoint().digest());
        }
        Sha256(sha2::Sha256::digest(digests.as_bytes()).into())
    }

    /// The names of all tensors.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flat_map(Weights::names).filter_map(|name| name.strip_prefix(self.within))
    }

    /// The shape of a tensor, if there is one of this name.
    pub(crate) fn sides(&self, name: &str) -> Option<&[usize]> {
        let name = format!("{}{name}", self.within);
        self.parts.iter().find_map(|part| part.sides(&name))
    }

    /// How many numbered parts there are below `prefix`.
    pub(crate) fn parts(&self, prefix: &str) -> usize {
        let prefix = format!("{}{prefix}", self.within);
        // What is numbered may be spread over the pieces.
        let of = |part: &Weights| {
            let numbers = part.names().filter_map(|name| name.strip_prefix(&prefix)?.split('.').next()?.parse().ok());
            numbers.collect::<Vec<usize>>()
        };
        let mut numbers: Vec<usize> = self.parts.iter().flat_map(of).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.iter().zip(0..).take_while(|(found, wanted)| **found == *wanted).count()
    }

    /// The numbers of a tensor, which has to have this shape and be finite.
    pub(crate) fn numbers(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        if let Some(maker) = &self.maker {
            return Ok(maker(name, shape));
        }
        let name = format!("{}{name}", self.within);
        let here = self.parts.iter().position(|part| part.sides(&name).is_some()).unwrap_or(0);
        match self.parts.get_mut(here) {
            Some(part) => part.numbers(&name, shape),
            None => Err(ModelError::Tensor { path: self.path.clone(), tensor: name, reason: "is missing".to_owned() }),
        }
    }

    /// Passes over tensors that are known and not needed.
    pub(crate) fn pass_over(&mut self, needless: impl Fn(&str) -> bool) {
        let within = self.within;
        for part in &mut self.parts {
            part.pass_over(|name| name.strip_prefix(within).is_none_or(&needless));
        }
    }

    /// The names of the tensors that nobody took.
    pub(crate) fn left(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().flat_map(Weights::left)
    }
}

/// Bytes of a safetensors header; the reader of checkpoints takes as many.
const HEADER: u64 = 16 << 20;

/// Whether a file is one that Python would run: a zip with a pickle in it, or a pickle.
pub(crate) fn is_pickle(path: &Path) -> Result<bool, DiffusionError> {
    let failed = |source| DiffusionError::File { path: path.to_owned(), source };
    let mut start = Vec::new();
    fs_err::File::open(path).map_err(failed)?.take(9).read_to_end(&mut start).map_err(failed)?;
    // The length of a safetensors header may have any low byte, such as those that the others begin with.
    if let ([length @ .., b'{'], 9) = (start.as_slice(), start.len())
        && <[u8; 8]>::try_from(length).is_ok_and(|length| u64::from_le_bytes(length) <= HEADER)
    {
        return Ok(false);
    }
    Ok(start.starts_with(b"PK\x03\x04") || matches!(start.as_slice(), [0x80, 2..=5, ..]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::is_pickle;

    #[test]
    fn a_header_of_any_length_is_no_pickle() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let told = |bytes: &[u8]| {
            fs_err::write(file.path(), bytes).unwrap();
            is_pickle(file.path()).unwrap()
        };
        for length in [0x80_u64, 0x280, 0x4b50, 0x40_0280] {
            let mut bytes = length.to_le_bytes().to_vec();
            bytes.resize(8 + usize::try_from(length).unwrap(), b' ');
            bytes[8..10].copy_from_slice(b"{}");
            assert!(!told(&bytes), "{length}");
        }
        assert!(told(b"PK\x03\x04") && told(b"PK\x03\x04\0\0\0\0{}"));
        assert!((2..=5).all(|protocol| told(&[0x80, protocol, b'}', b'.'])));
        assert!(!told(b"\x80\x07}.") && !told(b"PK") && !told(b""));
    }
}
