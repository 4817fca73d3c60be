use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sayso_core::{Sha256, Timestamp};

use super::bring::one_line;
use super::check::Judged;
use super::consent::KEPT_BYTES;
use super::error::StudioError;
use super::folder::emptied;
use super::open::{Inner, Studio};
use super::options::{PROMPT_CHARS, TITLE_CHARS};
use super::room::locked;
use super::session::Session;
use super::view::{CheckOutcome, RunStage, RunView};
use super::work::{Job, Work};
use super::workshop::{Progress, TrainOrder};
use crate::Error;
use crate::training::{Captions, Selection, select};

/// What somebody asks to have trained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainAsked {
    /// What the adapter is called.
    pub title: String,
    /// What is to be seen on every picture without words of its own; empty where each has some.
    pub prompt: String,
    /// What things of the subject's kind are called; empty for none.
    pub class: String,
    /// Steps.
    pub steps: usize,
}

/// A training that is judged and laid out.
struct Training {
    title: String,
    trigger: Option<String>,
    class: Option<String>,
    steps: usize,
    depicts: Vec<String>,
    selection: Box<Selection>,
}

impl Studio {
    /// Puts a training into the line, after judging every picture once more.
    pub fn train(&self, token: &Sha256, asked: &TrainAsked) -> Result<(), StudioError> {
        let inner = &self.inner;
        inner.with(token, |session| {
            session.is_open()?;
            let signs = Arc::clone(&session.signs);
            let training = inner.prepared(session, asked, 0, &signs.over)?;
            let taken = training.selection.taken.len();
            let run = RunView {
                title: training.title.clone(),
                stage: RunStage::Waiting { before: 0 },
                step: 0,
                steps: training.steps,
                losses: Vec::new(),
                samples: Vec::new(),
                taken,
                settings: Vec::new(),
            };
            // The place in the line first: where there is none, what was trained before stays. The job waits for this session's lock.
            signs.stop.store(false, Ordering::Relaxed);
            let network = inner.seat(token)?.network;
            inner.line_up(Job { session: *token, network, work: Work::Train(asked.clone(), taken) })?;
            // What was trained before is superseded, and its pictures with it.
            (session.run, session.bundle) = (Some(run), None);
            for folder in [session.folder.weights(), session.folder.pictures()] {
                emptied(&folder)?;
            }
            (session.adapter, session.made, session.copies) = (None, Vec::new(), 0);
            session.samples.clear();
            Ok(())
        })
    }

    /// Stops what is at work for a session, and takes out of the line what waits.
    pub fn stop(&self, token: &Sha256) -> Result<(), StudioError> {
        self.inner.with(token, |session| {
            self.inner.stop_work(token, session);
            Ok(())
        })
    }
}

