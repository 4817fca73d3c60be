use candle_core::{Device, Result, Tensor};

use crate::scheduler::{Prediction, Settings};

/// What the net should have said of clean latents with this noise.
pub(super) fn target(
    aim: Prediction,
    settings: &Settings,
    clean: &Tensor,
    noise: &Tensor,
    times: &[usize],
) -> Result<Tensor> {
    match aim {
        Prediction::Noise => Ok(noise.clone()),
        Prediction::Velocity => {
            let share = |of: &dyn Fn(f64) -> f64| {
                let shares: Vec<f32> = times.iter().map(|time| of(kept(settings, *time)).sqrt() as f32).collect();
                Tensor::from_vec(shares, (times.len(), 1, 1, 1), &Device::Cpu)
            };
            noise.broadcast_mul(&share(&|kept| kept)?)? - clean.broadcast_mul(&share(&|kept| 1.0 - kept)?)?
        }
    }
}

/// How much each time step counts: no more than if its signal were `most` times its noise.
pub(super) fn weights(aim: Prediction, settings: &Settings, times: &[usize], most: f64) -> Vec<f32> {
    let weight = |time: &usize| {
        let kept = kept(settings, *time);
        let ratio = kept / (1.0 - kept);
        let share = match aim {
            // Where nothing is left of the picture, both are nothing, and the share is that of all below `most`.
            Prediction::Noise if ratio <= most => 1.0,
            Prediction::Noise => most / ratio,
            Prediction::Velocity => ratio.min(most) / (ratio + 1.0),
        };
        share as f32
    };
    times.iter().map(weight).collect()
}

/// How wrong an answer is: the mean of squares, each picture counting as much as its weight.
pub(super) fn loss(answer: &Tensor, target: &Tensor, weights: Option<Vec<f32>>) -> Result<Tensor> {
    let squares = (answer - target)?.sqr()?;
    match weights {
        None => squares.mean_all(),
        Some(weights) => {
            let each = squares.flatten_from(1)?.mean(1)?;
            let count = weights.len();
            (each * Tensor::from_vec(weights, count, &Device::Cpu)?)?.mean_all()
        }
    }
}

fn kept(settings: &Settings, time: usize) -> f64 {
    settings.kept.get(time).copied().unwrap_or(0.0)
}
