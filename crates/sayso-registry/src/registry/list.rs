use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sayso_core::{Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::Registry;
use crate::RegistryError;
use crate::claim::{Claim, ClaimId, ClaimPreferences, ClaimState, Method, SubjectKind};
use crate::entry::{Commitment, Entry, PrivateField};
use crate::log::{Checkpoint, NoteKey, SignedNote, SigningKey};

/// A claim as a list for others has it: what the log tells, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its number.
    pub claim: ClaimId,
    /// The kind of its subject.
    pub kind: SubjectKind,
    /// What it is about, as `KIND:VALUE`, where the log tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the log has in its place, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Commitment>,
    /// What is wanted.
    pub preferences: ClaimPreferences,
    /// Where it stands.
    pub state: ClaimState,
    /// How it was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<ListedMethod>,
    /// Since when it holds.
    pub since: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// The entry that changed it last.
    pub changed_by: u64,
}

/// How a claim was verified, as a list says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ListedMethod {
    /// In a way that is known here.
    Known(Method),
    /// In one that a later program knows: kept as it is, and taken for no proof of control.
    Other(String),
}

/// What the log's key signs of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListHead {
    /// Claims that an entry from this one on made or changed are in it.
    pub since: u64,
    /// The entry up to which they are: the next list begins there.
    pub until: u64,
    /// The head of the log that it was made from. The list is complete where `until` is its size.
    pub head: Checkpoint,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 of the rows, each with the line break behind it.
    pub digest: Sha256,
}

/// A list of claims: rows of JSON, a line each, and the note that signs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// What is signed.
    pub head: ListHead,
    /// The note.
    pub note: SignedNote,
    /// The rows.
    pub rows: String,
}

/// What the text begins with. It is no name of a key, so that no checkpoint can be taken for a list.
const FIRST_LINE: &str = "sayso opt-outs 1";

impl Listed {
    /// The claim that it speaks of; `None` where the log does not tell what it is about, or that is no subject any more.
    #[must_use]
    pub fn claim(&self) -> Option<Claim> {
        let subject: crate::claim::ClaimSubject = self.subject.as_deref()?.parse().ok()?;
        (subject.kind() == self.kind).then(|| Claim {
            id: self.claim,
            kind: self.kind,
            subject: Some(subject),
            preferences: self.preferences.clone(),
            state: self.state,
            method: match &self.method {
                Some(ListedMethod::Known(method)) => Some(*method),
                Some(ListedMethod::Other(_)) | None => None,
            },
            since: self.since,
            made_at: self.made_at,
            changed_by: self.changed_by,
        })
    }

    fn of(claim: Claim, commitment: Option<Commitment>) -> Self {
        let subject = claim.subject.filter(|_| claim.kind.is_public()).map(|subject| subject.to_string());
        Self {
            claim: claim.id,
            kind: claim.kind,
            subject,
            commitment,
            preferences: claim.preferences,
            state: claim.state,
            method: claim.method.map(ListedMethod::Known),
            since: claim.since,
            made_at: claim.made_at,
            changed_by: claim.changed_by,
        }
    }
}

impl ListHead {
    /// Reads a note and the rows under it, and checks that `key` signed these rows and no others.
    pub fn verify(note: &SignedNote, rows: &str, key: &NoteKey) -> Result<Self, RegistryError> {
        note.verify(key)?;
        let head: Self = note.text.parse()?;
        let no = |why| Err(RegistryError::Note { why });
        if head.head.origin != key.name() {
            return no("the list is of another log");
        }
        if head.digest != digest(rows) || head.rows != rows.matches('\n').count() as u64 {
            return no("the rows are not those that were signed");
        }
        if head.since > head.until || head.until > head.head.size {
            return no("the list ends before it begins, or behind the log");
        }
        Ok(head)
    }
}

fn digest(rows: &str) -> Sha256 {
    Sha256(sha2::Sha256::digest(rows.as_bytes()).into())
}

