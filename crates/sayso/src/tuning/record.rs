use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

use sayso_core::Sha256;
use sayso_diffusion::configuration_digests;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::Tuning;
use crate::Error;
use crate::training::Selection;

/// What a run was begun with. Whoever goes on with it has to have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    version: u32,
    base: String,
    /// What the net predicts, by the word of whoever trains.
    prediction: Option<String>,
    /// The digest of each file of the base that is read beside its weights, of which the trainer knows the digests.
    configuration: BTreeMap<String, String>,
    class: Option<(String, usize)>,
    /// The digest of each picture, and of its caption.
    pictures: Vec<(String, String)>,
    /// The digests of what the pictures and captions became, which is what is learned.
    examples: Vec<String>,
}

const VERSION: u32 = 2;
const ANEW: &str = "begin anew in another folder: what was learned cannot be taken out of weights";
/// Bytes of a record: of a million pictures.
const BYTES: u64 = 256 << 20;

/// The digests of the base's files beside its weights.
pub(super) fn configuration(tuning: &Tuning) -> Result<BTreeMap<String, String>, Error> {
    let digests = configuration_digests(&tuning.base, &tuning.loading)?;
    Ok(digests.into_iter().map(|(name, digest)| (name, digest.to_string())).collect())
}

impl Record {
    pub(super) fn of(tuning: &Tuning, selection: &Selection) -> Result<Self, Error> {
        let caption = |caption: &str| Sha256(sha2::Sha256::digest(caption.as_bytes()).into()).to_string();
        let pictures = selection.taken.iter().map(|taken| (taken.sha256().to_string(), caption(taken.caption())));
        Ok(Self {
            version: VERSION,
            base: tuning.base_name.clone(),
            prediction: tuning.loading.prediction.clone(),
            configuration: configuration(tuning)?,
            class: tuning.class.as_ref().map(|class| (class.prompt.clone(), class.count)),
            pictures: pictures.collect(),
            examples: Vec::new(),
        })
    }

    /// With what lies in the folder that the trainer reads, so that nothing else can be laid there.
    pub(super) fn with_examples(mut self, state: &Path) -> Result<Self, Error> {
        self.examples.clear();
        for name in ["examples.f32", "examples.json"] {
            let path = state.join(name);
            let mut hasher = sha2::Sha256::new();
            let mut file = fs_err::File::open(&path).map_err(Error::file(&path))?;
            let mut buffer = vec![0; 1 << 20];
            loop {
                let read = file.read(&mut buffer).map_err(Error::file(&path))?;
                if read == 0 {
                    break;
                }
                hasher.update(buffer.get(..read).unwrap_or_default());
            }
            self.examples.push(Sha256(hasher.finalize().into()).to_string());
        }
        Ok(self)
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs_err::write(path, text).map_err(Error::file(path))
    }

    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let damaged = |why: String| Error::Input {
            input: path.display().to_string(),
            message: format!("{why}\nhint: begin the run anew in another folder"),
        };
        if fs_err::metadata(path).map_err(Error::file(path))?.len() > BYTES {
            return Err(damaged("it is too large for the record of a run".to_owned()));
        }
        let text = fs_err::read_to_string(path).map_err(Error::file(path))?;
        let record: Self =
            serde_json::from_str(&text).map_err(|error| damaged(format!("it is no record of a run: {error}")))?;
        if record.version == VERSION {
            Ok(record)
        } else {
            Err(damaged(format!("it is of version {}", record.version)))
        }
    }

    /// Why a run with this record cannot go on with `now`, and what to try; `None` where it can.
    pub(super) fn differs(&self, now: &Self) -> Option<(String, &'static str)> {
        if self.base != now.base || self.class != now.class {
            return Some(("the base or the class is another than the run was begun with".to_owned(), ANEW));
        }
        if self.prediction != now.prediction {
            let said = |of: &Option<String>| of.clone().unwrap_or_else(|| "nothing".to_owned());
            let (before, now) = (said(&self.prediction), said(&now.prediction));
            let why = format!("--prediction says {now}, and said {before} when the run was begun");
            return Some((why, "say what was said then, or begin anew in another folder"));
        }
        self.differs_in_configuration(now)
            .map(|why| (why, "put the base's files back as they were, or begin anew in another folder"))
            .or_else(|| self.differs_in_pictures(now).map(|why| (why, ANEW)))
    }

    /// Which of the base's files are others.
    fn differs_in_configuration(&self, now: &Self) -> Option<String> {
        let names: BTreeSet<&String> = self.configuration.keys().chain(now.configuration.keys()).collect();
        let changes = names.into_iter().filter_map(|name| {
            let what = match (self.configuration.get(name), now.configuration.get(name)) {
                (Some(before), Some(after)) if before == after => return None,
                (Some(_), Some(_)) => "was changed",
                (Some(_), None) => "is gone",
                (None, _) => "is new",
            };
            Some(format!("`{name}` {what}"))
        });
        let changes: Vec<String> = changes.collect();
        (!changes.is_empty()).then(|| format!("the base is not as the run was begun with: {}", changes.join(", ")))
    }

    fn differs_in_pictures(&self, now: &Self) -> Option<String> {
        if self.pictures == now.pictures {
            let is_changed = self.examples != now.examples;
            return is_changed.then(|| "what the trainer keeps of the pictures was changed".to_owned());
        }
        let digests = |of: &Self| of.pictures.iter().map(|(digest, _)| digest.clone()).collect::<BTreeSet<_>>();
        let (before, after) = (digests(self), digests(now));
        let (gone, new) = (before.difference(&after).count(), after.difference(&before).count());
        Some(match (gone, new) {
            (0, 0) => "captions or the order of the pictures are others than the run was begun with".to_owned(),
            (0, new) => format!("{new} of the pictures are new"),
            // What was learned cannot be unlearned.
            (gone, _) => format!(
                "{gone} of the pictures that it has learned from are not there any more, or do not say yes any more"
            ),
        })
    }
}
