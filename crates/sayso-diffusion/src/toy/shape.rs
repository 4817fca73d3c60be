//! How the toy is built: everything as in Stable Diffusion, and as little of it as draws.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::SIDE;
use super::merges::Words;
use crate::DiffusionError;
use crate::adapter::replace;

/// Channels of a latent: twice those of Stable Diffusion, of which one has to say a quarter as many pixels.
const LATENT: usize = 8;
/// Pixels of a picture along one of its latents.
const FACTOR: usize = 4;
/// Numbers of a token's vector.
const WIDTH: usize = 64;
/// Tokens of the longest prompt. What a prompt does not fill is padded, and each picture looks at the padding, too.
const PLACES: usize = 16;

/// The autoencoder. Few groups: what is normed together forgets how bright it is together, and colours are to stay.
pub(super) fn autoencoder(scaling: f64) -> Value {
    json!({
        "_class_name": "AutoencoderKL",
        "act_fn": "silu",
        "block_out_channels": [16, 32, 64],
        "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
        "in_channels": 3,
        "out_channels": 3,
        "latent_channels": LATENT,
        "layers_per_block": 1,
        "norm_num_groups": 4,
        "sample_size": SIDE,
        "scaling_factor": scaling,
    })
}

/// The net that says what in a picture is noise.
pub(super) fn unet() -> Value {
    json!({
        "_class_name": "UNet2DConditionModel",
        "act_fn": "silu",
        "attention_head_dim": 4,
        "block_out_channels": [64, 128],
        "cross_attention_dim": WIDTH,
        "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
        "in_channels": LATENT,
        "out_channels": LATENT,
        "layers_per_block": 1,
        "norm_num_groups": 8,
        "sample_size": SIDE / FACTOR,
    })
}

/// Whether a folder holds a toy, wherever it was made: by the shape of its net, which nobody else's has.
#[must_use]
pub fn is_toy(folder: &Path) -> bool {
    let text = fs_err::read_to_string(folder.join("unet").join("config.json")).ok();
    text.and_then(|text| serde_json::from_str::<Value>(&text).ok()).is_some_and(|config| config == unet())
}

/// The net that reads prompts.
pub(super) fn text(vocabulary: usize) -> Value {
    json!({
        "architectures": ["CLIPTextModel"],
        "model_type": "clip_text_model",
        "bos_token_id": vocabulary - 2,
        "eos_token_id": vocabulary - 1,
        "pad_token_id": vocabulary - 1,
        "hidden_act": "quick_gelu",
        "hidden_size": WIDTH,
        "intermediate_size": WIDTH * 2,
        "layer_norm_eps": 1e-5,
        "max_position_embeddings": PLACES,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "projection_dim": WIDTH,
        "vocab_size": vocabulary,
    })
}

/// The scheduler. It learns velocities: where all is noise, a net that learns noise learns nothing.
fn scheduler() -> Value {
    json!({
        "_class_name": "DDIMScheduler",
        "beta_start": 0.00085,
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "num_train_timesteps": 1000,
        "clip_sample": false,
        "prediction_type": "v_prediction",
        "set_alpha_to_one": false,
        "steps_offset": 1,
    })
}

fn index() -> Value {
    json!({
        "_class_name": "StableDiffusionPipeline",
        "_diffusers_version": "0.30.0",
        "feature_extractor": [null, null],
        "image_encoder": [null, null],
        "requires_safety_checker": false,
        "safety_checker": [null, null],
        "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    })
}

/// Writes all of a folder but the weights.
pub(super) fn write(folder: &Path, words: &Words, scaling: f64) -> Result<(), DiffusionError> {
    let end = "<|endoftext|>";
    let tokenizer = json!({
        "bos_token": "<|startoftext|>",
        "eos_token": end,
        "model_max_length": PLACES,
        "pad_token": end,
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": end,
    });
    let vocabulary: BTreeMap<&str, usize> = words.tokens.iter().map(String::as_str).zip(0..).collect();
    let files = [
        ("vae/config.json", autoencoder(scaling)),
        ("unet/config.json", unet()),
        ("text_encoder/config.json", text(words.tokens.len())),
        ("tokenizer/tokenizer_config.json", tokenizer),
        ("tokenizer/vocab.json", json!(vocabulary)),
        ("scheduler/scheduler_config.json", scheduler()),
        ("model_index.json", index()),
    ];
    for (name, value) in files {
        let text = serde_json::to_string_pretty(&value).map_err(|error| DiffusionError::Compute(error.to_string()))?;
        file(&folder.join(name), &text)?;
    }
    file(&folder.join("tokenizer/merges.txt"), &words.merges)
}

/// Writes a file, and the folder that it is in.
pub(super) fn file(path: &Path, text: &str) -> Result<(), DiffusionError> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(|source| DiffusionError::Written { path: path.to_owned(), source })?;
    }
    replace(path, &mut |out| out.write_all(text.as_bytes()))
}
