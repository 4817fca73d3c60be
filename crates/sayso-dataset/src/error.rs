use std::io;
use std::path::PathBuf;

/// What can go wrong with a dataset's folder.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The folder holds no dataset.
    #[error("`{}` is not a dataset\nhint: a dataset has a file CURRENT; make one with `sayso build INPUT -o {}`", dir.display(), dir.display())]
    NotADataset {
        /// The folder.
        dir: PathBuf,
    },
    /// A manifest was written by a newer Sayso.
    #[error("`{}` has format version {found}, and this Sayso reads up to {known}\nhint: install a newer Sayso", file.display())]
    FromTheFuture {
        /// The manifest.
        file: PathBuf,
        /// Its version.
        found: u64,
        /// The newest version that this program knows.
        known: u64,
    },
    /// A file's content is not what its format asks for.
    #[error("`{}` is damaged: {message}\nhint: restore it, or build the dataset again", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A file cannot be read or written.
    #[error("cannot use `{}`: {source}{}", file.display(), hint_of(source))]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What to try after an error of the system.
fn hint_of(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "\nhint: the disk is full; make room and run the same command again, it goes on where it was"
        }
        io::ErrorKind::PermissionDenied => "\nhint: check who may read and write there",
        io::ErrorKind::NotFound => "\nhint: check the path",
        _ => "",
    }
}

impl DatasetError {
    pub(crate) fn io(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }

    pub(crate) fn parquet(file: impl Into<PathBuf>) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let file = file.into();
        move |error| match error {
            parquet::errors::ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => Self::Io { file, source: *source },
                Err(source) => Self::Damaged { file, message: source.to_string() },
            },
            error => Self::Damaged { file, message: error.to_string() },
        }
    }

    pub(crate) fn arrow(file: impl Into<PathBuf>) -> impl FnOnce(arrow_schema::ArrowError) -> Self {
        let file = file.into();
        move |error| match error {
            arrow_schema::ArrowError::IoError(_, source) => Self::Io { file, source },
            error => Self::Damaged { file, message: error.to_string() },
        }
    }
}
