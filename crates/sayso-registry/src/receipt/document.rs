use sayso_core::{Sha256, Uid};
use serde::{Deserialize, Serialize};

use super::base85;
use super::fault::{ReceiptFault, Which};
use super::statement::SnapshotStatement;
use super::verify::{Trusted, verify_receipt};
use crate::log::{InclusionProof, SignedNote};

/// The version of receipts that this program reads and writes.
pub const RECEIPT_VERSION: u64 = 1;

/// The format's name.
const FORMAT: &str = "sayso-receipt";

/// Bytes of a receipt that is read: enough for the worst place in trees of 2⁴⁰ leaves.
pub const MAX_RECEIPT_BYTES: usize = 8192;

/// Bytes that a receipt has by choice: what is not needed, witnesses' cosignatures, goes in only up to here.
pub const SMALL_RECEIPT_BYTES: usize = 4096;

/// That a uid is in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// Its number among the sorted uids, from 0.
    pub number: u64,
    /// The hashes beside the way to the root.
    pub path: Vec<Sha256>,
}

/// That a uid is not in a tree: its neighbours stand side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The number of the first neighbour.
    pub number: u64,
    /// The neighbour before; none where the uid would be the first.
    pub left: Option<Uid>,
    /// The neighbour behind; none where it would be the last.
    pub right: Option<Uid>,
    /// The hashes beside the way of both to the root.
    pub path: Vec<Sha256>,
}

/// A receipt of removal, read and not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What was removed.
    pub uid: Uid,
    /// The statement on the snapshot that it was in, with the proof.
    pub before: (SignedNote, SnapshotStatement, Presence),
    /// The statement on the snapshot that it is not in, with the proof.
    pub after: (SignedNote, SnapshotStatement, Absence),
    /// The log entry because of which, to the byte.
    pub entry: String,
    /// That it is on the log.
    pub inclusion: InclusionProof,
    /// The checkpoint of the log.
    pub checkpoint: SignedNote,
}

/// What a receipt is made of.
#[derive(Debug, Clone, Copy)]
pub struct MadeOf<'a> {
    /// What was removed.
    pub uid: Uid,
    /// The statement on the snapshot that it was in, with the proof.
    pub before: (&'a SignedNote, &'a Presence),
    /// The statement on the snapshot that it is not in, with the proof.
    pub after: (&'a SignedNote, &'a Absence),
    /// The entry because of which, as the registry proves it.
    pub proof: &'a crate::Proof,
}

/// The document, field by field. A reader of this version knows all fields that there are.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u64,
    uid: String,
    before: Before,
    after: After,
    claim: Claim,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    statement: String,
    number: u64,
    path: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    statement: String,
    number: u64,
    between: [Option<String>; 2],
    path: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claim {
    entry: String,
    number: u64,
    path: String,
    checkpoint: String,
}

/// What of a document is looked at before anything else.
#[derive(Deserialize)]
struct Kind {
    format: Option<String>,
    version: Option<u64>,
}

impl Receipt {
    /// Makes a receipt, and verifies it as whoever gets it will.
    pub fn make(of: &MadeOf<'_>, trusted: &Trusted<'_>) -> Result<Self, ReceiptFault> {
        let statement = |which, note: &SignedNote| statement(which, note);
        let mut checkpoint = note("claim.checkpoint", &of.proof.checkpoint)?;
        let (before, presence) = of.before;
        let (after, absence) = of.after;
        // Witnesses' cosignatures stand behind the log's own signature, and are left out where there is no room.
        let room = checkpoint.signatures.len();
        let mut receipt = Self {
            uid: of.uid,
            before: (before.clone(), statement(Which::Before, before)?, presence.clone()),
            after: (after.clone(), statement(Which::After, after)?, absence.clone()),
            entry: of.proof.entry.clone(),
            inclusion: of.proof.inclusion.clone(),
            checkpoint: checkpoint.clone(),
        };
        for _ in 1..room {
            if receipt.to_string().len() <= SMALL_RECEIPT_BYTES {
                break;
            }
            checkpoint.signatures.pop();
            receipt.checkpoint.clone_from(&checkpoint);
        }
        // Whoever is handed a receipt checks it; it is cheaper not to hand out one that does not hold.
        verify_receipt(&receipt, trusted, Some(of.uid))?;
        let bytes = receipt.to_string().len();
        if bytes > MAX_RECEIPT_BYTES { Err(ReceiptFault::Oversize { bytes: Some(bytes) }) } else { Ok(receipt) }
    }

