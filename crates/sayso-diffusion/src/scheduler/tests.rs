#![allow(clippy::unwrap_used, reason = "tests")]

use candle_core::{Device, Tensor};
use serde::Deserialize;

use super::spacing::Spacing;
use super::{Prediction, SchedulerKind, Settings, ancestral, ddpm, dpm, euler, scheduler, unipc};
use crate::fixture::{distance, path, tensors};
use crate::noise::Noise;

/// A line of the table that `tests/fixtures/export.py` wrote.
#[derive(Deserialize)]
struct Row {
    scheduler: String,
    steps: usize,
    timestep_spacing: Option<String>,
    prediction_type: Option<String>,
    #[serde(default)]
    rescale_betas_zero_snr: bool,
    timesteps: Vec<f64>,
    sigmas: Vec<f64>,
    start: f64,
    /// The first numbers of the picture after each step.
    trace: Vec<Vec<f64>>,
}

fn settings() -> Settings {
    Settings::read(path("model/scheduler/scheduler_config.json")).unwrap()
}

fn assert_near(made: f64, expected: f64, most: f64, what: &str) {
    assert!((made - expected).abs() <= most * expected.abs().max(1.0), "{what}: {made} and not {expected}");
}

#[test]
fn every_step_is_diffusers() {
    compare("schedulers.json");
}

#[test]
fn every_step_of_velocities_is_diffusers() {
    compare("velocity.json");
}

fn compare(file: &str) {
    let rows: Vec<Row> = serde_json::from_str(&fs_err::read_to_string(path(file)).unwrap()).unwrap();
    let mut worst = std::collections::BTreeMap::<String, f64>::new();
    for row in &rows {
        let kind: SchedulerKind = row.scheduler.parse().unwrap();
        let spacing = row.timestep_spacing.as_deref().map(|name| Spacing::of_name(name).unwrap());
        let prediction = row.prediction_type.as_deref().unwrap_or("epsilon");
        let prediction = Prediction::of_name(prediction).unwrap();
        let settings = Settings { spacing, prediction, zero_ratio: row.rescale_betas_zero_snr, ..settings() };
        let mut made = scheduler(kind, &settings, row.steps).unwrap();
        let what = format!(
            "{kind}, {} steps, {:?}, {prediction:?}, {}",
            row.steps, row.timestep_spacing, row.rescale_betas_zero_snr
        );
        assert_eq!(made.times().len(), row.timesteps.len(), "{what}");
        for (time, expected) in made.times().iter().zip(&row.timesteps) {
            assert_near(*time, *expected, 1e-4, &what);
        }
        assert_near(made.start(), row.start, 1e-5, &what);
        let settings = settings.of_kind(kind);
        let sigmas = match kind {
            SchedulerKind::Euler | SchedulerKind::EulerKarras => {
                euler::Euler::new(&settings, row.steps, kind == SchedulerKind::EulerKarras).sigmas().to_vec()
            }
            SchedulerKind::EulerAncestral => ancestral::Ancestral::new(&settings, row.steps).sigmas().to_vec(),
            SchedulerKind::Dpm | SchedulerKind::DpmKarras => {
                dpm::Dpm::new(&settings, row.steps, kind == SchedulerKind::DpmKarras).sigmas().to_vec()
            }
            SchedulerKind::UniPc => unipc::UniPc::new(&settings, row.steps).sigmas().to_vec(),
            SchedulerKind::Ddim | SchedulerKind::Pndm | SchedulerKind::Ddpm => Vec::new(),
        };
        assert_eq!(sigmas.len(), row.sigmas.len(), "{what}");
        for (sigma, expected) in sigmas.iter().zip(&row.sigmas) {
            assert_near(*sigma, *expected, 1e-5, &what);
        }

        let start = made.start();
        let mut noise = Noise::new(3);
        let mut picture = (Noise::new(1).tensor((1, 1, 4, 4)).unwrap() * start).unwrap();
        for (step, expected) in row.trace.iter().enumerate() {
            let scaled = made.scaled(step, &picture).unwrap();
            let found = scaled.affine(3.0, step as f64).unwrap().sin().unwrap();
            picture = made.step(step, &found, &picture, &mut noise).unwrap();
            let first = picture.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            for (number, expected) in first.iter().zip(expected) {
                // Where nothing is left of the picture at first, noise is 4096 times as large, and 32 bits are not enough
                // for more of what comes after it.
                let size = expected.abs().max(1.0).max(start / 256.0);
                let error = (f64::from(*number) - expected).abs() / size;
                let most = worst.entry(row.scheduler.clone()).or_default();
                *most = most.max(error);
                assert!(error <= 1e-4, "{what}, step {step}: {number} and not {expected}");
            }
        }
    }
    println!("{file}: {worst:?}");
    assert_eq!(worst.len(), SchedulerKind::names().count());
}

#[test]
fn pictures_get_the_noise_that_diffusers_gives_them() {
    let cases = tensors("cases.safetensors");
    let made = ddpm::noisy(&settings(), &cases["ddpm.clean"], &cases["ddpm.noise"], &[0, 500, 999]).unwrap();
    assert!(distance(&made, &cases["ddpm.noisy"]) <= 1e-5);
}

#[test]
fn what_is_not_known_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str| {
        let file = folder.path().join("scheduler_config.json");
        fs_err::write(&file, text).unwrap();
        Settings::read(file).unwrap_err().to_string()
    };
    assert!(refused(r#"{"prediction_type": "sample"}"#).contains("neither epsilon nor v_prediction"));
    assert!(refused(r#"{"beta_start": 2, "beta_end": 3}"#).contains("not below one"));
    assert!(refused(r#"{"_class_name": "LMSDiscreteScheduler"}"#).contains("`LMSDiscreteScheduler`"));
    assert!(refused("[").contains("no JSON"));
    assert!(refused(r#"{"num_train_timesteps": 9999999}"#).contains("`num_train_timesteps` is 9999999"));
    let reason = |count| scheduler(SchedulerKind::Ddim, &settings(), count).err().unwrap().to_string();
    assert!(reason(0).contains("0 steps") && reason(1001).contains("1001 steps"));
    let runge = Settings { skips_runge_kutta: false, ..settings() };
    assert!(scheduler(SchedulerKind::Pndm, &runge, 5).err().unwrap().to_string().contains("Runge-Kutta"));
    let picture = Tensor::zeros((1, 4), candle_core::DType::F32, &Device::Cpu).unwrap();
    let mut made = scheduler(SchedulerKind::Pndm, &settings(), 1).unwrap();
    assert!(made.step(0, &picture, &picture, &mut Noise::new(0)).is_ok());
}
