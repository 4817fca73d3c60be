//! What the reader of checkpoints does not do with safetensors: the texts beside the tensors, and writing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use candle_core::Tensor;
use serde_json::{Map, Value, json};

use crate::DiffusionError;

/// Bytes of a header; the reader of checkpoints takes as many.
const HEADER: u64 = 16 << 20;

/// The texts beside the tensors; none where there are none, or in a file of another kind.
pub(crate) fn metadata(path: &Path) -> Result<BTreeMap<String, String>, DiffusionError> {
    let failed = |source| DiffusionError::File { path: path.to_owned(), source };
    let mut file = fs_err::File::open(path).map_err(failed)?;
    let mut eight = [0; 8];
    file.read_exact(&mut eight).map_err(failed)?;
    let bytes = u64::from_le_bytes(eight);
    if bytes > HEADER {
        return Ok(BTreeMap::new());
    }
    let mut header = Vec::new();
    file.take(bytes).read_to_end(&mut header).map_err(failed)?;
    let header: Value = serde_json::from_slice(&header).unwrap_or_default();
    let texts = header.get("__metadata__").and_then(Value::as_object).into_iter().flatten();
    Ok(texts.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect())
}

/// Writes tensors of 32 bits with texts beside them, in the order of their names: the same tensors make the same bytes.
/// What stood there is replaced whole or not at all.
pub(crate) fn write_tensors(
    path: &Path,
    tensors: &BTreeMap<String, Tensor>,
    texts: &BTreeMap<String, String>,
) -> Result<(), DiffusionError> {
    let mut header = Map::new();
    if !texts.is_empty() {
        header.insert("__metadata__".to_owned(), json!(texts));
    }
    let mut end = 0;
    for (name, tensor) in tensors {
        let start = end;
        end += tensor.elem_count() * 4;
        header.insert(name.clone(), json!({ "dtype": "F32", "shape": tensor.dims(), "data_offsets": [start, end] }));
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // Numbers begin at a multiple of eight, as readers that map files want it.
    header.resize(header.len().next_multiple_of(8), b' ');
    replace(path, &mut |out| {
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(&header)?;
        for tensor in tensors.values() {
            let numbers = tensor.flatten_all().and_then(|tensor| tensor.to_vec1::<f32>());
            for number in numbers.map_err(std::io::Error::other)? {
                out.write_all(&number.to_le_bytes())?;
            }
        }
        Ok(())
    })
}

/// Writes a file beside its place, and moves it there when all of it is on the disk.
pub(crate) fn replace(
    path: &Path,
    write: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), DiffusionError> {
    let mut name: OsString = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let unfinished = path.with_file_name(name);
    let written = (|| {
        let mut out = BufWriter::new(fs_err::File::create(&unfinished)?);
        write(&mut out)?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs_err::rename(&unfinished, path)
    })();
    written.map_err(|source| {
        // The first error is the one to tell.
        let _ = fs_err::remove_file(&unfinished);
        DiffusionError::Written { path: path.to_owned(), source }
    })
}
