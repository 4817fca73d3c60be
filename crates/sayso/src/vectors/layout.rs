use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sayso_core::Modality;

use crate::Error;

/// A file of vectors and the table that says what they belong to, as clip-retrieval writes them:
/// `img_emb/img_emb_0.npy` or `text_emb/text_emb_0.npy`, and `metadata/metadata_0.parquet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) vectors: PathBuf,
    /// `None` where there is no table of the same number.
    pub(super) metadata: Option<PathBuf>,
}

/// The parts of a folder, in the order of their numbers.
pub(super) fn parts(folder: &Path, modality: Modality) -> Result<Vec<Part>, Error> {
    let name = match modality {
        Modality::Image => "img_emb",
        Modality::Text => "text_emb",
    };
    let tables = numbered(&folder.join("metadata"), "metadata_", ".parquet")?;
    let vectors = numbered(&folder.join(name), &format!("{name}_"), ".npy")?;
    let part = |(number, vectors): (String, PathBuf)| Part { vectors, metadata: tables.get(&number).cloned() };
    Ok(vectors.into_iter().map(part).collect())
}

/// The files that are called so around a number. Numbers of one folder have the same length, so they sort as text.
fn numbered(folder: &Path, before: &str, behind: &str) -> Result<BTreeMap<String, PathBuf>, Error> {
    let entries = match fs_err::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        entries => entries.map_err(Error::file(folder))?,
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let entry = entry.map_err(Error::file(folder))?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(before)?.strip_suffix(behind));
        if let Some(number) = number.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
            found.insert(number.to_owned(), entry.path());
        }
    }
    Ok(found)
}
