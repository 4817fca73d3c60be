//! What torch.save and torch.jit.save write since 2020: a zip of a pickle, which names the tensors, and a file for each
//! storage, uncompressed, so that a tensor has its place in the zip itself.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use fs_err::File;
use zip::{CompressionMethod, ZipArchive};

use super::pickle::{self, Tensor};
use super::{Place, damaged};
use crate::ModelError;

/// Bytes of a pickle; those of the known nets have below 300,000.
const PICKLE_BYTES: u64 = 64 << 20;
/// Files in the zip; there is one for each tensor.
const FILES: usize = 100_000;

/// A storage's first byte in the file, and its length.
type Storages = BTreeMap<String, (u64, u64)>;

/// Where the tensors lie that the pickle names.
pub(super) fn places(path: &Path, file: &mut File, length: u64) -> Result<BTreeMap<String, Place>, ModelError> {
    let mut zip = ZipArchive::new(file).map_err(|error| damaged(path, format!("it is a damaged zip: {error}")))?;
    if zip.len() > FILES {
        return Err(damaged(path, format!("it holds {} files, and {FILES} are the most", zip.len())));
    }
    // A name that is no text is none of torch's.
    let names: Vec<String> = zip.file_names().flatten().map(Cow::into_owned).collect();
    let mut pickles = names.iter().filter(|name| name.ends_with("/data.pkl"));
    let (Some(pickle_name), None) = (pickles.next(), pickles.next()) else {
        return Err(damaged(path, "it is a zip, and not one that torch wrote"));
    };
    let root = pickle_name.strip_suffix("data.pkl").unwrap_or_default().to_owned();
    little_endian(path, &mut zip, &root)?;
    let pickle = member(path, &mut zip, pickle_name)?;
    let storages = storages(path, &mut zip, &root, length)?;
    let mut places = BTreeMap::new();
    for (name, tensor) in pickle::tensors(path, &pickle)? {
        let place = place(path, &name, &tensor, &storages)?;
        places.insert(name, place);
    }
    Ok(places)
}

/// Refuses what was written on a machine that stores numbers the other way round.
fn little_endian(path: &Path, zip: &mut ZipArchive<&mut File>, root: &str) -> Result<(), ModelError> {
    let name = format!("{root}byteorder");
    if zip.index_for_name(&name).is_none() {
        return Ok(());
    }
    if member(path, zip, &name)? == b"little" {
        Ok(())
    } else {
        Err(damaged(path, "its numbers are stored big end first"))
    }
}

/// The content of a small file of the zip.
fn member(path: &Path, zip: &mut ZipArchive<&mut File>, name: &str) -> Result<Vec<u8>, ModelError> {
    let file = zip.by_name(name).map_err(|error| damaged(path, format!("it is a damaged zip: {error}")))?;
    let mut content = Vec::new();
    file.take(PICKLE_BYTES + 1)
        .read_to_end(&mut content)
        .map_err(|error| damaged(path, format!("its `{name}` cannot be read: {error}")))?;
    if content.len() as u64 > PICKLE_BYTES {
        return Err(damaged(path, format!("its `{name}` has more than {PICKLE_BYTES} bytes")));
    }
    Ok(content)
}

/// Where each storage lies. One that is compressed, or said to reach beyond the file, is none.
fn storages(path: &Path, zip: &mut ZipArchive<&mut File>, root: &str, length: u64) -> Result<Storages, ModelError> {
    let folder = format!("{root}data/");
    let mut storages = BTreeMap::new();
    for index in 0..zip.len() {
        let file = zip.by_index_raw(index).map_err(|error| damaged(path, format!("it is a damaged zip: {error}")))?;
        let Some(key) = file.name().ok().and_then(|name| name.strip_prefix(&folder).map(str::to_owned)) else {
            continue;
        };
        let Some(start) = file.data_start() else {
            continue;
        };
        if file.compression() != CompressionMethod::Stored || start.saturating_add(file.size()) > length {
            return Err(damaged(path, format!("its storage `{key}` is compressed or longer than the file")));
        }
        storages.insert(key, (start, file.size()));
    }
    Ok(storages)
}

/// The place of a tensor, inside its storage. Views that skip numbers or read them in another order are not contiguous,
/// and nothing writes weights so.
fn place(path: &Path, name: &str, tensor: &Tensor, storages: &Storages) -> Result<Place, ModelError> {
    let Some((start, length)) = storages.get(&*tensor.storage) else {
        return Err(damaged(path, format!("the storage of the tensor `{name}` is missing")));
    };
    let mut stride = 1_usize;
    for (side, found) in tensor.shape.iter().zip(&tensor.strides).rev() {
        if *side > 1 && *found != stride {
            return Err(damaged(path, format!("the numbers of the tensor `{name}` are not stored in their order")));
        }
        stride = stride.saturating_mul(*side);
    }
    let inside = tensor.offset.saturating_mul(tensor.element.bytes());
    let place = Place { element: tensor.element, shape: tensor.shape.clone(), offset: start.saturating_add(inside) };
    let fits = place.bytes().and_then(|bytes| bytes.checked_add(inside)).is_some_and(|end| end <= *length);
    if !fits || tensor.shape.len() != tensor.strides.len() {
        return Err(damaged(path, format!("the tensor `{name}` reaches beyond its storage")));
    }
    Ok(place)
}
