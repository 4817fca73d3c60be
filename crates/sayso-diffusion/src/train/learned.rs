use std::collections::BTreeMap;
use std::path::Path;

use candle_core::backprop::GradStore;
use candle_core::{DType, Device, Tensor, Var};

use super::draw::{For, thrown};
use super::idle::Idle;
use super::{Method, Targets};
use crate::DiffusionError;
use crate::adapter::{Adapter, Added, Outlines, Part};
use crate::load::{Configs, Loading};
use crate::model::{Learning, Model, Variables, only_adapters};
use crate::net::LowRank;

/// What is trained: each parameter by a name that tells its net.
#[derive(Default)]
pub(super) struct Learned {
    pub(super) variables: BTreeMap<String, Var>,
    /// What of nets that are trained themselves is never asked for. It stays, and belongs to a whole model all the same.
    idle: BTreeMap<String, Var>,
    /// The modules of an adapter, and what their products are multiplied with.
    modules: BTreeMap<(Part, String), f64>,
}

/// Opens a model for training.
pub(super) fn open(
    base: &Path,
    loading: &Loading,
    method: Method,
    seed: u64,
) -> Result<(Model, Learned), DiffusionError> {
    let configs = configs(base, loading, method)?;
    let idle = Idle::of(&configs);
    let mut learned = Learned::default();
    match method {
        Method::Full { text } => {
            let (model, Variables { unet, text, second_text }) =
                Model::opened(base, loading, Learning { added: Added::default(), unet: true, text })?;
            for (part, variables) in [(Part::Unet, unet), (Part::Text, text), (Part::SecondText, second_text)] {
                for (name, variable) in variables {
                    let of = if idle.holds(part, &name) { &mut learned.idle } else { &mut learned.variables };
                    of.insert(named(part, &name), variable);
                }
            }
            Ok((model, learned))
        }
        Method::Lora { rank, alpha, targets, .. } => {
            let outlines = Outlines::of_configs(configs)?;
            let mut layers = BTreeMap::new();
            let device = loading.processor.device()?;
            for part in method.parts() {
                let wanted = |name: &str| aimed(targets, name) && !idle.holds(*part, name);
                for (module, shape) in outlines.of(*part).modules().filter(|(name, _)| wanted(name)) {
                    let layer = learned.add(*part, module, shape, rank, alpha, (seed, &device))?;
                    layers.insert((*part, module.to_owned()), layer);
                }
            }
            let mut added = Added::default();
            added.add(&Adapter::made(layers), 1.0)?;
            let (model, _) = Model::opened(base, loading, Learning { added, ..Learning::default() })?;
            Ok((model, learned))
        }
    }
}

/// How a model's nets are built, if it is one that can be trained so; nothing else of it is opened.
pub(super) fn configs(base: &Path, loading: &Loading, method: Method) -> Result<Configs, DiffusionError> {
    if matches!(method, Method::Full { .. }) && base.is_file() {
        return Err(only_adapters(base));
    }
    let configs = Configs::read(base, loading)?;
    if configs.unet.fills() {
        return Err(DiffusionError::Request {
            reason: format!("`{}` is a model of inpainting, which cannot be trained yet", base.display()),
            hint: "name one that draws whole pictures, in the shape of Stable Diffusion 1, 2 or XL",
        });
    }
    Ok(configs)
}

impl Learned {
    /// An adapter of a module that adds nothing yet: thrown numbers on the way down as diffusers' examples throw them, and
    /// zeros on the way up.
    fn add(
        &mut self,
        part: Part,
        module: &str,
        shape: &[usize],
        rank: usize,
        alpha: f64,
        (seed, device): (u64, &Device),
    ) -> Result<LowRank, DiffusionError> {
        let [outputs, inputs, kernel @ ..] = shape else {
            return Err(DiffusionError::Compute(format!("a module with the shape {shape:?}")));
        };
        let of_down = [&[rank, *inputs], kernel].concat();
        let of_up = [&[*outputs, rank], vec![1; kernel.len()].as_slice()].concat();
        let mut noise = thrown(seed, For::Adapter, self.modules.len() as u64);
        let down = Var::from_tensor(&(noise.tensor(of_down)? / rank as f64)?.to_device(device)?)?;
        let up = Var::from_tensor(&Tensor::zeros(of_up, DType::F32, device)?)?;
        let layer = LowRank { down: down.as_tensor().clone(), up: up.as_tensor().clone(), scale: alpha / rank as f64 };
        let name = named(part, module);
        self.variables.insert(format!("{name}.lora_A.weight"), down);
        self.variables.insert(format!("{name}.lora_B.weight"), up);
        self.modules.insert((part, module.to_owned()), layer.scale);
        Ok(layer)
    }

    /// The adapter with these values; none if the nets themselves are trained.
    pub(super) fn adapter(&self, values: &BTreeMap<String, Tensor>) -> Option<Adapter> {
        let layer = |((part, module), scale): (&(Part, String), &f64)| {
            let name = named(*part, module);
            let value = |side: &str| values.get(&format!("{name}.{side}.weight")).cloned();
            let layer = LowRank { down: value("lora_A")?, up: value("lora_B")?, scale: *scale };
            Some(((*part, module.clone()), layer))
        };
        let layers: BTreeMap<_, _> = self.modules.iter().map(layer).collect::<Option<_>>()?;
        (!layers.is_empty()).then(|| Adapter::made(layers))
    }

    /// Adds what was found of the parameters to what was found before.
    pub(super) fn gather(
        &self,
        found: &GradStore,
        gradients: &mut BTreeMap<String, Tensor>,
    ) -> candle_core::Result<()> {
        for (name, variable) in &self.variables {
            if let Some(gradient) = found.get(variable) {
                let sum = match gradients.remove(name) {
                    Some(before) => (before + gradient)?,
                    None => gradient.clone(),
                };
                gradients.insert(name.clone(), sum);
            }
        }
        Ok(())
    }

    /// What belongs to the nets that are trained and stays as it is.
    pub(super) fn idle(&self) -> impl Iterator<Item = (String, Tensor)> {
        self.idle.iter().map(|(name, variable)| (name.clone(), variable.as_tensor().detach()))
    }

    /// The values as they are now.
    pub(super) fn values(&self) -> candle_core::Result<BTreeMap<String, Tensor>> {
        let copied = |(name, variable): (&String, &Var)| Ok((name.clone(), variable.as_tensor().detach().copy()?));
        self.variables.iter().map(copied).collect()
    }
}

fn named(part: Part, module: &str) -> String {
    format!("{}.{module}", part.name())
}

/// Whether a module gets an adapter.
pub(crate) fn aimed(targets: Targets, module: &str) -> bool {
    let attention = [".attn1.", ".attn2.", ".self_attn."];
    let layers = [".ff.", ".mlp."];
    let any = |parts: &[&str]| parts.iter().any(|part| module.contains(part));
    match targets {
        Targets::Attention => any(&attention),
        Targets::Transformers => any(&attention) || any(&layers),
        Targets::Everything => true,
    }
}
