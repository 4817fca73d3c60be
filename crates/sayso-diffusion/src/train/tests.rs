#![allow(clippy::unwrap_used, reason = "tests")]

mod limits;
mod xl;

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::Tensor;

use super::loss::{target, weights};
use super::trainer::{Batch, Texts};
use super::{Decay, Example, Method, Plan, Preparation, Settings, Targets, Trainer};
use crate::fixture::{copied, distance, path, tensors};
use crate::load::Loading;
use crate::ops::plain::tests::plainly;
use crate::scheduler::Prediction;
use crate::{Adapter, DiffusionError, Form, Model, Picture, Request};

const LORA: Method = Method::Lora { rank: 2, alpha: 3.0, targets: Targets::Attention, text: true };
const PROMPTS: [&str; 2] = ["a red fox in the snow, oil on canvas", "blurred"];

fn settings(method: Method) -> Settings {
    Settings {
        method,
        side: 16,
        buckets: true,
        batch: 2,
        accumulation: 1,
        steps: 20,
        rate: 3e-3,
        warm_up: 3,
        decay: Decay::Cosine,
        weight_decay: 1e-2,
        clip: Some(1.0),
        min_snr: Some(5.0),
        noise_offset: 0.0,
        prior_weight: 1.0,
        flip: false,
        seed: 7,
        checkpointing: false,
        average: None,
    }
}

/// A picture of stripes, other ones for each number.
fn example(number: u8, width: u32, height: u32, caption: &str) -> Example {
    let pixels = (0..width * height * 3).map(|at| (at as u8).wrapping_mul(number.wrapping_mul(2) + 1)).collect();
    let picture = Picture { width, height, pixels };
    Example { id: format!("picture {number}"), picture, caption: caption.to_owned(), is_prior: false }
}

fn begun(folder: &Path, settings: Settings, examples: &[Example]) -> Result<Trainer, DiffusionError> {
    let mut preparation = Preparation::new(&path("model"), &Loading::default(), folder, settings)?;
    for example in examples {
        preparation.add(example)?;
    }
    preparation.begin()
}

fn examples() -> Vec<Example> {
    let mut examples = vec![
        example(1, 24, 24, "a red fox"),
        example(2, 40, 20, "a red fox in the snow"),
        example(3, 16, 16, "a red fox"),
        example(4, 9, 33, "fox"),
        example(5, 100, 99, "a fox in oil"),
    ];
    let class = |number| Example { is_prior: true, ..example(number, 16, 16, "an animal") };
    examples.extend([class(6), class(7)]);
    examples
}

/// The batch of a step of the fixtures.
fn batch(cases: &std::collections::HashMap<String, Tensor>, step: usize, min_snr: Option<f64>) -> Batch {
    let of = |name: &str| cases[&format!("train.{name}")].get(step).unwrap();
    let times = of("times").to_vec1::<f32>().unwrap().iter().map(|time| *time as usize).collect();
    let texts = Texts::Captions(PROMPTS.map(str::to_owned).to_vec());
    Batch { clean: of("clean"), noise: of("noise"), times, texts, sizes: Vec::new(), weight: 1.0, min_snr }
}

/// Trains on the fixtures' batches and compares with what torch did.
fn trained_as_torch(trainer: &mut Trainer, name: &str, min_snr: Option<f64>) {
    let cases = tensors("training.safetensors");
    let expected = |what: &str| cases[&format!("{name}.{what}")].to_vec1::<f32>().unwrap();
    let (losses, lengths, rates) = (expected("loss"), expected("length"), expected("rate"));
    let mut worst = [0.0_f64; 2];
    for step in 0..20 {
        let made = trainer.learn(&[batch(&cases, step, min_snr)]).unwrap();
        let error = |made: f64, expected: f32| (made - f64::from(expected)).abs() / f64::from(expected);
        worst[0] = worst[0].max(error(made.loss, losses[step]));
        worst[1] = worst[1].max(error(made.gradient, lengths[step]));
        assert!((made.rate - f64::from(rates[step])).abs() <= 1e-9, "{step}: {}", made.rate);
    }
    println!("{name}: losses {:e}, gradients {:e}", worst[0], worst[1]);
    assert!(worst[0] <= 1e-3 && worst[1] <= 1e-2, "{worst:?}");
    for (key, expected) in cases.iter().filter_map(|(key, of)| Some((key.strip_prefix(&format!("{name}.end/"))?, of))) {
        // In files, the text net's names begin as they did before transformers 5.
        let there = trainer.names().any(|name| name == key);
        let long = key.replacen("text_encoder.", "text_encoder.text_model.", 1);
        let error = distance(&trainer.value(if there { key } else { &long }), expected);
        println!("{name}, at the end: {error:e} at {key}");
        assert!(error <= 1e-3, "{key}: {error}");
    }
}

