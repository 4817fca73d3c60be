use std::panic::{AssertUnwindSafe, catch_unwind};

use sayso_core::Sha256;

use super::make::MakeAsked;
use super::network::Network;
use super::open::Inner;
use super::room::locked;
use super::train::TrainAsked;
use super::view::RunStage;

/// Something that is done in its turn, one after the other: a model and its gradients fill a machine.
pub(super) struct Job {
    /// For whom.
    pub(super) session: Sha256,
    /// From where it was asked for.
    pub(super) network: Option<Network>,
    pub(super) work: Work,
}

/// What is done.
pub(super) enum Work {
    /// What was asked for, and how many pictures said yes then. They are judged once more when it is done: none of them waits in memory.
    Train(TrainAsked, usize),
    Make(MakeAsked),
}

impl Inner {
    /// Works on what waits until the studio is closed.
    pub(super) fn work(&self) {
        while let Some(job) = self.next() {
            let token = job.session;
            // Whatever goes wrong in it is one session's, and the line goes on.
            let done = catch_unwind(AssertUnwindSafe(|| match &job.work {
                Work::Train(asked, taken) => self.do_train(&token, asked, *taken),
                Work::Make(asked) => self.do_make(&token, asked),
            }));
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
}
