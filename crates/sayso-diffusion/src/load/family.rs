use std::path::Path;

use serde_json::{Value, json};

use super::unet_names::UNET;
use super::vae_names::VAE;
use crate::DiffusionError;
use crate::config::Config;
use crate::net::Source;

/// Where a text tower lies in a single file.
pub(super) const CLIP: &str = "cond_stage_model.transformer.";
pub(super) const OPEN_CLIP: &str = "cond_stage_model.model.";
pub(super) const XL_CLIP: &str = "conditioner.embedders.0.transformer.";
pub(super) const XL_OPEN_CLIP: &str = "conditioner.embedders.1.model.";
/// The refiner of XL has this one alone.
const REFINER: &str = "conditioner.embedders.0.model.";

/// Which models a single file may be one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Stable Diffusion 1.x.
    One,
    /// Stable Diffusion 2.x.
    Two,
    /// Stable Diffusion XL, base.
    Xl,
}

/// Which family a file's names are of. What is none that can be used is told by what it has.
pub(super) fn family(source: &Source) -> Result<Family, DiffusionError> {
    let has = |start: &str| source.names().any(|name| name.starts_with(start));
    let refused = |reason: &str, hint| {
        Err(DiffusionError::Config { path: source.path().to_owned(), reason: reason.to_owned(), hint })
    };
    let adapter = |name: &str| {
        [".lora_up.", ".lora_down.", ".lora_A.", ".lora_B.", ".lora.up.", ".lora.down.", ".hada_w1"]
            .iter()
            .any(|part| name.contains(part))
    };
    if source.names().any(adapter) {
        return refused(
            "it is an adapter (LoRA), which changes a model and is none",
            "name the model that it was trained on with --base",
        );
    }
    let unet = format!("{UNET}input_blocks.0.0.weight");
    if source.sides(&unet).is_none() {
        return refused(
            "its tensors are not those of a whole Stable Diffusion 1, 2 or XL (`model.diffusion_model.input_blocks.0.0.weight` is missing)",
            "a single file holds the UNet, the autoencoder and the text nets under the names of CompVis' and Stability's programs",
        );
    }
    if !has(VAE) {
        return refused("it holds no autoencoder (`first_stage_model.…`)", "get the model with its autoencoder in it");
    }
    if has(XL_OPEN_CLIP) && has(XL_CLIP) {
        Ok(Family::Xl)
    } else if has(REFINER) && !has(XL_OPEN_CLIP) {
        refused(
            "it is the refiner of Stable Diffusion XL, which only goes over pictures of the base model",
            "name the base model",
        )
    } else if has(OPEN_CLIP) {
        Ok(Family::Two)
    } else if has(CLIP) {
        Ok(Family::One)
    } else {
        refused(
            "it holds no text net (`cond_stage_model.…` or `conditioner.embedders.…`)",
            "get the model with its text net in it",
        )
    }
}

impl Family {
    /// Pixels along the pictures that models of it were trained with; those that draw into pictures were with fewer.
    pub(super) const fn side(self, fills: bool) -> usize {
        match (self, fills) {
            (Self::One, _) | (Self::Two, true) => 512,
            (Self::Two, false) => 768,
            (Self::Xl, _) => 1024,
        }
    }

    /// What a latent is multiplied with before the UNet sees it.
    pub(super) const fn scaling(self) -> f64 {
        match self {
            Self::One | Self::Two => 0.18215,
            Self::Xl => 0.13025,
        }
    }

    /// Heads of a level with so many channels: eight, and later as many as have 64 numbers each.
    pub(super) fn heads(self, channels: usize) -> usize {
        match self {
            Self::One => 8,
            Self::Two | Self::Xl => (channels / 64).max(1),
        }
    }

    /// The scheduler configuration that the family's first model has, as diffusers takes it for single files.
    pub(super) fn scheduler(self, path: &Path, fills: bool, source: &Source) -> Config {
        let mut value = json!({
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "beta_schedule": "scaled_linear",
            "num_train_timesteps": 1000,
            "clip_sample": false,
            "set_alpha_to_one": false,
            "skip_prk_steps": true,
            "steps_offset": 1,
        });
        let (class, velocity) = match (self, fills) {
            (Self::One, _) => ("PNDMScheduler", false),
            (Self::Two, fills) => ("DDIMScheduler", !fills),
            (Self::Xl, _) => ("EulerDiscreteScheduler", false),
        };
        // Empty tensors by which those who train such nets mark them.
        let marked = |name: &str| source.names().any(|other| other == name);
        if let Value::Object(entries) = &mut value {
            entries.insert("_class_name".to_owned(), json!(class));
            if self == Self::Xl {
                entries.insert("timestep_spacing".to_owned(), json!("leading"));
            }
            if velocity || marked("v_pred") {
                entries.insert("prediction_type".to_owned(), json!("v_prediction"));
            }
            if marked("ztsnr") {
                entries.insert("rescale_betas_zero_snr".to_owned(), json!(true));
            }
        }
        Config::told(path.to_owned(), value)
    }
}
