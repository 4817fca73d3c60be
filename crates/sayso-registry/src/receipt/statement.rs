use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sayso_core::{RegistryHead, Sha256};

use crate::RegistryError;
use crate::log::{Checkpoint, SignedNote, SigningKey};

/// The first line of a statement. No log has such a name, so that no signature on one counts for the other.
const TITLE: &str = "sayso snapshot v1";

/// The start of the title that later versions will have, too.
const TITLE_OF_ANY: &str = "sayso snapshot v";

/// What a builder signs of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotStatement {
    /// The dataset's name, which all of its snapshots have and no other dataset of this builder.
    pub dataset: String,
    /// The snapshot's number.
    pub snapshot: u64,
    /// How many samples it has.
    pub uids: u64,
    /// The root of the tree over their uids.
    pub root: Sha256,
    /// SHA-256 of its manifest, which lists its files.
    pub manifest: Sha256,
    /// The head of the registry that it was judged against.
    pub registry: Option<Checkpoint>,
}

/// Bytes of a dataset's name.
const NAME_BYTES: usize = 100;

impl SnapshotStatement {
    /// Signs it.
    pub fn sign(&self, key: &SigningKey) -> Result<SignedNote, RegistryError> {
        let text = self.to_string();
        // Nobody could read what has a name with a line break in it.
        text.parse::<Self>()?;
        SignedNote::sign(text, key)
    }
}

impl fmt::Display for SnapshotStatement {
    /// The note's text, as it is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, snapshot, uids, root, manifest, registry } = self;
        let (root, manifest) = (STANDARD.encode(root.0), STANDARD.encode(manifest.0));
        write!(f, "{TITLE}\n{dataset}\n{snapshot}\n{uids}\n{root}\n{manifest}\n")?;
        registry.as_ref().map_or(Ok(()), |registry| writeln!(f, "{}", registry.head().0))
    }
}

impl FromStr for SnapshotStatement {
    type Err = RegistryError;

    /// Reads a note's text. Each statement has one text only.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = |why| RegistryError::Note { why };
        let body = text.strip_suffix('\n').ok_or(no("a statement ends with a line break"))?;
        let mut lines = body.split('\n');
        match lines.next() {
            Some(TITLE) => {}
            Some(title) if title.starts_with(TITLE_OF_ANY) => {
                return Err(no("it is of a version that this Sayso does not know"));
            }
            _ => return Err(no("it does not begin with `sayso snapshot v1`")),
        }
        let mut line = |why| lines.next().ok_or(no(why));
        let dataset = line("it names no dataset")?;
        let is_name =
            (1..=NAME_BYTES).contains(&dataset.len()) && !dataset.chars().any(|c| c.is_whitespace() || c.is_control());
        let snapshot = number(line("it has no number of a snapshot")?).ok_or(no("its third line is no number"))?;
        let uids = number(line("it has no number of uids")?).ok_or(no("its fourth line is no number"))?;
        let root = digest(line("it has no root")?).ok_or(no("its fifth line is no root in base64"))?;
        let manifest =
            digest(line("it has no digest of a manifest")?).ok_or(no("its sixth line is no digest in base64"))?;
        let registry = lines.next().map(|head| {
            Checkpoint::of_head(&RegistryHead(head.to_owned())).ok_or(no("its seventh line is no head of a registry"))
        });
        if !is_name || snapshot == 0 {
            return Err(no("its dataset's name or its snapshot's number cannot be one"));
        }
        if lines.next().is_some() {
            return Err(no("it has more lines than a statement has"));
        }
        Ok(Self { dataset: dataset.to_owned(), snapshot, uids, root, manifest, registry: registry.transpose()? })
    }
}

/// A number as it is written: digits, and no zero before them.
fn number(digits: &str) -> Option<u64> {
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|_| is_plain)
}

fn digest(text: &str) -> Option<Sha256> {
    STANDARD.decode(text).ok()?.try_into().ok().map(Sha256)
}
