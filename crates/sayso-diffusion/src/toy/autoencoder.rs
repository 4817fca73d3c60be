use std::collections::BTreeMap;
use std::path::PathBuf;

use candle_core::{Tensor, Var};

use super::begin::begin;
use super::shape;
use crate::config::Config;
use crate::net::{Parameters, Source};
use crate::noise::Noise;
use crate::ops::{inside, recorded, sum_of_squares};
use crate::train::AdamW;
use crate::vae::{Moments, Vae, VaeConfig};
use crate::{DiffusionError, Picture};

/// Pictures of a step.
pub(super) const BATCH: usize = 4;
/// How far a step goes at most.
const RATE: f64 = 3e-3;
/// Steps in which the rate grows.
const WARM_UP: usize = 50;
/// How much it counts that latents lie about zero with a deviation of about one.
const SPREAD: f64 = 1e-4;
/// The longest gradient that is followed.
const LONGEST: f64 = 1.0;

/// An autoencoder that was taught.
pub(super) struct Taught {
    pub(super) tensors: BTreeMap<String, Tensor>,
    /// What makes the deviation of its latents one.
    pub(super) scaling: f64,
}

/// Teaches an autoencoder to give pictures back. `watch` is told steps and the loss, and says whether to go on.
pub(super) fn teach(
    pictures: &[Picture],
    steps: usize,
    seed: u64,
    watch: &mut dyn FnMut(usize, f64) -> bool,
) -> Result<Option<Taught>, DiffusionError> {
    let config = VaeConfig::of(&Config::told(PathBuf::from("the toy's autoencoder"), shape::autoencoder(1.0)))?;
    let mut parameters = Parameters::of(Source::made(move |name, shape| begin(seed, name, shape))).variable();
    let vae = Vae::read(config, &mut parameters)?;
    let variables = parameters.finish()?.variables;
    let mut optimizer = AdamW::default();
    let mut noise = Noise::new(seed);
    for step in 1..=steps {
        let batch = batch(pictures, &mut noise)?;
        let (said, found) = inside(&batch, || {
            let (lost, record) = recorded(|| loss(&vae, &batch, &mut noise));
            let lost = lost?;
            Ok::<_, candle_core::Error>((f64::from(lost.to_scalar::<f32>()?), record.back(&lost)?))
        })?;
        let gradients: BTreeMap<String, Tensor> = variables
            .iter()
            .filter_map(|(name, variable)| Some((name.clone(), found.get(variable)?.clone())))
            .collect();
        let length = gradients.values().map(sum_of_squares).sum::<candle_core::Result<f64>>()?.sqrt();
        let rate = rate(step, steps);
        if !(said.is_finite() && length.is_finite()) {
            return Err(DiffusionError::Diverged { step, what: "loss", rate });
        }
        let factor = (LONGEST / (length + 1e-6)).min(1.0);
        optimizer.step(&variables, &gradients, [rate, 0.0, factor], step)?;
        if !watch(step, said) {
            return Ok(None);
        }
    }
    let scaling = 1.0 / deviation(&vae, pictures)?;
    let copied = |(name, variable): (String, Var)| Ok((name, variable.as_tensor().detach().copy()?));
    Ok(Some(Taught { tensors: variables.into_iter().map(copied).collect::<candle_core::Result<_>>()?, scaling }))
}

/// Grows, then falls along half a cosine.
fn rate(step: usize, steps: usize) -> f64 {
    let warm = (step as f64 / WARM_UP as f64).min(1.0);
    RATE * warm * 0.5 * (1.0 + (std::f64::consts::PI * step as f64 / steps as f64).cos())
}

/// Some of the pictures. Half are mirrored, and of some the colours are exchanged, so that others than these are known, too.
fn batch(pictures: &[Picture], noise: &mut Noise) -> candle_core::Result<Tensor> {
    const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let mut batch = Vec::with_capacity(BATCH);
    for _ in 0..BATCH {
        let Some(picture) = pictures.get(noise.below(pictures.len())) else { continue };
        let mut numbers = picture.numbers()?;
        if noise.below(2) == 1 {
            let width = picture.width;
            let backwards = Tensor::from_vec((0..width).rev().collect::<Vec<u32>>(), width as usize, numbers.device())?;
            numbers = numbers.index_select(&backwards, 3)?;
        }
        let order = if noise.below(3) == 0 { noise.below(ORDERS.len()) } else { 0 };
        let channels: Vec<Tensor> = ORDERS
            .get(order)
            .into_iter()
            .flatten()
            .map(|channel| numbers.narrow(1, *channel, 1))
            .collect::<candle_core::Result<_>>()?;
        batch.push(Tensor::cat(&channels, 1)?);
    }
    Tensor::cat(&batch, 0)
}

/// How far what is given back is from what was given, and latents from a standard normal distribution.
fn loss(vae: &Vae, batch: &Tensor, noise: &mut Noise) -> candle_core::Result<Tensor> {
    let Moments { mean, log_variance } = vae.encode(batch)?;
    let deviation = (&log_variance * 0.5)?.exp()?;
    let latents = (&mean + (deviation * noise.tensor(mean.dims())?)?)?;
    let difference = (vae.decode(&latents)? - batch)?;
    let spread = ((mean.sqr()? + log_variance.exp()?)? - (&log_variance + 1.0)?)?.mean_all()?;
    (difference.abs()?.mean_all()? + difference.sqr()?.mean_all()?)? + (spread * (0.5 * SPREAD))?
}

/// The deviation of the latents of these pictures.
fn deviation(vae: &Vae, pictures: &[Picture]) -> candle_core::Result<f64> {
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for picture in pictures {
        let latents = vae.encode(&picture.numbers()?)?.mean.detach();
        for number in latents.flatten_all()?.to_vec1::<f32>()? {
            let number = f64::from(number);
            (sum, squares, count) = (sum + number, squares + number * number, count + 1.0);
        }
    }
    let count = f64::max(count, 1.0);
    Ok((squares / count - (sum / count).powi(2)).max(1e-12).sqrt())
}
