use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use candle_core::{Result, Tensor};

use super::idle::Idle;
use super::learned::{aimed, configs};
use super::{Method, Settings};
use crate::DiffusionError;
use crate::adapter::{Outlines, Part};
use crate::load::{Loading, Processor};
use crate::ops::{Geometry, conv2d, linear};
use crate::unet::UNetConfig;

/// What a training will need, counted from shapes; no weights are read for it. What is kept and computed is an estimate, of
/// products and convolutions with what stands beside them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Numbers of the net that finds noise and of those that read prompts.
    pub numbers: u64,
    /// Numbers that are trained.
    pub trained: u64,
    /// What the way back needs of the way forward, of one batch.
    pub kept_bytes: u64,
    /// Multiplications of one step.
    pub operations: f64,
    /// What an example takes on the disk, beside its caption.
    pub example_bytes: u64,
}

/// One module at its place in the net.
struct Module {
    block: String,
    kept: u64,
    operations: f64,
}

impl Plan {
    /// Of a model's folder and settings.
    ///
    /// # Errors
    ///
    /// When the settings cannot be, the configurations cannot be read, or the model is one that cannot be trained.
    pub fn new(base: &Path, loading: &Loading, settings: &Settings) -> std::result::Result<Self, DiffusionError> {
        settings.check()?;
        let configs = configs(base, loading, settings.method)?;
        let (unet, vae, idle) = (configs.unet.clone(), configs.vae.clone(), Idle::of(&configs));
        let places = configs.text.places;
        let outlines = Outlines::of_configs(configs)?;
        let side = settings.side / vae.factor();
        let modules: Vec<Module> =
            outlines.unet.modules().map(|(name, shape)| module(name, shape, side, &unet, settings)).collect();
        let mut blocks: BTreeMap<&str, u64> = BTreeMap::new();
        for module in &modules {
            *blocks.entry(&module.block).or_default() += module.kept;
        }
        let latents = (unet.latent * side * side) as u64;
        let outputs = unet.levels.first().map_or(0, |level| (level.channels * side * side * settings.batch * 4) as u64);
        let kept = if settings.checkpointing {
            // The inside of the largest block, and a picture for what goes between any two.
            blocks.values().max().copied().unwrap_or(0) + outputs * blocks.len() as u64
        } else {
            blocks.values().sum()
        };
        // Back, each product is made once for what went in, and once more if it is trained itself.
        let ways = match settings.method {
            Method::Lora { .. } => 2.0,
            Method::Full { .. } => 3.0,
        } + f64::from(u8::from(settings.checkpointing));
        // The nets that read prompts are asked in a step if they learn, and nothing of them is computed again.
        let read: Vec<Module> = settings
            .method
            .parts()
            .iter()
            .filter(|part| **part != Part::Unet)
            .flat_map(|part| outlines.of(*part).modules().filter(|(name, _)| !idle.holds(*part, name)))
            .map(|(name, shape)| read(name, shape, places, settings))
            .collect();
        let operations: f64 = modules.iter().chain(&read).map(|module| module.operations).sum();
        let trained = settings.method.parts().iter().map(|part| trained(&outlines, *part, idle, settings.method));
        Ok(Self {
            numbers: Part::ALL.iter().map(|part| outlines.of(*part).numbers()).sum(),
            trained: trained.sum(),
            kept_bytes: kept + read.iter().map(|module| module.kept).sum::<u64>(),
            operations: operations * ways * settings.accumulation as f64,
            example_bytes: latents * 2 * 4 * if settings.flip { 2 } else { 1 },
        })
    }

    /// All that memory holds at once: the nets, what the way back needs, and of each trained number its gradient and two
    /// moments; the pictures are on the disk.
    #[must_use]
    pub const fn memory_bytes(&self) -> u64 {
        self.numbers * 4 + self.kept_bytes + self.trained * 4 * 4
    }

