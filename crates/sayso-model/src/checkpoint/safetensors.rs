//! The header of a safetensors file: eight bytes with its length, then JSON that says where each tensor lies.
//!
//! Read here and not by the crate of the same name, which wants the whole file in memory and gives names and shapes before
//! it has compared them with the file's length.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use fs_err::File;
use serde::Deserialize;

use super::{Element, Place, damaged};
use crate::ModelError;

/// Bytes of a header; those of the known nets have below 200,000.
const HEADER_BYTES: u64 = 16 << 20;

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: (u64, u64),
}

/// Where the tensors lie that the header names.
pub(super) fn places(path: &Path, file: &mut File, length: u64) -> Result<BTreeMap<String, Place>, ModelError> {
    let failed = |source| ModelError::File { path: path.to_owned(), source };
    if length < 8 {
        return Err(neither(path));
    }
    let mut eight = [0; 8];
    file.read_exact(&mut eight).map_err(failed)?;
    let header_bytes = u64::from_le_bytes(eight);
    if header_bytes > length - 8 {
        return Err(neither(path));
    }
    if header_bytes > HEADER_BYTES {
        return Err(damaged(path, format!("its header has {header_bytes} bytes, and {HEADER_BYTES} are the most")));
    }
    let mut header = vec![0; usize::try_from(header_bytes).unwrap_or(0)];
    file.read_exact(&mut header).map_err(failed)?;
    if header.first() != Some(&b'{') {
        return Err(neither(path));
    }
    let entries: BTreeMap<String, serde_json::Value> =
        serde_json::from_slice(&header).map_err(|error| damaged(path, format!("its header is no JSON: {error}")))?;
    let data = 8 + header_bytes;
    let mut places = BTreeMap::new();
    for (name, entry) in entries {
        if name == "__metadata__" {
            continue;
        }
        let entry = Entry::deserialize(entry)
            .map_err(|error| damaged(path, format!("its header says nothing sound of the tensor `{name}`: {error}")))?;
        let element = Element::of_safetensors(&entry.dtype).ok_or_else(|| {
            damaged(path, format!("the tensor `{name}` has numbers of the unknown kind `{}`", entry.dtype))
        })?;
        let (start, end) = entry.data_offsets;
        let place = Place { element, shape: entry.shape, offset: data.saturating_add(start) };
        if end.checked_sub(start).is_none() || end.checked_sub(start) != place.bytes() {
            return Err(damaged(
                path,
                format!("the tensor `{name}` has another length than its shape {:?}", place.shape),
            ));
        }
        places.insert(name, place);
    }
    Ok(places)
}

/// Refuses tensors that lie on each other: a short file would make much of little.
pub(super) fn assert_apart(path: &Path, places: &BTreeMap<String, Place>, length: u64) -> Result<(), ModelError> {
    let sum = places.values().try_fold(0_u64, |sum, place| sum.checked_add(place.bytes()?));
    if sum.is_some_and(|sum| sum <= length) {
        return Ok(());
    }
    Err(damaged(path, "its tensors lie on each other: together they have more bytes than the file"))
}

fn neither(path: &Path) -> ModelError {
    ModelError::Checkpoint {
        path: path.to_owned(),
        reason: "it is neither a safetensors file nor one that torch.save or torch.jit.save wrote since 2020"
            .to_owned(),
        hint: "open older files with torch and write them again as safetensors",
    }
}
