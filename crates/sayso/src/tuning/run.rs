use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_diffusion::DiffusionError;
use sayso_diffusion::train::{Example, Preparation, Prepared, Trainer};

use super::journal::{Journal, Loss};
use super::picture::pixels;
use super::record::Record;
use super::{Places, Sampled, Tuning, class, sample};
use crate::Error;
use crate::training::Selection;

/// A run: a trainer with its folder.
pub struct Run {
    pub(super) tuning: Tuning,
    pub(super) places: Places,
    pub(super) trainer: Trainer,
    journal: Journal,
    sampled: Vec<Sampled>,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// A picture was encoded.
    Encoded {
        /// Its name, and what became of it; none if it is of the class.
        picture: Option<(&'a str, Prepared)>,
        /// How many are done.
        done: usize,
        /// Of how many.
        all: usize,
    },
    /// A picture of the class was made.
    Class {
        /// Pictures that are made.
        done: usize,
        /// Of how many.
        all: usize,
    },
    /// A step was made, or pictures on the way.
    Going(Told<'a>),
}

/// How far a run is.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Steps that are made.
    pub done: usize,
    /// All of them.
    pub steps: usize,
    /// What each was.
    pub losses: &'a [Loss],
    /// Pictures on the way.
    pub sampled: &'a [Sampled],
}

impl Run {
    /// Begins a run in its folder: encodes the pictures, after making those of the class that an earlier beginning left to be made.
    pub fn begin(
        tuning: Tuning,
        selection: &Selection,
        interrupt: &AtomicBool,
        watch: &mut dyn FnMut(Event<'_>),
    ) -> Result<Self, Error> {
        let places = Places::of(&tuning.folder);
        if places.has_run() {
            return Err(Error::Input {
                input: tuning.folder.display().to_string(),
                message: "a run is in it already\nhint: go on with it (--resume), or name another folder (--state)"
                    .to_owned(),
            });
        }
        fs_err::create_dir_all(&tuning.folder).map_err(Error::file(&tuning.folder))?;
        // What was begun and has no record yet was cut short before it could be gone on with.
        let state = places.state();
        clear(&state)?;
        let mut preparation = Preparation::new(&tuning.base, &tuning.loading, &state, tuning.settings.clone())?;
        let class = class::pictures(&tuning, &preparation, &places.class(), interrupt, watch)?;
        let all = selection.taken.len() + class.len();
        let going = || if interrupt.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) };
        for (done, taken) in (1..).zip(&selection.taken) {
            going()?;
            let id = taken.sha256().to_string();
            let caption = taken.caption().to_owned();
            let prepared = preparation.add(&Example { id, picture: pixels(taken)?, caption, is_prior: false })?;
            let name = taken.origin().to_string();
            watch(Event::Encoded { picture: Some((&name, prepared)), done, all });
        }
        let prompt = tuning.class.as_ref().map_or("", |class| &class.prompt);
        for (number, picture) in class.into_iter().enumerate() {
            going()?;
            let id = format!("class-{number}");
            preparation.add(&Example { id, picture, caption: prompt.to_owned(), is_prior: true })?;
            watch(Event::Encoded { picture: None, done: selection.taken.len() + number + 1, all });
        }
        let trainer = preparation.begin()?;
        trainer.save()?;
        let journal = Journal::open(&places.losses(), 0)?;
        // Last: with it, there is a run.
        Record::of(&tuning, selection)?.with_examples(&state)?.write(&places.record())?;
        Ok(Self { tuning, places, trainer, journal, sampled: Vec::new() })
    }