#[test]
fn twenty_steps_of_an_adapter_are_torchs() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { average: Some(0.9), ..settings(LORA) };
    let mut trainer = begun(folder.path(), settings, &examples()).unwrap();
    trainer.set(&tensors("lora/diffusers.safetensors"));
    trained_as_torch(&mut trainer, "lora", Some(5.0));
    let cases = tensors("training.safetensors");
    let averages = cases.iter().filter_map(|(key, of)| Some((key.strip_prefix("lora.average/")?, of)));
    let errors: Vec<f64> = averages.map(|(key, expected)| distance(&trainer.averaged(key), expected)).collect();
    println!("averages: {errors:?}");
    assert!(errors.len() == 2 && errors.iter().all(|error| *error <= 1e-3), "{errors:?}");
}

#[test]
fn twenty_steps_of_the_nets_themselves_are_torchs() {
    let folder = tempfile::tempdir().unwrap();
    let how = Settings { rate: 1e-3, decay: Decay::Constant, min_snr: None, ..settings(Method::Full { text: true }) };
    let mut trainer = begun(folder.path(), how, &examples()).unwrap();
    trained_as_torch(&mut trainer, "full", None);
    // What was learned is a model that can be opened, and makes what the trainer makes.
    let target = folder.path().join("model");
    trainer.write_model(&target, &BTreeMap::new()).unwrap();
    let request = request();
    let made = Model::open(&target).unwrap().generate(&request, &mut |_, _| true).unwrap();
    assert_eq!(made, trainer.sample(&request, &mut |_, _| true).unwrap());
    assert_ne!(made, Model::open(&path("model")).unwrap().generate(&request, &mut |_, _| true).unwrap());
    assert!(trainer.write_model(&target, &BTreeMap::new()).unwrap_err().to_string().contains("already"));
    assert!(trainer.adapter().unwrap().is_none());
}

#[test]
fn steps_by_candles_own_operations_are_torchs() {
    plainly(twenty_steps_of_an_adapter_are_torchs);
    plainly(twenty_steps_of_the_nets_themselves_are_torchs);
}

#[test]
fn nothing_is_written_of_the_base_but_what_the_model_needs() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base");
    copied(&path("model"), &base);
    for name in ["LICENSE.md", "README.md", "all.ckpt", "unet/diffusion_pytorch_model.safetensors.index.json"] {
        fs_err::write(base.join(name), "{}").unwrap();
    }
    fs_err::copy(
        base.join("unet/diffusion_pytorch_model.safetensors"),
        base.join("unet/diffusion_pytorch_model.fp16.safetensors"),
    )
    .unwrap();
    let read = |folder: &Path| -> serde_json::Value {
        serde_json::from_str(&fs_err::read_to_string(folder.join("model_index.json")).unwrap()).unwrap()
    };
    let mut index = read(&base);
    index["safety_checker"] = serde_json::json!(["stable_diffusion", "StableDiffusionSafetyChecker"]);
    index["requires_safety_checker"] = serde_json::json!(true);
    fs_err::write(base.join("model_index.json"), index.to_string()).unwrap();
    let how = settings(Method::Full { text: false });
    let mut preparation = Preparation::new(&base, &Loading::default(), &folder.path().join("run"), how).unwrap();
    preparation.add(&examples()[0]).unwrap();
    let target = folder.path().join("model");
    preparation.begin().unwrap().write_model(&target, &BTreeMap::new()).unwrap();
    let names = |of: &Path| {
        let mut names: Vec<String> =
            fs_err::read_dir(of).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let root = ["LICENSE.md", "model_index.json", "scheduler", "text_encoder", "tokenizer", "unet", "vae"];
    assert_eq!(names(&target), root);
    assert_eq!(names(&target.join("unet")), ["config.json", "diffusion_pytorch_model.safetensors"]);
    assert_eq!(names(&target.join("tokenizer")), names(&base.join("tokenizer")));
    let written = read(&target);
    assert_eq!(written["safety_checker"], serde_json::json!([null, null]));
    assert_eq!(written["requires_safety_checker"], serde_json::json!(false));
    assert_eq!(written["unet"], index["unet"]);
    Model::open(&target).unwrap();
}