    /// How many multiplications a processor makes in a second, measured on a product and a convolution as nets have them.
    ///
    /// # Errors
    ///
    /// When they cannot be computed.
    pub fn operations_a_second(processor: Processor) -> std::result::Result<f64, DiffusionError> {
        let device = processor.device()?;
        let filled = |shape: &[usize]| Tensor::ones(shape, candle_core::DType::F32, &device);
        let (rows, matrix) = (filled(&[1024, 320])?, filled(&[320, 320])?);
        let (picture, kernels, bias) = (filled(&[1, 320, 16, 16])?, filled(&[320, 320, 3, 3])?, filled(&[320])?);
        let both = || -> Result<()> {
            linear(&rows, &matrix, None)?;
            conv2d(&picture, &kernels, &bias, Geometry::same(3))?;
            device.synchronize()
        };
        // The first wakes the threads up.
        both()?;
        let start = Instant::now();
        let mut times = 0;
        while times < 2 || start.elapsed().as_millis() < 300 {
            both()?;
            times += 1;
        }
        let each = (1024 * 320 * 320 + 320 * 320 * 9 * 256) as f64;
        Ok(each * f64::from(times) / start.elapsed().as_secs_f64())
    }
}

/// What a module keeps and computes for one batch.
fn module(name: &str, shape: &[usize], side: usize, unet: &UNetConfig, settings: &Settings) -> Module {
    let last = unet.levels.len().saturating_sub(1);
    let mut words = name.split('.');
    let block = words.next().unwrap_or_default();
    let level = match (block, words.next().and_then(|number| number.parse::<usize>().ok())) {
        ("down_blocks", Some(level)) => level,
        ("up_blocks", Some(level)) => last.saturating_sub(level),
        ("mid_block", _) => last,
        _ => 0,
    };
    let places = (side >> level).max(1).pow(2);
    let [outputs, inputs, kernel @ ..] = shape else {
        return Module { block: String::new(), kept: 0, operations: 0.0 };
    };
    // What is computed of the time or of the text does not grow with the picture.
    let of_text = name.contains(".attn2.to_k") || name.contains(".attn2.to_v");
    let rows = if matches!(block, "time_embedding" | "add_embedding") || name.ends_with("time_emb_proj") {
        1
    } else if of_text {
        77
    } else {
        places
    };
    let weight: usize = kernel.iter().product::<usize>() * inputs * outputs;
    let attended = if name.ends_with(".attn1.to_q") { 2 * places * places * outputs } else { 0 };
    let attended = attended + if name.ends_with(".attn2.to_q") { 2 * places * 77 * outputs } else { 0 };
    // A convolution keeps what its norm gave it, and what came out of it. Rows are kept for several products at once: of three
    // numbers that come out, one went in.
    let each = if kernel.is_empty() { outputs + outputs / 2 } else { inputs + outputs };
    let added = match settings.method {
        Method::Lora { rank, targets, .. } if aimed(targets, name) => match kernel {
            // Only where rows are added to what comes out, that stays beside the sum.
            [] => outputs * usize::from(name.ends_with("to_out.0") || name.ends_with("ff.net.2")),
            _ => outputs * 2 + rank * 2,
        },
        _ => 0,
    };
    let level = if block.ends_with("_blocks") { format!("{block}.{level}") } else { block.to_owned() };
    Module {
        block: level,
        kept: ((each + added) * rows * settings.batch * 4) as u64,
        operations: (weight * rows + attended) as f64 * settings.batch as f64,
    }
}

/// What a module of a net that reads prompts keeps and computes for one batch.
fn read(name: &str, shape: &[usize], places: usize, settings: &Settings) -> Module {
    let [outputs, inputs, ..] = shape else {
        return Module { block: String::new(), kept: 0, operations: 0.0 };
    };
    let rows = places * settings.batch;
    let attended = if name.ends_with(".q_proj") { 2 * places * outputs } else { 0 };
    Module {
        block: String::new(),
        kept: ((outputs + outputs / 2) * rows * 4) as u64,
        operations: ((outputs * inputs + attended) * rows) as f64,
    }
}

/// How many numbers of a net are trained.
fn trained(outlines: &Outlines, part: Part, idle: Idle, method: Method) -> u64 {
    let outline = outlines.of(part);
    match method {
        Method::Full { .. } => outline.numbers().saturating_sub(idle.numbers(part)),
        Method::Lora { rank, targets, .. } => {
            let each = |(_, shape): (&str, &[usize])| {
                let [outputs, inner @ ..] = shape else { return 0 };
                (rank * (outputs + inner.iter().product::<usize>())) as u64
            };
            outline.modules().filter(|(name, _)| aimed(targets, name) && !idle.holds(part, name)).map(each).sum()
        }
    }
}