    /// Goes on with the run that is in the folder, if it was begun with the same model and pictures, and those still say yes.
    pub fn resume(tuning: Tuning, selection: &Selection) -> Result<Self, Error> {
        let places = Places::of(&tuning.folder);
        let refused = |why: String, hint: &str| Error::Input {
            input: tuning.folder.display().to_string(),
            message: format!("{why}\nhint: {hint}"),
        };
        if !places.has_run() {
            return Err(refused("no run was begun in it".to_owned(), "leave out --resume to begin one"));
        }
        let before = Record::read(&places.record())?;
        let now = Record::of(&tuning, selection)?.with_examples(&places.state())?;
        if let Some((why, hint)) = before.differs(&now) {
            return Err(refused(why, hint));
        }
        let trainer = Trainer::resume(&tuning.base, &tuning.loading, &places.state())?;
        if *trainer.settings() != tuning.settings {
            return Err(refused(
                "its settings are others than these".to_owned(),
                "name the settings that it was begun with, or begin anew in another folder",
            ));
        }
        let journal = Journal::open(&places.losses(), trainer.done())?;
        let sampled = tuning
            .samples
            .as_ref()
            .map_or_else(Vec::new, |of| sample::made_before(&places.samples(), of, trainer.done()));
        Ok(Self { tuning, places, trainer, journal, sampled })
    }

    /// Steps that are made.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.trainer.done()
    }

    /// Whether all steps are made.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.trainer.is_finished()
    }

    /// Numbers that are trained.
    #[must_use]
    pub fn trained(&self) -> u64 {
        self.trainer.trained()
    }

    /// How far it is.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        Told {
            done: self.trainer.done(),
            steps: self.trainer.settings().steps,
            losses: self.journal.rows(),
            sampled: &self.sampled,
        }
    }

    /// Makes the steps that are left. It stops before the next when it is interrupted, with its state saved; and when numbers run
    /// away, with the last good state saved.
    pub fn go(&mut self, interrupt: &AtomicBool, watch: &mut dyn FnMut(Event<'_>)) -> Result<(), Error> {
        while !self.trainer.is_finished() {
            if interrupt.load(Ordering::Relaxed) {
                self.trainer.save()?;
                return Err(Error::Cancelled);
            }
            let step = match self.trainer.step() {
                Ok(step) => step,
                Err(error) => {
                    // Nothing was changed by a step that failed. The first error is the one to tell.
                    let _ = self.trainer.save();
                    return Err(error.into());
                }
            };
            self.journal.add(&step)?;
            let is_last = self.trainer.is_finished();
            let samples = self.tuning.samples.as_ref();
            let samples = samples.filter(|samples| is_last || step.number.is_multiple_of(samples.every.max(1)));
            // Nothing that goes wrong with a picture on the way takes steps away.
            if is_last || samples.is_some() || step.number.is_multiple_of(self.tuning.save_every.max(1)) {
                self.trainer.save()?;
            }
            if let Some(samples) = samples {
                let going = || !interrupt.load(Ordering::Relaxed);
                match sample::make(&self.trainer, samples, &self.places.samples(), &going) {
                    Ok(made) => self.sampled.extend(made),
                    // The step before it is made, and saved above or before the next.
                    Err(Error::Diffusion(DiffusionError::Stopped { .. })) => {}
                    Err(error) => return Err(error),
                }
            }
            watch(Event::Going(self.told()));
        }
        Ok(())
    }
}

/// What was begun and cut short is begun anew. Only files of a training are removed, and no folder with anything else in it.
fn clear(state: &Path) -> Result<(), Error> {
    if !state.exists() {
        return Ok(());
    }
    let mut ours = Vec::new();
    for entry in fs_err::read_dir(state).map_err(Error::file(state))? {
        let path = entry.map_err(Error::file(state))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_ours = path.is_file()
            && ["examples.", "learned-", "state.json", ".sayso-"].iter().any(|start| name.starts_with(start));
        if !is_ours {
            return Err(Error::Input {
                input: state.display().to_string(),
                message: format!("`{name}` in it is of no training\nhint: name another folder for the run (--state)"),
            });
        }
        ours.push(path);
    }
    ours.iter().try_for_each(|path| fs_err::remove_file(path).map_err(Error::file(path)))
}
