//! Configurations told from the shapes of a single file's tensors, in the form that diffusers would have written.

use serde_json::{Value, json};

use super::Family;
use super::unet_names::UNET;
use super::vae_names::VAE;
use crate::DiffusionError;
use crate::config::Config;
use crate::net::Source;

/// Blocks of a UNet on the way down; those of the known models have twelve.
const BLOCKS: usize = 1000;

fn told(source: &Source, value: Value) -> Config {
    Config::told(source.path().to_owned(), value)
}

/// A side of a tensor, or zero, which no configuration takes.
fn side(source: &Source, name: &str, number: usize) -> usize {
    source.sides(name).and_then(|sides| sides.get(number)).copied().unwrap_or(0)
}

/// How the UNet is built.
pub(super) fn unet(source: &Source, family: Family) -> Result<Config, DiffusionError> {
    // Channels of each level, the depth of its transformers, and its residual blocks.
    let mut levels: Vec<(usize, usize, usize)> = Vec::new();
    let mut level = (0, 0, 0);
    for number in 1..BLOCKS {
        let block = format!("{UNET}input_blocks.{number}");
        if source.sides(&format!("{block}.0.op.weight")).is_some() {
            levels.push(std::mem::take(&mut level));
        } else if let Some([channels, ..]) = source.sides(&format!("{block}.0.out_layers.3.weight")) {
            level = (*channels, source.parts(&format!("{block}.1.transformer_blocks.")), level.2 + 1);
        } else {
            break;
        }
    }
    levels.push(level);
    let layers = levels.first().map_or(0, |level| level.2);
    if levels.iter().any(|level| level.2 != layers || layers == 0) {
        return Err(told(source, Value::Null).wrong("the levels of its UNet have not equally many blocks".to_owned()));
    }
    let middle = format!("{UNET}middle_block.1.");
    let depth = source.parts(&format!("{middle}transformer_blocks."));
    let inputs = side(source, &format!("{UNET}input_blocks.0.0.weight"), 1);
    let latent = side(source, &format!("{UNET}out.2.weight"), 0);
    let attends: Vec<bool> = levels.iter().map(|level| level.1 > 0).collect();
    let types = |attends: &mut dyn Iterator<Item = &bool>, way: &str| -> Vec<String> {
        attends.map(|attends| format!("{}{way}Block2D", if *attends { "CrossAttn" } else { "" })).collect()
    };
    // Of levels that do not look at the text, the depth counts for nothing; the last is the middle's, too.
    let mut depths: Vec<usize> = levels.iter().map(|level| level.1.max(1)).collect();
    if let (Some(last), Some((_, 0, _))) = (depths.last_mut(), levels.last()) {
        *last = depth.max(1);
    }
    let mut value = json!({
        "in_channels": inputs,
        "out_channels": latent,
        "block_out_channels": levels.iter().map(|level| level.0).collect::<Vec<_>>(),
        "down_block_types": types(&mut attends.iter(), "Down"),
        "up_block_types": types(&mut attends.iter().rev(), "Up"),
        "attention_head_dim": levels.iter().map(|level| family.heads(level.0)).collect::<Vec<_>>(),
        "transformer_layers_per_block": depths,
        "layers_per_block": layers,
        "cross_attention_dim": side(source, &format!("{middle}transformer_blocks.0.attn2.to_k.weight"), 1),
        "norm_num_groups": 32,
        "norm_eps": 1e-5,
        "sample_size": family.side(inputs != latent) / 8,
        "use_linear_projection": source.sides(&format!("{middle}proj_in.weight")).is_some_and(|sides| sides.len() == 2),
    });
    if let (Value::Object(entries), [_, added, ..]) =
        (&mut value, source.sides(&format!("{UNET}label_emb.0.0.weight")).unwrap_or_default())
    {
        entries.insert("addition_embed_type".to_owned(), json!("text_time"));
        entries.insert("addition_time_embed_dim".to_owned(), json!(256));
        entries.insert("projection_class_embeddings_input_dim".to_owned(), json!(added));
    }
    Ok(told(source, value))
}

/// How the autoencoder is built.
pub(super) fn vae(source: &Source, family: Family) -> Config {
    let levels = source.parts(&format!("{VAE}encoder.down."));
    let channels: Vec<usize> =
        (0..levels).map(|level| side(source, &format!("{VAE}encoder.down.{level}.block.0.conv2.weight"), 0)).collect();
    told(
        source,
        json!({
            "block_out_channels": channels,
            "latent_channels": side(source, &format!("{VAE}post_quant_conv.weight"), 0),
            "layers_per_block": source.parts(&format!("{VAE}encoder.down.0.block.")),
            "norm_num_groups": 32,
            "sample_size": family.side(false),
            "scaling_factor": family.scaling(),
        }),
    )
}

/// How a text net of OpenAI's kind is built, as transformers names it.
pub(super) fn clip(source: &Source, prefix: &str) -> Config {
    let of = |name: &str, number| side(source, &format!("{prefix}{name}"), number);
    let width = of("embeddings.token_embedding.weight", 1);
    told(
        source,
        json!({
            "hidden_act": "quick_gelu",
            "hidden_size": width,
            "intermediate_size": of("encoder.layers.0.mlp.fc1.weight", 0),
            "max_position_embeddings": of("embeddings.position_embedding.weight", 0),
            "num_attention_heads": (width / 64).max(1),
            "num_hidden_layers": source.parts(&format!("{prefix}encoder.layers.")),
            "vocab_size": of("embeddings.token_embedding.weight", 0),
        }),
    )
}

/// How one of OpenCLIP's is built, of which the last `skipped` layers are not used.
pub(super) fn open_clip(source: &Source, prefix: &str, skipped: usize) -> Config {
    let of = |name: &str, number| side(source, &format!("{prefix}{name}"), number);
    let width = of("token_embedding.weight", 1);
    let mut value = json!({
        "hidden_act": "gelu",
        "hidden_size": width,
        "intermediate_size": of("transformer.resblocks.0.mlp.c_fc.weight", 0),
        "max_position_embeddings": of("positional_embedding", 0),
        "num_attention_heads": (width / 64).max(1),
        "num_hidden_layers": source.parts(&format!("{prefix}transformer.resblocks.")).saturating_sub(skipped),
        "vocab_size": of("token_embedding.weight", 0),
    });
    if let (Value::Object(entries), 1..) = (&mut value, of("text_projection", 1)) {
        entries.insert("projection_dim".to_owned(), json!(of("text_projection", 1)));
    }
    told(source, value)
}
