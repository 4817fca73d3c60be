use std::path::PathBuf;

use sayso_crawl::blocks::Input;
use sayso_storage::Address;
use serde::{Deserialize, Serialize};

use super::file::FileInput;
use super::http::HttpInput;
use super::object::ObjectInput;
use super::stdin::StdinInput;
use super::wacz::WaczEntry;

/// Where a crawl file lies: all that another process needs to read it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InputPlace {
    /// A file on disk.
    File(PathBuf),
    /// An address, and how large the file behind it is.
    Address(String, Option<u64>),
    /// A file in a bucket of an object store, and how large it is.
    Object(String, String, u64),
    /// A file inside a WACZ.
    Wacz(WaczEntry),
    /// Standard input, which nobody else can read.
    Stdin,
}

impl InputPlace {
    /// Makes an input of it. Nothing is read yet.
    pub(super) fn open(&self) -> Box<dyn Input + Sync> {
        match self {
            Self::File(path) => Box::new(FileInput { path: path.clone(), name: path.to_string_lossy().into_owned() }),
            Self::Address(url, bytes) => Box::new(HttpInput::known(url, *bytes)),
            Self::Object(bucket, path, bytes) => {
                Box::new(ObjectInput::known(Address { bucket: bucket.clone(), path: path.clone() }, *bytes))
            }
            Self::Wacz(entry) => Box::new(entry.clone()),
            Self::Stdin => Box::new(StdinInput),
        }
    }

    /// The same, from whatever folder one is in; `None` where only this process can read it.
    #[cfg(feature = "cluster")]
    pub(crate) fn absolute(&self) -> std::io::Result<Option<Self>> {
        let absolute = |path: &PathBuf| std::path::absolute(path);
        Ok(match self {
            Self::File(path) => Some(Self::File(absolute(path)?)),
            Self::Wacz(entry) => {
                let mut entry = entry.clone();
                entry.path = absolute(&entry.path)?;
                Some(Self::Wacz(entry))
            }
            Self::Address(..) | Self::Object(..) => Some(self.clone()),
            Self::Stdin => None,
        })
    }
}
