use std::io;
use std::path::PathBuf;

use sayso_core::{Sha256, Timestamp};
use sayso_registry::deletion::DeletionReceipt;
use sayso_registry::entry::{Deletion, DeletionCause};
use sayso_registry::{Clerk, Proof, SystemRandomness};
use serde::{Deserialize, Serialize};

use super::error::StudioError;
use super::leftover::Unlogged;
use super::open::{Inner, Studio, whole_seconds};
use super::room::locked;
use super::session::{Intended, Session};
use super::sweep::Ended;
use crate::Error;
use crate::claims::RegistryPlace;
use crate::outputs::write_whole;

/// Where a deletion stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleting {
    /// Everything is gone.
    Done,
    /// A step of a training ends first.
    AfterTheStep,
}

/// What is known of a deletion before it is made, kept outside of what is deleted: whoever is killed in between finishes it later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    version: u32,
    pub(super) files: u64,
    pub(super) made_at: Timestamp,
    pub(super) cause: DeletionCause,
    pub(super) contents: sayso_registry::entry::Commitment,
}

pub(super) const INTENT_VERSION: u32 = 1;

impl Studio {
    /// Deletes everything of a session, as soon as a step that is being made is over.
    pub fn delete(&self, token: &Sha256) -> Result<Deleting, StudioError> {
        self.inner.delete(token, DeletionCause::Asked)
    }

    /// What whoever brought the pictures needs to show later what was deleted: what opens the commitment to what is there now. Whatever
    /// is added after it makes another one.
    pub fn receipt(&self, token: &Sha256) -> Result<DeletionReceipt, StudioError> {
        self.inner.with(token, |session| {
            if session.is_untouched() {
                return Err(StudioError::asked(
                    "nothing was brought yet, and of that the log says nothing\nhint: bring pictures first",
                ));
            }
            Ok(DeletionReceipt { salt: session.salt, contents: session.folder.contents()?, proof: None })
        })
    }
}

impl Inner {
    /// Deletes a session. What cannot be deleted now is tried again by the clock.
    pub(super) fn delete(&self, token: &Sha256, cause: DeletionCause) -> Result<Deleting, StudioError> {
        let seat = self.seat(token)?;
        // Whoever judges a picture of it holds the lock, and ends by this.
        seat.signs.end();
        let mut session = locked(&seat.session);
        let cause = *session.closing.get_or_insert(cause);
        self.stop_work(token, &mut session);
        if self.room().at_work == Some(*token) {
            // What cannot be removed now is with the rest.
            let _ = self.remove_what_no_step_needs(&mut session, cause);
            return Ok(Deleting::AfterTheStep);
        }
        if !session.is_gone {
            self.delete_now(token, &mut session, cause)?;
        }
        Ok(Deleting::Done)
    }

    fn delete_now(&self, token: &Sha256, session: &mut Session, cause: DeletionCause) -> Result<(), Error> {
        if session.is_untouched() {
            // Nothing was brought, so there is nothing to tell: the log is for what was deleted.
            session.folder.remove()?;
            session.is_gone = true;
            self.room().sessions.remove(token);
            return Ok(());
        }
        let Intended { intent, contents, place } = self.intended(session, cause)?;
        session.folder.remove()?;
        session.is_gone = true;
        session.uploads.clear();
        session.bundle = None;
        let deletion = intent.done(self.now());
        let logged = self.write_deletion(deletion, false);
        let mut room = self.room();
        let proof = match logged {
            Ok(proof) => {
                if let Some(place) = place {
                    let _ = fs_err::remove_file(place);
                }
                Some(proof)
            }
            Err(_) => {
                room.unlogged.push(Unlogged { deletion, place, session: Some(*token) });
                None
            }
        };
        room.sessions.remove(token);
        let receipt = DeletionReceipt { salt: session.salt, contents, proof };
        room.ended.insert(*token, Ended { deletion, receipt, forgotten_at: self.forget_at() });
        Ok(())
    }

    /// What the entry will say, found out once only: a removal that failed half way is tried again, and what it committed to stays what
    /// was there.
    fn intended(&self, session: &mut Session, cause: DeletionCause) -> Result<Intended, Error> {
        if let Some(known) = &session.intent {
            return Ok(known.clone());
        }
        let contents = session.folder.contents()?;
        let (files, made_at) = (session.folder.count(), session.made_at);
        let commitment = contents.commitment(&session.salt);
        let intent = Intent { version: INTENT_VERSION, files, made_at, cause, contents: commitment };
        let place = self.intend(&session.folder.path, &intent);
        let intended = Intended { intent, contents, place };
        session.intent = Some(intended.clone());
        Ok(intended)
    }

    /// Removes, while a step is being made, what was brought and made: nobody's pictures wait for a step. The rest follows it.
    fn remove_what_no_step_needs(&self, session: &mut Session, cause: DeletionCause) -> Result<(), Error> {
        self.intended(session, cause)?;
        session.bundle = None;
        let folder = &session.folder;
        for part in [folder.uploads(), folder.stated(), folder.learned(), folder.pictures()] {
            match fs_err::remove_dir_all(&part) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(Error::file(part)(error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes down what is about to be deleted. On a full disk it is not, and the deletion is made all the same.
    pub(super) fn intend(&self, folder: &std::path::Path, intent: &Intent) -> Option<PathBuf> {
        let name = folder.file_name()?.to_str()?;
        let place = self.options.folder.join("deleted").join(format!("{name}.json"));
        let text = serde_json::to_string(intent).ok()?;
        write_whole(&place, text.as_bytes()).ok().map(|()| place)
    }

    /// Writes a deletion on the log. `may_be_there` has it looked up first: it was written if the power went right after.
    pub(super) fn write_deletion(&self, deletion: Deletion, may_be_there: bool) -> Result<Proof, Error> {
        let now = whole_seconds(self.now());
        let place = RegistryPlace::of(&self.options.registry);
        // One that is not there for a moment must not be made anew: nobody would look for the entry there.
        place.open()?;
        let (mut registry, key) = place.open_to_write(None, now)?;
        let there = if may_be_there { registry.deletions_since(0)?.found } else { Vec::new() };
        let there = there.into_iter().find(|(_, known)| known.contents == deletion.contents);
        let number = match there {
            Some((number, _)) => number,
            None => {
                let mut randomness = SystemRandomness;
                registry.write_deletion(deletion, &mut Clerk { key: &key, now, randomness: &mut randomness })?
            }
        };
        Ok(registry.prove(number)?)
    }
}

impl Intent {
    /// The deletion that was made of it.
    pub(super) fn done(self, now: Timestamp) -> Deletion {
        let Self { files, made_at, cause, contents, .. } = self;
        Deletion { files, made_at, deleted_at: whole_seconds(now), cause, contents }
    }

    pub(super) fn new(files: u64, made_at: Timestamp, contents: sayso_registry::entry::Commitment) -> Self {
        Self { version: INTENT_VERSION, files, made_at, cause: DeletionCause::Found, contents }
    }

    pub(super) fn read(bytes: &[u8]) -> io::Result<Self> {
        let read: Self = serde_json::from_slice(bytes)?;
        if read.version == INTENT_VERSION { Ok(read) } else { Err(io::Error::other("it is of another version")) }
    }
}
