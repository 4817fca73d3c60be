use std::collections::BTreeMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_core::Sha256;
use sayso_diffusion::train::{Preparation, class_pictures};
use sayso_diffusion::{DiffusionError, Picture, Request};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::picture::of_bytes;
use super::record::configuration;
use super::{Class, Event, Tuning, sample};
use crate::Error;
use crate::outputs::write_whole;
use crate::pictures::PICTURE_LIMITS;
use crate::signals::read_up_to;

/// Of what pictures of a class were made, and which there are: those of the same are gone on with after a break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct List {
    version: u32,
    /// Pictures of another version may differ in a bit.
    program: String,
    prompt: String,
    seed: u64,
    sides: [usize; 2],
    steps: usize,
    guidance: String,
    prediction: Option<String>,
    /// The digests of the base's weights, and of what else is read of it.
    weights: Vec<String>,
    configuration: BTreeMap<String, String>,
    /// The digests of the pictures' files, by their numbers.
    pictures: Vec<String>,
}

const VERSION: u32 = 1;
const NAME: &str = "class.json";
/// Bytes of a list of a hundred thousand pictures.
const BYTES: u64 = 16 << 20;

/// Pictures of the class, made by the model as it is. Those that were made of the same before are taken as they are, where one
/// of them that is made again comes out the same: pictures that somebody put there were judged by nobody.
pub(super) fn pictures(
    tuning: &Tuning,
    preparation: &Preparation,
    folder: &Path,
    interrupt: &AtomicBool,
    watch: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<Picture>, Error> {
    let Some(class) = &tuning.class else { return Ok(Vec::new()) };
    fs_err::create_dir_all(folder).map_err(Error::file(folder))?;
    let side = tuning.settings.side;
    // Other noise than that of pictures on the way.
    let request = sample::request(&class.prompt, (side, side), tuning.settings.seed.wrapping_add(1 << 20));
    let mut list = List::of(tuning, &request, preparation)?;
    let mut pictures = list.kept(folder, class);
    let go_on = &mut |_, _| !interrupt.load(Ordering::Relaxed);
    if !comes_out_the_same(&pictures, preparation, &request, go_on)? {
        pictures.clear();
        list.pictures.clear();
    }
    let first = pictures.len();
    let mut failed = None;
    let keep = &mut |number: usize, picture: Picture| {
        if let Err(error) = list.keep(folder, number, &picture) {
            failed = Some(error);
            return false;
        }
        pictures.push(picture);
        watch(Event::Class { done: number + 1, all: class.count });
        true
    };
    let made = class_pictures(preparation.model(), &request, first..class.count, keep, go_on);
    match (failed, made) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => Err(not_made(error)),
        (None, Ok(())) => Ok(pictures),
    }
}

fn not_made(error: DiffusionError) -> Error {
    match error {
        DiffusionError::Stopped { .. } => Error::Cancelled,
        error => error.into(),
    }
}

/// Makes one of the kept pictures again, and compares. Which one it is nobody knows before; with none there is nothing to compare.
fn comes_out_the_same(
    kept: &[Picture],
    preparation: &Preparation,
    request: &Request,
    go_on: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<bool, Error> {
    let random = usize::try_from(RandomState::new().hash_one(request.seed) >> 32).unwrap_or_default();
    let Some(number) = random.checked_rem(kept.len()) else { return Ok(true) };
    let mut is_same = false;
    let compare = &mut |number: usize, picture: Picture| {
        is_same = kept.get(number) == Some(&picture);
        true
    };
    class_pictures(preparation.model(), request, number..number + 1, compare, go_on).map_err(not_made)?;
    Ok(is_same)
}

impl List {
    /// One without pictures.
    fn of(tuning: &Tuning, request: &Request, preparation: &Preparation) -> Result<Self, Error> {
        let digests = preparation.model().digests();
        Ok(Self {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            prompt: request.prompt.clone(),
            seed: request.seed,
            sides: [request.width, request.height],
            steps: request.steps,
            guidance: request.guidance.to_string(),
            prediction: tuning.loading.prediction.clone(),
            weights: digests.named().map(|(_, digest)| digest.to_string()).collect(),
            configuration: configuration(tuning)?,
            pictures: Vec::new(),
        })
    }

    /// The pictures that are there and were made of the same, up to the first that is not; they are on the list from then on.
    fn kept(&mut self, folder: &Path, class: &Class) -> Vec<Picture> {
        let before = read_up_to(&folder.join(NAME), BYTES).ok();
        let Some(mut before) = before.and_then(|text| serde_json::from_slice::<Self>(&text).ok()) else {
            return Vec::new();
        };
        let digests = std::mem::take(&mut before.pictures);
        if before != *self {
            return Vec::new();
        }
        let mut kept = Vec::new();
        for (number, digest) in digests.into_iter().take(class.count).enumerate() {
            let bytes = read_up_to(&folder.join(file_name(number)), PICTURE_LIMITS.file_bytes);
            // One that was changed, or taken away, is made again; and those after it.
            let same = bytes.ok().filter(|bytes| digest_of(bytes) == digest);
            let Some(picture) = same.and_then(|bytes| of_bytes(&bytes).ok()) else { break };
            kept.push(picture);
            self.pictures.push(digest);
        }
        kept
    }

    /// Writes a picture, and then that it is there.
    fn keep(&mut self, folder: &Path, number: usize, picture: &Picture) -> Result<(), Error> {
        let path = folder.join(file_name(number));
        let bytes = sample::write(&path, picture)?;
        self.pictures.push(digest_of(&bytes));
        let list = folder.join(NAME);
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        write_whole(&list, &text).map_err(Error::file(list))
    }
}

fn file_name(number: usize) -> String {
    format!("{number:04}.png")
}

fn digest_of(bytes: &[u8]) -> String {
    Sha256(sha2::Sha256::digest(bytes).into()).to_string()
}
