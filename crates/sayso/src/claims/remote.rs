use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sayso_registry::claim::{ClaimId, ClaimState};
use sayso_registry::log::{Checkpoint, ConsistencyProof, Fork, NoteKey, SignedNote, agree};
use sayso_registry::lookup::ClaimIndex;
use sayso_registry::{ListHead, Listed, RegistryError};
use serde::Deserialize;
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;

use super::ground::Ground;
use super::kept_list::{KeptList, Rows, kept_at};
use crate::Error;
use crate::online::{AllowPrivate, CheckedNames, SystemNames, Target, guarded};

/// How a registry is read that somebody else serves.
#[derive(Debug, Clone)]
pub struct RemoteOptions {
    /// The key of its log, where it is known; else that by which the first list is signed is kept, and no other is taken after.
    pub key: Option<NoteKey>,
    /// The folder in which lists are kept; without, all is asked for every time, and the key must be known.
    pub cache: Option<PathBuf>,
    /// Whose addresses in private networks and on this machine may be asked.
    pub allow_private: AllowPrivate,
}

/// What came of reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteReport {
    /// The key of its log.
    pub key: NoteKey,
    /// Whether it was taken on trust just now.
    pub is_new_key: bool,
    /// Claims that came with this reading.
    pub came: u64,
    /// Claims of which the log does not tell what they are about: they hold, and cannot be judged by here.
    pub untold: u64,
    /// Claims whose subject is none here.
    pub unread: u64,
}

/// The time for one page of the list.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Bytes of one page.
const PAGE_BYTES: u64 = 64 << 20;

/// Claims of one registry: many times those of the largest there is.
const MAX_CLAIMS: usize = 20_000_000;

const USER_AGENT: &str = concat!("sayso/", env!("CARGO_PKG_VERSION"), " (reads lists of opt-outs)");

/// What stands before the rows.
#[derive(Deserialize)]
struct FirstLine {
    version: u64,
    key: String,
    note: String,
}

impl Ground {
    /// Takes up the claims of the registry that is served at an address: those that were kept of it, and what changed since.
    ///
    /// Each page is signed by the log's key, and the log must go on from what was kept. Whoever serves it can leave out claims
    /// from a list, but not deny having done so.
    pub fn fetch(address: &str, options: &RemoteOptions) -> Result<(Self, RemoteReport), Error> {
        let server = Server::new(address, options)?;
        let file = options.cache.as_deref().map(|cache| kept_at(cache, &server.base));
        let kept = file.as_deref().map(KeptList::read).transpose()?.flatten();
        let known = kept.as_ref().map(|kept| kept.key.clone());
        if let (Some(known), Some(given)) = (&known, &options.key)
            && known != given
        {
            return Err(server.wrong("what was kept of it is signed by another key\nhint: remove the folder of kept registries if the new key is right"));
        }
        if options.key.is_none() && options.cache.is_none() {
            return Err(server.wrong("its key is not known\nhint: give it with --registry-key"));
        }
        let expected = options.key.clone().or(known);
        let mut list = kept.map(|kept| Rows { claims: kept.claims, head: kept.head }).unwrap_or_default();
        let (head, key, came) = server.read_since(&mut list.claims, list.head.as_ref(), expected.as_ref())?;
        let report = RemoteReport {
            is_new_key: expected.is_none(),
            came,
            untold: list.claims.values().filter(|row| row.subject.is_none() && row.state != ClaimState::Revoked).count()
                as u64,
            unread: list.claims.values().filter(|row| row.subject.is_some() && row.claim().is_none()).count() as u64,
            key: key.clone(),
        };
        if let Some(file) = &file {
            list.write(file, &server.base, &key, &head)?;
        }
        let claims = list.claims.into_values().filter_map(|row| row.claim());
        Ok((Self::of(ClaimIndex::of(head, claims))?, report))
    }
}

/// A server that is asked.
struct Server {
    base: String,
    agent: Agent,
    allow_private: AllowPrivate,
}

