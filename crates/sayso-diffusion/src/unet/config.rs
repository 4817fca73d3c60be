use std::path::PathBuf;

use serde_json::{Value, json};

use crate::DiffusionError;
use crate::config::Config;
use crate::net::TransformerShape;

/// The most channels of a level, and of a context.
const CHANNELS: usize = 8192;
/// The most blocks of a transformer; those of XL have ten.
const DEPTH: usize = 64;

/// A level of a UNet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) channels: usize,
    /// Heads by which its pixels look at each other and at the text.
    pub(crate) heads: usize,
    /// Blocks of its transformers; none if its pixels do not look at the text.
    pub(crate) depth: usize,
}

/// What is added to the time step: sizes as waves, and a vector of the whole text (Stable Diffusion XL).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AddedShape {
    /// Numbers of one size's waves.
    pub(crate) waves: usize,
    /// Numbers of all of them and the text.
    pub(crate) width: usize,
}

/// How a UNet is built.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UNetConfig {
    /// Channels of a latent.
    pub(crate) latent: usize,
    /// Channels of what it sees: a latent, and for drawing into a picture a mask and the picture's latent besides.
    pub(crate) inputs: usize,
    pub(crate) levels: Vec<Level>,
    /// Blocks of the transformer between the way down and the way up.
    pub(crate) middle_depth: usize,
    /// Residual blocks of a level on the way down; one more on the way up.
    pub(crate) layers: usize,
    pub(crate) context: usize,
    pub(crate) groups: usize,
    pub(crate) epsilon: f64,
    /// Pixels along a latent that it was trained with.
    pub(crate) side: usize,
    /// Whether the ways into transformers and out of them are kept as matrices.
    pub(crate) linear: bool,
    pub(crate) added: Option<AddedShape>,
}

impl UNetConfig {
    pub(crate) fn read(path: PathBuf) -> Result<Self, DiffusionError> {
        Self::of(&Config::read(path)?)
    }

