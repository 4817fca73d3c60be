//! What the reader of checkpoints does not do with safetensors: the texts beside the tensors, and writing.

use std::collections::BTreeMap;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use candle_core::Tensor;
use serde_json::{Map, Value, json};

use crate::DiffusionError;

/// How the name of a file that is not finished begins and ends; a program that is killed leaves it behind.
pub(crate) const UNFINISHED: [&str; 2] = [".sayso-", ".tmp"];

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
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = (|| {
        // Under a name that no file of anybody's has.
        let mut file = tempfile::Builder::new().prefix(UNFINISHED[0]).suffix(UNFINISHED[1]).tempfile_in(folder)?;
        let mut out = BufWriter::new(file.as_file_mut());
        write(&mut out)?;
        out.flush()?;
        drop(out);
        file.as_file().sync_all()?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // A temporary file is for its owner alone; what somebody asked for is as other files of theirs are.
            let mode = fs_err::metadata(path).map_or(0o644, |known| known.permissions().mode());
            fs_err::set_permissions(file.path(), std::fs::Permissions::from_mode(mode))?;
        }
        file.persist(path)?;
        Ok(())
    })();
    written.map_err(|source| DiffusionError::Written { path: path.to_owned(), source })
}
