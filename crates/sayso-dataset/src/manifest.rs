use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sayso_core::{OwnRules, Policy, PolicyName, Purpose, RegistryHead};
use serde::{Deserialize, Serialize};

use crate::DatasetError;
use crate::durable::write_atomically;

/// The newest version of the format that this program reads.
pub const MANIFEST_VERSION: u64 = 2;

/// The version of a snapshot from which nothing was removed, which every Sayso reads.
const WITHOUT_TOMBSTONES: u64 = 1;

/// One immutable file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path inside the dataset's folder.
    pub file: String,
    /// Rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// The list of all that belongs to one snapshot of a dataset.
///
/// It holds no time and no machine's name: the same input under the same policy gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `sayso-dataset`.
    pub format: String,
    /// The version of the format.
    pub version: u64,
    /// The snapshot's number, from 1.
    pub snapshot: u64,
    /// The use for which it was built.
    pub purpose: Purpose,
    /// The policy it was built under.
    pub policy: PolicyName,
    /// What a policy file added to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_rules: Option<Arc<OwnRules>>,
    /// The builder's agent, whose groups in robots.txt count.
    pub agent: String,
    /// The registry's head that was judged against.
    pub registry_head: Option<RegistryHead>,
    /// The size of the registry's log up to which all claims were gone through, where that is not that of `registry_head`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims_to: Option<u64>,
    /// Shards of samples, in order.
    pub samples: Vec<FileEntry>,
    /// Files of exclusions, in order.
    pub exclusions: Vec<FileEntry>,
    /// Files of tombstones, in order.
    pub tombstones: Vec<FileEntry>,
    /// The name of the snapshot whose shards these are, where samples were but marked as removed since: its indexes serve
    /// this one, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_as: Option<String>,
    /// How many pairs were refused, by the reason that decided.
    pub exclusions_by_reason: BTreeMap<String, u64>,
    /// The root of the Merkle tree over the digests of all files above, in that order (RFC 9162).
    pub root: String,
}

impl Manifest {
    /// A manifest of these files, its root computed.
    #[must_use]
    pub fn new(
        snapshot: u64,
        policy: Policy,
        agent: String,
        samples: Vec<FileEntry>,
        exclusions: Vec<FileEntry>,
        exclusions_by_reason: BTreeMap<String, u64>,
    ) -> Self {
        let mut manifest = Self {
            format: "sayso-dataset".to_owned(),
            version: WITHOUT_TOMBSTONES,
            snapshot,
            purpose: policy.purpose,
            policy: policy.name,
            own_rules: policy.own,
            agent,
            registry_head: None,
            claims_to: None,
            samples,
            exclusions,
            tombstones: Vec::new(),
            indexed_as: None,
            exclusions_by_reason,
            root: String::new(),
        };
        manifest.settle();
        manifest
    }

    /// The same with these files of tombstones, which may be of rows that its shards still hold.
    #[must_use]
    pub fn with_tombstones(mut self, tombstones: Vec<FileEntry>) -> Self {
        self.tombstones = tombstones;
        self.settle();
        self
    }

    /// The snapshot behind this one, with the same shards, of which the rows of one more file of tombstones are removed, decided
    /// against this head; `claims_to` is how far claims were gone through, if not to it.
    #[must_use]
    pub fn with_removed(&self, tombstones: FileEntry, head: RegistryHead, claims_to: Option<u64>) -> Self {
        let mut next = Self {
            snapshot: self.snapshot + 1,
            indexed_as: Some(self.indexed_as().into_owned()),
            registry_head: Some(head),
            claims_to,
            ..self.clone()
        };
        next.tombstones.push(tombstones);
        next.settle();
        next
    }

    /// Computes what follows from the files.
    fn settle(&mut self) {
        let files = self.samples.iter().chain(&self.exclusions).chain(&self.tombstones);
        self.root = crate::merkle::root(files.map(|entry| entry.sha256.as_str())).to_string();
        // A program that knows no tombstones must not read what it would show as it was.
        self.version = if self.tombstones.is_empty() { WITHOUT_TOMBSTONES } else { MANIFEST_VERSION };
    }

