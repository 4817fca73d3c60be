//! The little XL of the fixtures as a folder that diffusers and Sayso open; its weights are made of their names.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::path::Path;

use candle_core::Tensor;
use serde_json::{Value, json};

use super::{Loading, single};
use crate::adapter::Added;
use crate::fixture::{copied, family_tensors, path};
use crate::net::Parameters;

/// Writes it.
pub(crate) fn xl_folder(folder: &Path) {
    fs_err::create_dir_all(folder).unwrap();
    let file = folder.join("xl.safetensors");
    candle_core::safetensors::save(&family_tensors("xl", 4), &file).unwrap();
    let loading = Loading { tokenizer: Some(path("model/tokenizer")), ..Loading::default() };
    let opened = single::read(&file, &loading, Added::default(), |source| Parameters::of(source).variable()).unwrap();
    fs_err::remove_file(&file).unwrap();
    let mut parts: HashMap<&str, HashMap<String, Tensor>> = HashMap::new();
    for (name, variable) in opened.variables {
        let of_vae = ["encoder.", "decoder.", "quant_conv.", "post_quant_conv."];
        let (part, name) = match name.split_once('.') {
            Some(("text", rest)) => ("text_encoder", rest.to_owned()),
            Some(("text2", rest)) => ("text_encoder_2", rest.to_owned()),
            _ if of_vae.iter().any(|start| name.starts_with(start)) => ("vae", name),
            _ => ("unet", name),
        };
        parts.entry(part).or_default().insert(name, variable.as_tensor().detach());
    }
    let write = |name: &str, value: &Value| {
        let path = folder.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, value.to_string()).unwrap();
    };
    write("unet/config.json", &unet());
    write("vae/config.json", &vae());
    write("text_encoder/config.json", &text("CLIPTextModel", "quick_gelu", 2));
    write("text_encoder_2/config.json", &text("CLIPTextModelWithProjection", "gelu", 3));
    for (part, tensors) in parts {
        let name = if part.starts_with("text") { "model" } else { "diffusion_pytorch_model" };
        candle_core::safetensors::save(&tensors, folder.join(part).join(format!("{name}.safetensors"))).unwrap();
    }
    for part in ["tokenizer", "tokenizer_2"] {
        copied(&path("model/tokenizer"), &folder.join(part));
    }
    // OpenCLIP fills texts with zeros, which is this word.
    let config = folder.join("tokenizer_2/tokenizer_config.json");
    let mut value: Value = serde_json::from_str(&fs_err::read_to_string(&config).unwrap()).unwrap();
    value["pad_token"] = json!("!");
    fs_err::write(config, value.to_string()).unwrap();
    write(
        "scheduler/scheduler_config.json",
        &json!({
            "_class_name": "EulerDiscreteScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
            "num_train_timesteps": 1000, "steps_offset": 1, "timestep_spacing": "leading",
        }),
    );
    write(
        "model_index.json",
        &json!({
            "_class_name": "StableDiffusionXLPipeline", "force_zeros_for_empty_prompt": true,
            "scheduler": ["diffusers", "EulerDiscreteScheduler"],
            "text_encoder": ["transformers", "CLIPTextModel"],
            "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
            "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
            "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
        }),
    );
}

fn unet() -> Value {
    json!({
        "_class_name": "UNet2DConditionModel", "sample_size": 8, "in_channels": 4, "out_channels": 4,
        "block_out_channels": [64, 128], "layers_per_block": 1,
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"], "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"],
        "cross_attention_dim": 128, "attention_head_dim": [1, 2], "transformer_layers_per_block": [1, 2],
        "use_linear_projection": true, "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 6 * 256 + 64, "norm_num_groups": 32,
    })
}

fn vae() -> Value {
    json!({
        "_class_name": "AutoencoderKL", "block_out_channels": [32, 32], "layers_per_block": 1, "latent_channels": 4,
        "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "norm_num_groups": 32, "sample_size": 16,
        "scaling_factor": 0.13025,
    })
}

fn text(class: &str, act: &str, layers: usize) -> Value {
    json!({
        "architectures": [class], "model_type": "clip_text_model", "vocab_size": 526, "hidden_size": 64,
        "intermediate_size": 128, "num_hidden_layers": layers, "num_attention_heads": 1, "max_position_embeddings": 77,
        "hidden_act": act, "projection_dim": 64, "bos_token_id": 524, "eos_token_id": 525, "pad_token_id": 525,
    })
}
