//! What steps of the own shapes of Stable Diffusion 1.5 and XL take, with weights made of their names; `scripts/bench_unet.sh` runs
//! those of the first beside diffusers.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::time::Instant;

use candle_core::{DType, Device, Tensor, Var};

use super::{Added, UNet, UNetConfig};
use crate::config::Config;
use crate::fixture::{formula, path};
use crate::net::{LowRank, Parameters, Source};
use crate::ops::{inside, recorded};
use crate::train::{Targets, aimed};

/// Numbers between the way down and the way up of the adapter that is taught.
const RANK: usize = 4;

/// Megabytes that the program had in memory at most, where the system tells.
fn peak() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0) / 1024
}

/// Seconds that all threads computed, where the system tells; it counts in hundredths.
fn computed() -> f64 {
    let stat = fs_err::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold anything: of the program and of the system for it are the 12th and 13th.
    let behind = stat.rsplit(')').next().unwrap_or_default();
    behind.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap_or(0.0) / 100.0).sum()
}

/// What a step takes, said beside what it made.
fn measured(step: impl Fn() -> String) {
    for _ in 0..3 {
        let (begun, before) = (Instant::now(), computed());
        let said = step();
        let (spent, computed) = (begun.elapsed().as_secs_f64(), computed() - before);
        println!("sayso: {spent:.2} s, {computed:.2} s of the processors, {said}, {} MB at most", peak());
    }
}

fn config() -> UNetConfig {
    let attends = |with: &'static str, without: &'static str| vec![with, with, with, without];
    let mut up = attends("CrossAttnUpBlock2D", "UpBlock2D");
    up.reverse();
    let config = serde_json::json!({
        "in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280, 1280],
        "down_block_types": attends("CrossAttnDownBlock2D", "DownBlock2D"), "up_block_types": up,
        "layers_per_block": 2, "cross_attention_dim": 768, "attention_head_dim": 8, "norm_num_groups": 32,
        "sample_size": 64,
    });
    UNetConfig::of(&Config::told(path("full"), config)).unwrap()
}

fn xl() -> UNetConfig {
    let config = serde_json::json!({
        "in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280], "layers_per_block": 2,
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "cross_attention_dim": 2048,
        "attention_head_dim": [5, 10, 20], "transformer_layers_per_block": [1, 2, 10], "use_linear_projection": true,
        "addition_embed_type": "text_time", "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
        "norm_num_groups": 32, "sample_size": 128,
    });
    UNetConfig::of(&Config::told(path("full"), config)).unwrap()
}

fn of(name: &str, shape: &[usize]) -> Tensor {
    Tensor::from_vec(formula(name, shape), shape, &Device::Cpu).unwrap()
}

fn sum(tensor: &Tensor) -> f64 {
    tensor.abs().unwrap().to_dtype(DType::F64).unwrap().sum_all().unwrap().to_scalar::<f64>().unwrap()
}

#[test]
#[ignore = "a measurement, for builds with optimisation"]
fn a_step_of_the_full_shape_is_measured() {
    let net = UNet::read(config(), &mut Parameters::of(Source::formula())).unwrap();
    let (x, texts) = (of("x", &[2, 4, 64, 64]), of("context", &[2, 77, 768]));
    println!("weights: {} MB at most", peak());
    measured(|| format!("sum {:.4}", sum(&net.forward(&x, &[501.0, 501.0], &texts).unwrap())));
}

/// An adapter beside all attentions, one picture, nothing computed again: what a step of its teaching takes.
#[test]
#[ignore = "a measurement, for builds with optimisation"]
fn a_tuning_step_of_the_full_shape_is_measured() {
    tuned(config(), 64);
}

/// The same of XL, with pictures of 256 pixels: 11 GB of memory, of which the weights are ten.
#[test]
#[ignore = "a measurement, for builds with optimisation"]
fn a_tuning_step_of_xl_is_measured() {
    tuned(xl(), 32);
}

fn tuned(config: UNetConfig, side: usize) {
    let context = config.context;
    let whole = config.added.map(|added| added.width - 6 * added.waves);
    let outline = UNet::outline(config.clone()).unwrap();
    let mut variables = Vec::new();
    let mut added = BTreeMap::new();
    for (module, shape) in outline.modules().filter(|(name, _)| aimed(Targets::Attention, name)) {
        let down = Var::from_tensor(&of(&format!("{module}.down"), &[RANK, shape[1]])).unwrap();
        let up = Var::from_tensor(&Tensor::zeros((shape[0], RANK), DType::F32, &Device::Cpu).unwrap()).unwrap();
        let layer = LowRank { down: down.as_tensor().clone(), up: up.as_tensor().clone(), scale: 1.0 };
        variables.push(up);
        added.insert(module.to_owned(), vec![layer]);
    }
    let net = UNet::read(config, &mut Parameters::of(Source::formula()).with(added)).unwrap();
    let (x, texts) = (of("x", &[1, 4, side, side]), of("context", &[1, 77, context]));
    let pixels = (side * 8) as f32;
    let sizes = vec![[pixels, pixels, 0.0, 0.0, pixels, pixels]];
    let added = whole.map(|width| Added { texts: of("whole", &[1, width]), sizes });
    println!("weights: {} MB at most", peak());
    measured(|| {
        // As the trainer does it.
        let (loss, found) = inside(&x, || {
            let (loss, record) = recorded(|| {
                let answer = net.forward_added(&x, &[501.0], &texts, added.as_ref()).unwrap();
                answer.sqr().unwrap().mean_all().unwrap()
            });
            let found = record.back(&loss).unwrap();
            (loss, found)
        });
        let gradients: f64 = variables.iter().map(|variable| sum(found.get(variable).unwrap())).sum();
        format!("loss {:.6}, gradients {gradients:.6}", loss.to_scalar::<f32>().unwrap())
    });
}
