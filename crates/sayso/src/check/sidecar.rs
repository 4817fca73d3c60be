use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};
use super::source::{Extent, Licence};
use crate::signals::read_up_to;

/// What lies beside a picture under the same name: `a.txt` or `a.caption` with its caption, as kohya's trainers have it,
/// and `a.json` with its source, as img2dataset writes it.
#[derive(Debug, Default)]
pub(super) struct Sidecar {
    pub(super) caption: Option<String>,
    /// Where the picture was fetched from.
    pub(super) url: Option<String>,
    pub(super) page_url: Option<String>,
    pub(super) licence: Option<Licence>,
    /// What of it could not be read.
    pub(super) faults: Vec<Fault>,
}

/// Bytes of a sidecar that are read.
const SIDECAR_BYTES: u64 = 1 << 20;

/// The names of captions and sources beside a picture.
const EXTENSIONS: [&str; 3] = ["txt", "caption", "json"];

impl Sidecar {
    /// What the files say that lie beside a picture.
    pub(super) fn of_files(paths: &[PathBuf]) -> Self {
        let mut sidecar = Self::default();
        for path in paths {
            let place = path.display().to_string();
            match read_up_to(path, SIDECAR_BYTES) {
                Ok(bytes) => sidecar.add(&place, &place, &bytes),
                Err(error) => sidecar.faults.push(unreadable(&place, error.to_string())),
            }
        }
        sidecar
    }

    /// What the members of a tar say that lie beside a picture.
    pub(super) fn of_members(tar: &Path, members: &[(String, Extent)], buffer: &mut Vec<u8>) -> Self {
        let mut sidecar = Self::default();
        for (name, extent) in members {
            let place = format!("{} {name}", tar.display());
            match read_extent(tar, *extent, SIDECAR_BYTES, buffer) {
                Ok(()) => sidecar.add(name, &place, buffer),
                Err(error) => sidecar.faults.push(unreadable(&place, error.to_string())),
            }
        }
        sidecar
    }

    fn add(&mut self, name: &str, place: &str, bytes: &[u8]) {
        if !name.ends_with(".json") {
            if self.caption.is_none() {
                self.caption = Some(String::from_utf8_lossy(bytes).trim().to_owned());
            }
            return;
        }
        let mut json: Map<String, Value> = match serde_json::from_slice(bytes) {
            Ok(json) => json,
            Err(error) => {
                let message = format!("the sidecar is no JSON object: {error}");
                return self.faults.push(Fault::new(FaultKind::SidecarJson, place, message));
            }
        };
        let mut text = |key: &str| match json.remove(key) {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        self.url = text("url").or(self.url.take());
        self.page_url = text("page_url").or(self.page_url.take());
        self.caption = text("caption").or(self.caption.take());
        for column in ["licence", "license"] {
            let value = text(column).filter(|value| !matches!(value.trim(), "" | "?"));
            self.licence = value.map(|value| Licence { column: column.to_owned(), value }).or(self.licence.take());
        }
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

/// The sidecars that a picture has.
pub(super) fn paths_beside(picture: &Path) -> Vec<PathBuf> {
    EXTENSIONS.iter().map(|extension| picture.with_extension(extension)).filter(|path| path.is_file()).collect()
}
