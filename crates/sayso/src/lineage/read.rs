use std::collections::BTreeSet;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use sayso_core::Timestamp;
use sayso_dataset::{Dataset, FileEntry, Tombstone};
use sayso_lineage::{
    CardKind, FORMAT_LIMITS, Node, NodeId, NodeKind, ReadAt, Removal, Source, header_length, read_card, read_cyclonedx,
    read_provenance, read_safetensors_header, read_spdx,
};

use super::credentials;
use super::receipts::{self, ReceiptsTold};
use super::walk::{Found, Kind};
use crate::portfolio::snapshot_of;
use crate::receipts::known_name;

/// Bytes of a picture that is looked into for credentials.
const PICTURE_BYTES: u64 = 64 << 20;

/// What a file tells of.
#[derive(Default)]
pub(super) struct Told {
    /// The nodes; the first is of the file itself where `is_own`.
    pub(super) nodes: Vec<Node>,
    pub(super) is_own: bool,
    pub(super) receipts: Vec<ReceiptsTold>,
}

/// What a file tells of; nothing where it is none of ours.
pub(super) fn read(file: &Found) -> Result<Told, String> {
    let at = ReadAt { title: file.name.clone(), url: address(&file.name) };
    let own = |nodes| Told { nodes, is_own: true, ..Told::default() };
    let others = |nodes| Told { nodes, ..Told::default() };
    match file.kind {
        Kind::Card { is_dataset } => card(file, is_dataset, &at).map(own),
        Kind::Safetensors => safetensors(file, &at).map(own),
        Kind::Json => json(file, &at).map(others),
        Kind::Receipts => Ok(Told { receipts: receipts::read(&file.path, &at)?, ..Told::default() }),
        Kind::Dataset => dataset(file, &at).map(own),
        Kind::Picture => {
            let bytes = bounded(&file.path, PICTURE_BYTES)?;
            credentials::read(&bytes, &file.name, &at).map(others)
        }
    }
}

/// The file's path as an address: nobody else can follow it, and everybody sees that.
fn address(name: &str) -> String {
    let mut url = String::from("file:///");
    for byte in name.bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => url.push(char::from(byte)),
            b'\\' => url.push('/'),
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(url, "%{byte:02X}");
            }
        }
    }
    url
}

fn bounded(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > most { Err(format!("it is longer than {most} bytes")) } else { Ok(bytes) }
}

fn card(file: &Found, is_dataset: bool, at: &ReadAt) -> Result<Vec<Node>, String> {
    let bytes = bounded(&file.path, FORMAT_LIMITS.bytes as u64)?;
    let text = String::from_utf8_lossy(&bytes);
    let Some(card) = read_card(&text, &FORMAT_LIMITS).map_err(|error| error.to_string())? else {
        return Ok(Vec::new());
    };
    let kind = if is_dataset || card.is_of_dataset() { CardKind::Dataset } else { CardKind::Model };
    let mut nodes = card.nodes(&file.called.name, kind, at);
    if let (Some(node), true) = (nodes.first_mut(), file.called.on_hub && file.called.name.contains('/')) {
        let shelf = if kind == CardKind::Dataset { "datasets/" } else { "" };
        node.url = Some(format!("https://huggingface.co/{shelf}{}", file.called.name));
    }
    Ok(nodes)
}

fn safetensors(file: &Found, at: &ReadAt) -> Result<Vec<Node>, String> {
    let mut opened = std::fs::File::open(&file.path).map_err(|error| error.to_string())?;
    let mut start = [0; 8];
    opened.read_exact(&mut start).map_err(|_| "it is too short".to_owned())?;
    let length = header_length(start, &FORMAT_LIMITS).ok_or("its head has a length that it cannot have")?;
    let mut head = Vec::new();
    opened.take(length as u64).read_to_end(&mut head).map_err(|error| error.to_string())?;
    if head.len() < length {
        return Err("it is cut off within its head".to_owned());
    }
    let read =
        read_safetensors_header(&head, &file.called.name, at, &FORMAT_LIMITS).map_err(|error| error.to_string())?;
    Ok(std::iter::once(read.node).chain(read.others).collect())
}

/// JSON of the formats that are known by what stands in them.
fn json(file: &Found, at: &ReadAt) -> Result<Vec<Node>, String> {
    let bytes = bounded(&file.path, FORMAT_LIMITS.bytes as u64)?;
    let has = |text: &str| memchr::memmem::find(&bytes, text.as_bytes()).is_some();
    let read = if has("\"bomFormat\"") {
        read_cyclonedx
    } else if has("spdx.org/rdf/3.0") {
        read_spdx
    } else if has("\"Unique Dataset Identifier\"") {
        read_provenance
    } else {
        return Ok(Vec::new());
    };
    read(&bytes, at, &FORMAT_LIMITS).map_err(|error| error.to_string())
}

/// A dataset of our own: how much is in it, under which policy it was built, and what was removed.
fn dataset(file: &Found, at: &ReadAt) -> Result<Vec<Node>, String> {
    let dir = file.path.parent().ok_or("it lies nowhere")?;
    let dataset = Dataset::open(dir).map_err(|error| error.to_string())?;
    let manifest = dataset.manifest();
    let name = &file.called.name;
    let id = NodeId::of_text(name).ok_or_else(|| format!("`{name}` makes no id"))?;
    let mut node = Node::new(id, NodeKind::Dataset, name);
    // Receipts know it by the name under which its builder signs.
    node.also.extend(known_name(dir).map_err(|error| error.to_string())?);
    node.about = Some(format!(
        "A dataset of Sayso, snapshot {}, judged for {} under the policy {}.",
        manifest.snapshot,
        manifest.purpose,
        manifest.policy()
    ));
    node.size = Some(format!("{} samples", dataset.samples()));
    node.sources.push(Source {
        key: "read".to_owned(),
        title: at.title.clone(),
        url: at.url.clone(),
        date: None,
        supports: None,
    });
    for entry in &manifest.tombstones {
        node.removals.push(removal(&dataset, entry)?);
    }
    Ok(vec![node])
}

/// What one takedown took out: when, because of which claims, and the first snapshot without it. What another dataset handed on was
/// never in this one: it has no snapshot.
fn removal(dataset: &Dataset, entry: &FileEntry) -> Result<Removal, String> {
    /// Claims that are named.
    const CLAIMS: usize = 8;
    let mut first: Option<Timestamp> = None;
    let mut claims: BTreeSet<(String, u64)> = BTreeSet::new();
    let mut more = false;
    let each = |stone: Tombstone| {
        first = Some(first.map_or(stone.removed_at, |first| first.min(stone.removed_at)));
        let claim = (stone.log, stone.entry);
        if claims.len() < CLAIMS || claims.contains(&claim) {
            claims.insert(claim);
        } else {
            more = true;
        }
    };
    dataset.each_tombstone_of(entry, each).map_err(|error| error.to_string())?;
    let claims: Vec<String> = claims.into_iter().map(|(log, claim)| format!("{claim} of {log}")).collect();
    let more = if more { " and others" } else { "" };
    Ok(Removal {
        date: first.and_then(|first| first.to_string().get(..10)?.parse().ok()),
        samples: Some(entry.rows),
        snapshot: snapshot_of(&entry.file),
        receipt: None,
        note: (!claims.is_empty()).then(|| format!("taken out because of claim {}{more}", claims.join(", "))),
        sources: vec!["read".to_owned()],
    })
}
