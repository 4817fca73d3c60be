use std::collections::BTreeMap;

use candle_core::Tensor;

use super::{Adapter, Part};
use crate::DiffusionError;
use crate::net::LowRank;

/// What is added to the modules of a net.
pub(crate) type Addition = BTreeMap<String, Vec<LowRank>>;

/// What several adapters add to a model.
#[derive(Debug, Default)]
pub(crate) struct Added {
    pub(crate) unet: Addition,
    pub(crate) text: Addition,
    pub(crate) second_text: Addition,
    pub(crate) words: BTreeMap<String, Tensor>,
}

impl Added {
    /// One more, this strongly. Words have no strength: a vector is there or not.
    pub(crate) fn add(&mut self, adapter: &Adapter, weight: f64) -> Result<(), DiffusionError> {
        if !weight.is_finite() {
            return Err(DiffusionError::Request {
                reason: format!("an adapter cannot be added with a weight of {weight}"),
                hint: "1 adds what was trained, 0 nothing",
            });
        }
        for ((part, module), layer) in &adapter.layers {
            let addition = match part {
                Part::Unet => &mut self.unet,
                Part::Text => &mut self.text,
                Part::SecondText => &mut self.second_text,
            };
            let layer = LowRank { scale: layer.scale * weight, ..layer.clone() };
            addition.entry(module.clone()).or_default().push(layer);
        }
        for (word, vector) in &adapter.words {
            if self.words.insert(word.clone(), vector.clone()).is_some() {
                return Err(DiffusionError::Request {
                    reason: format!("two adapters teach the word `{word}`"),
                    hint: "use one of them at a time",
                });
            }
        }
        Ok(())
    }
}