#[test]
fn every_parameter_of_an_adapter_gets_the_gradient_that_torch_gives() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = begun(folder.path(), settings(LORA), &examples()).unwrap();
    trainer.set(&tensors("lora/diffusers.safetensors"));
    let (cases, expected) = (tensors("cases.safetensors"), tensors("training.safetensors"));
    let texts = trainer.model().said(&PROMPTS, 0).unwrap().texts;
    let steps = cases["unet.steps"].to_vec1::<f32>().unwrap();
    let answer = trainer.model().unet.forward(&cases["unet.x"], &steps, &texts).unwrap();
    let loss = (answer - &cases["unet.target"]).unwrap().sqr().unwrap().mean_all().unwrap();
    let found = trainer.found(&loss.backward().unwrap());
    let expected: Vec<_> =
        expected.iter().filter_map(|(name, of)| Some((name.strip_prefix("gradient/")?, of))).collect();
    assert_eq!((expected.len(), found.len()), ((56 + 12) * 2, (56 + 12) * 2));
    let mut worst = (0.0, "");
    for (name, expected) in expected {
        let error = distance(&found[name], expected);
        if error > worst.0 {
            worst = (error, name);
        }
    }
    println!("gradients: {worst:?}");
    assert!(worst.0 <= 1e-3, "{worst:?}");
}

#[test]
fn every_parameter_gets_a_gradient_in_every_method() {
    let lora = |targets, text| Method::Lora { rank: 2, alpha: 2.0, targets, text };
    let methods = [
        lora(Targets::Attention, false),
        lora(Targets::Transformers, true),
        lora(Targets::Everything, true),
        Method::Full { text: false },
        Method::Full { text: true },
    ];
    for method in methods {
        let folder = tempfile::tempdir().unwrap();
        let mut trainer = begun(folder.path(), settings(method), &examples()).unwrap();
        trainer.scatter();
        everything_is_felt(&mut trainer, &batch(&tensors("training.safetensors"), 0, None));
    }
}

/// Every parameter gets a gradient that is something, and the same one if it is computed again on the way back.
fn everything_is_felt(trainer: &mut Trainer, batch: &Batch) {
    let method = trainer.settings().method;
    let mut found = BTreeMap::new();
    trainer.gradients(batch, &mut found).unwrap();
    let without: Vec<String> = trainer
        .names()
        .filter(|name| {
            !found.get(*name).is_some_and(|of| of.abs().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap() > 0.0)
        })
        .map(str::to_owned)
        .collect();
    println!("{method:?}: {} parameters", found.len());
    assert!(without.is_empty(), "{method:?}: {without:?}");
    // Computed again on the way back, they are the same.
    trainer.recompute();
    let mut again = BTreeMap::new();
    trainer.gradients(batch, &mut again).unwrap();
    // What is added to all keys alike changes no attention: its gradient is what rounding leaves of nothing.
    let felt = found.iter().filter(|(name, _)| !name.ends_with("k_proj.bias"));
    let worst = felt.map(|(name, gradient)| distance(&again[name], gradient)).fold(0.0, f64::max);
    println!("computed again: {worst:e}");
    assert!(worst <= 1e-5 && again.len() == found.len(), "{method:?}: {worst}");
}

fn request() -> Request {
    Request {
        prompt: "a red fox".to_owned(),
        negative: String::new(),
        width: 16,
        height: 16,
        count: 1,
        steps: 2,
        guidance: 2.0,
        seed: 3,
        ..Request::default()
    }
}

