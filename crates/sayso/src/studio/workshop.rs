use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use crate::Error;
use crate::training::Selection;

/// Who trains and draws for a studio.
pub trait Workshop: Send + Sync {
    /// What the model is called that is tuned.
    fn base_name(&self) -> &str;

    /// Tunes the model, and writes the weights with their papers. It ends early, with [`Error::Cancelled`], when `stop` is set.
    fn train(
        &self,
        order: &TrainOrder<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Trained, Error>;

    /// Makes pictures, signs them and writes those that are no copies of what was learned.
    fn make(
        &self,
        order: &MakeOrder<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<MadeFile>, Error>;
}

/// What is to be trained.
#[derive(Debug, Clone, Copy)]
pub struct TrainOrder<'a> {
    /// The pictures that say yes.
    pub selection: &'a Selection,
    /// The folder of the run.
    pub folder: &'a Path,
    /// Where the adapter goes.
    pub out: &'a Path,
    /// What it is called.
    pub title: &'a str,
    /// What calls it up, if one prompt does.
    pub trigger: Option<&'a str>,
    /// What things of the subject's kind are called.
    pub class: Option<&'a str>,
    /// Whom the pictures show.
    pub depicts: &'a [String],
    /// Steps.
    pub steps: usize,
    /// The noise and the order.
    pub seed: u32,
}

/// What is to be made.
#[derive(Debug, Clone, Copy)]
pub struct MakeOrder<'a> {
    /// The adapter.
    pub adapter: &'a Path,
    /// Where pictures go, and the number of the first.
    pub folder: &'a Path,
    /// The number of the first, by which its file is called.
    pub first: usize,
    /// What is to be seen.
    pub prompt: &'a str,
    /// The noise.
    pub seed: u32,
    /// How many.
    pub count: usize,
    /// Steps of each.
    pub steps: usize,
}

/// The loss after a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LossAt {
    /// The step, from one on.
    pub step: usize,
    /// Its loss.
    pub loss: f64,
}

/// How far a training is.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// Settings that were chosen, for people.
    Settings(&'a [(&'static str, String)]),
    /// Pictures are prepared.
    Preparing {
        /// How many are done.
        done: usize,
        /// Of how many.
        all: usize,
    },
    /// A step was made.
    Step(LossAt),
    /// A picture on the way was made, which lies there.
    Sample {
        /// After how many steps.
        step: usize,
        /// Of which prompt.
        prompt: &'a str,
        /// Where it lies.
        path: &'a Path,
    },
}

/// What came of a training.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trained {
    /// The adapter.
    pub out: PathBuf,
}

/// What became of a picture that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// The number by which its file is called.
    pub number: usize,
    /// The noise.
    pub seed: u32,
    /// In how many bits it differs from the nearest picture of the training.
    pub nearest: Option<u32>,
    /// Whether it was written; a copy is not.
    pub is_kept: bool,
}
