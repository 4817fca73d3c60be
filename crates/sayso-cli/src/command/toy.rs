//! The toy, that is made here and not fetched.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use sayso_diffusion::toy::{Effort, Memory, Progress, make, subject};
use sayso_diffusion::write_png;
use serde_json::json;

use super::build::interrupt_on_signal;
use crate::arguments::{Makeable, ModelsMake};
use crate::exit::Outcome;
use crate::output::harmless;
use crate::progress::Bar;

/// What --base says for it.
const NAME: &str = "toy";
/// Its folder in the cache: another number where another version makes another toy.
const FOLDER: &str = "toy-1";
/// The mark under which drawings of the Open Clip Art Library are given away.
const PUBLIC_DOMAIN: &str = "https://creativecommons.org/licenses/publicdomain/";

pub(super) fn run(arguments: &ModelsMake) -> anyhow::Result<Outcome> {
    let Makeable::Toy = arguments.model;
    if let Some(folder) = &arguments.subject {
        write_subject(folder)?;
    }
    let folder = arguments.out.clone().map_or_else(place, Ok)?;
    let usual = Effort::default();
    let effort = Effort {
        drawings: arguments.drawings.map_or(usual.drawings, usize::from),
        autoencoder: arguments.autoencoder_steps.map_or(usual.autoencoder, usize::from),
        nets: arguments.steps.map_or(usual.nets, usize::from),
    };
    if effort != usual && arguments.out.is_none() {
        anyhow::bail!(
            "another toy than the usual one is none that `--base toy` means\nhint: name a folder for it with -o"
        );
    }
    let is_there = folder.join("model_index.json").is_file();
    if is_there && arguments.out.is_some() {
        anyhow::bail!("`{}` is there already\nhint: move it away, or name another folder with -o", folder.display());
    }
    let memory = if is_there { None } else { Some(made(&folder, effort)?) };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let memory = memory.map(|memory| {
            json!({
                "asked": memory.asked,
                "own": memory.own,
                "copies": memory.copies,
                "difference": memory.difference,
            })
        });
        let said = json!({ "folder": folder.to_string_lossy(), "made": memory.is_some(), "memory": memory });
        serde_json::to_writer_pretty(&mut out, &said)?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    writeln!(out, "{}", harmless(&folder.to_string_lossy()))?;
    match memory {
        Some(memory) => writeln!(out, "{}", told(&memory))?,
        None => writeln!(out, "is there already; its README.md says what it is")?,
    }
    if let Some(folder) = &arguments.subject {
        writeln!(out, "five views of an owl lie in {}", harmless(&folder.to_string_lossy()))?;
    }
    Ok(Outcome::Done)
}

fn told(memory: &Memory) -> String {
    let Memory { asked, own, copies, .. } = memory;
    format!(
        "a toy: of {asked} captions, {own} gave a picture that is nearest to the drawing of that caption, and {copies} a copy of a drawing"
    )
}

/// The toy's folder if it is what `--base` means; it is made at its first use.
pub(super) fn meant(asked: &Path) -> anyhow::Result<Option<PathBuf>> {
    if asked != Path::new(NAME) || asked.exists() {
        return Ok(None);
    }
    let folder = place()?;
    if !folder.join("model_index.json").is_file() {
        tracing::warn!("the toy is made first, which takes about 40 minutes of one core, and only once");
        made(&folder, Effort::default())?;
    }
    Ok(Some(folder))
}

/// Where it lies: `$XDG_CACHE_HOME/sayso`, `~/.cache/sayso` where that is not set.
fn place() -> anyhow::Result<PathBuf> {
    // The XDG base directory specification: what is not absolute is as if it were not set.
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")));
    let Some(cache) = cache else {
        anyhow::bail!(
            "neither XDG_CACHE_HOME nor HOME says where the toy lies\nhint: make it with `sayso models make toy -o FOLDER`, and name that folder"
        );
    };
    Ok(cache.join("sayso").join(FOLDER))
}

fn made(folder: &Path, effort: Effort) -> anyhow::Result<Memory> {
    let interrupt = interrupt_on_signal()?;
    let bar = Bar::new();
    let made = make(folder, effort, &mut |progress| {
        match progress {
            Progress::Autoencoder(done, all, loss) => bar.lesson("teaching the autoencoder", done, all, loss),
            Progress::Encoding(done, all) => bar.count("encoding", done, all),
            Progress::Nets(done, all, loss) => bar.lesson("teaching the nets", done, all, loss),
            Progress::Memory(done, all) => bar.count("asking for every drawing", done, all),
        }
        !interrupt.load(Ordering::Relaxed)
    });
    bar.done();
    Ok(made?)
}

/// Writes the views of the subject, each with what was made known of it: who drew it, and that it belongs to everybody.
fn write_subject(folder: &Path) -> anyhow::Result<()> {
    fs_err::create_dir_all(folder)?;
    for (number, picture) in (1..).zip(subject()?) {
        let path = folder.join(format!("owl-{number}.png"));
        let mut file = Vec::new();
        write_png(&mut file, &picture, &[("Title", "Gufo civetta"), ("Author", "Architetto Francesco Rollandin")])?;
        let said = json!({
            "caption": "a drawing of an owl",
            "creator": "Architetto Francesco Rollandin",
            "licence": PUBLIC_DOMAIN,
        });
        // What says whose it is comes first: without it, the picture could not be used.
        write_once(&path.with_extension("json"), &serde_json::to_vec_pretty(&said)?)?;
        write_once(&path, &file)?;
    }
    Ok(())
}

/// Writes a file, unless the same is there already; over another it is not written.
fn write_once(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    match fs_err::read(path) {
        Ok(there) if there == bytes => Ok(()),
        Ok(_) => {
            anyhow::bail!(
                "`{}` is there already, and is another\nhint: name another folder with --subject",
                path.display()
            )
        }
        Err(_) => Ok(fs_err::write(path, bytes)?),
    }
}