impl Server {
    fn new(address: &str, options: &RemoteOptions) -> Result<Self, Error> {
        let input = |message: String| Error::Input { input: address.to_owned(), message };
        let target = Target::parse(address, &options.allow_private).map_err(|failure| input(failure.to_string()))?;
        let is_safe = target.as_str().starts_with("https://") || options.allow_private.allows(target.host());
        if !is_safe {
            return Err(input("a registry is asked over https\nhint: write https:// in front".to_owned()));
        }
        let names =
            CheckedNames { names: Arc::new(SystemNames), allow_private: Arc::new(options.allow_private.clone()) };
        let agent = Agent::with_parts(guarded(USER_AGENT, TIMEOUT).build(), DefaultConnector::default(), names);
        Ok(Self { base: target.origin(), agent, allow_private: options.allow_private.clone() })
    }

    fn wrong(&self, message: impl Into<String>) -> Error {
        Error::Input { input: self.base.clone(), message: message.into() }
    }

    fn get(&self, path: &str) -> Result<(u16, String), Error> {
        let target = Target::parse(&format!("{}{path}", self.base), &self.allow_private);
        let target = target.map_err(|failure| self.wrong(failure.to_string()))?;
        let failed = |error: ureq::Error| {
            self.wrong(format!(
                "it does not answer: {error}\nhint: try again later, or judge by a registry of your own"
            ))
        };
        let mut response = self.agent.get(target.as_str()).call().map_err(failed)?;
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(PAGE_BYTES).read_to_string().map_err(failed)?;
        Ok((status, text))
    }

    /// Reads what changed since `old` into `claims`.
    fn read_since(
        &self,
        claims: &mut BTreeMap<ClaimId, Listed>,
        old: Option<&Checkpoint>,
        expected: Option<&NoteKey>,
    ) -> Result<(Checkpoint, NoteKey, u64), Error> {
        let (mut since, mut came) = (old.map_or(0, |old| old.size), 0);
        let mut key = expected.cloned();
        loop {
            let (list, rows, by) = self.page(since, key.as_ref())?;
            for row in rows.lines() {
                let row: Listed = serde_json::from_str(row)
                    .map_err(|error| self.wrong(format!("a row of its list cannot be read: {error}")))?;
                claims.insert(row.claim, row);
            }
            came += list.rows;
            if claims.len() > MAX_CLAIMS {
                return Err(self.wrong("it has more claims than are taken up"));
            }
            if list.until == list.head.size {
                if let Some(old) = old {
                    self.goes_on(old, &list.head)?;
                }
                return Ok((list.head, by, came));
            }
            if list.until <= since {
                return Err(self.wrong("its list does not go on"));
            }
            (since, key) = (list.until, Some(by));
        }
    }

    /// One page: its head, its rows, and the key that signed it.
    fn page(&self, since: u64, expected: Option<&NoteKey>) -> Result<(ListHead, String, NoteKey), Error> {
        let (status, text) = self.get(&format!("/opt-outs?since={since}"))?;
        match status {
            200 => {}
            404 if since > 0 => {
                // It has, or says that it has, fewer entries than it had.
                return Err(RegistryError::from(Fork::NotContinued { old_size: since, size: 0 }).into());
            }
            status => return Err(self.wrong(format!("it answers {status}\nhint: is a registry served there?"))),
        }
        let (first, rows) = text.split_once('\n').unwrap_or_default();
        let first: FirstLine = serde_json::from_str(first)
            .map_err(|error| self.wrong(format!("it serves no list of opt-outs: {error}")))?;
        if first.version != 1 {
            return Err(self.wrong(format!("its list has version {}\nhint: install a newer Sayso", first.version)));
        }
        let key = match expected {
            Some(key) => key.clone(),
            None => first.key.parse()?,
        };
        let note: SignedNote = first.note.parse()?;
        let head = ListHead::verify(&note, rows, &key)?;
        if head.since == since {
            Ok((head, rows.to_owned(), key))
        } else {
            Err(self.wrong("it answers another question"))
        }
    }

    /// Checks that the log goes on from what was kept of it.
    fn goes_on(&self, old: &Checkpoint, new: &Checkpoint) -> Result<(), Error> {
        let proof = if old.size == new.size || old.size == 0 {
            ConsistencyProof { old_size: old.size, size: new.size, path: Vec::new() }
        } else {
            let (_, text) = self.get(&format!("/api/v1/log/consistency?old={}&new={}", old.size, new.size))?;
            serde_json::from_str(&text).map_err(|error| self.wrong(format!("it proves nothing: {error}")))?
        };
        agree(old, new, &proof).map_err(|fork| RegistryError::from(fork).into())
    }
}