impl fmt::Display for ListHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { since, until, head, rows, digest } = self;
        let digest = STANDARD.encode(digest.0);
        write!(f, "{FIRST_LINE}\n{head}{since}\n{until}\n{rows}\n{digest}\n")
    }
}

impl FromStr for ListHead {
    type Err = RegistryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let no = || RegistryError::Note { why: "its text is not that of a list of opt-outs of version 1" };
        let lines: Vec<&str> = text.strip_suffix('\n').ok_or_else(no)?.split('\n').collect();
        let [FIRST_LINE, origin, size, root, since, until, rows, digest] = lines[..] else { return Err(no()) };
        let head = format!("{origin}\n{size}\n{root}\n").parse()?;
        let number = |text: &str| text.parse::<u64>().map_err(|_| no());
        let digest = STANDARD.decode(digest).ok().and_then(|digest| digest.try_into().ok()).ok_or_else(no)?;
        Ok(Self { since: number(since)?, until: number(until)?, head, rows: number(rows)?, digest: Sha256(digest) })
    }
}

impl Registry {
    /// The claims that an entry from `since` on made or changed, at most so many, signed with the log's key.
    pub fn list_since(&mut self, since: u64, most: u64, key: &SigningKey) -> Result<Listing, RegistryError> {
        let (head, _) = self.signed_head()?;
        if since > head.size {
            return Err(RegistryError::NoSuchSize { old_size: since, size: head.size });
        }
        let (until, rows, count) = self.reading(|read| {
            let claims = read.changed_since(since, most)?;
            let is_all = (claims.len() as u64) < most;
            let last = claims.last().map(|claim| claim.changed_by + 1);
            let until = if is_all { head.size } else { last.unwrap_or(head.size).min(head.size) };
            let (mut rows, mut count) = (String::new(), 0);
            // What came while this reads belongs to the next list.
            for claim in claims.into_iter().filter(|claim| claim.changed_by < until) {
                let commitment = if claim.kind.is_public() {
                    None
                } else {
                    let bytes = read.entries(claim.id.0, 1)?.pop();
                    let bytes = bytes.ok_or(RegistryError::NoSuchEntry { number: claim.id.0, size: head.size })?;
                    Entry::read(&bytes)?.commitment(PrivateField::Subject)
                };
                let row = serde_json::to_string(&Listed::of(claim, commitment))
                    .map_err(|error| RegistryError::damaged("the log", error.to_string()))?;
                rows.push_str(&row);
                rows.push('\n');
                count += 1;
            }
            Ok((until, rows, count))
        })?;
        let head = ListHead { since, until, head, rows: count, digest: digest(&rows) };
        let note = SignedNote::sign(head.to_string(), key)?;
        Ok(Listing { head, note, rows })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Listed, ListedMethod};

    /// One claim that was verified in a new way must not keep builders from all others.
    #[test]
    fn a_way_that_is_not_known_here_is_kept_and_proves_nothing() {
        let row = |method: &str| {
            format!(
                r#"{{"claim":3,"kind":"domain","subject":"domain:example.org","preferences":{{"train-ai":"allowed"}},"state":"verified","method":"{method}","since":"2026-01-01T00:00:00Z","made_at":"2026-01-01T00:00:00Z","changed_by":4}}"#
            )
        };
        let new: Listed = serde_json::from_str(&row("carrier-pigeon")).unwrap();
        assert_eq!(new.method, Some(ListedMethod::Other("carrier-pigeon".to_owned())));
        assert!(serde_json::to_string(&new).unwrap().contains(r#""method":"carrier-pigeon""#));
        let known: Listed = serde_json::from_str(&row("dns")).unwrap();
        let is_by_control = |row: &Listed| row.claim().unwrap().is_by_control();
        assert_eq!((is_by_control(&new), is_by_control(&known)), (false, true));
    }
}
