use std::sync::atomic::{AtomicBool, Ordering};

use sayso_core::{Sha256, UsageCategory};

use super::bring::one_line;
use super::error::StudioError;
use super::folder::emptied;
use super::open::{Inner, Studio};
use super::options::NAME_CHARS;
use super::session::Session;
use super::view::CheckOutcome;
use crate::Error;
use crate::reserve::{PictureOptions, Target, Texts, Wishes, reserve_pictures};

impl Studio {
    /// Takes the word of whoever brought pictures that they made these and agree to training. It is written into copies of them,
    /// as `sayso reserve --yes data-mining --creator NAME` writes it, and those are judged like any other picture.
    ///
    /// It counts only where nothing at all is said of a picture. The word stands in what is trained: who gave it is told there.
    pub fn say_who_made(&self, token: &Sha256, numbers: &[u32], maker: &str) -> Result<(), StudioError> {
        let maker = one_line(maker, NAME_CHARS);
        if maker.is_empty() {
            return Err(StudioError::asked(
                "nobody says to have made them\nhint: write your name, as it is to stand in the picture",
            ));
        }
        let inner = &self.inner;
        inner.with(token, |session| {
            session.is_open()?;
            for upload in session.uploads.iter_mut().filter(|upload| numbers.contains(&upload.number)) {
                if can_be_stated(&upload.outcome, &maker) {
                    upload.stated = Some(maker.clone());
                }
            }
            inner.check(session)
        })
    }
}

/// Whether nothing is said of a picture, and nobody else is named as its maker.
fn can_be_stated(outcome: &CheckOutcome, maker: &str) -> bool {
    let CheckOutcome::Refused(refused) = outcome else { return false };
    let named = refused.ask.as_ref().and_then(|ask| ask.whom.as_deref());
    refused.can_be_stated && named.is_none_or(|named| named.trim().to_lowercase() == maker.trim().to_lowercase())
}

impl Inner {
    /// Writes the copies anew of those pictures that a word was given for, and of which nothing else is said still.
    pub(super) fn write_own_words(&self, session: &mut Session, end: &AtomicBool) -> Result<(), StudioError> {
        let (from, to) = (session.folder.uploads(), session.folder.stated());
        emptied(&to)?;
        for upload in &mut session.uploads {
            let Some(maker) = upload.stated.clone().filter(|maker| can_be_stated(&upload.outcome, maker)) else {
                // It was judged otherwise meanwhile: a claim came, or it says something by now.
                continue;
            };
            if end.load(Ordering::Relaxed) {
                return Err(StudioError::Over);
            }
            let copy = to.join(&upload.file);
            fs_err::copy(from.join(&upload.file), &copy).map_err(Error::file(&copy))?;
            let options = PictureOptions {
                wishes: Wishes { no: Vec::new(), yes: vec![UsageCategory::DataMining] },
                texts: Texts { creator: Some(maker), ..Texts::default() },
                target: Target::InPlace,
                force: false,
                signing: None,
            };
            let report = reserve_pictures(std::slice::from_ref(&copy), &options, &|_, _| {})?;
            if let Some(failed) = report.failed.first() {
                fs_err::remove_file(&copy).map_err(Error::file(&copy))?;
                let why = failed.message.lines().next().unwrap_or_default();
                upload.stated = None;
                if let CheckOutcome::Refused(refused) = &mut upload.outcome {
                    refused.why = format!("your word cannot be written into it: {why}");
                    refused.can_be_stated = false;
                }
            }
        }
        Ok(())
    }
}
