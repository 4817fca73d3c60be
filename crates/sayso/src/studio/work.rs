use std::panic::{AssertUnwindSafe, catch_unwind};

use sayso_core::Sha256;

use super::error::StudioError;
use super::make::MakeAsked;
use super::open::Inner;
use super::room::locked;
use super::train::Training;
use super::view::RunStage;

/// Something that is done in its turn, one after the other: a model and its gradients fill a machine.
pub(super) struct Job {
    /// For whom.
    pub(super) session: Sha256,
    pub(super) work: Work,
}

/// What is done.
pub(super) enum Work {
    Train(Box<Training>),
    Make(MakeAsked),
}

impl Inner {
    /// Puts a job at the end of the line.
    pub(super) fn line_up(&self, job: Job) -> Result<(), StudioError> {
        let most = self.options.limits.waiting;
        let mut room = self.room();
        if room.is_closing {
            return Err(StudioError::Over);
        }
        if room.waiting.len() >= most {
            return Err(StudioError::Line { waiting: most });
        }
        room.waiting.push_back(job);
        drop(room);
        self.bell.notify_all();
        Ok(())
    }

    /// Works on what waits until the studio is closed.
    pub(super) fn work(&self) {
        while let Some(job) = self.next() {
            let token = job.session;
            // Whatever goes wrong in it is one session's, and the line goes on.
            let done = catch_unwind(AssertUnwindSafe(|| match &job.work {
                Work::Train(training) => self.do_train(&token, training),
                Work::Make(asked) => self.do_make(&token, asked),
            }));
            // Pictures that were judged lie in it.
            drop(job);
            self.room().at_work = None;
            let Ok(session) = self.session(&token) else { continue };
            let closing = {
                let mut session = locked(&session);
                if done.is_err() {
                    session.making = None;
                    if let Some(run) = session.run.as_mut().filter(|run| run.stage.is_going()) {
                        run.stage = RunStage::Failed("it stopped unexpectedly, which is a defect".to_owned());
                    }
                }
                session.closing
            };
            if let Some(cause) = closing {
                // What cannot be deleted now is tried again by the clock.
                let _ = self.delete(&token, cause);
            }
        }
    }

    /// The next job; `None` once the studio closes.
    fn next(&self) -> Option<Job> {
        let mut room = self.room();
        loop {
            if room.is_closing {
                return None;
            }
            if let Some(job) = room.waiting.pop_front() {
                room.at_work = Some(job.session);
                return Some(job);
            }
            room = self.bell.wait(room).unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    /// How many jobs are before one of this session.
    pub(super) fn before(&self, token: &Sha256) -> Option<usize> {
        let room = self.room();
        let at = room.waiting.iter().position(|job| job.session == *token)?;
        Some(at + usize::from(room.at_work.is_some()))
    }
}
