use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Error;
use crate::check::sidecar::read_extent;
use crate::check::source::Extent;
use crate::import::table::{Keys, inflated};
use crate::signals::read_up_to;

/// Bytes of a sidecar that are read.
const SIDECAR_BYTES: u64 = 1 << 20;

/// What the files say that lie beside a picture under its name.
pub(super) fn sidecars_of_files(paths: &[PathBuf]) -> Map<String, Value> {
    let mut object = Map::new();
    for path in paths {
        // One that cannot be read says nothing, and a row without caption is told.
        if let Ok(bytes) = read_up_to(path, SIDECAR_BYTES) {
            add(&mut object, &path.to_string_lossy(), &bytes);
        }
    }
    object
}

/// What the members of a tar say that lie beside a picture under its name.
pub(super) fn sidecars_of_members(
    tar: &Path,
    members: &[(String, Extent)],
    buffer: &mut Vec<u8>,
) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, extent) in members {
        if read_extent(tar, *extent, SIDECAR_BYTES, buffer).is_ok() {
            add(&mut object, name, buffer);
        }
    }
    object
}

fn add(object: &mut Map<String, Value>, name: &str, bytes: &[u8]) {
    if name.ends_with(".json") {
        if let Ok(Value::Object(more)) = serde_json::from_slice(bytes) {
            object.extend(more);
        }
    } else {
        let text = String::from_utf8_lossy(bytes).trim().to_owned();
        object.entry("caption").or_insert(Value::String(text));
    }
}

/// What a `metadata.jsonl` or `metadata.csv` of a folder says of each picture in it, as Hugging Face's folders have it.
#[derive(Default)]
pub(super) struct Metadata {
    of: HashMap<String, Map<String, Value>>,
}

/// Pictures that a metadata file may speak of.
const PICTURES: usize = 5_000_000;

/// The key that names the picture.
const FILE_NAME: &str = "file_name";

impl Metadata {
    pub(super) fn of_folder(folder: &Path) -> Result<Self, Error> {
        let mut metadata = Self::default();
        let path = folder.join("metadata.jsonl");
        if path.is_file() {
            let file = File::open(&path).map_err(Error::file(&path))?;
            let stream = inflated(Box::new(file), 0).map_err(Error::file(&path))?;
            let lines = serde_json::Deserializer::from_reader(stream).into_iter::<Map<String, Value>>();
            for object in lines.take(PICTURES) {
                let Ok(mut object) = object else { break };
                if !object.contains_key("caption")
                    && let Some(text) = object.remove("text")
                {
                    object.insert("caption".to_owned(), text);
                }
                if let Some(Value::String(name)) = object.remove(FILE_NAME) {
                    metadata.of.insert(name, object);
                }
            }
        }
        Ok(metadata)
    }

    /// Tells the keys of some of them.
    pub(super) fn see(&self, keys: &mut Keys) {
        let mut names: Vec<&String> = self.of.keys().collect();
        names.sort_unstable();
        names.into_iter().take(1000).filter_map(|name| self.of.get(name)).for_each(|object| keys.see(object));
    }

    pub(super) fn of(&self, name: &str) -> Option<&Map<String, Value>> {
        self.of.get(name)
    }
}
