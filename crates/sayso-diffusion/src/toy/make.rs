use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::{Tensor, Var};
use serde::Serialize;

use super::autoencoder::teach;
use super::begin::begin;
use super::memory::Memory;
use super::place::{BASE, MODEL, Place, RUN, remove};
use super::{Drawing, SIDE, card, drawings, merges, shape};
use crate::adapter::write_tensors;
use crate::config::Config;
use crate::load::{DIFFUSERS, Loading, TRANSFORMERS};
use crate::net::{Parameters, Source};
use crate::text::{TextConfig, TextNet};
use crate::train::{Decay, Example, Method, Preparation, Settings, Trainer};
use crate::unet::{UNet, UNetConfig};
use crate::{DiffusionError, Model};

/// What all that is thrown is made of.
const SEED: u64 = 7;
/// How often each drawing is told with its caption, for once that it is told without: guidance needs a net that draws
/// without a prompt, too.
const CAPTIONED: usize = 6;
/// Pictures of a step.
pub(super) const BATCH: usize = 8;
/// Steps from one save to the next.
const SAVE_EVERY: usize = 200;

/// How much is learned, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Effort {
    /// Drawings that are learned: the first of all.
    pub drawings: usize,
    /// Of the autoencoder.
    pub autoencoder: usize,
    /// Of the nets that draw and read.
    pub nets: usize,
}

impl Default for Effort {
    /// What takes about half an hour of two cores.
    fn default() -> Self {
        Self { drawings: 56, autoencoder: 1600, nets: 5000 }
    }
}

/// Where the making stands: how many of how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// Steps of the autoencoder, and its loss.
    Autoencoder(usize, usize, f64),
    /// Drawings that are encoded.
    Encoding(usize, usize),
    /// Steps of the nets, and their loss.
    Nets(usize, usize, f64),
    /// Captions that were asked for, to see what is learned by heart.
    Memory(usize, usize),
}

/// Makes the toy in a folder. `watch` says whether to go on. What was done is kept beside the folder, and the next call goes
/// on from there.
///
/// # Errors
///
/// When it cannot be written, or somebody stopped it.
pub fn make(folder: &Path, effort: Effort, watch: &mut dyn FnMut(Progress) -> bool) -> Result<Memory, DiffusionError> {
    let place = Place::open(folder, effort)?;
    let (base, run, model) = (place.part.join(BASE), place.part.join(RUN), place.part.join(MODEL));
    let mut drawings = drawings()?;
    drawings.truncate(effort.drawings.max(1));
    if !base.join("model_index.json").is_file() {
        begin_base(&base, &drawings, effort, watch)?;
    }
    let mut trainer = trainer(&base, &run, &drawings, effort, watch)?;
    while !trainer.is_finished() {
        let step = trainer.step()?;
        let goes_on = watch(Progress::Nets(step.number, effort.nets, step.loss));
        if step.number.is_multiple_of(SAVE_EVERY) || trainer.is_finished() || !goes_on {
            trainer.save()?;
        }
        if !goes_on {
            return Err(DiffusionError::Interrupted);
        }
    }
    remove(&model)?;
    trainer.write_model(&model, &BTreeMap::new())?;
    drop(trainer);
    let made = Model::open(&model)?;
    let all = drawings.len();
    let memory = Memory::of(&made, &drawings, &mut |done| watch(Progress::Memory(done, all)))?;
    let memory = memory.ok_or(DiffusionError::Interrupted)?;
    shape::file(&model.join("README.md"), &card::card(&drawings, effort, &memory))?;
    fs_err::rename(&model, folder).map_err(|source| DiffusionError::Written { path: folder.to_owned(), source })?;
    place.clear()?;
    Ok(memory)
}

/// Writes a model whose autoencoder is taught, and whose other nets are not.
fn begin_base(
    base: &Path,
    drawings: &[Drawing],
    effort: Effort,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<(), DiffusionError> {
    let pictures: Vec<_> = drawings.iter().map(|drawing| drawing.picture.clone()).collect();
    let taught = teach(&pictures, effort.autoencoder, SEED, &mut |step, loss| {
        watch(Progress::Autoencoder(step, effort.autoencoder, loss))
    })?;
    let taught = taught.ok_or(DiffusionError::Interrupted)?;
    let words = merges::learn(drawings.iter().map(|drawing| drawing.caption.as_str()));
    let told = |name: &str, value| Config::told(PathBuf::from(name), value);
    let thrown = || Parameters::of(Source::made(|name, shape| begin(SEED, name, shape))).variable();
    let mut parameters = thrown();
    UNet::read(UNetConfig::of(&told("the toy's unet", shape::unet()))?, &mut parameters)?;
    let unet = tensors("", parameters.finish()?.variables);
    let mut parameters = thrown();
    let text = TextConfig::of(&told("the toy's text net", shape::text(words.tokens.len())))?;
    TextNet::read(text, &mut parameters, false)?;
    let text = tensors("text_model.", parameters.finish()?.variables);
    let texts = BTreeMap::from([("format".to_owned(), "pt".to_owned())]);
    for (part, [name, _], tensors) in
        [("vae", DIFFUSERS, taught.tensors), ("unet", DIFFUSERS, unet), ("text_encoder", TRANSFORMERS, text)]
    {
        let folder = base.join(part);
        fs_err::create_dir_all(&folder).map_err(|source| DiffusionError::Written { path: folder.clone(), source })?;
        write_tensors(&folder.join(format!("{name}.safetensors")), &tensors, &texts)?;
    }
    // The index is written last: without it, a folder is no model.
    shape::write(base, &words, taught.scaling)
}

fn tensors(start: &str, variables: BTreeMap<String, Var>) -> BTreeMap<String, Tensor> {
    variables.into_iter().map(|(name, variable)| (format!("{start}{name}"), variable.as_tensor().detach())).collect()
}

/// The training that was saved, or a new one.
fn trainer(
    base: &Path,
    run: &Path,
    drawings: &[Drawing],
    effort: Effort,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Trainer, DiffusionError> {
    // What was saved with other settings, or by another version, is no use.
    if let Ok(trainer) = Trainer::resume(base, &Loading::default(), run)
        && *trainer.settings() == settings(effort)
    {
        return Ok(trainer);
    }
    remove(run)?;
    let mut preparation = Preparation::new(base, &Loading::default(), run, settings(effort))?;
    let told = |drawing: &Drawing, caption: &str| Example {
        id: drawing.name.to_owned(),
        picture: drawing.picture.clone(),
        caption: caption.to_owned(),
        is_prior: false,
    };
    for (number, drawing) in drawings.iter().enumerate() {
        for _ in 0..CAPTIONED {
            preparation.add(&told(drawing, &drawing.caption))?;
        }
        preparation.add(&told(drawing, ""))?;
        if !watch(Progress::Encoding(number + 1, drawings.len())) {
            return Err(DiffusionError::Interrupted);
        }
    }
    preparation.begin()
}

fn settings(effort: Effort) -> Settings {
    Settings {
        method: Method::Full { text: true },
        side: SIDE,
        buckets: false,
        batch: BATCH,
        accumulation: 1,
        steps: effort.nets,
        rate: 1.5e-3,
        warm_up: effort.nets.min(100),
        decay: Decay::Cosine,
        weight_decay: 0.0,
        clip: Some(1.0),
        min_snr: None,
        noise_offset: 0.0,
        prior_weight: 1.0,
        flip: false,
        seed: SEED,
        checkpointing: false,
        average: Some(0.995),
    }
}
