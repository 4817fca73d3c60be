use std::sync::Arc;
use std::sync::atomic::Ordering;

use sayso_core::Sha256;

use super::bring::one_line;
use super::error::StudioError;
use super::open::{Inner, Studio};
use super::options::PROMPT_CHARS;
use super::room::locked;
use super::train::without_paths;
use super::view::{MadeView, MakingView};
use super::work::{Job, Work};
use super::workshop::MakeOrder;
use crate::Error;
use crate::training::{Captions, Depicts};

/// Pictures of which somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MakeAsked {
    /// What is to be seen.
    pub prompt: String,
    /// The noise of the first; that of the others follows.
    pub seed: u32,
    /// How many.
    pub count: usize,
    /// Steps of each.
    pub steps: usize,
}

/// Steps of a picture, and pictures that are made in one turn.
const STEPS: usize = 100;
const AT_ONCE: usize = 8;

impl Studio {
    /// Puts a drawing into the line.
    pub fn make(&self, token: &Sha256, asked: &MakeAsked) -> Result<(), StudioError> {
        let inner = &self.inner;
        let most = inner.options.limits.made;
        inner.with(token, |session| {
            session.is_open()?;
            if session.adapter.is_none() {
                return Err(StudioError::asked("nothing is trained yet\nhint: train first"));
            }
            let prompt = one_line(&asked.prompt, PROMPT_CHARS);
            if prompt.is_empty() {
                return Err(StudioError::asked("nothing is said of what is to be seen\nhint: write a prompt"));
            }
            if !(1..=STEPS).contains(&asked.steps) || !(1..=AT_ONCE).contains(&asked.count) {
                return Err(StudioError::asked(format!(
                    "1 to {AT_ONCE} pictures are made at once, in 1 to {STEPS} steps each"
                )));
            }
            if session.made.len() + session.copies + asked.count > most {
                return Err(StudioError::asked(format!(
                    "a session has at most {most} pictures made\nhint: begin another one"
                )));
            }
            let depicts = session.depicts.clone().unwrap_or(Depicts::Nobody);
            let options = inner.select_options(&depicts, session.use_kind, Captions::Beside)?;
            inner.check_names(&[("prompt", &prompt)], &options, &[])?;
            let asked = MakeAsked { prompt: prompt.clone(), ..*asked };
            session.signs.stop.store(false, Ordering::Relaxed);
            let network = inner.seat(token)?.network;
            inner.line_up(Job { session: *token, network, work: Work::Make(asked) })?;
            session.made_fault = None;
            session.making = Some(MakingView { prompt, before: Some(0), done: 0, all: 0 });
            Ok(())
        })
    }
}

impl Inner {
    /// Draws, in its turn.
    pub(super) fn do_make(&self, job: &Sha256, asked: &MakeAsked) {
        let Ok(session) = self.session(job) else { return };
        let (folder, adapter, signs, first) = {
            let mut session = locked(&session);
            let Some(adapter) = session.adapter.clone().filter(|_| session.closing.is_none() && !session.is_gone)
            else {
                return;
            };
            if let Some(making) = &mut session.making {
                making.before = None;
            }
            let first = session.made.iter().map(|made| made.number).max().unwrap_or(0) + 1;
            (session.folder.clone(), adapter, Arc::clone(&session.signs), first)
        };
        let order = MakeOrder {
            adapter: &adapter,
            folder: &folder.pictures(),
            first,
            prompt: &asked.prompt,
            seed: asked.seed,
            count: asked.count,
            steps: asked.steps,
        };
        let made = self.workshop.make(&order, &signs.stop, &mut |done, all| {
            if let Some(making) = &mut locked(&session).making {
                (making.done, making.all) = (done, all);
            }
        });
        let mut session = locked(&session);
        session.making = None;
        session.bundle = None;
        match made {
            Ok(files) => {
                session.copies += files.iter().filter(|file| !file.is_kept).count();
                let kept = files.into_iter().filter(|file| file.is_kept).map(|file| MadeView {
                    number: file.number,
                    prompt: asked.prompt.clone(),
                    seed: file.seed,
                    nearest: file.nearest,
                });
                session.made.extend(kept);
            }
            Err(Error::Cancelled) => session.made_fault = Some("it was stopped".to_owned()),
            Err(error) => session.made_fault = Some(without_paths(&error)),
        }
    }
}
