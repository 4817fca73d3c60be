use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use url::Url;

/// Where something that was checked stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// A picture in a tar.
    Member {
        /// The tar.
        tar: Arc<Path>,
        /// The member's name.
        name: String,
        /// Where the picture starts in the tar, in bytes.
        offset: u64,
        /// How long it is.
        bytes: u64,
    },
    /// A row of a table.
    Row {
        /// The table.
        table: Arc<Path>,
        /// The row's number among the rows, from 1.
        number: u64,
    },
    /// An address by itself.
    Url(String),
}

impl Origin {
    /// Whether there is a picture here, and not only the address of one.
    #[must_use]
    pub const fn is_picture(&self) -> bool {
        matches!(self, Self::File(_) | Self::Member { .. })
    }

    /// What it is called where it stands, without the folders of whoever has it.
    #[must_use]
    pub fn file_name(&self) -> String {
        let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match self {
            Self::File(path) => name(path),
            Self::Member { name, .. } => name.clone(),
            Self::Row { table, number } => format!("{} row {number}", name(table)),
            Self::Url(url) => url.clone(),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Member { tar, name, .. } => write!(f, "{} {name}", tar.display()),
            Self::Row { table, number } => write!(f, "{} row {number}", table.display()),
            Self::Url(url) => f.write_str(url),
        }
    }
}

/// Bytes of an address.
const URL_BYTES: usize = 64 << 10;

/// The host of an address on the web, with its port; `None` for everything else.
pub(super) fn web_host(url: &str) -> Option<String> {
    if url.len() > URL_BYTES {
        return None;
    }
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}
