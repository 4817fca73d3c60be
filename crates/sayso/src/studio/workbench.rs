use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_diffusion::train::{Decay, Plan, Settings};
use sayso_diffusion::{Adapter, DiffusionError, Form, Framing, Loading, Model, Picture, Request, Tiling};
use sayso_picture::Rgb;

use super::lesson::Lesson;
use super::serve_files::picture_name;
use super::workshop::{LossAt, MadeFile, MakeOrder, Progress, TrainOrder, Trained, Workshop};
use crate::Error;
use crate::outputs::{Against, CopyFound, MadeOf, Mining, OutputFacts, OutputFormat, Signatory, encode, write_whole};
use crate::training::read_adapter;
use crate::tuning::{Class, Event, Paper, Run, Samples, Tuning};

/// What a workbench works with.
#[derive(Debug)]
pub struct WorkbenchOptions {
    /// The model.
    pub base: PathBuf,
    /// What it is called.
    pub base_name: String,
    /// The certificates and the key by which pictures are signed; a key that lies on this machine if none are named.
    pub sign: Option<(PathBuf, PathBuf)>,
    /// What is said of training on pictures that are made.
    pub mining: Mining,
    /// Pictures of the class, where one is named.
    pub class_pictures: usize,
}

/// Trains and draws with the nets of `sayso-diffusion`, on the processor.
#[derive(Debug)]
pub struct Workbench {
    options: WorkbenchOptions,
    side: usize,
    lesson: Lesson,
}

/// What every picture says of itself, in words.
const SOURCE: &str = "made by a generative model from a prompt, and not a photograph; this text is not signed, and anybody can change it";
const SOFTWARE: &str = concat!("sayso ", env!("CARGO_PKG_VERSION"));
/// Pictures on the way, in all of a training.
const SAMPLES: usize = 4;

impl Workbench {
    /// Opens the model whole, to find out before anybody comes whether it can be.
    pub fn open(options: WorkbenchOptions) -> Result<Self, Error> {
        signatory(&options)?;
        let side = Model::open(&options.base)?.side();
        let lesson = Lesson::of(&options.base);
        Ok(Self { options, side, lesson })
    }

    fn settings(&self, order: &TrainOrder<'_>) -> Settings {
        Settings {
            method: self.lesson.method(),
            side: self.side,
            buckets: true,
            batch: 1,
            accumulation: 1,
            steps: order.steps,
            rate: self.lesson.rate,
            warm_up: 0,
            decay: Decay::Constant,
            weight_decay: 0.01,
            clip: Some(1.0),
            min_snr: None,
            noise_offset: 0.0,
            prior_weight: 1.0,
            flip: false,
            seed: u64::from(order.seed),
            checkpointing: false,
            average: None,
        }
    }

    fn tuning(&self, order: &TrainOrder<'_>) -> Tuning {
        let prompt = order.trigger.map_or_else(
            || order.selection.taken.first().map_or("", |taken| taken.caption()).to_owned(),
            str::to_owned,
        );
        Tuning {
            base: self.options.base.clone(),
            base_name: self.options.base_name.clone(),
            loading: Loading::default(),
            settings: self.settings(order),
            folder: order.folder.to_owned(),
            class: order.class.map(|class| Class { prompt: class.to_owned(), count: self.options.class_pictures }),
            samples: Some(Samples { every: order.steps.div_ceil(SAMPLES).max(1), prompts: vec![prompt] }),
            // Nobody goes on with it: what is learned is deleted with the session.
            save_every: usize::MAX,
        }
    }
}

impl Workshop for Workbench {
    fn base_name(&self) -> &str {
        &self.options.base_name
    }

