use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use candle_core::backprop::GradStore;
use candle_core::{Device, Tensor};

use super::Settings;
use super::adam::AdamW;
use super::average::{Average, exchanged};
use super::draw::{For, Seen, thrown};
use super::learned::{Learned, open};
use super::loss::{loss, target, weights};
use super::order::Order;
use super::state::State;
use super::store::{List, Store};
use crate::adapter::Adapter;
use crate::load::Loading;
use crate::model::Said;
use crate::ops::{inside, recorded, sum_of_squares};
use crate::scheduler::{Settings as Schedule, noisy};
use crate::unet::Added;
use crate::{DiffusionError, Made, Model, Request, SchedulerKind};

/// What a step was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Its number, from one on.
    pub number: usize,
    /// How wrong the net was before it, on what it saw.
    pub loss: f64,
    /// How far it went.
    pub rate: f64,
    /// The length of the gradient, before it was made shorter.
    pub gradient: f64,
    /// Pictures that were seen up to now, each as often as it was.
    pub seen: u64,
}

/// Some pictures of one size as the net sees them once.
pub(super) struct Batch {
    pub(super) clean: Tensor,
    pub(super) noise: Tensor,
    pub(super) times: Vec<usize>,
    pub(super) texts: Texts,
    /// Of each picture, what XL is told of its size.
    pub(super) sizes: Vec<[f32; 6]>,
    /// How much its loss counts.
    pub(super) weight: f64,
    pub(super) min_snr: Option<f64>,
}

/// Captions.
pub(super) enum Texts {
    /// As vectors, where the nets that read them stay as they are.
    Vectors(Said),
    /// As they are, where those learn.
    Captions(Vec<String>),
}

/// Trains.
pub struct Trainer {
    base: PathBuf,
    loading: Loading,
    folder: PathBuf,
    settings: Settings,
    model: Model,
    /// What is left of a picture at each time step, as the scheduler has it by which nets are trained.
    schedule: Schedule,
    learned: Learned,
    optimizer: AdamW,
    average: Option<Average>,
    store: Store,
    list: List,
    order: Order,
    priors: Option<Order>,
    done: usize,
    seen: u64,
}

impl Trainer {
    pub(super) fn begin(
        (base, loading): (PathBuf, Loading),
        folder: PathBuf,
        settings: Settings,
        model: Model,
        learned: Learned,
        store: Store,
        list: List,
    ) -> Result<Self, DiffusionError> {
        let order = |is_prior: bool| {
            let of = list.examples.iter().enumerate().filter(|(_, kept)| kept.is_prior == is_prior);
            Order::new(
                settings.seed ^ u64::from(is_prior),
                settings.batch,
                of.map(|(number, kept)| (number, kept.sides)),
            )
        };
        let (Some(order), priors) = (order(false), order(true)) else {
            return Err(DiffusionError::Compute("a training without examples".to_owned()));
        };
        let average = settings.average.map(|most| Average::new(most, &learned.variables)).transpose()?;
        let optimizer = AdamW::default();
        let schedule = model.settings.of_kind(SchedulerKind::Ddpm);
        Ok(Self {
            base,
            loading,
            folder,
            settings,
            model,
            schedule,
            learned,
            optimizer,
            average,
            store,
            list,
            order,
            priors,
            done: 0,
            seen: 0,
        })
    }

