#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::{UNet, UNetConfig};
use crate::config::Config;
use crate::fixture::{distance, path, tensors};
use crate::net::{Parameters, Source};

fn weights() -> std::path::PathBuf {
    path("model/unet/diffusion_pytorch_model.safetensors")
}

#[test]
fn it_gives_what_diffusers_gives() {
    let cases = tensors("cases.safetensors");
    let (net, _) = UNet::open(&path("model/unet"), Parameters::fixed(&weights()).unwrap()).unwrap();
    let steps = cases["unet.steps"].to_vec1::<f32>().unwrap();
    let made = net.forward(&cases["unet.x"], &steps, &cases["unet.context"]).unwrap();
    let error = distance(&made, &cases["unet.y"]);
    println!("unet: {error:e}");
    assert!(error <= 1e-5, "{error}");
    // Sides that do not halve: what is doubled on the way up has to end where it came from.
    let text = cases["unet.context"].narrow(0, 0, 1).unwrap();
    let error = distance(&net.forward(&cases["unet.odd.x"], &[999.0], &text).unwrap(), &cases["unet.odd.y"]);
    println!("unet, odd sides: {error:e}");
    assert!(error <= 1e-5, "{error}");
}

#[test]
fn every_parameter_gets_the_gradient_that_torch_gives() {
    let cases = tensors("cases.safetensors");
    let expected = tensors("gradients.safetensors");
    let (net, complete) = UNet::open(&path("model/unet"), Parameters::trainable(&weights()).unwrap()).unwrap();
    let steps = cases["unet.steps"].to_vec1::<f32>().unwrap();
    let made = net.forward(&cases["unet.x"], &steps, &cases["unet.context"]).unwrap();
    let loss = (made - &cases["unet.target"]).unwrap().sqr().unwrap().mean_all().unwrap();
    let torch = cases["unet.loss"].to_vec1::<f32>().unwrap()[0];
    assert!((loss.to_scalar::<f32>().unwrap() - torch).abs() / torch <= 1e-5);
    let gradients = loss.backward().unwrap();
    assert_eq!(complete.variables.len(), expected.len());
    let mut worst = (0.0, String::new());
    for (name, variable) in &complete.variables {
        let gradient = gradients.get(variable).unwrap_or_else(|| panic!("{name} gets no gradient"));
        let error = distance(gradient, &expected[name]);
        if error > worst.0 {
            worst = (error, name.clone());
        }
    }
    println!("gradients of {} parameters: {:e} at {}", expected.len(), worst.0, worst.1);
    assert!(worst.0 <= 1e-3, "{worst:?}");
}

/// Kilobytes that the program had in memory at most, where the system tells.
fn peak() -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0");
    line.trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// Stable Diffusion 1.5's own shape, with weights made of their names. `scripts/bench_unet.sh` runs it beside diffusers.
#[test]
#[ignore = "a measurement, for builds with optimisation"]
fn a_step_of_the_full_shape_is_measured() {
    let attends = |with: &'static str, without: &'static str| vec![with, with, with, without];
    let mut up = attends("CrossAttnUpBlock2D", "UpBlock2D");
    up.reverse();
    let config = serde_json::json!({
        "in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280, 1280],
        "down_block_types": attends("CrossAttnDownBlock2D", "DownBlock2D"), "up_block_types": up,
        "layers_per_block": 2, "cross_attention_dim": 768, "attention_head_dim": 8, "norm_num_groups": 32,
        "sample_size": 64,
    });
    let config = UNetConfig::of(&Config::told(path("full"), config)).unwrap();
    let net = UNet::read(config, &mut Parameters::of(Source::formula())).unwrap();
    let of = |name: &str, shape: &[usize]| {
        candle_core::Tensor::from_vec(crate::fixture::formula(name, shape), shape, &candle_core::Device::Cpu).unwrap()
    };
    let (x, texts) = (of("x", &[2, 4, 64, 64]), of("context", &[2, 77, 768]));
    println!("weights: {} MB at most", peak() / 1024);
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let made = net.forward(&x, &[501.0, 501.0], &texts).unwrap();
        let sum = made.abs().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
        println!("sayso: {:.2} s, sum {sum:.4}, {} MB at most", begun.elapsed().as_secs_f64(), peak() / 1024);
    }
}
