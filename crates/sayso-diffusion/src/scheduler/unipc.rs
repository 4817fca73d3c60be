use candle_core::{Result, Tensor};

use super::dpm::{Shares, steps};
use super::{Prediction, Scheduler, Settings, mixed};
use crate::noise::Noise;

/// UniPC of second order, with B(h) = e^h - 1 (Zhao and others, 2023): each step is corrected when the next one's answer is
/// there.
pub(super) struct UniPc {
    times: Vec<f64>,
    sigmas: Vec<f64>,
    /// The clean pictures of the last two steps, the latest last.
    clean: Vec<Tensor>,
    /// The picture that the last step began at, and its order.
    last: Option<(Tensor, usize)>,
    prediction: Prediction,
}

/// What a step from one noise to another needs to know.
struct Way {
    to: Shares,
    /// The picture's factor.
    noise: f64,
    /// h with the sign that it has for clean pictures, and e^h - 1.
    h: f64,
    grown: f64,
    /// Where the step before lies, as a multiple of h.
    ratio: f64,
}

impl UniPc {
    pub(super) fn new(settings: &Settings, count: usize) -> Self {
        let (times, sigmas) = steps(settings, count, settings.karras);
        Self { times, sigmas, clean: Vec::new(), last: None, prediction: settings.prediction }
    }

    /// The way from a step to the next.
    fn way(&self, step: usize) -> Way {
        let at = |step: usize| Shares::of(self.sigmas.get(step).copied().unwrap_or(0.0));
        let (from, to, before) = (at(step), at(step + 1), at(step.saturating_sub(1)));
        let h = -(to.lambda - from.lambda);
        let ratio = (before.lambda - from.lambda) / -h;
        Way { to, noise: to.noise / from.noise, h, grown: h.exp_m1(), ratio }
    }

    /// What the answer at `step` says better of the step that led there.
    fn corrected(&self, step: usize, clean: &Tensor, last: &Tensor, order: usize) -> Result<Tensor> {
        let way = self.way(step - 1);
        let (Some(first), before) = (self.clean.last(), self.clean.iter().rev().nth(1)) else {
            return Ok(last.clone());
        };
        let straight = mixed(way.noise, last, -way.to.picture * way.grown, first)?;
        let change = (clean - first)?;
        let sum = match before.filter(|_| order == 2) {
            Some(before) => {
                let phi = way.grown / way.h - 1.0;
                let (one, two) = (phi / way.grown, (phi / way.h - 0.5) * 2.0 / way.grown);
                // The two conditions of second order, solved by hand.
                let of_before = (two - one) / (way.ratio - 1.0);
                let slope = mixed(1.0 / way.ratio, before, -1.0 / way.ratio, first)?;
                mixed(of_before, &slope, one - of_before, &change)?
            }
            None => (change * 0.5)?,
        };
        mixed(1.0, &straight, -way.to.picture * way.grown, &sum)
    }
}

impl Scheduler for UniPc {
    fn times(&self) -> &[f64] {
        &self.times
    }

    fn noisy(&self, step: usize, clean: &Tensor, noise: &Tensor) -> Result<Tensor> {
        let shares = Shares::of(self.sigmas.get(step).copied().unwrap_or(0.0));
        mixed(shares.picture, clean, shares.noise, noise)
    }

    fn step(&mut self, step: usize, found: &Tensor, picture: &Tensor, _: &mut Noise) -> Result<Tensor> {
        let shares = Shares::of(self.sigmas.get(step).copied().unwrap_or(0.0));
        let clean = shares.clean(self.prediction, picture, found)?;
        let picture = match self.last.take() {
            Some((last, order)) => self.corrected(step, &clean, &last, order)?,
            _ => picture.clone(),
        };
        if self.clean.len() == 2 {
            self.clean.remove(0);
        }
        self.clean.push(clean.clone());
        let left = self.times.len().saturating_sub(step);
        let order = left.min(self.clean.len());
        let way = self.way(step);
        let mut made = mixed(way.noise, &picture, -way.to.picture * way.grown, &clean)?;
        if let (2, Some(before)) = (order, self.clean.first()) {
            let slope = mixed(1.0 / way.ratio, before, -1.0 / way.ratio, &clean)?;
            made = mixed(1.0, &made, -way.to.picture * way.grown * 0.5, &slope)?;
        }
        self.last = Some((picture, order));
        Ok(made)
    }
}

#[cfg(test)]
impl UniPc {
    pub(super) fn sigmas(&self) -> &[f64] {
        &self.sigmas
    }
}
