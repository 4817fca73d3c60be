use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};
use tantivy::schema::Schema;

use super::file::{META, contents};
use super::{TextPart, shards_of};
use crate::error::IndexError;

/// The files of many parts, as the engine would find them in the folder of one index. Nothing can be written.
#[derive(Debug, Clone)]
pub(crate) struct Joined {
    files: Arc<HashMap<PathBuf, FileSlice>>,
    meta: Arc<[u8]>,
}

impl Joined {
    /// Maps the parts of the index in `dir`. Their segments stand in the order of the parts.
    pub(crate) fn open(dir: &Path, parts: &[TextPart], schema: &Schema) -> Result<Self, IndexError> {
        let damaged = |reason: String| IndexError::Damaged { dir: dir.to_owned(), reason };
        let mapped = MmapDirectory::open(dir).map_err(|error| damaged(error.to_string()))?;
        let mut files = HashMap::new();
        let mut segments = Vec::new();
        let schema = serde_json::to_value(schema).map_err(io::Error::from)?;
        let mut settings = Value::Null;
        for (number, part) in parts.iter().enumerate() {
            let of_part = |reason: String| damaged(format!("`{}`: {reason}", part.file));
            if shards_of(&part.file).is_none() {
                return Err(of_part("no part is called so".to_owned()));
            }
            let file = fs_err::File::open(dir.join(&part.file))?;
            let bytes = file.metadata()?.len();
            if bytes != part.bytes {
                return Err(of_part(format!("it has {bytes} bytes and should have {}", part.bytes)));
            }
            let held = contents(file.file(), bytes).map_err(of_part)?;
            if held.meta.get("schema") != Some(&schema) {
                return Err(of_part("its fields are not those of its version".to_owned()));
            }
            let handle = mapped.get_file_handle(Path::new(&part.file)).map_err(|error| of_part(error.to_string()))?;
            let whole = FileSlice::new(handle);
            let mut documents = 0;
            let mut known = HashMap::new();
            for segment in held.meta.get("segments").and_then(Value::as_array).into_iter().flatten() {
                let old = segment.get("segment_id").and_then(Value::as_str).map(|id| id.replace('-', ""));
                let held = segment.get("max_doc").and_then(Value::as_u64);
                let (old, held) = old.zip(held).ok_or_else(|| of_part("it has a segment without a name".to_owned()))?;
                // Each part counts its segments from nought: together they need names of their own.
                let new = format!("{number:016x}{:016x}", known.len());
                segments.push(json!({ "segment_id": new, "max_doc": held, "deletes": null }));
                documents += held;
                known.insert(old, new);
            }
            if documents != part.documents {
                return Err(of_part(format!("it holds {documents} documents and should hold {}", part.documents)));
            }
            let mut start = 0_usize;
            for packed in &held.files {
                let end = usize::try_from(packed.bytes).ok().and_then(|bytes| start.checked_add(bytes));
                let end = end.ok_or_else(|| of_part("it has a file that is too long".to_owned()))?;
                let (id, ending) = packed.name.split_once('.').unwrap_or((packed.name.as_str(), ""));
                if let Some(new) = known.get(id) {
                    files.insert(PathBuf::from(format!("{new}.{ending}")), whole.slice(start..end));
                }
                start = end;
            }
            if settings.is_null() {
                settings = held.meta.get("index_settings").cloned().unwrap_or_default();
            }
        }
        let meta = json!({ "index_settings": settings, "segments": segments, "schema": schema, "opstamp": 0 });
        Ok(Self { files: Arc::new(files), meta: serde_json::to_vec(&meta).map_err(io::Error::from)?.into() })
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "the parts of an index are never written to")
}

impl Directory for Joined {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        match self.files.get(path) {
            Some(slice) => Ok(Arc::new(slice.clone())),
            None => Err(OpenReadError::FileDoesNotExist(path.to_owned())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        Err(DeleteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(path == Path::new(META) || self.files.contains_key(path))
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Err(OpenWriteError::IoError { io_error: Arc::new(read_only()), filepath: path.to_owned() })
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path == Path::new(META) {
            return Ok(self.meta.to_vec());
        }
        Err(OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn atomic_write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        // The engine lists its files whenever it opens an index; here nobody collects garbage by that list.
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}