    /// What a configuration says, be it a file's or one that was told from shapes.
    pub(crate) fn of(config: &Config) -> Result<Self, DiffusionError> {
        // What other nets of this class have, and none of Stable Diffusion 1, 2 and XL.
        config.only(&[
            ("_class_name", json!("UNet2DConditionModel")),
            ("act_fn", json!("silu")),
            ("attention_type", json!("default")),
            ("center_input_sample", json!(false)),
            ("class_embed_type", json!("none of them")),
            ("conv_in_kernel", json!(3)),
            ("conv_out_kernel", json!(3)),
            ("cross_attention_norm", json!("none of them")),
            ("downsample_padding", json!(1)),
            ("dual_cross_attention", json!(false)),
            ("encoder_hid_dim", json!("none of them")),
            ("encoder_hid_dim_type", json!("none of them")),
            ("flip_sin_to_cos", json!(true)),
            ("freq_shift", json!(0)),
            ("mid_block_only_cross_attention", json!(false)),
            ("mid_block_scale_factor", json!(1)),
            ("mid_block_type", json!("UNetMidBlock2DCrossAttn")),
            ("num_attention_heads", json!("none of them")),
            ("num_class_embeds", json!("none of them")),
            ("only_cross_attention", json!(false)),
            ("resnet_out_scale_factor", json!(1)),
            ("resnet_skip_time_act", json!(false)),
            ("resnet_time_scale_shift", json!("default")),
            ("time_cond_proj_dim", json!("none of them")),
            ("time_embedding_act_fn", json!("none of them")),
            ("time_embedding_dim", json!("none of them")),
            ("time_embedding_type", json!("positional")),
            ("timestep_post_act", json!("none of them")),
            ("reverse_transformer_layers_per_block", json!("none of them")),
        ])?;
        let (inputs, latent) = (config.number("in_channels", 64)?, config.number("out_channels", 64)?);
        // One that draws into pictures sees a mask and what is left of the picture, too.
        if inputs != latent && inputs != latent * 2 + 1 {
            let reason = format!("`in_channels` is {inputs} and `out_channels` {latent}, which is no net for pictures");
            return Err(config.wrong(reason));
        }
        let channels = config.numbers("block_out_channels", CHANNELS)?;
        let attends = |name: &str, with: &str, without: &str| {
            let block = |word: &str| match word {
                word if word == with => Ok(true),
                word if word == without => Ok(false),
                other => Err(config.wrong(format!("`{name}` names `{}`", other.chars().take(80).collect::<String>()))),
            };
            config.words(name)?.into_iter().map(block).collect::<Result<Vec<_>, _>>()
        };
        let down = attends("down_block_types", "CrossAttnDownBlock2D", "DownBlock2D")?;
        let mut up = attends("up_block_types", "CrossAttnUpBlock2D", "UpBlock2D")?;
        up.reverse();
        if down != up || down.len() != channels.len() {
            return Err(config.wrong("its blocks on the way down and up, and their channels, do not pair".to_owned()));
        }
        // Named wrongly since the first version: it is the number of heads.
        let heads = config.each("attention_head_dim", channels.len(), 256)?;
        let depths = match config.get("transformer_layers_per_block") {
            None => vec![1; channels.len()],
            Some(_) => config.each("transformer_layers_per_block", channels.len(), DEPTH)?,
        };
        let middle_depth = depths.last().copied().unwrap_or(1);
        let level = |(((channels, attends), heads), depth): (((usize, bool), usize), usize)| Level {
            channels,
            heads,
            depth: if attends { depth } else { 0 },
        };
        let read = Self {
            latent,
            inputs,
            levels: channels.into_iter().zip(down).zip(heads).zip(depths).map(level).collect(),
            middle_depth,
            layers: config.number("layers_per_block", 16)?,
            context: config.number("cross_attention_dim", CHANNELS)?,
            groups: config.number("norm_num_groups", 256)?,
            epsilon: config.fraction("norm_eps", 1e-5)?,
            side: config.number("sample_size", 1024)?,
            linear: config.truth("use_linear_projection", false)?,
            added: Self::added(config)?,
        };
        let last = read.levels.len().saturating_sub(1);
        let fit = |(number, level): (usize, &Level)| {
            let attends = level.depth > 0 || number == last;
            level.channels % read.groups == 0
                && level.channels % 2 == 0
                && (!attends || level.channels % level.heads == 0)
        };
        if read.levels.iter().enumerate().all(fit) {
            Ok(read)
        } else {
            Err(config.wrong("its channels do not divide into its groups and heads".to_owned()))
        }
    }

    fn added(config: &Config) -> Result<Option<AddedShape>, DiffusionError> {
        match config.get("addition_embed_type").and_then(Value::as_str) {
            None => Ok(None),
            Some("text_time") => Ok(Some(AddedShape {
                waves: config.number("addition_time_embed_dim", CHANNELS)?,
                width: config.number("projection_class_embeddings_input_dim", 1 << 16)?,
            })),
            Some(other) => {
                let other: String = other.chars().take(80).collect();
                Err(config.wrong(format!("`addition_embed_type` is `{other}`")))
            }
        }
    }

    /// How the transformers of a level are built, if its pixels look at the text.
    pub(crate) fn transformer(&self, level: &Level) -> Option<TransformerShape> {
        (level.depth > 0).then(|| self.shape(level, level.depth))
    }

    /// How the one in the middle is built.
    pub(crate) fn middle(&self) -> TransformerShape {
        let last = self.levels.last().copied().unwrap_or(Level { channels: 0, heads: 1, depth: 0 });
        self.shape(&last, self.middle_depth)
    }

    fn shape(&self, level: &Level, depth: usize) -> TransformerShape {
        let Level { channels: width, heads, .. } = *level;
        TransformerShape { width, context: self.context, heads, groups: self.groups, depth, linear: self.linear }
    }

    /// Channels of the level nearest to the picture.
    pub(crate) fn first(&self) -> usize {
        self.levels.first().map_or(0, |level| level.channels)
    }

    /// Whether it draws into a picture, where a mask says so.
    pub(crate) const fn fills(&self) -> bool {
        self.inputs != self.latent
    }
}