#[test]
fn a_training_that_stopped_goes_on_bit_for_bit() {
    let methods = [LORA, Method::Full { text: false }];
    for (method, checkpointing) in methods.into_iter().zip([true, false]) {
        let how = Settings {
            accumulation: if checkpointing { 2 } else { 1 },
            flip: true,
            noise_offset: 0.1,
            average: Some(0.9),
            steps: 4,
            checkpointing,
            ..settings(method)
        };
        let (whole, parted) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut one = begun(whole.path(), how.clone(), &examples()).unwrap();
        let mut steps = Vec::new();
        while !one.is_finished() {
            // What is looked at on the way changes nothing.
            if one.done() == 2 {
                one.sample(&request(), &mut |_, _| true).unwrap();
            }
            steps.push(one.step().unwrap());
        }
        let mut two = begun(parted.path(), how, &examples()).unwrap();
        let mut again = Vec::new();
        while !two.is_finished() {
            // Stopped after each step of two.
            again.push(two.step().unwrap());
            if two.done() % 2 == 1 {
                two.save().unwrap();
                drop(two);
                let moved = parted.path().with_extension("moved");
                fs_err::rename(parted.path(), &moved).unwrap();
                fs_err::rename(&moved, parted.path()).unwrap();
                two = Trainer::resume(&path("model"), &Loading::default(), parted.path()).unwrap();
            }
        }
        assert_eq!(steps, again, "{method:?}");
        one.save().unwrap();
        two.save().unwrap();
        let saved = |folder: &Path| fs_err::read(folder.join("learned-4.safetensors")).unwrap();
        assert!(saved(whole.path()) == saved(parted.path()), "{method:?}");
        let left = fs_err::read_dir(parted.path()).unwrap().count();
        assert_eq!(left, 4, "what counts no more is removed");
    }
}

#[test]
fn what_was_learned_is_an_adapter_that_the_model_opens() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = begun(folder.path(), settings(LORA), &examples()).unwrap();
    let request = request();
    let before = Model::open(&path("model")).unwrap().generate(&request, &mut |_, _| true).unwrap();
    // An adapter that learned nothing adds nothing.
    assert_eq!(trainer.sample(&request, &mut |_, _| true).unwrap(), before);
    for _ in 0..6 {
        trainer.step().unwrap();
    }
    let made = trainer.sample(&request, &mut |_, _| true).unwrap();
    assert_ne!(made, before);
    let adapter = trainer.adapter().unwrap().unwrap();
    for form in [Form::Diffusers, Form::Kohya] {
        let file = folder.path().join("adapter.safetensors");
        adapter.save(&file, form, &BTreeMap::new()).unwrap();
        let again = Adapter::open(&file, &path("model"), &Loading::default()).unwrap();
        let model = Model::load_with(&path("model"), &Loading::default(), &[(again, 1.0)]).unwrap();
        let again = model.generate(&request, &mut |_, _| true).unwrap();
        let far = made.pictures[0].pixels.iter().zip(&again.pictures[0].pixels).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(far <= Some(1), "{form:?}: {far:?}");
    }
    // `scripts/interop_lora.sh` asks diffusers the same.
    if let Some(kept) = std::env::var_os("SAYSO_INTEROP") {
        let kept = Path::new(&kept);
        adapter.save(&kept.join("adapter.safetensors"), Form::Diffusers, &BTreeMap::new()).unwrap();
        let file = fs_err::File::create(kept.join("adapter.png")).unwrap();
        crate::write_png(file, &made.pictures[0], &[]).unwrap();
    }
}

#[test]
fn one_picture_is_learned_by_heart() {
    let folder = tempfile::tempdir().unwrap();
    let how = Settings {
        rate: 2e-2,
        steps: 40,
        warm_up: 0,
        decay: Decay::Constant,
        min_snr: None,
        ..settings(Method::Lora { rank: 4, alpha: 4.0, targets: Targets::Everything, text: false })
    };
    let mut trainer = begun(folder.path(), how, &examples()[..1]).unwrap();
    let losses: Vec<f64> = (0..40).map(|_| trainer.step().unwrap().loss).collect();
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    println!("{} to {}", mean(&losses[..10]), mean(&losses[30..]));
    assert!(mean(&losses[30..]) < mean(&losses[..10]) * 0.8, "{losses:?}");
}

#[test]
fn numbers_that_run_away_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = begun(folder.path(), settings(LORA), &examples()).unwrap();
    trainer.step().unwrap();
    trainer.save().unwrap();
    let saved = || fs_err::read(folder.path().join("learned-1.safetensors")).unwrap();
    let before = saved();
    let mut batch = batch(&tensors("training.safetensors"), 0, None);
    batch.clean = (batch.clean * f64::INFINITY).unwrap();
    let error = trainer.learn(&[batch]).unwrap_err();
    assert!(matches!(error, DiffusionError::Diverged { step: 2, what: "loss", .. }), "{error}");
    assert!(error.to_string().contains("smaller rate (it was 1e-3)"), "{error}");
    trainer.save().unwrap();
    assert!(saved() == before);
    trainer.step().unwrap();
}

