use std::collections::BTreeMap;
#[cfg(test)]
use std::path::Path;

use candle_core::{DType, Device, Tensor, Var};
use sayso_core::Sha256;
use sayso_model::ModelError;

use super::{Kept, Layout, LowRank, Piece, Source};
use crate::DiffusionError;
use crate::adapter::Outline;

/// The tensors of a file, handed to a net by name and shape. What is wrong with them is gathered, and told all at once.
pub(crate) struct Parameters {
    source: Source,
    layout: Layout,
    faults: Vec<String>,
    /// Stands before the names of what can be trained, where nets of one file have equal names.
    mark: &'static str,
    /// By diffusers' name, if they are to be trained.
    variables: Option<BTreeMap<String, Var>>,
    /// What adapters add to the modules of these names.
    added: BTreeMap<String, Vec<LowRank>>,
    outline: Outline,
    /// Where tensors come to lie.
    device: Device,
    /// Whether only names and shapes are asked for.
    is_outline: bool,
}

/// What is left when a net has all its tensors.
pub(crate) struct Complete {
    /// The sha256 of the file.
    pub(crate) digest: Sha256,
    /// What can be trained, by name; empty if nothing was asked to be.
    pub(crate) variables: BTreeMap<String, Var>,
}

impl Parameters {
    /// Tensors of these files that stay as they are.
    pub(crate) fn of(source: Source) -> Self {
        Self { source, is_outline: false, ..Self::outline() }
    }

    /// None at all: a net that is read of them cannot be computed, and tells which it has.
    pub(crate) fn outline() -> Self {
        Self {
            source: Source::none(),
            layout: Layout::Same,
            faults: Vec::new(),
            mark: "",
            variables: None,
            added: BTreeMap::new(),
            outline: Outline::default(),
            device: Device::Cpu,
            is_outline: true,
        }
    }

    /// The names and shapes that were asked for.
    pub(crate) fn into_outline(self) -> Outline {
        self.outline
    }

    /// Where tensors come to lie.
    pub(crate) const fn device(&self) -> &Device {
        &self.device
    }

    /// On this device.
    pub(crate) fn on(self, device: &Device) -> Self {
        Self { device: device.clone(), ..self }
    }

    /// With what adapters add.
    pub(crate) fn with(self, added: BTreeMap<String, Vec<LowRank>>) -> Self {
        Self { added, ..self }
    }

    /// Of the next net, this is what adapters add.
    pub(crate) fn add(&mut self, added: BTreeMap<String, Vec<LowRank>>) {
        self.added = added;
    }

    /// What adapters add to the module of one of these names, whose weight has this shape.
    pub(crate) fn added(&mut self, prefixes: &[&str], shape: &[usize]) -> candle_core::Result<Vec<LowRank>> {
        let Some(first) = prefixes.first() else { return Ok(Vec::new()) };
        // Adapters name the modules of a text tower without it.
        let first = first.strip_prefix("text_model.").unwrap_or(first);
        self.outline.module(first, shape);
        let added = self.added.remove(first).unwrap_or_default();
        // With nothing of it added, a picture is what it is without.
        added.iter().filter(|layer| layer.scale != 0.0).map(|layer| layer.on(&self.device)).collect()
    }

    /// Tensors of a safetensors file that stay as they are.
    #[cfg(test)]
    pub(crate) fn fixed(path: &Path) -> Result<Self, DiffusionError> {
        Ok(Self::of(Source::open(path, false)?))
    }

    /// Tensors of a safetensors file that can be trained.
    #[cfg(test)]
    pub(crate) fn trainable(path: &Path) -> Result<Self, DiffusionError> {
        Ok(Self::fixed(path)?.variable())
    }

    /// The same, to be trained.
    pub(crate) fn variable(self) -> Self {
        Self { variables: Some(BTreeMap::new()), ..self }
    }

    /// Reads names as this layout has them from now on, and puts a mark before those of what can be trained.
    pub(crate) fn lay_out(&mut self, layout: Layout, mark: &'static str) {
        (self.layout, self.mark) = (layout, mark);
    }

