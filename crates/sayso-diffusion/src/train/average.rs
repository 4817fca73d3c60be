use std::collections::BTreeMap;

use candle_core::{Result, Tensor, Var};

use crate::ops::plain::is_plain;
use crate::ops::update;

/// The moving average of parameters, as diffusers' `EMAModel` computes it: what is kept of it grows with the steps.
pub(super) struct Average {
    most: f64,
    pub(super) values: BTreeMap<String, Tensor>,
}

impl Average {
    pub(super) fn new(most: f64, variables: &BTreeMap<String, Var>) -> Result<Self> {
        let copied = |(name, variable): (&String, &Var)| Ok((name.clone(), variable.as_tensor().detach().copy()?));
        Ok(Self { most, values: variables.iter().map(copied).collect::<Result<_>>()? })
    }

    /// The values as they are now.
    pub(super) fn copied(&self) -> Result<BTreeMap<String, Tensor>> {
        self.values.iter().map(|(name, value)| Ok((name.clone(), value.copy()?))).collect()
    }

    /// After step `number`, from one on.
    pub(super) fn step(&mut self, variables: &BTreeMap<String, Var>, number: usize) -> Result<()> {
        let before = number.saturating_sub(1) as f64;
        let kept = if number < 2 { 0.0 } else { ((1.0 + before) / (10.0 + before)).min(self.most) };
        for (name, value) in &mut self.values {
            if let Some(variable) = variables.get(name) {
                if is_plain(value) {
                    let way = (&*value - variable.as_tensor().detach())?;
                    *value = (&*value - (way * (1.0 - kept))?)?;
                    continue;
                }
                let share = (1.0 - kept) as f32;
                update(value, variable.as_tensor(), |value, now| *value -= (*value - now) * share)?;
            }
        }
        Ok(())
    }
}

/// Changes places: the average into the nets, and what was there out of them, or back.
pub(super) fn exchanged(
    variables: &BTreeMap<String, Var>,
    values: &BTreeMap<String, Tensor>,
) -> Result<BTreeMap<String, Tensor>> {
    let mut before = BTreeMap::new();
    for (name, variable) in variables {
        if let Some(value) = values.get(name) {
            before.insert(name.clone(), variable.as_tensor().detach().copy()?);
            variable.set(value)?;
        }
    }
    Ok(before)
}
