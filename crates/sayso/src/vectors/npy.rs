use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt;
use std::path::Path;

use half::f16;

use super::npy_header::{NpyHeader, PREFIX_BYTES, length_of};

/// Why a `.npy` file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NpyError {
    /// It is no such file, or not one with vectors.
    #[error("it is no file of vectors that NumPy writes: {0}")]
    Malformed(&'static str),
    /// Its numbers are of another type.
    #[error("its numbers are of type `{0}`, and `<f2` and `<f4` are read")]
    Type(String),
    /// It is shorter or longer than it says.
    #[error("it has {bytes} bytes and should have {wanted}")]
    Length {
        /// How many it has.
        bytes: u64,
        /// How many its header asks for.
        wanted: u64,
    },
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// How a number is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Half,
    Single,
}

impl Number {
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Half => 2,
            Self::Single => 4,
        }
    }

    pub(super) fn descr(self) -> &'static str {
        match self {
            Self::Half => "<f2",
            Self::Single => "<f4",
        }
    }
}

/// A NumPy array of vectors in a file: two axes, 16 or 32 bits a number, read row by row where it lies.
pub struct Npy {
    file: File,
    data_at: u64,
    rows: u64,
    dimension: usize,
    pub(super) number: Number,
}

impl Npy {
    /// Opens a file and reads its header. Nothing it says is believed before the file's length agrees.
    pub fn open(path: &Path) -> Result<Self, NpyError> {
        let (file, header) = open_with_header(path)?;
        let number = match header.descr.as_str() {
            "<f2" => Number::Half,
            "<f4" => Number::Single,
            other => return Err(NpyError::Type(other.chars().take(40).collect())),
        };
        let [rows, components] = header.shape.as_slice() else {
            return Err(NpyError::Malformed("it has not two axes"));
        };
        let dimension = u32::try_from(*components)
            .ok()
            .filter(|components| (1..=sayso_core::EmbedderId::MOST_COMPONENTS).contains(components));
        let dimension = dimension.ok_or(NpyError::Malformed("its vectors have too many components, or none"))? as usize;
        check_length(&file, &header, *rows, dimension * number.bytes())?;
        Ok(Self { file, data_at: header.data_at, rows: *rows, dimension, number })
    }

    /// How many vectors there are.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many components each has.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// Reads the vector of a row.
    pub fn read(&self, row: u64, vector: &mut [f32]) -> std::io::Result<()> {
        let mut bytes = [0; 4 * sayso_core::EmbedderId::MOST_COMPONENTS as usize];
        let bytes = bytes.get_mut(..self.dimension * self.number.bytes()).unwrap_or_default();
        self.read_bytes(row, bytes)?;
        numbers(self.number, bytes, vector);
        Ok(())
    }

    /// Reads the vector of a row as it is stored.
    pub(super) fn read_bytes(&self, row: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        if row >= self.rows {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.file.read_exact_at(bytes, self.data_at + row * (self.dimension * self.number.bytes()) as u64)
    }
}

/// Turns stored numbers into those that are worked with.
pub(super) fn numbers(number: Number, bytes: &[u8], vector: &mut [f32]) {
    match number {
        Number::Half => {
            for (slot, two) in vector.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *slot = f16::from_le_bytes(*two).to_f32();
            }
        }
        Number::Single => {
            for (slot, four) in vector.iter_mut().zip(bytes.as_chunks::<4>().0) {
                *slot = f32::from_le_bytes(*four);
            }
        }
    }
}

/// Opens a file and reads its header.
pub(super) fn open_with_header(path: &Path) -> Result<(File, NpyHeader), NpyError> {
    let mut file = fs_err::File::open(path)?.into_parts().0;
    let mut prefix = Vec::with_capacity(PREFIX_BYTES);
    (&mut file).take(PREFIX_BYTES as u64).read_to_end(&mut prefix)?;
    let (at, length) = length_of(&prefix)?;
    let mut text = vec![0; length];
    file.read_exact_at(&mut text, at as u64).map_err(|_| NpyError::Malformed("it is cut off in its header"))?;
    let header = NpyHeader::parse(&text, (at + length) as u64)?;
    Ok((file, header))
}

/// Whether a file is as long as its header says.
pub(super) fn check_length(file: &File, header: &NpyHeader, rows: u64, row_bytes: usize) -> Result<(), NpyError> {
    let wanted = rows.checked_mul(row_bytes as u64).and_then(|bytes| bytes.checked_add(header.data_at));
    let wanted = wanted.ok_or(NpyError::Malformed("its shape fits no file"))?;
    let bytes = file.metadata()?.len();
    if bytes == wanted { Ok(()) } else { Err(NpyError::Length { bytes, wanted }) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Npy, NpyError};
    use crate::vectors::npy_header::NpyHeader;

    fn file(descr: &str, shape: &str, numbers: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = NpyHeader::write(descr, shape);
        bytes.extend_from_slice(numbers);
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn both_widths_give_the_same_numbers() {
        let half = file("<f2", "(2, 2)", &[0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38, 0x01, 0x00]);
        let single: Vec<u8> = [1.0_f32, -2.0, 0.5, 5.960_464_5e-8].iter().flat_map(|x| x.to_le_bytes()).collect();
        let single = file("<f4", "(2, 2)", &single);
        for file in [half, single] {
            let npy = Npy::open(file.path()).unwrap();
            assert_eq!((npy.rows(), npy.dimension()), (2, 2));
            let mut vector = [0.0; 2];
            npy.read(0, &mut vector).unwrap();
            assert_eq!(vector, [1.0, -2.0]);
            npy.read(1, &mut vector).unwrap();
            assert_eq!(vector, [0.5, 5.960_464_5e-8]);
            assert!(npy.read(2, &mut vector).is_err());
        }
    }

    #[test]
    fn a_header_is_believed_only_if_the_length_agrees() {
        for (descr, shape, length) in [
            ("<f4", "(2, 2)", 15),
            ("<f4", "(2, 2)", 17),
            ("<f4", "(18446744073709551615, 4096)", 16),
            ("<f4", "(4611686018427387904, 1)", 16),
            ("<f4", "(4, 0)", 0),
            ("<f4", "(1, 4097)", 16388),
            ("<f4", "(4,)", 16),
            ("<f4", "(1, 2, 2)", 16),
            (">f4", "(2, 2)", 16),
            ("|O", "(2, 2)", 32),
        ] {
            assert!(Npy::open(file(descr, shape, &vec![0; length]).path()).is_err(), "{descr} {shape}");
        }
        assert!(matches!(Npy::open(std::path::Path::new("/nowhere")), Err(NpyError::Io(_))));
    }
}
