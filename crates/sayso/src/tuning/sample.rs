use std::path::{Path, PathBuf};

use sayso_diffusion::train::Trainer;
use sayso_diffusion::{Framing, Picture, Request, Tiling, write_png};

use super::Samples;
use crate::Error;
use crate::outputs::write_whole;

/// A picture that was made on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    /// After how many steps.
    pub step: usize,
    /// Of which prompt.
    pub prompt: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Steps of the scheduler, and how much more of the prompt than the net sees by itself.
const STEPS: usize = 30;
/// Pixels by which sides grow.
const STEP: usize = 16;
const GUIDANCE: f64 = 7.5;

/// What every picture says of itself.
pub(super) const SOURCE: &str = "made by a generative model while it was trained, and not a photograph";

/// A side that every model can make.
const fn in_steps(side: usize) -> usize {
    let steps = side / STEP * STEP;
    if steps < STEP { STEP } else { steps }
}

/// What is asked of a picture that is made for the run, about as large as those that are learned.
pub(super) fn request(prompt: &str, side: (usize, usize), seed: u64) -> Request {
    Request {
        prompt: prompt.to_owned(),
        width: in_steps(side.0),
        height: in_steps(side.1),
        steps: STEPS,
        guidance: GUIDANCE,
        seed,
        negative: String::new(),
        count: 1,
        scheduler: None,
        clip_skip: 0,
        init: None,
        mask: None,
        framing: Framing::default(),
        tiling: Tiling::Auto,
    }
}

/// Makes the pictures of a step, of the same noise every time, so that what changes is what was learned.
pub(super) fn make(
    trainer: &Trainer,
    samples: &Samples,
    folder: &Path,
    going: &dyn Fn() -> bool,
) -> Result<Vec<Sampled>, Error> {
    fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
    let (step, side) = (trainer.done(), trainer.settings().side);
    let mut all = Vec::new();
    for (number, prompt) in (1..).zip(&samples.prompts) {
        let asked = request(prompt, (side, side), trainer.settings().seed.wrapping_add(number));
        let made = trainer.sample(&asked, &mut |_, _| going())?;
        for picture in &made.pictures {
            let path = folder.join(format!("step-{step:06}-{number}.png"));
            write(&path, picture)?;
            all.push(Sampled { step, prompt: prompt.clone(), path });
        }
    }
    Ok(all)
}

/// Those that were made up to a step.
pub(super) fn made_before(folder: &Path, samples: &Samples, done: usize) -> Vec<Sampled> {
    let entries = fs_err::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let read = |path: PathBuf| {
        let (step, number) = path.file_stem()?.to_str()?.strip_prefix("step-")?.split_once('-')?;
        let (step, number) = (step.parse().ok()?, number.parse::<usize>().ok()?);
        let prompt = samples.prompts.get(number.checked_sub(1)?)?.clone();
        (step <= done).then_some((step, number, Sampled { step, prompt, path }))
    };
    let mut all: Vec<_> = entries.filter_map(read).collect();
    all.sort_by_key(|(step, number, _)| (*step, *number));
    all.into_iter().map(|(.., sampled)| sampled).collect()
}

/// Writes a picture, whole or not at all, and says what was written.
pub(super) fn write(path: &Path, picture: &Picture) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    write_png(&mut bytes, picture, &[("Source", SOURCE)]).map_err(Error::file(path))?;
    write_whole(path, &bytes).map_err(Error::file(path))?;
    Ok(bytes)
}
