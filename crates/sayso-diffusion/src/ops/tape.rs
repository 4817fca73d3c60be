use candle_core::backprop::GradStore;
use candle_core::{Result, Tensor, Var, bail};

use super::record::recorded;

/// What a block computes of what goes in.
type Compute<'a> = Box<dyn Fn(&[Tensor]) -> Result<Vec<Tensor>> + 'a>;

/// A value on a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place(usize);

struct Block<'a> {
    inputs: Vec<Place>,
    outputs: Vec<Place>,
    compute: Compute<'a>,
}

/// What was computed, block by block, without what lies within the blocks: on the way back, each is computed again
/// (gradient checkpointing; Chen and others, 2016). Memory then holds what goes from block to block, and the inside of one.
#[derive(Default)]
pub(crate) struct Tape<'a> {
    values: Vec<Tensor>,
    blocks: Vec<Block<'a>>,
}

impl<'a> Tape<'a> {
    /// A value that comes from elsewhere.
    pub(crate) fn begin(&mut self, value: &Tensor) -> Place {
        self.values.push(value.detach());
        Place(self.values.len() - 1)
    }

    /// Computes a block, and keeps what comes out of it.
    pub(crate) fn run(
        &mut self,
        inputs: Vec<Place>,
        compute: impl Fn(&[Tensor]) -> Result<Vec<Tensor>> + 'a,
    ) -> Result<Vec<Place>> {
        let outputs = compute(&self.of(&inputs)?)?;
        let outputs: Vec<Place> = outputs.iter().map(|value| self.begin(value)).collect();
        self.blocks.push(Block { inputs, outputs: outputs.clone(), compute: Box::new(compute) });
        Ok(outputs)
    }

    fn of(&self, places: &[Place]) -> Result<Vec<Tensor>> {
        let value = |Place(place): &Place| match self.values.get(*place) {
            Some(value) => Ok(value.clone()),
            None => bail!("no value {place} on the tape"),
        };
        places.iter().map(value).collect()
    }

    /// The way back from the last value of the last block, which is one number: gradients of all parameters go to `found`,
    /// block by block, and those of the values in `wanted` are given back.
    pub(crate) fn back(
        mut self,
        wanted: &[Place],
        found: &mut dyn FnMut(&GradStore) -> Result<()>,
    ) -> Result<Vec<Option<Tensor>>> {
        let mut gradients: Vec<Option<Tensor>> = vec![None; self.values.len()];
        if let (Some(slot), Some(last)) = (gradients.last_mut(), self.values.last()) {
            *slot = Some(last.ones_like()?);
        }
        while let Some(Block { inputs, outputs, compute }) = self.blocks.pop() {
            let variables = self.of(&inputs)?.iter().map(Var::from_tensor).collect::<Result<Vec<_>>>()?;
            let tensors: Vec<Tensor> = variables.iter().map(|variable| variable.as_tensor().clone()).collect();
            let mut sum: Option<Tensor> = None;
            let (made, record) = recorded(|| compute(&tensors));
            for (output, Place(place)) in made?.iter().zip(&outputs) {
                if let Some(gradient) = gradients.get_mut(*place).and_then(Option::take) {
                    let part = (output * gradient)?.sum_all()?;
                    sum = Some(match sum {
                        Some(sum) => (sum + part)?,
                        None => part,
                    });
                }
            }
            // What nothing was made of needs no gradient.
            let Some(sum) = sum else { continue };
            let store = record.back(&sum)?;
            found(&store)?;
            for (variable, Place(place)) in variables.iter().zip(&inputs) {
                if let (Some(gradient), Some(slot)) = (store.get(variable), gradients.get_mut(*place)) {
                    *slot = Some(match slot.take() {
                        Some(before) => (before + gradient)?,
                        None => gradient.clone(),
                    });
                }
            }
        }
        Ok(wanted.iter().map(|Place(place)| gradients.get(*place).cloned().flatten()).collect())
    }

    /// A value.
    pub(crate) fn value(&self, place: Place) -> Result<Tensor> {
        self.of(&[place])?.pop().ok_or_else(|| candle_core::Error::Msg("no value".to_owned()))
    }
}