    /// Goes on with a training that was saved in a folder, with the same base. What follows is bit for bit what had
    /// followed without a stop, on the same kind of processor.
    ///
    /// # Errors
    ///
    /// When nothing was saved there, it is damaged, or the base is another.
    pub fn resume(base: &Path, loading: &Loading, folder: &Path) -> Result<Self, DiffusionError> {
        let (state, mut tensors) = State::open(folder)?;
        let (model, learned) = open(base, loading, state.settings.method, state.settings.seed)?;
        state.check(folder, model.digests())?;
        let ([places, width], whole) = model.said_sides();
        let (store, list) = Store::open(folder, model.unet.config().latent, places * width + whole.unwrap_or(0))?;
        let named = (base.to_owned(), loading.clone());
        let mut trainer = Self::begin(named, folder.to_owned(), state.settings.clone(), model, learned, store, list)?;
        let mut take = |kind: &str, name: &str, dims: &[usize]| {
            tensors.remove(&format!("{kind}/{name}")).filter(|tensor| tensor.dims() == dims).ok_or_else(|| {
                DiffusionError::State {
                    path: folder.to_owned(),
                    reason: format!("`{kind}/{name}` is missing or has another shape"),
                    hint: "begin the training anew in another folder",
                }
            })
        };
        for (name, variable) in &trainer.learned.variables {
            let device = variable.device();
            variable.set(&take("value", name, variable.dims())?.to_device(device)?)?;
            if state.done > 0 {
                let moments = [take("first", name, variable.dims())?, take("second", name, variable.dims())?];
                let moments = [moments[0].to_device(device)?, moments[1].to_device(device)?];
                trainer.optimizer.moments.insert(name.clone(), moments);
            }
            if let Some(average) = &mut trainer.average {
                average.values.insert(name.clone(), take("average", name, variable.dims())?.to_device(device)?);
            }
        }
        (trainer.done, trainer.seen) = (state.done, state.seen);
        Ok(trainer)
    }

    /// How it is trained.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The model as it is now.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// Steps that were made.
    #[must_use]
    pub const fn done(&self) -> usize {
        self.done
    }

