use std::path::Path;

use serde::Deserialize;

use crate::checkpoint::{Checkpoint, Weights};
use crate::clip::{Clip, Settings};
use crate::companion::json;
use crate::pixels::Normalise;
use crate::sentence::Sentences;
use crate::sscd::Sscd;
use crate::{Choices, ClipActivation, Embedder, ModelError, known};

/// The embedder that a checkpoint holds: which one, its tensors tell.
///
/// # Errors
///
/// When the file cannot be read, is damaged or hostile, holds no net that is known here, or not exactly the tensors of it.
pub fn open(path: &Path, choices: Choices) -> Result<Box<dyn Embedder>, ModelError> {
    let weights = Weights::new(Checkpoint::open(path)?);
    if Clip::is_in(&weights) {
        Clip::check_vocabulary(&weights)?;
        let settings = clip_settings(&weights, choices)?;
        Ok(Box::new(Clip::new(weights, settings)?))
    } else if Sscd::is_in(&weights) {
        Ok(Box::new(Sscd::new(weights, choices.sscd_size)?))
    } else if Sentences::is_in(&weights) {
        Ok(Box::new(Sentences::new(weights)?))
    } else {
        Err(ModelError::Architecture { path: path.to_owned() })
    }
}

/// transformers' `config.json`.
#[derive(Deserialize)]
struct Config {
    vision_config: Option<Tower>,
    text_config: Option<Tower>,
}

#[derive(Deserialize)]
struct Tower {
    hidden_act: Option<String>,
    num_attention_heads: Option<usize>,
}

/// transformers' `preprocessor_config.json`.
#[derive(Deserialize)]
struct Preparation {
    image_mean: Option<[f32; 3]>,
    image_std: Option<[f32; 3]>,
}

/// open_clip's `open_clip_config.json`.
#[derive(Deserialize)]
struct OpenClip {
    #[serde(default)]
    model_cfg: ModelConfig,
    #[serde(default)]
    preprocess_cfg: PictureConfig,
}

#[derive(Deserialize, Default)]
struct ModelConfig {
    #[serde(default)]
    quick_gelu: bool,
}

#[derive(Deserialize, Default)]
struct PictureConfig {
    mean: Option<[f32; 3]>,
    std: Option<[f32; 3]>,
}

/// What is said beside the weights of a CLIP, or known of them.
fn clip_settings(weights: &Weights, choices: Choices) -> Result<Settings, ModelError> {
    let checkpoint = weights.checkpoint();
    let folder = checkpoint.path().parent().unwrap_or(Path::new(""));
    let config_path = folder.join("config.json");
    let config: Option<Config> = json(&config_path)?;
    let open_clip: Option<OpenClip> = json(&folder.join("open_clip_config.json"))?;
    let preparation: Option<Preparation> = json(&folder.join("preprocessor_config.json"))?;
    let known = known::by_digest(checkpoint.digest());

    let (vision, text) = config.map_or((None, None), |config| (config.vision_config, config.text_config));
    let said = match (&vision, &text) {
        (Some(vision), Some(text)) => {
            let activation = |tower: &Tower| match tower.hidden_act.as_deref() {
                // transformers' own default.
                Some("quick_gelu") | None => Ok(ClipActivation::QuickGelu),
                Some("gelu") => Ok(ClipActivation::Gelu),
                Some(other) => Err(ModelError::Companion {
                    path: config_path.clone(),
                    reason: format!("it names the unknown activation `{other}`"),
                    hint: "CLIP models have `gelu` or `quick_gelu`",
                }),
            };
            let (first, second) = (activation(vision)?, activation(text)?);
            if first != second {
                return Err(ModelError::Activation { path: checkpoint.path().to_owned() });
            }
            Some(first)
        }
        _ => None,
    };
    let by_open_clip = open_clip.as_ref().map(|config| match config.model_cfg.quick_gelu {
        true => ClipActivation::QuickGelu,
        false => ClipActivation::Gelu,
    });
    let by_digest = known.and_then(|model| model.quick_gelu).map(|quick| match quick {
        true => ClipActivation::QuickGelu,
        false => ClipActivation::Gelu,
    });
    let activation = choices.activation.or(by_digest).or(said).or(by_open_clip);
    let mean = preparation.as_ref().and_then(|preparation| Some((preparation.image_mean?, preparation.image_std?)));
    let pictures = open_clip.and_then(|config| Some((config.preprocess_cfg.mean?, config.preprocess_cfg.std?)));
    let normalise = mean.or(pictures).map_or(Normalise::OPENAI, |(mean, deviation)| Normalise { mean, deviation });
    Ok(Settings {
        activation: activation.ok_or_else(|| ModelError::Activation { path: checkpoint.path().to_owned() })?,
        normalise,
        image_heads: vision.and_then(|tower| tower.num_attention_heads),
        text_heads: text.and_then(|tower| tower.num_attention_heads),
    })
}
