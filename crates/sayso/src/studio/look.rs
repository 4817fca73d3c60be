use sayso_core::Sha256;

use super::error::StudioError;
use super::open::Studio;
use super::room::locked;
use super::view::{RunStage, SessionView, UploadView};

impl Studio {
    /// A session as it is now; none where it is over.
    pub fn look(&self, token: &Sha256) -> Result<SessionView, StudioError> {
        let before = self.inner.before(token);
        let session = self.inner.session(token)?;
        let mut session = locked(&session);
        session.seen_at = self.inner.now();
        let mut run = session.run.clone();
        if let Some(RunStage::Waiting { before: place }) = run.as_mut().map(|run| &mut run.stage) {
            *place = before.unwrap_or(0);
        }
        let mut making = session.making.clone();
        if let Some(place) = making.as_mut().and_then(|making| making.before.as_mut()) {
            *place = before.unwrap_or(0);
        }
        let held: u64 = session.uploads.iter().map(|upload| upload.bytes).sum();
        let view = |upload: &super::session::Upload| UploadView {
            number: upload.number,
            name: upload.name.clone(),
            bytes: upload.bytes,
            caption: upload.caption.clone(),
            outcome: upload.outcome.clone(),
        };
        Ok(SessionView {
            made_at: session.made_at,
            ends_at: session.ends_at,
            uploads: session.uploads.iter().map(view).collect(),
            is_untouched: session.is_untouched(),
            room_bytes: self.limits().session_bytes.saturating_sub(held),
            shown: session.shown(),
            use_kind: session.use_kind,
            run,
            making,
            made_fault: session.made_fault.clone(),
            made: session.made.clone(),
            copies: session.copies,
            is_closing: session.closing.is_some() || session.signs.is_over(),
        })
    }

    /// Whether as many sessions are open as there may be.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.inner.room().sessions.len() >= self.limits().sessions
    }

    /// Whether a session is being deleted.
    #[must_use]
    pub fn is_deleting(&self, token: &Sha256) -> bool {
        self.inner.is_closing(token)
    }
}
