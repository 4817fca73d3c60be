use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::import::table::inflated;

/// What the `metadata.jsonl` of a folder says of pictures in it and below it, as Hugging Face's folders have it.
pub(super) struct Metadata {
    root: PathBuf,
    /// By folder, and in it by the picture's path from there; empty of folders without.
    of: HashMap<PathBuf, HashMap<String, Map<String, Value>>>,
}

/// A line that cannot be read: the file, the line's number from 0, and why.
pub(super) type BadLine = (String, u64, String);

/// Pictures that a metadata file may speak of.
const PICTURES: u64 = 5_000_000;

/// Bytes of a line.
const LINE_BYTES: u64 = 1 << 20;

/// The key that names the picture.
const FILE_NAME: &str = "file_name";

const NAME: &str = "metadata.jsonl";

impl Metadata {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), of: HashMap::new() }
    }

    /// Reads the files that may speak of a picture, where that was not done, and returns their bad lines.
    pub(super) fn read_for(&mut self, picture: &Path) -> Vec<BadLine> {
        let mut bad = Vec::new();
        for folder in folders(&self.root, picture) {
            if let Entry::Vacant(place) = self.of.entry(folder.to_owned()) {
                place.insert(read(&folder.join(NAME), &self.root, &mut bad));
            }
        }
        bad
    }

    /// Adds what is said of a picture, and what the nearest folder says goes first.
    pub(super) fn add_to(&self, picture: &Path, object: &mut Map<String, Value>) {
        for folder in folders(&self.root, picture) {
            let name = picture.strip_prefix(folder).unwrap_or(picture).to_string_lossy();
            let said = self.of.get(folder).and_then(|pictures| pictures.get(&*name));
            for (key, value) in said.into_iter().flatten() {
                object.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
    }
}

/// The folders that a picture lies in, up to the root.
fn folders<'a>(root: &Path, picture: &'a Path) -> impl Iterator<Item = &'a Path> {
    picture.ancestors().skip(1).take_while(move |folder| folder.starts_with(root))
}

fn read(path: &Path, root: &Path, bad: &mut Vec<BadLine>) -> HashMap<String, Map<String, Value>> {
    let mut of = HashMap::new();
    if !path.is_file() {
        return of;
    }
    let place = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    let opened = File::open(path).and_then(|file| inflated(Box::new(file), 0));
    let mut lines = match opened {
        Ok(stream) => BufReader::new(stream),
        Err(error) => {
            bad.push((place, 0, error.to_string()));
            return of;
        }
    };
    let mut line = Vec::new();
    for number in 0..PICTURES {
        line.clear();
        let read = (&mut lines).take(LINE_BYTES).read_until(b'\n', &mut line);
        match read.map(|bytes| (bytes, serde_json::from_slice::<Map<String, Value>>(&line))) {
            Ok((0, _)) => break,
            Ok((_, Ok(mut object))) => {
                if let Some(Value::String(name)) = object.remove(FILE_NAME) {
                    of.insert(name, object);
                } else {
                    bad.push((place.clone(), number, format!("it has no `{FILE_NAME}`")));
                }
            }
            Ok(_) if line.trim_ascii().is_empty() => {}
            Ok((_, Err(error))) => bad.push((place.clone(), number, error.to_string())),
            Err(error) => {
                bad.push((place.clone(), number, error.to_string()));
                break;
            }
        }
    }
    of
}