    /// Reads a receipt: one JSON document, with nothing behind it but white space.
    pub fn read(bytes: &[u8]) -> Result<Self, ReceiptFault> {
        if bytes.len() > MAX_RECEIPT_BYTES {
            return Err(ReceiptFault::Oversize { bytes: Some(bytes.len()) });
        }
        let kind: Kind = json(bytes)?;
        if kind.format.as_deref() != Some(FORMAT) {
            return Err(ReceiptFault::NotAReceipt);
        }
        match kind.version {
            Some(RECEIPT_VERSION) => {}
            Some(found) if found > RECEIPT_VERSION => return Err(ReceiptFault::FromTheFuture { found }),
            _ => return Err(ReceiptFault::NotAReceipt),
        }
        let Document { uid, before, after, claim, .. } = json(bytes)?;
        let before_note = note("before.statement", &before.statement)?;
        let after_note = note("after.statement", &after.statement)?;
        let before_statement = statement(Which::Before, &before_note)?;
        let after_statement = statement(Which::After, &after_note)?;
        let neighbour = |uid: Option<String>| uid.map(|uid| self::uid("after.between", &uid)).transpose();
        let [left, right] = after.between;
        // The checkpoint's text may be left out where the later statement names the same head.
        let checkpoint = match &after_statement.registry {
            Some(head) if claim.checkpoint.starts_with('\u{2014}') => format!("{head}\n{}", claim.checkpoint),
            _ => claim.checkpoint,
        };
        let checkpoint = note("claim.checkpoint", &checkpoint)?;
        let size = checkpoint.text.parse::<crate::log::Checkpoint>().map(|head| head.size);
        let size = size.map_err(|error| ReceiptFault::malformed("claim.checkpoint", &error))?;
        Ok(Self {
            uid: self::uid("uid", &uid)?,
            before: (
                before_note,
                before_statement,
                Presence { number: before.number, path: path("before.path", &before.path)? },
            ),
            after: (
                after_note,
                after_statement,
                Absence {
                    number: after.number,
                    left: neighbour(left)?,
                    right: neighbour(right)?,
                    path: path("after.path", &after.path)?,
                },
            ),
            entry: claim.entry,
            inclusion: InclusionProof { number: claim.number, size, path: path("claim.path", &claim.path)? },
            checkpoint,
        })
    }

    fn document(&self) -> Document {
        let (before, _, presence) = &self.before;
        let (after, statement, absence) = &self.after;
        let checkpoint = self.checkpoint.to_string();
        let signatures = statement.registry.as_ref().and_then(|head| checkpoint.strip_prefix(&format!("{head}\n")));
        Document {
            format: FORMAT.to_owned(),
            version: RECEIPT_VERSION,
            uid: self.uid.to_string(),
            before: Before {
                statement: before.to_string(),
                number: presence.number,
                path: base85::encode(&presence.path),
            },
            after: After {
                statement: after.to_string(),
                number: absence.number,
                between: [absence.left, absence.right].map(|uid| uid.map(|uid| uid.to_string())),
                path: base85::encode(&absence.path),
            },
            claim: Claim {
                entry: self.entry.clone(),
                number: self.inclusion.number,
                path: base85::encode(&self.inclusion.path),
                checkpoint: signatures.map_or(checkpoint.clone(), str::to_owned),
            },
        }
    }
}

impl std::fmt::Display for Receipt {
    /// One line of JSON, without a line break.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string(&self.document()).map_err(|_| std::fmt::Error)?;
        f.write_str(&text)
    }
}

fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, ReceiptFault> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let found = T::deserialize(&mut reader).map_err(|error| {
        if error.is_eof() { ReceiptFault::Truncated } else { ReceiptFault::malformed("the document", &error) }
    })?;
    reader.end().map_err(|_| ReceiptFault::TrailingData)?;
    Ok(found)
}

fn note(field: &'static str, text: &str) -> Result<SignedNote, ReceiptFault> {
    text.parse().map_err(|error| ReceiptFault::malformed(field, &error))
}

fn statement(which: Which, note: &SignedNote) -> Result<SnapshotStatement, ReceiptFault> {
    note.text.parse().map_err(|error: crate::RegistryError| ReceiptFault::Statement { which, why: error.to_string() })
}

/// A uid in lower case: each has one text only.
fn uid(field: &'static str, text: &str) -> Result<Uid, ReceiptFault> {
    let uid = text.parse::<Uid>().ok().filter(|uid| uid.to_string() == text);
    uid.ok_or_else(|| ReceiptFault::malformed(field, &"it is not a uid in lower-case hexadecimal digits"))
}

fn path(field: &'static str, text: &str) -> Result<Vec<Sha256>, ReceiptFault> {
    base85::decode(text).ok_or_else(|| ReceiptFault::malformed(field, &"it is not whole hashes in base 85"))
}