    /// Whether all steps were made.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.done >= self.settings.steps
    }

    /// Numbers that are trained.
    #[must_use]
    pub fn trained(&self) -> u64 {
        self.learned.variables.values().map(|variable| variable.elem_count() as u64).sum()
    }

    /// Makes a step.
    ///
    /// # Errors
    ///
    /// When the numbers run away; nothing was changed by the step then.
    pub fn step(&mut self) -> Result<Step, DiffusionError> {
        let mut batches = Vec::new();
        let each = self.settings.accumulation;
        for part in 0..each {
            let number = (self.done * each + part) as u64;
            let examples = self.order.batch(number);
            let mut batch = self.batch(&examples, For::Example, number)?;
            batch.weight = 1.0 / each as f64;
            batch.min_snr = self.settings.min_snr;
            let count = examples.len();
            batches.push(batch);
            if let Some(priors) = &mut self.priors {
                // As many of the class as of the subject.
                let examples: Vec<usize> = priors.batch(number).into_iter().take(count).collect();
                let mut batch = self.batch(&examples, For::Prior, number)?;
                batch.weight = self.settings.prior_weight / each as f64;
                batches.push(batch);
            }
        }
        match self.learned.variables.values().next().map(|variable| variable.as_tensor().clone()) {
            Some(any) => inside(&any, || self.learn(&batches)),
            None => self.learn(&batches),
        }
    }

    /// Pictures with what is thrown for them.
    pub(super) fn batch(&mut self, examples: &[usize], what: For, number: u64) -> Result<Batch, DiffusionError> {
        let channels = self.model.unet.config().latent;
        let scaling = self.model.vae.config().scaling;
        let times = self.schedule.train_steps();
        let ([places, width], whole) = self.model.said_sides();
        let factor = self.model.vae.config().factor();
        let (mut clean, mut noise, mut steps, mut sizes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut texts, mut wholes, mut captions) = (Vec::new(), Vec::new(), Vec::new());
        for (place, example) in examples.iter().enumerate() {
            let Some(kept) = self.list.examples.get(*example).cloned() else { continue };
            let [rows, columns] = kept.sides;
            let shape = [channels, rows, columns];
            let mut throws = thrown(self.settings.seed, what, number * self.settings.batch as u64 + place as u64);
            let seen = Seen::throw(&mut throws, times, shape, self.settings.noise_offset)?;
            let mirrored = kept.mirrored.filter(|_| seen.mirrored);
            let at = mirrored.unwrap_or(kept.at);
            sizes.push(kept.told(mirrored.is_some(), factor));
            let size = channels * rows * columns;
            let moments = Tensor::from_vec(self.store.read(at, size * 2)?, (2, channels, rows, columns), &Device::Cpu)?;
            let deviation = (moments.get(1)? * 0.5)?.exp()?;
            clean.push(((moments.get(0)? + (deviation * seen.place)?)? * scaling)?);
            noise.push(seen.noise);
            steps.push(seen.time);
            match self.list.texts.get(kept.caption) {
                Some(at) => {
                    let mut vectors = self.store.read(*at, places * width + whole.unwrap_or(0))?;
                    let of_whole = vectors.split_off(places * width);
                    texts.push(Tensor::from_vec(vectors, (places, width), &Device::Cpu)?);
                    wholes.push(Tensor::new(of_whole, &Device::Cpu)?);
                }
                None => captions.push(self.list.captions.get(kept.caption).cloned().unwrap_or_default()),
            }
        }
        let texts = if captions.is_empty() {
            let whole = whole.map(|_| Tensor::stack(&wholes, 0)).transpose()?;
            Texts::Vectors(Said { texts: Tensor::stack(&texts, 0)?, whole })
        } else {
            Texts::Captions(captions)
        };
        Ok(Batch {
            clean: Tensor::stack(&clean, 0)?,
            noise: Tensor::stack(&noise, 0)?,
            times: steps,
            texts,
            sizes,
            weight: 1.0,
            min_snr: None,
        })
    }

    /// Makes a step on these batches.
    pub(super) fn learn(&mut self, batches: &[Batch]) -> Result<Step, DiffusionError> {
        let number = self.done + 1;
        let rate = self.settings.rate_at(self.done);
        let diverged = |what| DiffusionError::Diverged { step: number, what, rate };
        let (mut sum, mut gradients, mut seen) = (0.0, BTreeMap::new(), 0);
        for batch in batches {
            sum += self.gradients(batch, &mut gradients)? * batch.weight;
            if !sum.is_finite() {
                return Err(diverged("loss"));
            }
            seen += batch.times.len() as u64;
        }
        let gradient = length(&gradients)?;
        if !gradient.is_finite() {
            return Err(diverged("gradient"));
        }
        // As torch does it.
        let factor = self.settings.clip.map_or(1.0, |most| (most / (gradient + 1e-6)).min(1.0));
        let how = [rate, self.settings.weight_decay, factor];
        self.optimizer.step(&self.learned.variables, &gradients, how, number)?;
        if let Some(average) = &mut self.average {
            average.step(&self.learned.variables, number)?;
        }
        self.done = number;
        self.seen += seen;
        Ok(Step { number, loss: sum, rate, gradient, seen: self.seen })
    }

    /// Adds the gradients of a batch to others, and says its loss.
    pub(super) fn gradients(
        &self,
        batch: &Batch,
        gradients: &mut BTreeMap<String, Tensor>,
    ) -> Result<f64, DiffusionError> {
        let Batch { clean, noise, times, weight, .. } = batch;
        let settings = &self.schedule;
        let aim = settings.prediction;
        let (said, record) = recorded(|| match &batch.texts {
            Texts::Vectors(said) => Ok(said.clone()),
            Texts::Captions(captions) => self.model.said(captions, 0),
        });
        let said = said?;
        let added = said.whole.clone().map(|texts| Added { texts, sizes: batch.sizes.clone() });
        let (texts, added) = (&said.texts, added.as_ref());
        let steps: Vec<f32> = times.iter().map(|time| *time as f32).collect();
        let noisy = noisy(settings, clean, noise, times)?;
        let wanted = target(aim, settings, clean, noise, times)?;
        let weights = batch.min_snr.map(|most| weights(aim, settings, times, most));
        let lost = |answer: &Tensor| loss(answer, &wanted, weights.clone());
        let mut found = |store: &GradStore| self.learned.gather(store, gradients);
        if self.settings.checkpointing {
            let weighed = |answer: &Tensor| lost(answer)? * *weight;
            let (loss, of_said) = self.model.unet.recomputed(&noisy, &steps, texts, added, &weighed, &mut found)?;
            if let Some(felt) = said.felt(of_said)? {
                found(&record.back(&felt)?)?;
            }
            return Ok(f64::from(loss.to_scalar::<f32>()?) / weight);
        }
        let loss = record.further(|| lost(&self.model.unet.forward_added(&noisy, &steps, texts, added)?))?;
        found(&record.back(&(&loss * *weight)?)?)?;
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    /// Saves where the training stands, whole or not at all.
    ///
    /// # Errors
    ///
    /// When it cannot be written; what was saved before is still there then.
    pub fn save(&self) -> Result<(), DiffusionError> {
        let mut tensors = BTreeMap::new();
        for (name, value) in self.learned.values()? {
            tensors.insert(format!("value/{name}"), value);
        }
        for (name, [first, second]) in &self.optimizer.moments {
            tensors.insert(format!("first/{name}"), first.clone());
            tensors.insert(format!("second/{name}"), second.clone());
        }
        for (name, value) in self.average.iter().flat_map(|average| &average.values) {
            tensors.insert(format!("average/{name}"), value.clone());
        }
        State::new(&self.settings, self.done, self.seen, self.model.digests()).save(&self.folder, &tensors)
    }

    /// What was learned: the moving average where there is one.
    fn values(&self) -> Result<BTreeMap<String, Tensor>, DiffusionError> {
        match &self.average {
            Some(average) => Ok(average.copied()?),
            None => Ok(self.learned.values()?),
        }
    }

    /// The adapter as it is now; none if the nets themselves are trained.
    ///
    /// # Errors
    ///
    /// When memory does not hold a copy of it.
    pub fn adapter(&self) -> Result<Option<Adapter>, DiffusionError> {
        Ok(self.learned.adapter(&self.values()?))
    }

    /// Makes pictures with what was learned, such as to see how far it is. The training goes on as if none had been made.
    ///
    /// # Errors
    ///
    /// As [`Model::generate`].
    pub fn sample(
        &self,
        request: &Request,
        watch: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Made, DiffusionError> {
        let Some(average) = &self.average else { return self.model.generate(request, watch) };
        let before = exchanged(&self.learned.variables, &average.values)?;
        let made = self.model.generate(request, watch);
        exchanged(&self.learned.variables, &before)?;
        made
    }

    /// Writes the model with what was learned, as a folder that diffusers and [`Model::open`] open. What is not trained is
    /// copied from the base.
    ///
    /// # Errors
    ///
    /// When an adapter is trained, or the folder cannot be written.
    pub fn write_model(&self, folder: &Path, texts: &BTreeMap<String, String>) -> Result<(), DiffusionError> {
        let mut values = self.values()?;
        values.extend(self.learned.idle());
        super::whole::write(&self.base, self.loading.prediction.as_deref(), folder, &values, texts)
    }
}

/// The length of all gradients together.
fn length(gradients: &BTreeMap<String, Tensor>) -> candle_core::Result<f64> {
    let sums = gradients.values().map(sum_of_squares);
    Ok(sums.sum::<candle_core::Result<f64>>()?.sqrt())
}

#[cfg(test)]
mod inside {
    //! What the tests look at.
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::{BTreeMap, HashMap};

    use candle_core::Tensor;
    use candle_core::backprop::GradStore;

    use super::Trainer;
    use crate::noise::Noise;

    impl Trainer {
        pub(in crate::train) const fn schedule(&self) -> &super::Schedule {
            &self.schedule
        }

        pub(in crate::train) fn names(&self) -> impl Iterator<Item = &str> {
            self.learned.variables.keys().map(String::as_str)
        }

        pub(in crate::train) fn value(&self, name: &str) -> Tensor {
            self.learned.variables[name].as_tensor().detach()
        }

        pub(in crate::train) fn averaged(&self, name: &str) -> Tensor {
            self.average.as_ref().unwrap().values[name].clone()
        }

        pub(in crate::train) fn set(&mut self, values: &HashMap<String, Tensor>) {
            assert_eq!(values.len(), self.learned.variables.len());
            for (name, variable) in &self.learned.variables {
                variable.set(&values[name]).unwrap();
            }
            let values = self.learned.values().unwrap();
            if let Some(average) = &mut self.average {
                average.values = values;
            }
        }

        pub(in crate::train) fn recompute(&mut self) {
            self.settings.checkpointing = true;
        }

        /// Random numbers everywhere: zeros hide gradients.
        pub(in crate::train) fn scatter(&mut self) {
            let mut noise = Noise::new(1);
            for variable in self.learned.variables.values() {
                let thrown = (noise.tensor(variable.shape()).unwrap() * 0.1).unwrap();
                variable.set(&(variable.as_tensor().detach() + thrown).unwrap()).unwrap();
            }
        }

        pub(in crate::train) fn found(&self, gradients: &GradStore) -> BTreeMap<String, Tensor> {
            let of =
                |(name, variable): (&String, &candle_core::Var)| Some((name.clone(), gradients.get(variable)?.clone()));
            self.learned.variables.iter().filter_map(of).collect()
        }
    }
}
