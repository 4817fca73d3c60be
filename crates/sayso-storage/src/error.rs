use std::io;
use std::path::PathBuf;

/// Why a file behind an address cannot be had or laid down.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// It is no address.
    #[error("`{given}` is no address of an object store\nhint: such as s3://bucket/folder")]
    Address {
        /// What was given.
        given: String,
    },
    /// This program knows no object stores.
    #[error("this program was built without object stores\nhint: build it with `--features s3`")]
    LeftOut,
    /// There is nothing behind it.
    #[error("there is nothing at `{address}`\nhint: check the address, and that of the store in AWS_ENDPOINT_URL")]
    NotFound {
        /// The address.
        address: String,
    },
    /// The store does not let us.
    #[error(
        "the store does not let us use `{address}`\nhint: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say who asks, AWS_REGION where; AWS_SKIP_SIGNATURE=true asks as nobody, which open buckets want"
    )]
    Refused {
        /// The address.
        address: String,
    },
    /// Somebody else wrote it meanwhile.
    #[error("somebody else wrote `{address}` meanwhile\nhint: look who else is at work there, and run it again")]
    Raced {
        /// The address.
        address: String,
    },
    /// The store fails.
    #[error(
        "cannot use `{address}`: {message}\nhint: AWS_ENDPOINT_URL says where the store is (with AWS_ALLOW_HTTP=true if it has no TLS); if it is there, run the same command again"
    )]
    Store {
        /// The address.
        address: String,
        /// What it said.
        message: String,
    },
    /// A file of this machine cannot be read or written.
    #[error("cannot use `{}`: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

#[cfg(feature = "s3")]
impl StorageError {
    /// Our words for what the store says of an address.
    pub(crate) fn of(address: &crate::Address, error: &object_store::Error) -> Self {
        let address = address.to_string();
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound { address },
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                Self::Refused { address }
            }
            object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. } => {
                Self::Raced { address }
            }
            other => {
                let message = one_line(other);
                // Of lists and writings, these come as text alone.
                let is_refused = ["401 Unauthorized", "403 Forbidden"].iter().any(|status| message.contains(status));
                if is_refused { Self::Refused { address } } else { Self::Store { address, message } }
            }
        }
    }

    pub(crate) fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::File { file, source }
    }
}

/// The innermost reason alone, on one line: those around it say the same in more words.
#[cfg(feature = "s3")]
fn one_line(error: &object_store::Error) -> String {
    const MOST: usize = 300;
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    let words = reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}

impl From<StorageError> for io::Error {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::File { source, .. } => source,
            StorageError::NotFound { .. } => Self::new(io::ErrorKind::NotFound, error),
            StorageError::Refused { .. } => Self::new(io::ErrorKind::PermissionDenied, error),
            _ => Self::other(error),
        }
    }
}
