use std::collections::{BTreeMap, BTreeSet};

use candle_core::{Device, Tensor};

use super::{Checkpoint, Element, Place};
use crate::ModelError;

/// A checkpoint that a net takes its tensors from, by name and shape. When it has all, nothing may be left: a tensor that
/// the net does not know means that it is another net.
pub struct Weights {
    checkpoint: Checkpoint,
    /// What programs for training put before every name.
    wrapping: String,
    taken: BTreeSet<String>,
}

impl Weights {
    /// The weights of a checkpoint, without what training programs wrap around them.
    #[must_use]
    pub fn new(checkpoint: Checkpoint) -> Self {
        let has = |wrapping: &str| {
            let mut names = checkpoint.places().keys();
            names.clone().next().is_some() && names.all(|name| name.starts_with(wrapping))
        };
        let wrapping = ["state_dict.module.", "state_dict.", "module."].into_iter().find(|wrapping| has(wrapping));
        Self { wrapping: wrapping.unwrap_or_default().to_owned(), checkpoint, taken: BTreeSet::new() }
    }

    /// The file.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The names of all tensors.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.checkpoint.places().keys().filter_map(|name| name.strip_prefix(self.wrapping.as_str()))
    }

    /// The shape of a tensor, if there is one of this name with this many sides.
    pub(crate) fn shape<const SIDES: usize>(&self, name: &str) -> Option<[usize; SIDES]> {
        self.place(name).and_then(|place| place.shape.as_slice().try_into().ok())
    }

    /// How many numbered parts there are below `prefix`: `prefix.0.…`, `prefix.1.…` and so on.
    #[must_use]
    pub fn parts(&self, prefix: &str) -> usize {
        let numbers =
            self.names().filter_map(|name| name.strip_prefix(prefix)?.split('.').next()?.parse::<usize>().ok());
        let numbers: BTreeSet<usize> = numbers.collect();
        numbers.iter().zip(0..).take_while(|(found, wanted)| *found == wanted).count()
    }

    /// The shape of a tensor, if there is one of this name.
    #[must_use]
    pub fn sides(&self, name: &str) -> Option<&[usize]> {
        self.place(name).map(|place| place.shape.as_slice())
    }

    /// The numbers of a tensor, which has to have this shape and be finite.
    ///
    /// # Errors
    ///
    /// When it is missing, is of another shape or kind, or cannot be read.
    pub fn numbers(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let Some(place) = self.place(name).cloned() else {
            return Err(self.wrong(name, "is missing".to_owned()));
        };
        if place.shape != shape {
            return Err(self.wrong(name, format!("has the shape {:?} and not {shape:?}", place.shape)));
        }
        if matches!(place.element, Element::Other(_)) {
            return Err(self.wrong(name, "holds whole numbers".to_owned()));
        }
        let numbers = self.checkpoint.read(&place)?;
        if let Some(position) = numbers.iter().position(|number| !number.is_finite()) {
            return Err(self.wrong(name, format!("holds what is no number, first at position {position}")));
        }
        self.taken.insert(format!("{}{name}", self.wrapping));
        Ok(numbers)
    }

    /// A tensor, which has to have this shape and be finite.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let numbers = self.numbers(name, shape)?;
        Ok(Tensor::from_vec(numbers, shape, &Device::Cpu)?)
    }

    /// Passes over tensors that are known and not needed.
    pub fn pass_over(&mut self, needless: impl Fn(&str) -> bool) {
        let names: Vec<String> = self.names().filter(|name| needless(name)).map(str::to_owned).collect();
        self.taken.extend(names.into_iter().map(|name| format!("{}{name}", self.wrapping)));
    }

    /// The names of the tensors that nobody took.
    pub fn left(&self) -> impl Iterator<Item = &str> {
        self.names().filter(|name| !self.taken.contains(&format!("{}{name}", self.wrapping)))
    }

    /// Refuses what no part of the net took.
    pub(crate) fn finish(self) -> Result<Checkpoint, ModelError> {
        let left = self.checkpoint.places().keys().find(|name| !self.taken.contains(*name)).cloned();
        match left {
            Some(name) => Err(self.wrong(&name, "is none that this net has".to_owned())),
            None => Ok(self.checkpoint),
        }
    }

    fn place(&self, name: &str) -> Option<&Place> {
        let places: &BTreeMap<String, Place> = self.checkpoint.places();
        if self.wrapping.is_empty() { places.get(name) } else { places.get(&format!("{}{name}", self.wrapping)) }
    }

    /// The error of a tensor that is not as the net needs it.
    pub(crate) fn wrong(&self, tensor: &str, reason: String) -> ModelError {
        let tensor = tensor.chars().take(200).collect();
        ModelError::Tensor { path: self.checkpoint.path().to_owned(), tensor, reason }
    }
}