    /// What tells this snapshot from every other.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}", self.snapshot, self.root)
    }

    /// The name of the snapshot that its indexes know.
    #[must_use]
    pub fn indexed_as(&self) -> std::borrow::Cow<'_, str> {
        self.indexed_as.as_deref().map_or_else(|| self.name().into(), Into::into)
    }

    /// The policy it was built under, with its purpose.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy { name: self.policy, purpose: self.purpose, own: self.own_rules.clone() }
    }

    /// How many rows its shards have, those included that were removed from the snapshot but not yet from them.
    #[must_use]
    pub fn sample_rows(&self) -> u64 {
        self.samples.iter().fold(0, |rows, entry| rows.saturating_add(entry.rows))
    }

    /// How many pairs were refused.
    #[must_use]
    pub fn exclusion_rows(&self) -> u64 {
        self.exclusions.iter().fold(0, |rows, entry| rows.saturating_add(entry.rows))
    }

    /// Reads the manifest that `CURRENT` names.
    pub fn current(dir: &Path) -> Result<Self, DatasetError> {
        let current = match fs_err::read_to_string(dir.join("CURRENT")) {
            Ok(current) => current,
            Err(error)
                if error.kind() == std::io::ErrorKind::NotFound
                    || error.kind() == std::io::ErrorKind::NotADirectory =>
            {
                return Err(DatasetError::NotADataset { dir: dir.to_owned() });
            }
            // Bytes that are no text name no manifest either, which is said below.
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => String::new(),
            Err(error) => return Err(DatasetError::io(dir.join("CURRENT"))(error)),
        };
        let name = current.trim();
        // The name goes into a path: nothing but a manifest's name may stand there.
        let is_name = name.strip_prefix("manifest-").and_then(|rest| rest.strip_suffix(".json"));
        if !is_name.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(DatasetError::Damaged {
                file: dir.join("CURRENT"),
                message: "it names no manifest".to_owned(),
            });
        }
        Self::read(&dir.join(name))
    }

    /// Reads a manifest. Its version is looked at before anything else.
    pub fn read(file: &Path) -> Result<Self, DatasetError> {
        let damaged = |message: String| DatasetError::Damaged { file: file.to_owned(), message };
        let text = fs_err::read_to_string(file).map_err(DatasetError::io(file))?;
        let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
        if value.get("format").and_then(serde_json::Value::as_str) != Some("sayso-dataset") {
            return Err(damaged("it is no manifest of a dataset".to_owned()));
        }
        match value.get("version").and_then(serde_json::Value::as_u64) {
            Some(WITHOUT_TOMBSTONES..=MANIFEST_VERSION) => {}
            Some(found) if found > MANIFEST_VERSION => {
                return Err(DatasetError::FromTheFuture { file: file.to_owned(), found, known: MANIFEST_VERSION });
            }
            _ => return Err(damaged("it has no version".to_owned())),
        }
        let manifest: Self = serde_json::from_value(value).map_err(|error| damaged(error.to_string()))?;
        let is_named_so = file.file_name().is_some_and(|name| name == Self::file_name(manifest.snapshot).as_str());
        if !is_named_so || manifest.snapshot == 0 || manifest.snapshot > MAX_SNAPSHOT {
            return Err(damaged(format!("it says that it is that of snapshot {}", manifest.snapshot)));
        }
        // The names go into paths, and a dataset may come from anywhere.
        let mut entries = manifest.samples.iter().chain(&manifest.exclusions).chain(&manifest.tombstones);
        match entries.find(|entry| !is_inside(&entry.file)) {
            Some(entry) => {
                Err(damaged(format!("it names `{}`, which is not inside the dataset", entry.file.escape_debug())))
            }
            None => Ok(manifest),
        }
    }

    /// The name of the manifest of a snapshot.
    #[must_use]
    pub fn file_name(snapshot: u64) -> String {
        format!("manifest-{snapshot:06}.json")
    }

    /// Writes the manifest into `dir` and makes it the current one: the moment at which a snapshot comes to be.
    pub fn publish(&self, dir: &Path) -> Result<(), DatasetError> {
        let name = Self::file_name(self.snapshot);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|error| DatasetError::Damaged { file: dir.join(&name), message: error.to_string() })?;
        text.push('\n');
        write_atomically(&dir.join(&name), text.as_bytes())?;
        write_atomically(&dir.join("CURRENT"), format!("{name}\n").as_bytes())
    }
}

/// The highest number that a snapshot can have. Nobody gets there but by damage.
const MAX_SNAPSHOT: u64 = 1 << 40;

/// Whether a path leads to a file of samples, exclusions or tombstones, and nowhere else: what lies there is moved and
/// removed.
fn is_inside(path: &str) -> bool {
    let is_normal = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
    let starts_well = ["samples/", "exclusions/", "tombstones/"].iter().any(|folder| path.starts_with(folder));
    starts_well && path.ends_with(".parquet") && Path::new(path).components().all(is_normal)
}
