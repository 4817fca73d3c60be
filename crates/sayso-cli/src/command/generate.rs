mod inputs;
mod output;

use std::hash::{BuildHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::Context;
use sayso::pictures::PICTURE_LIMITS;
use sayso_diffusion::{Glances, Init, Made, Model, Picture, Request, SchedulerKind};
use sayso_picture::decode;
use serde_json::json;

use self::output::{Outputs, Written};
use super::build::interrupt_on_signal;
use crate::arguments::Generate;
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

/// What every picture says of itself, in words.
const SOURCE: &str = "made by a generative model from a prompt, and not a photograph; this text is not signed, and anybody can change it";

pub(crate) fn run(arguments: &Generate) -> anyhow::Result<Outcome> {
    let scheduler = arguments.scheduler.as_deref().map(|name| {
        let unknown = |known| anyhow::anyhow!("there is no scheduler `{name}`\nhint: {known}");
        name.parse::<SchedulerKind>().map_err(unknown)
    });
    let scheduler = scheduler.transpose()?;
    inputs::assert_writable(&arguments.out)?;
    let interrupt = interrupt_on_signal()?;
    let (model, adapters) = inputs::model(arguments)?;
    let (init, init_bytes) = arguments.init.as_deref().map(begin).transpose()?.unzip();
    let (init, mask) = inputs::canvas(arguments, init)?;
    let (width, height) = match (arguments.size, &init) {
        (Some(size), _) => (size.width, size.height),
        (None, Some(picture)) => (eights(picture.width), eights(picture.height)),
        (None, None) => (model.side(), model.side()),
    };
    let strength = arguments.strength.unwrap_or(if mask.is_some() { 1.0 } else { 0.8 });
    let init = init.map(|picture| fitted(picture, width, height, strength)).transpose()?;
    let request = Request {
        prompt: arguments.prompt.clone(),
        negative: arguments.negative.clone(),
        width,
        height,
        count: arguments.count,
        steps: arguments.steps,
        guidance: arguments.guidance,
        seed: u64::from(arguments.seed.unwrap_or_else(thrown)),
        scheduler,
        clip_skip: arguments.clip_skip,
        init,
        mask: mask.map(|mask| inputs::fitted(mask, width, height)).transpose()?,
        framing: inputs::framing(arguments),
        tiling: inputs::tiling(arguments.vae_tiling),
    };
    // Whether they can be signed and compared is found out before the work.
    let outputs = Outputs::new(arguments, (&model, adapters), init_bytes, interrupt)?;
    let bar = Bar::new();
    let mut show = |picture: &Picture| {
        if let Some(path) = &arguments.preview {
            inputs::show(path, picture);
        }
    };
    let glances = Glances { every: arguments.preview_every, show: &mut show };
    let made = model.generate_shown(
        &request,
        &mut |done, all| {
            bar.count("drawing", done, all);
            !interrupt.load(Ordering::Relaxed)
        },
        arguments.preview.is_some().then_some(glances),
    );
    bar.done();
    let made = made?;
    for (what, cut) in [("prompt", made.cut), ("negative prompt", made.negative_cut)] {
        if cut > 0 {
            tracing::warn!(
                "the net has no room for the last {} of the {what}, which count for nothing",
                counted(cut, "token")
            );
        }
    }
    let mut written = Vec::new();
    for (number, picture) in (1..).zip(&made.pictures) {
        let path = numbered(&arguments.out, number, made.pictures.len());
        let described = described(&request, &made, &model, number);
        let texts = [("parameters", &*described), ("Software", SOFTWARE), ("Source", SOURCE)];
        written.push(outputs.write(path, picture, &texts)?);
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &document(&request, &made, &model, &outputs, &written))?;
        writeln!(out)?;
    } else {
        for one in &written {
            let path = one.path.to_string_lossy();
            writeln!(out, "{}: seed {}, {}", harmless(&path), request.seed, made.scheduler)?;
            if one.is_copy() {
                writeln!(out, "  {}", one.copy_in_words())?;
            }
        }
        if written.iter().any(|one| one.is_kept) {
            writeln!(out, "{}", outputs.in_words())?;
        }
    }
    Ok(if written.iter().all(|one| one.is_kept) { Outcome::Done } else { Outcome::No })
}

