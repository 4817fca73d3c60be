use crate::ModelError;
use crate::checkpoint::Weights;
use crate::net::{Attention, LayerNorm, Linear};

/// How a file names its tensors: as OpenAI and open_clip do, or as Hugging Face's transformers.
pub(super) struct Names {
    transformers: bool,
    pub(super) class: &'static str,
    pub(super) patches: &'static str,
    pub(super) image_places: &'static str,
    pub(super) before: &'static str,
    pub(super) image_blocks: &'static str,
    pub(super) after: &'static str,
    pub(super) image_projection: &'static str,
    pub(super) tokens: &'static str,
    pub(super) text_places: &'static str,
    pub(super) text_blocks: &'static str,
    pub(super) text_norm: &'static str,
    pub(super) text_projection: &'static str,
    first_norm: &'static str,
    out: &'static str,
    second_norm: &'static str,
    wide: &'static str,
    narrow: &'static str,
}

const OPEN_CLIP: Names = Names {
    transformers: false,
    class: "visual.class_embedding",
    patches: "visual.conv1.weight",
    image_places: "visual.positional_embedding",
    before: "visual.ln_pre",
    image_blocks: "visual.transformer.resblocks.",
    after: "visual.ln_post",
    image_projection: "visual.proj",
    tokens: "token_embedding.weight",
    text_places: "positional_embedding",
    text_blocks: "transformer.resblocks.",
    text_norm: "ln_final",
    text_projection: "text_projection",
    first_norm: "ln_1",
    out: "attn.out_proj",
    second_norm: "ln_2",
    wide: "mlp.c_fc",
    narrow: "mlp.c_proj",
};

const TRANSFORMERS: Names = Names {
    transformers: true,
    class: "vision_model.embeddings.class_embedding",
    patches: "vision_model.embeddings.patch_embedding.weight",
    image_places: "vision_model.embeddings.position_embedding.weight",
    // The library's own spelling.
    before: "vision_model.pre_layrnorm",
    image_blocks: "vision_model.encoder.layers.",
    after: "vision_model.post_layernorm",
    image_projection: "visual_projection.weight",
    tokens: "text_model.embeddings.token_embedding.weight",
    text_places: "text_model.embeddings.position_embedding.weight",
    text_blocks: "text_model.encoder.layers.",
    text_norm: "text_model.final_layer_norm",
    text_projection: "text_projection.weight",
    first_norm: "layer_norm1",
    out: "self_attn.out_proj",
    second_norm: "layer_norm2",
    wide: "mlp.fc1",
    narrow: "mlp.fc2",
};

/// What some files hold beside the weights: the scale of the loss, numbers of places, masks.
pub(super) fn is_needless(name: &str) -> bool {
    matches!(name, "logit_scale" | "input_resolution" | "context_length" | "vocab_size")
        || name.ends_with(".position_ids")
        || name == "attn_mask"
        || name.ends_with(".attn_mask")
}

/// The parts of a block.
pub(super) struct Parts {
    pub(super) attention: Attention,
    pub(super) first_norm: LayerNorm,
    pub(super) wide: Linear,
    pub(super) narrow: Linear,
    pub(super) second_norm: LayerNorm,
}

/// What a layer norm of CLIP adds to a variance.
pub(super) const EPSILON: f32 = 1e-5;

impl Names {
    /// How these tensors are named, if they are a CLIP's.
    pub(super) fn of(weights: &Weights) -> Option<Self> {
        [OPEN_CLIP, TRANSFORMERS]
            .into_iter()
            .find(|names| weights.shape::<4>(names.patches).is_some() && weights.shape::<2>(names.tokens).is_some())
    }

    /// Whether transformers named the tensors.
    pub(super) const fn are_transformers(&self) -> bool {
        self.transformers
    }

    /// A projection into the common space; transformers keeps it the other way round.
    pub(super) fn projection(
        &self,
        weights: &mut Weights,
        name: &str,
        width: usize,
        dimension: usize,
    ) -> Result<Linear, ModelError> {
        let matrix = if self.transformers {
            weights.tensor(name, &[dimension, width])?
        } else {
            weights.tensor(name, &[width, dimension])?.t()?
        };
        Ok(Linear::new(&matrix, Vec::new())?)
    }

    /// The block with the prefix `block`, which ends with a dot.
    pub(super) fn parts(
        &self,
        weights: &mut Weights,
        block: &str,
        [width, inner, heads]: [usize; 3],
        causal: bool,
    ) -> Result<Parts, ModelError> {
        let into = if self.transformers {
            let (mut matrix, mut bias) = (Vec::new(), Vec::new());
            for part in ["q_proj", "k_proj", "v_proj"] {
                matrix.extend(weights.numbers(&format!("{block}self_attn.{part}.weight"), &[width, width])?);
                bias.extend(weights.numbers(&format!("{block}self_attn.{part}.bias"), &[width])?);
            }
            let matrix = candle_core::Tensor::from_vec(matrix, (3 * width, width), &candle_core::Device::Cpu)?;
            Linear::new(&matrix, bias)?
        } else {
            let matrix = weights.tensor(&format!("{block}attn.in_proj_weight"), &[3 * width, width])?;
            Linear::new(&matrix, weights.numbers(&format!("{block}attn.in_proj_bias"), &[3 * width])?)?
        };
        let out = Linear::read(weights, &format!("{block}{}", self.out), width, width)?;
        Ok(Parts {
            attention: Attention::new(into, out, heads, causal),
            first_norm: LayerNorm::read(weights, &format!("{block}{}", self.first_norm), width, EPSILON)?,
            wide: Linear::read(weights, &format!("{block}{}", self.wide), width, inner)?,
            narrow: Linear::read(weights, &format!("{block}{}", self.narrow), inner, width)?,
            second_norm: LayerNorm::read(weights, &format!("{block}{}", self.second_norm), width, EPSILON)?,
        })
    }

    /// Numbers inside a block's middle layer.
    pub(super) fn inner(&self, weights: &Weights, blocks: &str) -> Option<usize> {
        weights.shape::<2>(&format!("{blocks}0.{}.weight", self.wide)).map(|[inner, _]| inner)
    }
}
