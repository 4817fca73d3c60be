use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};
use super::source::{Extent, Licence, SIDECARS};
use crate::signals::read_up_to;

/// What lies beside a picture under the same name: `a.txt` or `a.caption` with its caption, as kohya's trainers have it,
/// and `a.json` with its source, as img2dataset writes it.
#[derive(Debug, Default)]
pub(super) struct Sidecar {
    pub(super) caption: Option<String>,
    /// Where the picture was fetched from.
    pub(super) url: Option<String>,
    pub(super) page_url: Option<String>,
    /// Every licence that is stated, each once.
    pub(super) licences: Vec<Licence>,
    /// What of it could not be read.
    pub(super) faults: Vec<Fault>,
}

/// Bytes of a sidecar that are read.
const SIDECAR_BYTES: u64 = 1 << 20;

/// The same as one JSON object, whatever is in it.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The keys of the source, and under `caption` the caption, where the source has none.
    pub(crate) object: Map<String, Value>,
    /// The licences of all sources: none is lost where another has the same key.
    licences: Vec<Licence>,
    /// What could not be read.
    pub(crate) faults: Vec<Fault>,
    /// The files with a source that were read, by where they lie.
    pub(crate) sources: Vec<String>,
}

impl Beside {
    /// What the files say that lie beside a picture.
    pub(crate) fn of_files(paths: &[PathBuf]) -> Self {
        let mut beside = Self::default();
        for path in paths {
            let place = path.display().to_string();
            match read_up_to(path, SIDECAR_BYTES) {
                Ok(bytes) => beside.add(&place, &place, &bytes),
                Err(error) => beside.faults.push(unreadable(&place, error.to_string())),
            }
        }
        beside
    }

    /// What the members of a tar say that lie beside a picture.
    pub(crate) fn of_members(tar: &Path, members: &[(String, Extent)], buffer: &mut Vec<u8>) -> Self {
        let mut beside = Self::default();
        for (name, extent) in members {
            let place = format!("{} {name}", tar.display());
            match read_extent(tar, *extent, SIDECAR_BYTES, buffer) {
                Ok(()) => beside.add(name, &place, buffer),
                Err(error) => beside.faults.push(unreadable(&place, error.to_string())),
            }
        }
        beside
    }

    fn add(&mut self, name: &str, place: &str, bytes: &[u8]) {
        if !Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
            let caption = || Value::String(String::from_utf8_lossy(bytes).trim().to_owned());
            self.object.entry("caption").or_insert_with(caption);
            return;
        }
        match serde_json::from_slice::<Map<String, Value>>(bytes) {
            Ok(source) => {
                self.sources.push(place.to_owned());
                self.add_licences(&source);
                for (key, value) in source {
                    // What is nothing, or no text where text is there, takes nothing away.
                    let is_less = value.is_null() || !value.is_string() && self.object.contains_key(&key);
                    if !is_less {
                        self.object.insert(key, value);
                    }
                }
            }
            Err(error) => {
                let message = format!("the sidecar is no JSON object: {error}");
                self.faults.push(Fault::new(FaultKind::SidecarJson, place, message));
            }
        }
    }
}

impl Beside {
    fn add_licences(&mut self, source: &Map<String, Value>) {
        for column in ["license", "licence"] {
            let values = match source.get(column) {
                Some(Value::Array(values)) => values.as_slice(),
                Some(value) => std::slice::from_ref(value),
                None => &[],
            };
            for value in values.iter().filter_map(Value::as_str).filter(|value| !matches!(value.trim(), "" | "?")) {
                if self.licences.iter().all(|known| known.value != value) {
                    self.licences.push(Licence { column: column.to_owned(), value: value.to_owned() });
                }
            }
        }
    }
}

impl From<Beside> for Sidecar {
    fn from(Beside { mut object, licences, faults, .. }: Beside) -> Self {
        let mut text = |key: &str| match object.remove(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        Self { caption: text("caption"), url: text("url"), page_url: text("page_url"), licences, faults }
    }
}

fn unreadable(place: &str, message: String) -> Fault {
    Fault::new(FaultKind::SidecarUnreadable, place, message)
}

/// Reads a member of a tar, at most `limit` bytes of it.
pub(crate) fn read_extent(tar: &Path, extent: Extent, limit: u64, buffer: &mut Vec<u8>) -> std::io::Result<()> {
    buffer.clear();
    let mut file = fs_err::File::open(tar)?;
    file.seek(SeekFrom::Start(extent.offset))?;
    file.take(extent.bytes.min(limit)).read_to_end(buffer)?;
    Ok(())
}

/// The sidecars that a picture has, whichever way their endings are written. Where case does not count, all ways lead to one file.
pub(crate) fn paths_beside(picture: &Path) -> Vec<PathBuf> {
    let mut known: Vec<PathBuf> = Vec::new();
    let ways = SIDECARS.iter().flat_map(|ending| {
        let start: String = ending.chars().take(1).flat_map(char::to_uppercase).chain(ending.chars().skip(1)).collect();
        [(*ending).to_owned(), ending.to_uppercase(), start]
    });
    let paths = ways.map(|ending| picture.with_extension(ending)).filter(|path| path.is_file());
    paths
        .filter(|path| {
            let file = fs_err::canonicalize(path).unwrap_or_else(|_| path.clone());
            let is_new = !known.contains(&file);
            known.push(file);
            is_new
        })
        .collect()
}