    /// Whether there are names that begin so.
    pub(crate) fn has(&self, start: &str) -> bool {
        match &self.layout {
            Layout::Same => self.source.names().any(|name| name.starts_with(start)),
            Layout::Behind(prefix) => {
                self.source.names().any(|name| name.strip_prefix(prefix).is_some_and(|name| name.starts_with(start)))
            }
            Layout::Other(_) => true,
        }
    }

    /// The tensor of one of these names, the first that is there.
    pub(crate) fn any(&mut self, names: &[String], shape: &[usize]) -> Result<Tensor, DiffusionError> {
        let there =
            |name: &&String| self.layout.piece(name).is_some_and(|piece| self.source.sides(&piece.name).is_some());
        match names.iter().find(there).or(names.first()) {
            Some(name) => self.tensor(name, shape),
            None => Err(DiffusionError::Compute("a tensor without a name".to_owned())),
        }
    }

    /// The tensor of this name. One that is not as it should be becomes a fault, and something in its place.
    pub(crate) fn tensor(&mut self, name: &str, shape: &[usize]) -> Result<Tensor, DiffusionError> {
        self.outline.tensor(shape);
        if self.is_outline {
            return Ok(Tensor::zeros(1, DType::F32, &Device::Cpu)?);
        }
        let piece = self.layout.piece(name).unwrap_or_else(|| Piece::whole(name.to_owned()));
        let numbers = match self.numbers(&piece, shape) {
            Ok(numbers) => numbers,
            Err(ModelError::Tensor { tensor, reason, .. }) => {
                self.faults.push(format!("`{tensor}` {reason}"));
                // It is known, if not liked.
                self.source.pass_over(|other| other == piece.name);
                return Ok(Tensor::zeros(1, DType::F32, &Device::Cpu)?);
            }
            Err(error) => return Err(error.into()),
        };
        let tensor = Tensor::from_vec(numbers, shape, &self.device)?;
        match &mut self.variables {
            Some(variables) => {
                let variable = Var::from_tensor(&tensor)?;
                let tensor = variable.as_tensor().clone();
                variables.insert(format!("{}{name}", self.mark), variable);
                Ok(tensor)
            }
            None => Ok(tensor),
        }
    }

    fn numbers(&mut self, piece: &Piece, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        match piece.kept {
            Kept::Whole => {
                let pixels = match self.layout {
                    Layout::Same => None,
                    // A matrix may be kept as a convolution of one pixel.
                    _ => self.source.sides(&piece.name).filter(|sides| {
                        sides.strip_prefix(shape).is_some_and(|rest| rest.iter().all(|side| *side == 1))
                    }),
                };
                let shape = pixels.unwrap_or(shape).to_vec();
                self.source.numbers(&piece.name, &shape)
            }
            Kept::Part { number, of } => {
                let mut whole = shape.to_vec();
                if let Some(rows) = whole.first_mut() {
                    *rows *= of;
                }
                let numbers = self.source.numbers(&piece.name, &whole)?;
                let each = (numbers.len() / of.max(1)).max(1);
                Ok(numbers.chunks(each).nth(number).unwrap_or_default().to_vec())
            }
            Kept::Turned => {
                let turned: Vec<usize> = shape.iter().rev().copied().collect();
                let numbers = self.source.numbers(&piece.name, &turned)?;
                let width = shape.first().copied().unwrap_or(1).max(1);
                let column = |at: usize| numbers.iter().skip(at).step_by(width).copied();
                Ok((0..width).flat_map(column).collect())
            }
        }
    }

    /// Passes over tensors that are known and not needed.
    pub(crate) fn pass_over(&mut self, needless: impl Fn(&str) -> bool) {
        self.source.pass_over(needless);
    }

    /// Refuses a file with faults, or with tensors that the net did not ask for.
    pub(crate) fn finish(mut self) -> Result<Complete, DiffusionError> {
        let left = self.source.left().map(|name| format!("`{}` is none that this net has", shortened(name)));
        self.faults.extend(left);
        if self.faults.is_empty() {
            let digest = self.source.digest();
            return Ok(Complete { digest, variables: self.variables.unwrap_or_default() });
        }
        Err(DiffusionError::Tensors { path: self.source.path().to_owned(), faults: self.faults })
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(200).collect()
}
