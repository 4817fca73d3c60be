use std::collections::BTreeMap;
use std::path::Path;

use crate::DiffusionError;
use crate::load::{Configs, Loading, UnetNames};
use crate::text::{TextConfig, TextNet};
use crate::unet::UNet;

use super::Part;

/// The modules of a net that an adapter can add to: products with a matrix, and convolutions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    modules: BTreeMap<String, Vec<usize>>,
    numbers: u64,
}

impl Outline {
    /// Notes a module and the shape of its weight.
    pub(crate) fn module(&mut self, name: &str, shape: &[usize]) {
        self.modules.insert(name.to_owned(), shape.to_vec());
    }

    /// Notes a tensor of any module.
    pub(crate) fn tensor(&mut self, shape: &[usize]) {
        self.numbers += shape.iter().product::<usize>() as u64;
    }

    /// The shape of a module's weight: [output] [input], and of a convolution [kernel row] [kernel column] besides.
    pub(crate) fn shape(&self, module: &str) -> Option<&[usize]> {
        self.modules.get(module).map(Vec::as_slice)
    }

    /// All modules, by name.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.modules.iter().map(|(name, shape)| (name.as_str(), shape.as_slice()))
    }

    /// Numbers of all tensors.
    pub(crate) const fn numbers(&self) -> u64 {
        self.numbers
    }
}

/// The outlines of the nets that adapters add to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outlines {
    pub(crate) unet: Outline,
    pub(crate) text: Outline,
    /// Empty where one net alone reads prompts.
    pub(crate) second_text: Outline,
    /// How the first programs name the UNet's modules.
    pub(crate) blocks: UnetNames,
    /// Numbers of a token's vector.
    pub(crate) width: usize,
}

impl Outlines {
    /// Of a model's folder, or of a single file; no weights are read.
    pub(crate) fn read(base: &Path, loading: &Loading) -> Result<Self, DiffusionError> {
        Self::of_configs(Configs::read(base, loading)?)
    }

    /// Of nets that are built so.
    pub(crate) fn of_configs(Configs { unet, text, second_text, .. }: Configs) -> Result<Self, DiffusionError> {
        let blocks = UnetNames::of(&unet);
        let second = |config: TextConfig| {
            let sides = [config.projection, config.width];
            let mut outline = TextNet::outline(config)?;
            // What makes one vector of a whole text; adapters do not add to it.
            outline.tensor(&sides);
            Ok::<_, DiffusionError>(outline)
        };
        let second_text = second_text.map(second).transpose()?.unwrap_or_default();
        Ok(Self { width: text.width, unet: UNet::outline(unet)?, text: TextNet::outline(text)?, second_text, blocks })
    }

    pub(crate) const fn of(&self, part: Part) -> &Outline {
        match part {
            Part::Unet => &self.unet,
            Part::Text => &self.text,
            Part::SecondText => &self.second_text,
        }
    }
}
