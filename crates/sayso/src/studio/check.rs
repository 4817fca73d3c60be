use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sayso_core::Stance;

use super::error::StudioError;
use super::open::Inner;
use super::room::locked;
use super::session::{Session, Upload};
use super::view::{CheckOutcome, RefusedPicture, TakenPicture};
use crate::check::{Checked, Origin};
use crate::training::{Captions, Depicts, Refused, RefusedFor, SelectOptions, Selection, Taken, select};

/// What a check found, for what follows it.
pub(super) struct Judged {
    pub(super) options: SelectOptions,
    /// The pictures as they were brought.
    pub(super) brought: Selection,
    /// The copies into which their makers' word was written.
    pub(super) stated: Selection,
}

impl Inner {
    /// Judges every picture anew, by the files and the claims as they are now.
    pub(super) fn check(&self, session: &mut Session) -> Result<(), StudioError> {
        let signs = Arc::clone(&session.signs);
        self.judge(session, &signs.over).map(drop)
    }

    /// The same, with what was found. Setting `end` ends it.
    pub(super) fn judge(&self, session: &mut Session, end: &AtomicBool) -> Result<Judged, StudioError> {
        let _turn = locked(&self.judging);
        let depicts = session.depicts.clone().unwrap_or(Depicts::Nobody);
        // Captions are asked for when it is said what to learn.
        let captions = Captions::Same("a picture".to_owned());
        let options = self.select_options(&depicts, session.use_kind, captions)?;
        let judged = |folder: &Path| select(folder, &options, end, &|_| {});
        let brought = judged(&session.folder.uploads())?;
        for upload in &mut session.uploads {
            upload.outcome = CheckOutcome::Refused(Box::new(unread()));
        }
        for taken in &brought.taken {
            if let Some(upload) = session.upload_of(taken.origin()) {
                upload.outcome = CheckOutcome::Taken(taken_of(taken, false));
            }
        }
        let names = session.names();
        for refused in &brought.refused {
            let Some(upload) = session.upload_of(&refused.origin) else { continue };
            let mut view = refused_of(refused, &upload.name);
            names.apply(&mut view);
            upload.outcome = CheckOutcome::Refused(Box::new(view));
        }
        // Only then is the word of whoever made them heard: it never stands against what a picture says.
        self.write_own_words(session, end)?;
        let stated = judged(&session.folder.stated())?;
        for taken in &stated.taken {
            if let Some(upload) = session.upload_of(taken.origin()) {
                upload.outcome = CheckOutcome::Taken(taken_of(taken, true));
            }
        }
        Ok(Judged { options, brought, stated })
    }
}

impl Session {
    /// The picture whose file this is.
    fn upload_of(&mut self, origin: &Origin) -> Option<&mut Upload> {
        let Origin::File(path) = origin else { return None };
        let name = path.file_name()?.to_str()?.to_owned();
        self.uploads.iter_mut().find(|upload| upload.file == name)
    }

    /// What pictures are called here and were called where they came from.
    fn names(&self) -> Names {
        let folder = self.folder.uploads();
        let of = |upload: &Upload| (folder.join(&upload.file).display().to_string(), upload.name.clone());
        Names(self.uploads.iter().map(of).collect())
    }
}

/// Paths of this machine, and what is told in their place.
struct Names(HashMap<String, String>);

impl Names {
    fn apply(&self, view: &mut RefusedPicture) {
        for (path, name) in &self.0 {
            if view.why.contains(path) {
                view.why = view.why.replace(path, &format!("`{name}`"));
            }
        }
    }
}

fn unread() -> RefusedPicture {
    RefusedPicture {
        kind: RefusedFor::Unreadable.as_str(),
        stance: Stance::Unknown,
        why: "it cannot be read".to_owned(),
        reasons: Vec::new(),
        changes: Vec::new(),
        ask: None,
        can_be_stated: false,
    }
}

fn taken_of(taken: &Taken, is_own_word: bool) -> TakenPicture {
    let reasons = taken.verdict().reasons.clone();
    let why = match reasons.first() {
        Some(_) if is_own_word => "you made it and agree, which is written into the copy that is learned".to_owned(),
        Some(reason) => Checked::sentence_of(reason),
        None => "it is allowed".to_owned(),
    };
    TakenPicture { why, reasons, is_own_word }
}

fn refused_of(refused: &Refused, name: &str) -> RefusedPicture {
    // Where anything is said, be it by a claim or by the file, the word of whoever brings it counts for nothing.
    let is_silent = refused.reasons.iter().all(|reason| reason.evidence.is_none());
    let can_be_stated = refused.kind == RefusedFor::Verdict && refused.stance == Stance::Unknown && is_silent;
    let mut ask = refused.ask.clone();
    if let (Some(ask), Origin::File(path)) = (&mut ask, &refused.origin) {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        ask.request = ask.request.replace(&*file, name);
    }
    RefusedPicture {
        kind: refused.kind.as_str(),
        stance: refused.stance,
        why: refused.why.clone(),
        reasons: refused.reasons.clone(),
        changes: refused.changes.clone(),
        ask,
        can_be_stated,
    }
}