impl Inner {
    /// Judges, and lays out what is learned; so many bytes of it stay in memory. Nothing is in line yet.
    fn prepared(
        &self,
        session: &mut Session,
        asked: &TrainAsked,
        kept_bytes: u64,
        end: &AtomicBool,
    ) -> Result<Training, StudioError> {
        let Some(depicts) = session.depicts.clone() else {
            return Err(StudioError::asked("it is not said who can be recognised\nhint: answer that first"));
        };
        let (title, prompt) = (one_line(&asked.title, TITLE_CHARS), one_line(&asked.prompt, PROMPT_CHARS));
        let class = Some(one_line(&asked.class, PROMPT_CHARS)).filter(|class| !class.is_empty());
        if title.is_empty() {
            return Err(StudioError::asked("it is called nothing\nhint: give it a title"));
        }
        if asked.steps == 0 || asked.steps > self.options.limits.steps {
            let most = self.options.limits.steps;
            return Err(StudioError::asked(format!("a training has 1 to {most} steps\nhint: choose a number between")));
        }
        let Judged { options, brought, stated } = self.judge(session, end)?;
        if brought.taken.is_empty() && stated.taken.is_empty() {
            return Err(StudioError::asked(
                "no picture says yes, and nothing is learned from others\nhint: the check says what is missing",
            ));
        }
        let without = |caption: &str| caption.is_empty() && prompt.is_empty();
        let mut captions = Vec::new();
        for upload in session.uploads.iter().filter(|upload| matches!(upload.outcome, CheckOutcome::Taken(_))) {
            if without(&upload.caption) {
                return Err(StudioError::asked(format!(
                    "nothing says what `{}` shows\nhint: write a prompt for all pictures, or words for each",
                    upload.name
                )));
            }
            if !upload.caption.is_empty() {
                captions.push(upload.caption.as_str());
            }
        }
        let mut texts = vec![("title", title.as_str())];
        texts.extend((!prompt.is_empty()).then_some(("prompt", prompt.as_str())));
        texts.extend(class.as_deref().map(|class| ("class prompt", class)));
        texts.extend(captions.iter().map(|caption| ("caption", *caption)));
        self.check_names(&texts, &options, &[&brought, &stated])?;
        lay_out(session)?;
        let captions = if prompt.is_empty() { Captions::Beside } else { Captions::BesideOr(prompt.clone()) };
        let options = crate::training::SelectOptions { captions, kept_bytes, ..options };
        // Judged once more where it lies: what is learned is bound to these bytes.
        let mut selection = {
            let _turn = locked(&self.judging);
            select(&session.folder.learned(), &options, end, &|_| {})?
        };
        let own = |upload: &super::session::Upload| matches!(&upload.outcome, CheckOutcome::Refused(_));
        let refused: Vec<String> =
            session.uploads.iter().filter(|upload| own(upload)).map(|upload| upload.file.clone()).collect();
        // The weights say how many were refused, wherever they lie.
        selection.refused.extend(brought.refused.into_iter().filter(|refused_here| {
            let crate::check::Origin::File(path) = &refused_here.origin else { return false };
            path.file_name().is_some_and(|name| refused.iter().any(|file| name == file.as_str()))
        }));
        if selection.taken.is_empty() {
            return Err(StudioError::asked("no picture says yes any more\nhint: look at the check again"));
        }
        let depicts = depicts.grants().iter().map(ToString::to_string).collect();
        let trigger = Some(prompt).filter(|prompt| !prompt.is_empty());
        Ok(Training { title, trigger, class, steps: asked.steps, depicts, selection: Box::new(selection) })
    }

    /// The training that was asked for, if all that it was to learn from says yes still.
    fn judged_again(&self, session: &mut Session, asked: &TrainAsked, taken: usize) -> Result<Training, String> {
        let signs = Arc::clone(&session.signs);
        let again = self.prepared(session, asked, KEPT_BYTES, &signs.stop).map_err(|error| match error {
            StudioError::Inside(error) => without_paths(&error),
            error => error.to_string().lines().next().unwrap_or_default().to_owned(),
        })?;
        if again.selection.taken.len() < taken {
            return Err("a picture that was to be learned from says yes no longer".to_owned());
        }
        Ok(again)
    }

    /// Trains, in its turn.
    pub(super) fn do_train(&self, job: &Sha256, asked: &TrainAsked, taken: usize) {
        let Ok(session) = self.session(job) else { return };
        let (folder, signs, training) = {
            let mut session = locked(&session);
            if session.closing.is_some() || session.is_gone {
                return;
            }
            // Hours may lie between: whoever said no meanwhile has said no.
            let again = self.judged_again(&mut session, asked, taken);
            let is_stopped = session.signs.stop.load(Ordering::Relaxed);
            session.stepped_at = None;
            if let Some(run) = &mut session.run {
                run.stage = match &again {
                    Ok(training) => RunStage::Preparing { done: 0, all: training.selection.taken.len() },
                    Err(_) if is_stopped => RunStage::Stopped,
                    Err(why) => RunStage::Failed(why.clone()),
                };
            }
            let Ok(training) = again else { return };
            (session.folder.clone(), Arc::clone(&session.signs), training)
        };
        let out = folder.weights().join(format!("{}.safetensors", file_stem(&training.title)));
        let order = TrainOrder {
            selection: &training.selection,
            folder: &folder.run(),
            out: &out,
            title: &training.title,
            trigger: training.trigger.as_deref(),
            class: training.class.as_deref(),
            depicts: &training.depicts,
            steps: training.steps,
            seed: 0,
        };
        let tell = &mut |progress: Progress<'_>| {
            let now = self.now();
            tell(&mut locked(&session), &progress, now);
        };
        // A run that was there before is another one.
        let trained = remove_run(&folder.run()).and_then(|()| self.workshop.train(&order, &signs.stop, tell));
        let mut session = locked(&session);
        session.bundle = None;
        let stage = match trained {
            Ok(trained) => {
                session.adapter = Some(trained.out);
                RunStage::Trained
            }
            Err(Error::Cancelled) => RunStage::Stopped,
            Err(error) => RunStage::Failed(without_paths(&error)),
        };
        if let Some(run) = &mut session.run {
            run.stage = stage;
        }
    }

    /// Sets the sign that work ends by, and takes out of the line what waits.
    pub(super) fn stop_work(&self, token: &Sha256, session: &mut Session) {
        session.signs.stop.store(true, Ordering::Relaxed);
        let is_at_work = {
            let mut room = self.room();
            room.waiting.retain(|job| job.session != *token);
            room.at_work == Some(*token)
        };
        if let Some(run) = session.run.as_mut().filter(|run| run.stage.is_going()) {
            run.stage = if is_at_work { RunStage::Stopping } else { RunStage::Stopped };
        }
        if !is_at_work {
            session.making = None;
        }
    }
}

