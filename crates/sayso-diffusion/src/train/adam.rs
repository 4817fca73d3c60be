use std::collections::BTreeMap;

use candle_core::{Result, Tensor, Var};

use crate::ops::plain::is_plain;
use crate::ops::{update, update_by_two};

/// What of the last moment stays in each step.
const FIRST: f32 = 0.9;
const SECOND: f32 = 0.999;
/// What is added to a deviation.
const EPSILON: f32 = 1e-8;

/// The two moments of each parameter's gradient.
pub(crate) type Moments = BTreeMap<String, [Tensor; 2]>;

/// AdamW (Loshchilov and Hutter, 2019), computed as torch computes it.
#[derive(Default)]
pub(crate) struct AdamW {
    pub(crate) moments: Moments,
}

impl AdamW {
    /// Makes step `number`, from one on, along gradients that are multiplied with `factor` first.
    pub(crate) fn step(
        &mut self,
        variables: &BTreeMap<String, Var>,
        gradients: &BTreeMap<String, Tensor>,
        [rate, decay, factor]: [f64; 3],
        number: usize,
    ) -> Result<()> {
        let power = i32::try_from(number).unwrap_or(i32::MAX);
        let first_share = 1.0 - f64::from(FIRST).powi(power);
        let second_share = 1.0 - f64::from(SECOND).powi(power);
        let (length, root) = ((rate / first_share) as f32, second_share.sqrt() as f32);
        let (kept, factor) = ((1.0 - rate * decay) as f32, factor as f32);
        for (name, variable) in variables {
            let Some(gradient) = gradients.get(name) else { continue };
            if !self.moments.contains_key(name) {
                self.moments.insert(name.clone(), [variable.zeros_like()?.detach(), variable.zeros_like()?.detach()]);
            }
            let Some([first, second]) = self.moments.get_mut(name) else { continue };
            if is_plain(gradient) {
                let gradient = (gradient * f64::from(factor))?;
                *first = (&*first + ((&gradient - &*first)? * (1.0 - f64::from(FIRST)))?)?.detach();
                *second = ((&*second * f64::from(SECOND))? + (gradient.sqr()? * (1.0 - f64::from(SECOND)))?)?.detach();
                let way =
                    (&*first * f64::from(length))?.div(&((second.sqrt()? / f64::from(root))? + f64::from(EPSILON))?)?;
                variable.set(&((variable.as_tensor().detach() * f64::from(kept))? - way)?)?;
                continue;
            }
            update(first, gradient, |first, gradient| *first += (gradient * factor - *first) * (1.0 - FIRST))?;
            update(second, gradient, |second, gradient| {
                let gradient = gradient * factor;
                *second = *second * SECOND + gradient * gradient * (1.0 - SECOND);
            })?;
            update_by_two(variable.as_tensor(), first, second, |value, first, second| {
                *value = *value * kept - length * first / (second.sqrt() / root + EPSILON);
            })?;
        }
        Ok(())
    }
}
