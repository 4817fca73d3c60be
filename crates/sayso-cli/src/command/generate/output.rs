//! Writing a made picture: compared with the training, with its texts, signed, whole or not at all.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use sayso::outputs::{Against, CopyFound, MadeOf, Mining, OutputFacts, OutputFormat, Signatory, encode, write_whole};
use sayso_diffusion::{Model, Picture};
use sayso_picture::Rgb;
use serde_json::{Value, json};

use super::inputs::Lineaged;
use crate::arguments::Generate;
use crate::command::base;
use crate::output::{counted, harmless};

/// All that is needed to write pictures, known before any is made.
pub(super) struct Outputs {
    format: OutputFormat,
    signatory: Option<Signatory>,
    mining: Mining,
    against: Against,
    is_compared: bool,
    keep_copies: bool,
    base: MadeOf,
    adapters: Vec<MadeOf>,
    init: Option<Vec<u8>>,
}

/// What became of one picture.
pub(super) struct Written {
    pub(super) path: PathBuf,
    /// The nearest picture of the training, where there was anything to compare with.
    pub(super) nearest: Option<CopyFound>,
    /// Whether it was written.
    pub(super) is_kept: bool,
}

impl Outputs {
    pub(super) fn new(
        arguments: &Generate,
        (model, opened): (&Model, Vec<Lineaged>),
        init: Option<Vec<u8>>,
        interrupt: &AtomicBool,
    ) -> anyhow::Result<Self> {
        let format = OutputFormat::of(&arguments.out)?;
        let signatory = match &arguments.sign[..] {
            _ if arguments.unsigned => None,
            [chain, key] => Some(Signatory::from_files(chain, key)?),
            _ => Some(Signatory::local(None)?),
        };
        if let Some(place) = signatory.as_ref().and_then(Signatory::made_at) {
            tell_of_key(&place.display().to_string());
        }
        let mut against = Against::nothing();
        let mut adapters = Vec::new();
        for (lora, Lineaged { sha256, lineage }) in arguments.lora.iter().zip(opened) {
            let lineage = lineage.as_ref();
            for missing in lineage.iter().flat_map(|lineage| &lineage.missing) {
                let (file, missing) = (lora.path.display(), harmless(missing));
                tracing::warn!(
                    "the lineage of `{file}` is not whole, and copies of what is missing are not found: {missing}"
                );
            }
            // What weights say that they were trained on is what they may have learned by heart.
            against.add_pictures(lineage.map_or(&[], |lineage| &lineage.pictures));
            let name = name_of(&lora.path);
            adapters.push(MadeOf {
                files: sha256.map(|sha256| (name.clone(), sha256)).into_iter().collect(),
                name,
                weight: Some(lora.weight),
                lineage: lineage.map(|lineage| lineage.digest),
            });
        }
        if !arguments.against.is_empty() {
            let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
            against.add_folders(&arguments.against, threads, interrupt)?;
            if against.uncompared() > 0 {
                tracing::warn!(
                    "{} of --against cannot be compared with: too plain, or not to be read",
                    counted(against.uncompared(), "picture")
                );
            }
        }
        let base = MadeOf {
            name: base::name_of(&arguments.model.base),
            files: model.digests().named().map(|(name, digest)| (name.to_owned(), digest)).collect(),
            weight: None,
            lineage: None,
        };
        Ok(Self {
            format,
            signatory,
            mining: arguments.mining,
            is_compared: !against.is_empty(),
            against,
            keep_copies: arguments.keep_copies,
            base,
            adapters,
            init,
        })
    }

    /// Writes a picture, unless it is a copy of one of the training.
    pub(super) fn write(&self, path: PathBuf, picture: &Picture, texts: &[(&str, &str)]) -> anyhow::Result<Written> {
        let said = || format!("cannot write `{}`\nhint: check the path and the room there", path.display());
        let (width, height) = (picture.width as usize, picture.height as usize);
        let picture = Rgb::new(width, height, picture.pixels.clone()).with_context(said)?;
        let nearest = if self.is_compared { self.against.nearest(&picture) } else { None };
        if nearest.as_ref().is_some_and(CopyFound::is_copy) && !self.keep_copies {
            return Ok(Written { path, nearest, is_kept: false });
        }
        let mut bytes = encode(&picture, self.format, texts)?;
        if let Some(signatory) = &self.signatory {
            let parameters = texts.iter().find(|(keyword, _)| *keyword == "parameters");
            let facts = OutputFacts {
                title: path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
                base: self.base.clone(),
                adapters: self.adapters.clone(),
                parameters: parameters.map(|(_, text)| (*text).to_owned()),
                compared: self
                    .is_compared
                    .then(|| (self.against.len() as u64, nearest.as_ref().map(|nearest| nearest.distance))),
            };
            bytes = signatory.sign(&bytes, &facts, self.init.as_deref(), self.mining)?;
        }
        write_whole(&path, &bytes).with_context(said)?;
        Ok(Written { path, nearest, is_kept: true })
    }

    /// What is said of credentials to programs.
    pub(super) fn credentials_json(&self) -> Value {
        match &self.signatory {
            None => Value::Null,
            Some(signatory) => json!({
                "by": if signatory.is_local() { "local-key" } else { "own-key" },
                "mining": self.mining.as_str(),
            }),
        }
    }

    /// What the pictures were compared with.
    pub(super) fn compared_json(&self) -> Value {
        if !self.is_compared {
            return Value::Null;
        }
        json!({ "pictures": self.against.len(), "not_comparable": self.against.uncompared() })
    }

    /// In one sentence, how far anybody can rely on what was written.
    pub(super) fn in_words(&self) -> &'static str {
        match &self.signatory {
            None => "without credentials: nothing in it proves anything",
            Some(signatory) if signatory.is_local() => "signed with the key of this machine, which nobody vouches for",
            Some(_) => "signed with the key that was named",
        }
    }
}

impl Written {
    pub(super) fn to_json(&self) -> Value {
        let nearest = self.nearest.as_ref().map(|nearest| {
            json!({
                "sha256": nearest.sha256.to_string(),
                "distance": nearest.distance,
                "copy": nearest.is_copy(),
                "place": nearest.place,
            })
        });
        json!({ "path": self.path.to_string_lossy(), "written": self.is_kept, "nearest": nearest })
    }

    /// Whether it is a copy of a picture of the training.
    pub(super) fn is_copy(&self) -> bool {
        self.nearest.as_ref().is_some_and(CopyFound::is_copy)
    }

    /// What is said to people of a copy.
    pub(super) fn copy_in_words(&self) -> String {
        let Some(nearest) = self.nearest.as_ref().filter(|nearest| nearest.is_copy()) else { return String::new() };
        let of = nearest.place.clone().unwrap_or_else(|| format!("the picture with sha256 {}", nearest.sha256));
        let what = format!("a copy of {} ({} of 256 bits differ), learnt by heart", harmless(&of), nearest.distance);
        if self.is_kept { format!("{what}; kept as asked") } else { format!("{what}; not written") }
    }
}

/// The name of a model's folder, or of its file without its ending.
fn name_of(path: &Path) -> String {
    let whole = fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let name = if whole.is_dir() { whole.file_name() } else { whole.file_stem() };
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn tell_of_key(place: &str) {
    use std::io::Write as _;
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(
        std::io::stderr(),
        "note: a key for credentials was made, {}; it stays on this machine, and nobody vouches for it",
        harmless(place)
    );
}
