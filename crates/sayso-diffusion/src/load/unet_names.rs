use crate::net::Piece;
use crate::unet::UNetConfig;

/// What stands before the UNet's names in single files.
pub(super) const UNET: &str = "model.diffusion_model.";

/// How single files name a UNet's tensors: its blocks are counted through, whatever level they are of.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnetNames {
    /// Residual blocks of a level on the way down.
    pub(super) layers: usize,
    /// For each level, whether its pixels look at the text.
    pub(super) attends: Vec<bool>,
}

impl UnetNames {
    /// Those of a net that is built so.
    pub(crate) fn of(unet: &UNetConfig) -> Self {
        Self { layers: unet.layers, attends: unet.levels.iter().map(|level| level.depth > 0).collect() }
    }

    /// The name of diffusers' module `name`, without what stands before all of them.
    pub(crate) fn module(&self, name: &str) -> Option<String> {
        let piece = self.piece(&format!("{name}.weight"))?;
        Some(piece.name.strip_prefix(UNET)?.strip_suffix(".weight")?.to_owned())
    }

    /// Where diffusers' `name` is.
    pub(super) fn piece(&self, name: &str) -> Option<Piece> {
        const SINGLE: [(&str, &str); 7] = [
            ("conv_in.", "input_blocks.0.0."),
            ("time_embedding.linear_1.", "time_embed.0."),
            ("time_embedding.linear_2.", "time_embed.2."),
            ("add_embedding.linear_1.", "label_emb.0.0."),
            ("add_embedding.linear_2.", "label_emb.0.2."),
            ("conv_norm_out.", "out.0."),
            ("conv_out.", "out.2."),
        ];
        let single = SINGLE.iter().find_map(|(new, old)| Some(format!("{old}{}", name.strip_prefix(new)?)));
        let name = single.or_else(|| self.block(name))?;
        Some(Piece::whole(format!("{UNET}{name}")))
    }

    fn block(&self, name: &str) -> Option<String> {
        if let Some(rest) = name.strip_prefix("mid_block.") {
            let (part, number, rest) = part(rest)?;
            return match (part, number) {
                ("resnets", 0 | 1) => Some(format!("middle_block.{}.{}", number * 2, residual(rest)?)),
                ("attentions", 0) => Some(format!("middle_block.1.{rest}")),
                _ => None,
            };
        }
        let (way, rest) = name
            .strip_prefix("down_blocks.")
            .map(|rest| (true, rest))
            .or(name.strip_prefix("up_blocks.").map(|rest| (false, rest)))?;
        let (level, rest) = rest.split_once('.')?;
        let level: usize = level.parse().ok()?;
        let (part, number, rest) = part(rest)?;
        // A level has as many blocks as residual ones on the way up, and on the way down one that halves.
        let first = level.checked_mul(self.layers + 1)?;
        Some(match (way, part) {
            (true, "resnets") => format!("input_blocks.{}.0.{}", 1 + first + number, residual(rest)?),
            (true, "attentions") => format!("input_blocks.{}.1.{rest}", 1 + first + number),
            (true, "downsamplers") => {
                format!("input_blocks.{}.0.op.{}", 1 + first + self.layers, rest.strip_prefix("conv.")?)
            }
            (false, "resnets") => format!("output_blocks.{}.0.{}", first + number, residual(rest)?),
            (false, "attentions") => format!("output_blocks.{}.1.{rest}", first + number),
            (false, "upsamplers") => {
                let from_the_end = self.attends.len().checked_sub(1 + level)?;
                // Behind the transformer, where there is one.
                let place = if *self.attends.get(from_the_end)? { 2 } else { 1 };
                format!("output_blocks.{}.{place}.{rest}", first + self.layers)
            }
            _ => return None,
        })
    }
}

/// `resnets.0.norm1.weight` as its three parts.
fn part(name: &str) -> Option<(&str, usize, &str)> {
    let (part, rest) = name.split_once('.')?;
    let (number, rest) = rest.split_once('.')?;
    Some((part, number.parse().ok()?, rest))
}

fn residual(name: &str) -> Option<String> {
    let (part, rest) = name.split_once('.')?;
    let part = match part {
        "norm1" => "in_layers.0",
        "conv1" => "in_layers.2",
        "time_emb_proj" => "emb_layers.1",
        "norm2" => "out_layers.0",
        "conv2" => "out_layers.3",
        "conv_shortcut" => "skip_connection",
        _ => return None,
    };
    Some(format!("{part}.{rest}"))
}
