use std::collections::BTreeMap;
use std::path::Path;

use candle_core::Var;
use serde_json::Value;

use super::{Digests, Model};
use crate::DiffusionError;
use crate::adapter::{Adapter, Added};
use crate::config::Config;
use crate::load::{DIFFUSERS, Loading, TRANSFORMERS, single, weights};
use crate::net::Parameters;
use crate::scheduler::{Prediction, Settings};
use crate::text::{Prompts, TextConfig, TextNet};
use crate::unet::UNet;
use crate::vae::Vae;

/// The pipelines whose parts are known.
const CLASSES: [&str; 6] = [
    "StableDiffusionPipeline",
    "StableDiffusionImg2ImgPipeline",
    "StableDiffusionInpaintPipeline",
    "StableDiffusionXLPipeline",
    "StableDiffusionXLImg2ImgPipeline",
    "StableDiffusionXLInpaintPipeline",
];

impl Model {
    /// Opens a folder as diffusers' `save_pretrained` writes it, or a single file with safetensors. Weights of 16 bits are
    /// computed with 32.
    ///
    /// # Errors
    ///
    /// When a part is missing or damaged, or is of a shape that is not known here.
    pub fn open(path: &Path) -> Result<Self, DiffusionError> {
        Self::load(path, &Loading::default())
    }

    /// The same, with more to say of how.
    ///
    /// # Errors
    ///
    /// When a part is missing or damaged, or is of a shape that is not known here.
    pub fn load(path: &Path, loading: &Loading) -> Result<Self, DiffusionError> {
        Self::load_with(path, loading, &[])
    }

    /// The same with adapters, each with a weight: how strongly it is added.
    ///
    /// # Errors
    ///
    /// When an adapter does not fit, besides.
    pub fn load_with(path: &Path, loading: &Loading, adapters: &[(Adapter, f64)]) -> Result<Self, DiffusionError> {
        let mut added = Added::default();
        for (adapter, weight) in adapters {
            added.add(adapter, *weight)?;
        }
        let mut model = Self::opened(path, loading, Learning { added, ..Learning::default() })?.0;
        model.adapters = adapters.iter().map(|(adapter, weight)| (adapter.digest(), *weight)).collect();
        Ok(model)
    }

    /// Opens a model with what is added to its nets, and what of them can be trained besides.
    pub(crate) fn opened(
        path: &Path,
        loading: &Loading,
        learning: Learning,
    ) -> Result<(Self, Variables), DiffusionError> {
        let (mut model, variables) =
            if path.is_file() { of_file(path, loading, learning)? } else { of_folder(path, loading, learning)? };
        if let Some(name) = &loading.prediction {
            model.settings.prediction = Prediction::of_name(name).ok_or_else(|| DiffusionError::Request {
                reason: format!("no net predicts `{}`", name.chars().take(80).collect::<String>()),
                hint: "it is epsilon or v_prediction",
            })?;
        }
        model.agree(path)?;
        Ok((model, variables))
    }

    /// Refuses parts of different models.
    fn agree(&self, path: &Path) -> Result<(), DiffusionError> {
        let unet = self.unet.config();
        let (context, latent) = (unet.context, unet.latent);
        let width = self.text.config().width + self.second.as_ref().map_or(0, |(net, _)| net.config().width);
        let wrong = |reason| {
            Err(DiffusionError::Config { path: path.to_owned(), reason, hint: "take all parts from one model" })
        };
        if context != width || latent != self.vae.config().latent {
            return wrong(format!(
                "the UNet wants texts of {context} and latents of {latent} numbers, and its companions have {width} and {}",
                self.vae.config().latent
            ));
        }
        match (unet.added, &self.second) {
            (None, None) => Ok(()),
            (Some(added), Some((net, _))) if added.width == added.waves * 6 + net.config().projection => Ok(()),
            (Some(added), Some((net, _))) => wrong(format!(
                "the UNet wants {} numbers of sizes and text, and there are {}",
                added.width,
                added.waves * 6 + net.config().projection
            )),
            (Some(_), None) => wrong("the UNet is one of XL, and the second text net is missing".to_owned()),
            (None, Some(_)) => wrong("there are two text nets, and the UNet is none of XL".to_owned()),
        }
    }
}

/// What is added to a model's nets, and which of them can be trained themselves.
#[derive(Default)]
pub(crate) struct Learning {
    pub(crate) added: Added,
    pub(crate) unet: bool,
    pub(crate) text: bool,
}

/// What of a model's nets can be trained, by name.
#[derive(Default)]
pub(crate) struct Variables {
    pub(crate) unet: BTreeMap<String, Var>,
    pub(crate) text: BTreeMap<String, Var>,
    /// Of the second net that reads prompts (XL).
    pub(crate) second_text: BTreeMap<String, Var>,
}