/// The picture that is begun at, upright.
fn begin(path: &Path) -> anyhow::Result<(Picture, Vec<u8>)> {
    let said = || {
        format!(
            "cannot begin at `{}`\nhint: check the path; the picture has to be one that `sayso hash` reads",
            path.display()
        )
    };
    let bytes = inputs::bytes(path).with_context(said)?;
    let decoded = decode(&bytes, &PICTURE_LIMITS).map_err(|fault| anyhow::anyhow!("{fault}").context(said()))?;
    let rgb = decoded.rgb().with_context(said)?;
    let side = |side: usize| u32::try_from(side).with_context(said);
    let picture = Picture { width: side(rgb.width())?, height: side(rgb.height())?, pixels: rgb.pixels().to_vec() };
    Ok((picture, bytes))
}

/// A side in multiples of eight.
const fn eights(side: u32) -> usize {
    side as usize / 8 * 8
}

/// The picture with the size that is asked for, which it may have already.
fn fitted(picture: Picture, width: usize, height: usize, strength: f64) -> anyhow::Result<Init> {
    let side = |side: usize| u32::try_from(side).ok().filter(|side| (1..=4096).contains(side));
    let picture = match (side(width), side(height)) {
        (Some(width), Some(height)) if (width, height) != (picture.width, picture.height) => picture
            .resized(width, height)
            .context("the picture to begin at has no pixels\nhint: name another with --init")?,
        // Nothing of that size is made, which the request's check says.
        _ => picture,
    };
    Ok(Init { picture, strength })
}

const SOFTWARE: &str = concat!("sayso ", env!("CARGO_PKG_VERSION"));

/// A seed that nobody chose.
fn thrown() -> u32 {
    let [a, b, c, d, ..] = std::collections::hash_map::RandomState::new().build_hasher().finish().to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// The path of one of several pictures.
fn numbered(path: &Path, number: usize, all: usize) -> PathBuf {
    if all == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(format!("-{number}"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
}

/// How a picture was made, in the form that other programs for it read.
fn described(request: &Request, made: &Made, model: &Model, number: usize) -> String {
    let unet: String = model.digests().unet.to_string().chars().take(10).collect();
    let mut lines = request.prompt.clone();
    if !request.negative.is_empty() {
        lines.push_str("\nNegative prompt: ");
        lines.push_str(&request.negative);
    }
    let Request { steps, guidance, seed, width, height, count, clip_skip, .. } = request;
    let scheduler = made.scheduler;
    let settings = format!(
        "\nSteps: {steps}, Sampler: {scheduler}, CFG scale: {guidance}, Seed: {seed}, Size: {width}x{height}, UNet sha256: {unet}, \
         Layers left out: {clip_skip}, Picture: {number} of {count}, Version: {SOFTWARE}"
    );
    let begun = request.init.as_ref().map_or(String::new(), |init| format!(", Denoising strength: {}", init.strength));
    lines + &settings + &begun + &adapters(model)
}

/// The adapters of a picture, by the first digits of their digests.
fn adapters(model: &Model) -> String {
    let named = |(digest, weight): &(Option<sayso_core::Sha256>, f64)| {
        let digest: String = digest.map_or(String::new(), |digest| digest.to_string().chars().take(10).collect());
        format!("{digest}: {weight}")
    };
    let all: Vec<String> = model.adapters().iter().map(named).collect();
    if all.is_empty() { String::new() } else { format!(", Lora hashes: \"{}\"", all.join(", ")) }
}

fn document(
    request: &Request,
    made: &Made,
    model: &Model,
    outputs: &Outputs,
    written: &[Written],
) -> serde_json::Value {
    let digests = model.digests();
    let kept = written.iter().filter(|one| one.is_kept);
    json!({
        "pictures": kept.map(|one| one.path.to_string_lossy()).collect::<Vec<_>>(),
        "made": written.iter().map(Written::to_json).collect::<Vec<_>>(),
        "compared": outputs.compared_json(),
        "prompt": request.prompt,
        "negative": request.negative,
        "cut_tokens": { "prompt": made.cut, "negative": made.negative_cut },
        "seed": request.seed,
        "steps": request.steps,
        "guidance": request.guidance,
        "width": request.width,
        "height": request.height,
        "scheduler": made.scheduler.name(),
        "clip_skip": request.clip_skip,
        "masked": request.mask.is_some(),
        "strength": request.init.as_ref().map(|init| init.strength),
        "model": {
            "unet_sha256": digests.unet.to_string(),
            "vae_sha256": digests.vae.to_string(),
            "text_encoder_sha256": digests.text.to_string(),
            "text_encoder_2_sha256": digests.second_text.as_ref().map(ToString::to_string),
        },
        "adapters": model.adapters().iter().map(|(digest, weight)| {
            json!({ "sha256": digest.map(|digest| digest.to_string()), "weight": weight })
        }).collect::<Vec<_>>(),
        "content_credentials": outputs.credentials_json(),
    })
}
