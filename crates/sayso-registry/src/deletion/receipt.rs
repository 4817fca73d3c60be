use serde::{Deserialize, Serialize};

use super::contents::{Content, Contents};
use super::verify::DeletionFault;
use crate::Proof;
use crate::entry::{Commitment, SALT_BYTES};
use crate::log::InclusionProof;

/// The version of receipts of deletion that this program reads and writes.
pub const DELETION_RECEIPT_VERSION: u64 = 1;

/// The format's name, with which such a receipt begins.
pub const DELETION_FORMAT: &str = "sayso-deletion";

/// Bytes of a receipt that is read: of some thousand files.
pub const MAX_DELETION_RECEIPT_BYTES: usize = 1 << 20;

/// What opens the commitment of a deletion, and the proof that it is on the log, once it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionReceipt {
    /// The salt.
    pub salt: [u8; SALT_BYTES],
    /// What was brought and made.
    pub contents: Contents,
    /// The entry, as the registry proves it; `None` as long as nothing is deleted.
    pub proof: Option<Proof>,
}

/// The document, field by field.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    version: u64,
    /// What to look for on the log. It follows from the rest, and is here for people.
    commitment: String,
    salt: String,
    contents: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log: Option<OnLog>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnLog {
    entry: String,
    inclusion: InclusionProof,
    checkpoint: String,
}

#[derive(Deserialize)]
struct Kind {
    format: Option<String>,
    version: Option<u64>,
}

impl DeletionReceipt {
    /// The commitment that it opens.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        self.contents.commitment(&self.salt)
    }

    /// Whether bytes look like such a receipt, whole or not.
    #[must_use]
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        let quoted = format!("\"{DELETION_FORMAT}\"");
        bytes.windows(quoted.len()).any(|part| part == quoted.as_bytes())
    }

    /// Reads one: one JSON document, with nothing behind it but white space.
    pub fn read(bytes: &[u8]) -> Result<Self, DeletionFault> {
        if bytes.len() > MAX_DELETION_RECEIPT_BYTES {
            return Err(DeletionFault::Oversize { most_bytes: MAX_DELETION_RECEIPT_BYTES });
        }
        let malformed = |why: String| DeletionFault::Malformed { why };
        let kind: Kind = serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        match (kind.format.as_deref(), kind.version) {
            (Some(DELETION_FORMAT), Some(DELETION_RECEIPT_VERSION)) => {}
            (Some(DELETION_FORMAT), Some(found)) if found > DELETION_RECEIPT_VERSION => {
                return Err(DeletionFault::FromTheFuture { found });
            }
            _ => return Err(DeletionFault::NotAReceipt),
        }
        let Document { commitment, salt, contents, log, .. } =
            serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        let salt: sayso_core::Pdq =
            salt.parse().map_err(|_| malformed("the salt is not 64 hexadecimal digits".to_owned()))?;
        let lines: Result<Vec<Content>, _> = contents.iter().map(|line| line.parse()).collect();
        let lines = lines.map_err(|error| malformed(format!("a line of the contents cannot be read: {error}")))?;
        let proof = log.map(|OnLog { entry, inclusion, checkpoint }| Proof { entry, inclusion, checkpoint });
        let read = Self { salt: *salt.as_bytes(), contents: Contents::new(lines), proof };
        if read.commitment().to_string() == commitment { Ok(read) } else { Err(DeletionFault::Commitment) }
    }
}

impl std::fmt::Display for DeletionReceipt {
    /// JSON, indented, with a line break at its end.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let document = Document {
            format: DELETION_FORMAT.to_owned(),
            version: DELETION_RECEIPT_VERSION,
            commitment: self.commitment().to_string(),
            salt: sayso_core::Sha256(self.salt).to_string(),
            contents: self.contents.all().iter().map(ToString::to_string).collect(),
            log: self.proof.clone().map(|Proof { entry, inclusion, checkpoint }| OnLog {
                entry,
                inclusion,
                checkpoint,
            }),
        };
        let text = serde_json::to_string_pretty(&document).map_err(|_| std::fmt::Error)?;
        writeln!(f, "{text}")
    }
}
