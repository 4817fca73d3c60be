//! What pictures are made of besides words: the model, the picture that is begun at, and where it is drawn anew.

use std::io::Read;
use std::path::Path;

use anyhow::Context;
use sayso::outputs::{try_place, write_whole};
use sayso::pictures::PICTURE_LIMITS;
use sayso::training::{Lineage, read_adapter_head};
use sayso_core::Sha256;
use sayso_diffusion::{Adapter, Framing, Mask, Model, Picture, Tiling, write_png};
use sayso_picture::decode;

use super::super::base::{Base, base};
use crate::arguments::{Edges, Generate, TilingWhen};

/// What an adapter's file is and says, read with its weights.
pub(super) struct Lineaged {
    pub(super) sha256: Option<Sha256>,
    /// Where it comes from; `None` of weights that Sayso did not train.
    pub(super) lineage: Option<Lineage>,
}

/// Opens the model that is meant: a folder, a file, or one in Hugging Face's cache; with its adapters, each file of which is
/// read once.
pub(super) fn model(arguments: &Generate) -> anyhow::Result<(Model, Vec<Lineaged>)> {
    let Base { path: base, loading } = base(&arguments.model)?;
    let mut adapters = Vec::new();
    for lora in &arguments.lora {
        adapters.push((Adapter::open(&lora.path, &base, &loading)?, lora.weight));
    }
    let lineaged = adapters.iter().zip(&arguments.lora).map(|((adapter, _), lora)| Lineaged {
        sha256: adapter.digest(),
        lineage: read_adapter_head(adapter.metadata(), lora.path.parent()),
    });
    let lineaged = lineaged.collect();
    Ok((Model::load_with(&base, &loading, &adapters)?, lineaged))
}

/// Finds out before the work whether a file can be written there.
pub(super) fn assert_writable(path: &Path) -> anyhow::Result<()> {
    let said = || format!("cannot write `{}`\nhint: check the path and the room there", path.display());
    if path.is_dir() {
        return Err(anyhow::anyhow!("it is a folder").context(said()));
    }
    try_place(path).with_context(said)
}

/// The bytes of a picture's file, no more than a picture may have.
pub(super) fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // What it says of its length is no limit: it may be a pipe, or grow.
    fs_err::File::open(path)?.take(PICTURE_LIMITS.file_bytes + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(
        bytes.len() as u64 <= PICTURE_LIMITS.file_bytes,
        "it has more than {} bytes, which are the most",
        PICTURE_LIMITS.file_bytes
    );
    Ok(bytes)
}

/// The picture that is begun at and the mask on it, on a larger canvas if that is asked for.
pub(super) fn canvas(
    arguments: &Generate,
    init: Option<Picture>,
) -> anyhow::Result<(Option<Picture>, Option<Picture>)> {
    let mask = arguments.mask.as_deref().map(mask).transpose()?;
    let (Some(init), Some(edges)) = (&init, arguments.outpaint) else {
        return Ok((init, mask));
    };
    // A mask lies on the picture as it was; what comes beyond its edges is drawn anew.
    let mask = mask.unwrap_or_else(|| flat(init.width, init.height, 0));
    let mask = same_size(mask, init.width, init.height)?;
    let too_large = || {
        format!(
            "a canvas of {edges} around {} times {} pixels is too large\nhint: sides are up to 2048 pixels",
            init.width, init.height
        )
    };
    let canvas = extended(init, edges, false).with_context(too_large)?;
    let mask = extended(&mask, edges, true).with_context(too_large)?;
    Ok((Some(canvas), Some(mask)))
}

/// The mask with the sides of what is made.
pub(super) fn fitted(mask: Picture, width: usize, height: usize) -> anyhow::Result<Mask> {
    let side = |side: usize| u32::try_from(side).ok().filter(|side| (1..=4096).contains(side));
    let mask = match (side(width), side(height)) {
        (Some(width), Some(height)) => same_size(mask, width, height)?,
        // Nothing of that size is made, which the request's check says.
        _ => mask,
    };
    let pixels = mask.pixels.chunks(3).filter_map(|pixel| pixel.first().copied()).collect();
    Ok(Mask { width: mask.width, height: mask.height, pixels })
}