    fn train(
        &self,
        order: &TrainOrder<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut(Progress<'_>),
    ) -> Result<Trained, Error> {
        let tuning = self.tuning(order);
        assert_room(&tuning)?;
        tell(Progress::Settings(&rows(&tuning, &self.lesson)));
        let mut run = Run::begin(tuning, order.selection, stop, &mut |event| match event {
            Event::Encoded { done, all, .. } | Event::Class { done, all } => tell(Progress::Preparing { done, all }),
            Event::Going(_) => {}
        })?;
        let (mut losses, mut samples) = (0, 0);
        let went = run.go(stop, &mut |event| {
            let Event::Going(told) = event else { return };
            for row in told.losses.iter().skip(losses) {
                tell(Progress::Step(LossAt { step: row.step, loss: row.loss }));
            }
            for sampled in told.sampled.iter().skip(samples) {
                tell(Progress::Sample { step: sampled.step, prompt: &sampled.prompt, path: &sampled.path });
            }
            (losses, samples) = (told.losses.len(), told.sampled.len());
        });
        match went {
            // What was learned until it was stopped is learned.
            Err(Error::Cancelled) if run.done() > 0 => {}
            went => went?,
        }
        let finished = run.finish(&paper(order), order.selection)?;
        Ok(Trained { out: finished.out })
    }

    fn make(
        &self,
        order: &MakeOrder<'_>,
        stop: &AtomicBool,
        tell: &mut dyn FnMut(usize, usize),
    ) -> Result<Vec<MadeFile>, Error> {
        let loading = Loading::default();
        let adapter = Adapter::open(order.adapter, &self.options.base, &loading)?;
        let model = Model::load_with(&self.options.base, &loading, &[(adapter, 1.0)])?;
        let learned = Learned::read(order.adapter, &self.options)?;
        let all = order.count * order.steps;
        let mut files = Vec::new();
        for made in 0..order.count {
            let seed = order.seed.wrapping_add(u32::try_from(made).unwrap_or(0));
            let request = self.request(order, seed);
            let drawn = model.generate(&request, &mut |done, _| {
                tell(made * order.steps + done, all);
                !stop.load(Ordering::Relaxed)
            });
            let drawn = match drawn {
                Err(DiffusionError::Stopped { .. }) => return Err(Error::Cancelled),
                drawn => drawn?,
            };
            let described = described(&request, &model, &drawn.scheduler.to_string());
            for picture in &drawn.pictures {
                let number = order.first + files.len();
                files.push(self.write(order.folder, number, seed, picture, &described, &model, &learned)?);
            }
        }
        Ok(files)
    }
}

/// Refuses what this machine's memory does not hold: to be killed by the system would end everybody's session.
fn assert_room(tuning: &Tuning) -> Result<(), Error> {
    let needed = Plan::new(&tuning.base, &tuning.loading, &tuning.settings)?.memory_bytes();
    match free_bytes() {
        Some(free) if needed > free => {
            let mebi = |bytes: u64| bytes >> 20;
            let message = format!(
                "it takes about {} MiB of memory, and {} MiB are free here\nhint: tell whoever runs the studio",
                mebi(needed),
                mebi(free)
            );
            Err(Error::Input { input: tuning.base_name.clone(), message })
        }
        _ => Ok(()),
    }
}

/// Bytes that this machine can give out; none where it does not say.
fn free_bytes() -> Option<u64> {
    let text = fs_err::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Who signs. It is opened when it is needed: it cannot go from one thread to another.
fn signatory(options: &WorkbenchOptions) -> Result<Signatory, Error> {
    match &options.sign {
        Some((chain, key)) => Signatory::from_files(chain, key),
        None => Signatory::local(None),
    }
}

/// What the adapter was trained on, who it is, and who signs.
struct Learned {
    against: Against,
    of: MadeOf,
    signatory: Signatory,
}

impl Learned {
    fn read(path: &Path, options: &WorkbenchOptions) -> Result<Self, Error> {
        let read = read_adapter(path)?;
        let lineage = read.lineage.as_ref();
        let mut against = Against::nothing();
        against.add_pictures(lineage.map_or(&[], |lineage| &lineage.pictures));
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let files = vec![(name.clone(), read.sha256)];
        let lineage = lineage.map(|lineage| lineage.digest);
        let of = MadeOf { name, files, weight: Some(1.0), lineage };
        Ok(Self { against, of, signatory: signatory(options)? })
    }
}

impl Workbench {
    fn request(&self, order: &MakeOrder<'_>, seed: u32) -> Request {
        Request {
            prompt: order.prompt.to_owned(),
            negative: String::new(),
            width: self.side,
            height: self.side,
            count: 1,
            steps: order.steps,
            guidance: self.lesson.guidance,
            seed: u64::from(seed),
            scheduler: None,
            clip_skip: 0,
            init: None,
            mask: None,
            framing: Framing::default(),
            tiling: Tiling::Auto,
        }
    }

    /// Writes a picture with its credentials, unless it is a copy of one that was learned.
    #[expect(clippy::too_many_arguments, reason = "each is another part of one picture")]
    fn write(
        &self,
        folder: &Path,
        number: usize,
        seed: u32,
        picture: &Picture,
        described: &str,
        model: &Model,
        learned: &Learned,
    ) -> Result<MadeFile, Error> {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let rgb = Rgb::new(width, height, picture.pixels.clone()).ok_or(Error::Stopped("picture"))?;
        let nearest = learned.against.nearest(&rgb);
        let distance = nearest.as_ref().map(|nearest| nearest.distance);
        if nearest.as_ref().is_some_and(CopyFound::is_copy) {
            return Ok(MadeFile { number, seed, nearest: distance, is_kept: false });
        }
        let texts = [("parameters", described), ("Software", SOFTWARE), ("Source", SOURCE)];
        let path = folder.join(picture_name(number));
        let facts = OutputFacts {
            title: picture_name(number),
            base: self.base_of(model),
            adapters: vec![learned.of.clone()],
            parameters: Some(described.to_owned()),
            compared: (!learned.against.is_empty()).then_some((learned.against.len() as u64, distance)),
        };
        let bytes = encode(&rgb, OutputFormat::Png, &texts)?;
        let signed = learned.signatory.sign(&bytes, &facts, None, self.options.mining)?;
        write_whole(&path, &signed).map_err(Error::file(&path))?;
        Ok(MadeFile { number, seed, nearest: distance, is_kept: true })
    }

    fn base_of(&self, model: &Model) -> MadeOf {
        let files = model.digests().named().map(|(name, digest)| (name.to_owned(), digest));
        MadeOf { name: self.options.base_name.clone(), files: files.collect(), weight: None, lineage: None }
    }
}

fn paper(order: &TrainOrder<'_>) -> Paper {
    Paper {
        out: order.out.to_owned(),
        form: Form::Diffusers,
        title: order.title.to_owned(),
        description: None,
        licence: None,
        author: None,
        date: None,
        trigger: order.trigger.map(str::to_owned),
        depicts: order.depicts.to_vec(),
    }
}

/// The settings for people.
fn rows(tuning: &Tuning, lesson: &Lesson) -> Vec<(&'static str, String)> {
    let of = &tuning.settings;
    let mut rows = vec![
        ("Base", tuning.base_name.clone()),
        ("Method", lesson.in_words()),
        ("Pixels along a square", of.side.to_string()),
        ("Steps", of.steps.to_string()),
        ("Rate", of.rate.to_string()),
        ("Seed", of.seed.to_string()),
    ];
    if let Some(class) = &tuning.class {
        rows.push(("Class", format!("{} pictures of “{}”", class.count, class.prompt)));
    }
    rows
}

/// How a picture was made, in the form that other programs for it read.
fn described(request: &Request, model: &Model, scheduler: &str) -> String {
    let unet: String = model.digests().unet.to_string().chars().take(10).collect();
    let Request { prompt, steps, guidance, seed, width, height, .. } = request;
    format!(
        "{prompt}\nSteps: {steps}, Sampler: {scheduler}, CFG scale: {guidance}, Seed: {seed}, Size: {width}x{height}, \
         UNet sha256: {unet}, Version: {SOFTWARE}"
    )
}