#[test]
fn what_the_net_is_to_say_and_how_it_counts_are_diffusers() {
    let cases = tensors("training.safetensors");
    let model = Model::open(&path("model")).unwrap();
    let times: Vec<usize> = cases["aim.times"].to_vec1::<f32>().unwrap().iter().map(|time| *time as usize).collect();
    let said = target(Prediction::Velocity, &model.settings, &cases["aim.clean"], &cases["aim.noise"], &times).unwrap();
    assert!(distance(&said, &cases["aim.velocity"]) <= 1e-6);
    for (aim, name) in [(Prediction::Noise, "noise"), (Prediction::Velocity, "velocity")] {
        let made = weights(aim, &model.settings, &times, 5.0);
        let made = Tensor::from_vec(made, times.len(), &candle_core::Device::Cpu).unwrap();
        let error = distance(&made, &cases[&format!("aim.weights.{name}")]);
        println!("weights of {name}: {error:e}");
        assert!(error <= 1e-5, "{name}: {error}");
    }
}

#[test]
fn where_nothing_is_to_be_left_of_the_picture_training_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base");
    copied(&path("model"), &base);
    let config = base.join("scheduler/scheduler_config.json");
    let mut value: serde_json::Value = serde_json::from_str(&fs_err::read_to_string(&config).unwrap()).unwrap();
    value["rescale_betas_zero_snr"] = serde_json::json!(true);
    value["prediction_type"] = serde_json::json!("v_prediction");
    fs_err::write(&config, value.to_string()).unwrap();
    let mut preparation =
        Preparation::new(&base, &Loading::default(), &folder.path().join("run"), settings(LORA)).unwrap();
    preparation.add(&examples()[0]).unwrap();
    let mut trainer = preparation.begin().unwrap();
    let last = trainer.schedule().train_steps() - 1;
    assert!(trainer.schedule().kept[last] == 0.0 && trainer.schedule().kept[0] > 0.9);
    for aim in [Prediction::Noise, Prediction::Velocity] {
        let weights = weights(aim, trainer.schedule(), &[last, last / 2, 0], 5.0);
        assert!(weights.iter().all(|weight| (0.0..=1.0).contains(weight)), "{weights:?}");
    }
    let mut batch = batch(&tensors("training.safetensors"), 0, Some(5.0));
    batch.times = vec![last; batch.times.len()];
    assert!(trainer.learn(&[batch]).unwrap().loss.is_finite());
}

#[test]
fn a_model_is_trained_as_it_is_told_to_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    // A single file, with its tokenizer.
    let file = folder.path().join("one.safetensors");
    candle_core::safetensors::save(&crate::fixture::family_tensors("one", 4), &file).unwrap();
    let loading = Loading { tokenizer: Some(path("model/tokenizer")), ..Loading::default() };
    let run = folder.path().join("run");
    let how = || Settings { warm_up: 0, ..settings(LORA) };
    assert!(Preparation::new(&file, &Loading::default(), &run, how()).is_err());
    let mut preparation = Preparation::new(&file, &loading, &run, how()).unwrap();
    preparation.add(&examples()[0]).unwrap();
    let mut trainer = preparation.begin().unwrap();
    trainer.save().unwrap();
    let first = trainer.step().unwrap();
    assert_eq!(Trainer::resume(&file, &loading, &run).unwrap().step().unwrap(), first);
    // Another prediction is another loss, and a whole model says it of itself.
    let whole = |prediction: Option<&str>, name: &str| {
        let loading = Loading { prediction: prediction.map(str::to_owned), ..Loading::default() };
        let how = Settings { method: Method::Full { text: false }, ..how() };
        let mut preparation = Preparation::new(&path("model"), &loading, &folder.path().join(name), how).unwrap();
        preparation.add(&examples()[0]).unwrap();
        let mut trainer = preparation.begin().unwrap();
        let loss = trainer.step().unwrap().loss;
        let target = folder.path().join(format!("{name}-model"));
        trainer.write_model(&target, &BTreeMap::new()).unwrap();
        (loss, Model::open(&target).unwrap().settings.prediction)
    };
    let (noise, velocity) = (whole(None, "noise"), whole(Some("v_prediction"), "velocity"));
    assert_eq!((noise.1, velocity.1), (Prediction::Noise, Prediction::Velocity));
    assert!((noise.0 - velocity.0).abs() > 1e-3, "{noise:?} {velocity:?}");
}