/// What XL is told of the picture.
pub(super) fn framing(arguments: &Generate) -> Framing {
    let original = arguments.original_size.map(|size| [size.width, size.height]);
    Framing { original, crop: arguments.crop.map_or([0, 0], |corner| [corner.left, corner.top]) }
}

/// Shows how far a picture is, whole or not at all. What goes wrong is told, and does not stop the work.
pub(super) fn show(path: &Path, picture: &Picture) {
    let mut bytes = Vec::new();
    if let Err(error) = write_png(&mut bytes, picture, &[]).and_then(|()| write_whole(path, &bytes)) {
        tracing::warn!("cannot write the preview `{}`: {error}", path.display());
    }
}

/// A mask's file in grey: white is drawn anew.
fn mask(path: &Path) -> anyhow::Result<Picture> {
    let said =
        || format!("cannot read the mask `{}`\nhint: it is a picture, white where it is drawn anew", path.display());
    let bytes = bytes(path).with_context(said)?;
    let decoded = decode(&bytes, &PICTURE_LIMITS).map_err(|fault| anyhow::anyhow!("{fault}").context(said()))?;
    let rgb = decoded.rgb().with_context(said)?;
    let grey = |pixel: &[u8]| {
        let [red, green, blue] = pixel else { return [0; 3] };
        // ITU-R 601, as PIL rounds it.
        let light = u32::from(*red) * 19_595 + u32::from(*green) * 38_470 + u32::from(*blue) * 7_471 + 0x8000;
        [u8::try_from(light >> 16).unwrap_or(u8::MAX); 3]
    };
    let side = |side: usize| u32::try_from(side).with_context(said);
    Ok(Picture {
        width: side(rgb.width())?,
        height: side(rgb.height())?,
        pixels: rgb.pixels().chunks(3).flat_map(grey).collect(),
    })
}

fn same_size(picture: Picture, width: u32, height: u32) -> anyhow::Result<Picture> {
    if (picture.width, picture.height) == (width, height) {
        return Ok(picture);
    }
    picture.resized(width, height).context("the mask has no pixels\nhint: name another with --mask")
}

fn flat(width: u32, height: u32, byte: u8) -> Picture {
    Picture { width, height, pixels: vec![byte; width as usize * height as usize * 3] }
}

/// The picture on a larger canvas, whose sides are multiples of eight to the right and below. What is new is white, or as
/// the nearest pixel; none if it is too large.
fn extended(picture: &Picture, edges: Edges, white: bool) -> Option<Picture> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let [left, top, right, bottom] = edges.0;
    let wide = (left + width + right).next_multiple_of(8);
    let high = (top + height + bottom).next_multiple_of(8);
    if wide.max(high) > 2048 || width == 0 || height == 0 {
        return None;
    }
    let mut pixels = Vec::with_capacity(wide * high * 3);
    for y in 0..high {
        for x in 0..wide {
            let inside = (left..left + width).contains(&x) && (top..top + height).contains(&y);
            if white && !inside {
                pixels.extend([u8::MAX; 3]);
                continue;
            }
            let (x, y) = (x.saturating_sub(left).min(width - 1), y.saturating_sub(top).min(height - 1));
            let at = (y * width + x) * 3;
            pixels.extend_from_slice(picture.pixels.get(at..at + 3)?);
        }
    }
    Some(Picture { width: u32::try_from(wide).ok()?, height: u32::try_from(high).ok()?, pixels })
}

/// When the autoencoder works on tiles.
pub(super) const fn tiling(when: TilingWhen) -> Tiling {
    match when {
        TilingWhen::Auto => Tiling::Auto,
        TilingWhen::Always => Tiling::Always,
        TilingWhen::Never => Tiling::Never,
    }
}
