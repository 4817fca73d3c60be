use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::bucket::{Fitted, fitted, mirrored, nearest, sizes};
use super::learned::{Learned, open};
use super::store::{Kept, List, Store};
use super::{Example, Prepared, Settings, Trainer};
use crate::load::Loading;
use crate::model::Said;
use crate::vae::Moments;
use crate::{DiffusionError, Model, Picture};

/// Takes examples one by one. Each is encoded once, and kept in a folder; nothing of it stays in memory.
pub struct Preparation {
    base: PathBuf,
    loading: Loading,
    folder: PathBuf,
    settings: Settings,
    model: Model,
    learned: Learned,
    store: Store,
    list: List,
    captions: BTreeMap<String, usize>,
    sizes: Vec<[usize; 2]>,
}

impl Preparation {
    /// Opens a model to train it, and a folder for all that the training keeps.
    ///
    /// # Errors
    ///
    /// When the settings cannot be, the model cannot be opened, the folder holds a training already, or cannot be written to.
    pub fn new(base: &Path, loading: &Loading, folder: &Path, settings: Settings) -> Result<Self, DiffusionError> {
        settings.check()?;
        if super::state::exists(folder) {
            return Err(DiffusionError::State {
                path: folder.to_owned(),
                reason: "a training is in it already".to_owned(),
                hint: "resume it, or begin in another folder",
            });
        }
        let (model, learned) = open(base, loading, settings.method, settings.seed)?;
        let unet = model.unet.config();
        // Each level but the last halves the latents.
        let unit = model.vae.config().factor() << unet.levels.len().saturating_sub(1);
        if settings.side < unit {
            return Err(DiffusionError::Request {
                reason: format!("pictures of {} pixels are too small for this model", settings.side),
                hint: "512 is usual, and 1024 for XL",
            });
        }
        let sizes = sizes(settings.side, unit, settings.buckets);
        Ok(Self {
            base: base.to_owned(),
            loading: loading.clone(),
            folder: folder.to_owned(),
            store: Store::create(folder)?,
            settings,
            model,
            learned,
            list: List::default(),
            captions: BTreeMap::new(),
            sizes,
        })
    }

    /// The model, which nothing was taught yet; such as for pictures of the class.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Takes an example.
    ///
    /// # Errors
    ///
    /// When its picture has no pixels or its numbers run away; the next can be taken all the same.
    pub fn add(&mut self, example: &Example) -> Result<Prepared, DiffusionError> {
        let Picture { width, height, .. } = example.picture;
        let fitted = nearest(&self.sizes, width, height).and_then(|size| Some((size, fitted(&example.picture, size)?)));
        let Some(([width, height], Fitted { picture, cropped, edges })) = fitted else {
            return Err(DiffusionError::Request {
                reason: format!("the picture `{}` has no pixels", example.id),
                hint: "leave it out",
            });
        };
        let sides = self.encode(&picture, &example.id)?;
        let mirror = if self.settings.flip { Some(self.encode(&mirrored(&picture), &example.id)?) } else { None };
        let (caption, cut) = self.caption(&example.caption)?;
        let (at, [rows, columns]) = sides;
        self.list.examples.push(Kept {
            id: example.id.clone(),
            caption,
            is_prior: example.is_prior,
            sides: [rows, columns],
            at,
            mirrored: mirror.map(|(at, _)| at),
            original: [example.picture.height, example.picture.width],
            edges,
        });
        let enlarged = (example.picture.width as usize) < width || (example.picture.height as usize) < height;
        Ok(Prepared { width, height, cropped, enlarged, cut })
    }

    /// Where a picture lies among the latents: means, then logarithms of variances.
    fn encode(&mut self, picture: &Picture, id: &str) -> Result<(u64, [usize; 2]), DiffusionError> {
        let Moments { mean, log_variance } = self.model.vae.encode(&picture.numbers()?)?;
        let (_, _, rows, columns) = mean.dims4()?;
        let mut numbers = mean.flatten_all()?.to_vec1::<f32>()?;
        numbers.extend(log_variance.flatten_all()?.to_vec1::<f32>()?);
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(DiffusionError::Request {
                reason: format!("the autoencoder makes what is no number of the picture `{id}`"),
                hint: "its weights overflowed when they were made smaller: get those of `vae` with 32 bits",
            });
        }
        Ok((self.store.keep(&numbers)?, [rows, columns]))
    }

    /// The number of a caption, and how many of its tokens there was no room for.
    fn caption(&mut self, caption: &str) -> Result<(usize, usize), DiffusionError> {
        let cut = self.model.prompts.prompt(caption).cut;
        if let Some(number) = self.captions.get(caption) {
            return Ok((*number, cut));
        }
        if !self.settings.method.text() {
            let Said { texts, whole } = self.model.said(&[caption], 0)?;
            let mut vectors = texts.flatten_all()?.to_vec1::<f32>()?;
            if let Some(whole) = whole {
                vectors.extend(whole.flatten_all()?.to_vec1::<f32>()?);
            }
            self.list.texts.push(self.store.keep(&vectors)?);
        }
        let number = self.list.captions.len();
        self.list.captions.push(caption.to_owned());
        self.captions.insert(caption.to_owned(), number);
        Ok((number, cut))
    }

    /// All are taken: the training can begin.
    ///
    /// # Errors
    ///
    /// When there is no picture of the subject, or what is kept cannot be written.
    pub fn begin(mut self) -> Result<Trainer, DiffusionError> {
        if self.list.examples.iter().all(|kept| kept.is_prior) {
            return Err(DiffusionError::Request {
                reason: "there is no picture to learn from".to_owned(),
                hint: "3 to 30 pictures of one subject are usual; one is enough to begin",
            });
        }
        self.store.finish(&mut self.list)?;
        Trainer::begin(
            (self.base, self.loading),
            self.folder,
            self.settings,
            self.model,
            self.learned,
            self.store,
            self.list,
        )
    }
}