impl Session {
    /// Notes how long a step took: by the longest it is stopped before its time is over.
    fn note_step(&mut self, now: Timestamp) {
        let micros = self.stepped_at.map_or(0, |before| now.as_micros().saturating_sub(before.as_micros()));
        self.longest_step = self.longest_step.max(Duration::from_micros(u64::try_from(micros).unwrap_or(0)));
        self.stepped_at = Some(now);
    }
}

/// Lays what says yes into the folder that is learned from: the pictures, or the copies with their makers' word.
fn lay_out(session: &Session) -> Result<(), Error> {
    let to = session.folder.learned();
    emptied(&to)?;
    for upload in &session.uploads {
        let from = match &upload.outcome {
            CheckOutcome::Taken(taken) if taken.is_own_word => session.folder.stated(),
            CheckOutcome::Taken(_) => session.folder.uploads(),
            CheckOutcome::Refused(_) => continue,
        };
        let copy = to.join(&upload.file);
        fs_err::copy(from.join(&upload.file), &copy).map_err(Error::file(&copy))?;
        if !upload.caption.is_empty() {
            let beside = copy.with_extension("txt");
            fs_err::write(&beside, &upload.caption).map_err(Error::file(&beside))?;
        }
    }
    Ok(())
}

fn remove_run(run: &Path) -> Result<(), Error> {
    emptied(run)
}

fn tell(session: &mut Session, progress: &Progress<'_>, now: Timestamp) {
    if matches!(progress, Progress::Preparing { .. } | Progress::Step(_)) {
        session.note_step(now);
    }
    let stop = session.signs.stop.load(Ordering::Relaxed);
    let Some(run) = &mut session.run else { return };
    let is_stopping = matches!(run.stage, RunStage::Stopping) || stop;
    let stage = |stage| if is_stopping { RunStage::Stopping } else { stage };
    match progress {
        Progress::Settings(settings) => run.settings = settings.to_vec(),
        Progress::Preparing { done, all } => run.stage = stage(RunStage::Preparing { done: *done, all: *all }),
        Progress::Step(loss) => {
            run.stage = stage(RunStage::Going);
            run.step = loss.step;
            run.losses.push(*loss);
        }
        Progress::Sample { step, prompt, path } => {
            run.samples.push(super::view::SampleView { step: *step, prompt: (*prompt).to_owned() });
            session.samples.push(path.to_path_buf());
        }
    }
}

/// What went wrong, without where things lie here.
pub(super) fn without_paths(error: &Error) -> String {
    match error {
        Error::File { source, .. } => format!("a file of the run cannot be read or written: {source}"),
        Error::Input { message, .. } => message.lines().next().unwrap_or_default().to_owned(),
        Error::Changed { .. } => "a picture has changed since it was judged".to_owned(),
        error => error.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}

/// A file's name that says the title, of letters that every program takes.
fn file_stem(title: &str) -> String {
    let mut stem = String::new();
    for c in title.chars().take(TITLE_CHARS) {
        if c.is_ascii_alphanumeric() {
            stem.push(c.to_ascii_lowercase());
        } else if !stem.is_empty() && !stem.ends_with('-') {
            stem.push('-');
        }
    }
    let stem = stem.trim_end_matches('-');
    if stem.is_empty() { "adapter".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::file_stem;

    #[test]
    fn a_title_becomes_a_harmless_name() {
        assert_eq!(file_stem("My Boat: ../../etc/passwd"), "my-boat-etc-passwd");
        assert_eq!([file_stem(""), file_stem("東京"), file_stem("--")], ["adapter"; 3].map(str::to_owned));
    }
}
