use crate::net::Piece;

/// What stands before the autoencoder's names in single files.
pub(super) const VAE: &str = "first_stage_model.";

/// How single files name the tensors of an autoencoder with this many levels; on the way up, those are counted from the
/// pixels.
pub(super) fn vae_piece(levels: usize, name: &str) -> Option<Piece> {
    let renamed = if name.starts_with("quant_conv.") || name.starts_with("post_quant_conv.") {
        name.to_owned()
    } else {
        let (side, rest) = name.split_once('.')?;
        format!("{side}.{}", inside(levels, rest)?)
    };
    Some(Piece::whole(format!("{VAE}{renamed}")))
}

fn inside(levels: usize, name: &str) -> Option<String> {
    if name.starts_with("conv_in.") || name.starts_with("conv_out.") {
        return Some(name.to_owned());
    }
    if let Some(rest) = name.strip_prefix("conv_norm_out.") {
        return Some(format!("norm_out.{rest}"));
    }
    if let Some(rest) = name.strip_prefix("mid_block.resnets.") {
        let (number, rest) = rest.split_once('.')?;
        return Some(format!("mid.block_{}.{}", number.parse::<usize>().ok()? + 1, shortcut(rest)));
    }
    if let Some(rest) = name.strip_prefix("mid_block.attentions.0.") {
        const PARTS: [(&str, &str); 5] =
            [("group_norm.", "norm."), ("to_q.", "q."), ("to_k.", "k."), ("to_v.", "v."), ("to_out.0.", "proj_out.")];
        return PARTS.iter().find_map(|(new, old)| Some(format!("mid.attn_1.{old}{}", rest.strip_prefix(new)?)));
    }
    if let Some(rest) = name.strip_prefix("down_blocks.") {
        let (level, rest) = rest.split_once('.')?;
        return Some(format!("down.{level}.{}", block(rest, "downsamplers", "downsample")?));
    }
    let (level, rest) = name.strip_prefix("up_blocks.")?.split_once('.')?;
    let level = levels.checked_sub(1 + level.parse::<usize>().ok()?)?;
    Some(format!("up.{level}.{}", block(rest, "upsamplers", "upsample")?))
}

fn block(name: &str, new: &str, old: &str) -> Option<String> {
    match name.strip_prefix("resnets.") {
        Some(rest) => Some(format!("block.{}", shortcut(rest))),
        None => Some(format!("{old}.{}", name.strip_prefix(new)?.strip_prefix(".0.")?)),
    }
}

fn shortcut(name: &str) -> String {
    name.replace("conv_shortcut.", "nin_shortcut.")
}
