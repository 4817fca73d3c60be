use std::collections::BTreeMap;

use candle_core::{Result, Tensor, Var};
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

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
            let numbers = |tensor: &Tensor| tensor.flatten_all()?.to_vec1::<f32>();
            let mut values = numbers(variable.as_tensor())?;
            let (mut first, mut second) = match self.moments.get(name) {
                Some([first, second]) => (numbers(first)?, numbers(second)?),
                None => (vec![0.0; values.len()], vec![0.0; values.len()]),
            };
            let gradient = numbers(gradient)?;
            let all = (&mut values, &mut first, &mut second, &gradient).into_par_iter().with_min_len(1 << 14);
            all.for_each(|(value, first, second, gradient)| {
                let gradient = gradient * factor;
                *first += (gradient - *first) * (1.0 - FIRST);
                *second = *second * SECOND + gradient * gradient * (1.0 - SECOND);
                *value = *value * kept - length * *first / (second.sqrt() / root + EPSILON);
            });
            let tensor = |numbers| Tensor::from_vec(numbers, variable.dims(), variable.device());
            variable.set(&tensor(values)?)?;
            self.moments.insert(name.clone(), [tensor(first)?, tensor(second)?]);
        }
        Ok(())
    }
}
