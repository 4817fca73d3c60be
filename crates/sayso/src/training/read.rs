use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_core::Sha256;
use sayso_lineage::{FORMAT_LIMITS, header_length};
use serde_json::Value;
use sha2::Digest;

use super::lineage::{BaseFacts, LINEAGE_VERSION, Lineage, PictureFacts, digest};
use super::papers::pictures_root;
use crate::Error;
use crate::signals::read_up_to;

/// Weights that were read for what they say of themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapter {
    /// The digest of the file.
    pub sha256: Sha256,
    /// Everything in the head's metadata.
    pub metadata: BTreeMap<String, String>,
    /// What they say of where they come from; `None` of weights that Sayso did not train.
    pub lineage: Option<Lineage>,
}

/// Bytes of the list that lies beside weights.
const LIST_BYTES: u64 = 64 << 20;

/// Pictures of a lineage that are read.
const PICTURES: usize = 1_000_000;

/// Reads the metadata of a safetensors file, the list beside it where there is one, and takes the digest of the whole.
pub fn read_adapter(path: &Path) -> Result<Adapter, Error> {
    read_adapter_unless(path, &AtomicBool::new(false))
}

/// The same, which ends with an error once `interrupt` is set: weights may be large.
pub fn read_adapter_unless(path: &Path, interrupt: &AtomicBool) -> Result<Adapter, Error> {
    let refused = |message: String| Error::Input { input: path.display().to_string(), message };
    let mut file = fs_err::File::open(path).map_err(Error::file(path))?;
    let mut hasher = sha2::Sha256::new();
    let mut start = [0; 8];
    let no_head =
        || refused("it is no safetensors file\nhint: name weights whose name ends with .safetensors".to_owned());
    file.read_exact(&mut start).map_err(|_| no_head())?;
    hasher.update(start);
    let length = header_length(start, &FORMAT_LIMITS).ok_or_else(no_head)?;
    let mut head = Vec::new();
    (&mut file).take(length as u64).read_to_end(&mut head).map_err(Error::file(path))?;
    if head.len() < length {
        return Err(refused("it is cut off within its head\nhint: get it again, and whole".to_owned()));
    }
    hasher.update(&head);
    let mut buffer = vec![0; 1 << 20];
    loop {
        if interrupt.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        match file.read(&mut buffer).map_err(Error::file(path))? {
            0 => break,
            read => hasher.update(buffer.get(..read).unwrap_or_default()),
        }
    }
    let metadata = metadata_of(&head).ok_or_else(no_head)?;
    let lineage = read_adapter_head(&metadata, path.parent());
    Ok(Adapter { sha256: Sha256(hasher.finalize().into()), metadata, lineage })
}

/// The metadata in the head of a safetensors file, without its tensors; `None` where it is none.
#[cfg(feature = "diffusion")]
pub(crate) fn read_head(path: &Path) -> Option<BTreeMap<String, String>> {
    let mut file = fs_err::File::open(path).ok()?;
    let mut start = [0; 8];
    file.read_exact(&mut start).ok()?;
    let length = header_length(start, &FORMAT_LIMITS)?;
    let mut head = Vec::new();
    file.take(length as u64).read_to_end(&mut head).ok()?;
    metadata_of(&head)
}

fn metadata_of(head: &[u8]) -> Option<BTreeMap<String, String>> {
    let head: Value = serde_json::from_slice(head).ok()?;
    let said = head.as_object()?.get("__metadata__").and_then(Value::as_object);
    let texts = said.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    Some(texts.collect())
}

/// The lineage in metadata that were read already; `folder` is where the list lies that goes with them.
#[must_use]
pub fn read_adapter_head(metadata: &BTreeMap<String, String>, folder: Option<&Path>) -> Option<Lineage> {
    let text = metadata.get("sayso.lineage")?;
    let document: Value = serde_json::from_str(text).ok()?;
    let version = document.get("version").and_then(Value::as_u64)?;
    let mut missing = Vec::new();
    if version > LINEAGE_VERSION {
        missing.push(format!("it is of version {version}, and up to {LINEAGE_VERSION} is known here"));
    }
    let base = base_of(document.get("base").unwrap_or(&Value::Null));
    let told = document.get("pictures").unwrap_or(&Value::Null);
    let text_of = |key: &str| told.get(key).and_then(Value::as_str);
    let count = told.get("count").and_then(Value::as_u64).unwrap_or(0);
    let root = text_of("root").and_then(digest);
    let list = text_of("file").map(str::to_owned).zip(text_of("file_sha256").and_then(digest));
    let pictures = match (&list, told.get("list").and_then(Value::as_array)) {
        (_, Some(listed)) => listed.iter().take(PICTURES).filter_map(PictureFacts::of_json).collect(),
        (Some((name, expected)), None) => beside(folder, name, *expected).unwrap_or_else(|why| {
            missing.push(why);
            Vec::new()
        }),
        (None, None) => Vec::new(),
    };
    if !pictures.is_empty() && root.is_some_and(|root| root != pictures_root(&pictures)) {
        missing.push("the pictures that are listed are not those of the root".to_owned());
    }
    let digest = Sha256(sha2::Sha256::digest(text.as_bytes()).into());
    Some(Lineage { document, digest, base, count, root, pictures, list, missing })
}

fn base_of(said: &Value) -> BaseFacts {
    let files = said.get("files").and_then(Value::as_object).into_iter().flatten();
    let files = files.filter_map(|(name, of)| Some((name.clone(), digest(of.as_str()?)?)));
    BaseFacts {
        name: said.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        files: files.take(1_000).collect(),
        licence: said.get("licence").and_then(Value::as_str).map(str::to_owned),
    }
}

/// The list beside the weights, if it is the one that they name.
fn beside(folder: Option<&Path>, name: &str, expected: Sha256) -> Result<Vec<PictureFacts>, String> {
    let is_plain = !name.contains(['/', '\\']) && !name.starts_with('.');
    let path = folder.filter(|_| is_plain).map(|folder| folder.join(name));
    let path = path.ok_or_else(|| format!("the list of pictures, `{name}`, lies nowhere that is looked at"))?;
    let bytes =
        read_up_to(&path, LIST_BYTES).map_err(|_| format!("the list of pictures, `{name}`, is not beside it"))?;
    let found: [u8; 32] = sha2::Sha256::digest(&bytes).into();
    if found != expected.0 {
        return Err(format!("`{name}` beside it is not the list that it names"));
    }
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).take(PICTURES);
    Ok(lines.filter_map(|line| PictureFacts::of_json(&serde_json::from_slice(line).ok()?)).collect())
}