/// The error of a single file whose nets are to be trained themselves.
pub(crate) fn only_adapters(path: &Path) -> DiffusionError {
    DiffusionError::Request {
        reason: format!("`{}` is a single file, of which only adapters can be trained", path.display()),
        hint: "save the model as a folder with diffusers to train all of it",
    }
}

fn of_file(path: &Path, loading: &Loading, learning: Learning) -> Result<(Model, Variables), DiffusionError> {
    if learning.unet || learning.text {
        return Err(only_adapters(path));
    }
    let file = single(path, loading, learning.added)?;
    let digest = file.digest;
    let second_text = file.second.as_ref().map(|_| digest);
    let model = Model {
        text: file.text,
        prompts: file.prompts,
        zeros: file.second.is_some(),
        second: file.second,
        unet: file.unet,
        vae: file.vae,
        settings: file.settings,
        digests: Digests { unet: digest, vae: digest, text: digest, second_text },
        adapters: Vec::new(),
    };
    Ok((model, Variables::default()))
}

fn of_folder(folder: &Path, loading: &Loading, learning: Learning) -> Result<(Model, Variables), DiffusionError> {
    let index = folder.join("model_index.json");
    if !index.is_file() {
        return Err(DiffusionError::Absent { path: index, hint: BASE });
    }
    if loading.tokenizer.is_some() {
        return Err(DiffusionError::Request {
            reason: format!("`{}` has a tokenizer of its own", folder.display()),
            hint: "leave --tokenizer out; it is for models in single files, which bring none",
        });
    }
    let index = Config::read(index)?;
    let class = index.get("_class_name").and_then(Value::as_str).unwrap_or_default();
    if !CLASSES.contains(&class) {
        let class: String = class.chars().take(80).collect();
        return Err(index.wrong(format!("it is the index of a `{class}`")));
    }
    let named = |part: &str| {
        let first = index.get(part).and_then(Value::as_array).and_then(|array| array.first());
        first.is_some_and(|class| !class.is_null())
    };
    if class.contains("XL") && (!named("text_encoder") || index.truth("requires_aesthetics_score", false)?) {
        let reason = "it is the refiner of Stable Diffusion XL, which only goes over pictures of the base model";
        return Err(index.wrong(reason.to_owned()));
    }
    // Small files first: what is wrong with them is told before gigabytes are read.
    let part = |name: &str| folder.join(name);
    let settings = Settings::read(part("scheduler").join("scheduler_config.json"))?;
    let prompts = |name: &str, config: &TextConfig| Prompts::open(&part(name), config);
    let device = loading.processor.device()?;
    let open = |name: &str, names| {
        weights(&part(name), names, loading.pickle).map(|source| Parameters::of(source).on(&device))
    };
    let Learning { added, unet: learns, text: text_learns } = learning;
    let trained = |parameters: Parameters, is_trained| if is_trained { parameters.variable() } else { parameters };
    let of_text = trained(open("text_encoder", TRANSFORMERS)?, text_learns).with(added.text);
    let (mut text, of_text) = TextNet::open(&part("text_encoder"), of_text)?;
    let mut of_first = prompts("tokenizer", text.config())?;
    of_first.extend(added.words.keys().map(String::as_str));
    text.extend(&added.words.into_values().collect::<Vec<_>>())?;
    let (second, of_second) = if class.contains("XL") {
        let mut parameters = trained(open("text_encoder_2", TRANSFORMERS)?, text_learns).with(added.second_text);
        let config = TextConfig::read(part("text_encoder_2").join("config.json"))?;
        let net = TextNet::read(config, &mut parameters, true)?;
        let prompts = prompts("tokenizer_2", net.config())?;
        (Some((net, prompts)), Some(parameters.finish()?))
    } else {
        (None, None)
    };
    let (vae, of_vae) = Vae::open(&part("vae"), open("vae", DIFFUSERS)?)?;
    let of_unet = trained(open("unet", DIFFUSERS)?, learns).with(added.unet);
    let (unet, of_unet) = UNet::open(&part("unet"), of_unet)?;
    let second_text = of_second.as_ref().map(|complete| complete.digest);
    let model = Model {
        text,
        prompts: of_first,
        zeros: second.is_some() && index.truth("force_zeros_for_empty_prompt", true)?,
        second,
        unet,
        vae,
        settings,
        digests: Digests { unet: of_unet.digest, vae: of_vae, text: of_text.digest, second_text },
        adapters: Vec::new(),
    };
    let second_text = of_second.map(|complete| complete.variables).unwrap_or_default();
    Ok((model, Variables { unet: of_unet.variables, text: of_text.variables, second_text }))
}

const BASE: &str = "--base names a folder as diffusers' save_pretrained writes it, with model_index.json, unet, vae, text_encoder, tokenizer and scheduler in it, a single file, or a model in Hugging Face's cache";
