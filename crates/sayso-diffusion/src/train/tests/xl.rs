//! Training of Stable Diffusion XL, on a little one whose weights are made of their names. `tests/fixtures/xl_train.py` asked torch.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Deserialize;

use super::super::draw::For;
use super::limits::is_as_planned;
use super::*;
use crate::adapter::Part;
use crate::fixture::{family_tensors, formula};
use crate::load::xl_folder;
use crate::{Framing, Picture};

/// What torch made, in the order of names: of each tensor, its length and three sums that are weighed by numbers made of its name.
#[derive(Deserialize)]
struct Torch {
    loss: Vec<f64>,
    length: Vec<f64>,
    gradients: Vec<[f64; 4]>,
    end: Vec<[f64; 4]>,
}

/// A base in a folder of its own.
struct Base {
    folder: tempfile::TempDir,
    path: PathBuf,
    loading: Loading,
}

impl Base {
    fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("xl.safetensors");
        candle_core::safetensors::save(&family_tensors("xl", 4), &file).unwrap();
        let loading = Loading { tokenizer: Some(path("model/tokenizer")), ..Loading::default() };
        Self { path: file, folder, loading }
    }

    fn folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("xl");
        xl_folder(&base);
        Self { path: base, folder, loading: Loading::default() }
    }

    fn begun(&self, run: &str, settings: Settings) -> Trainer {
        self.begun_with(run, settings, &examples())
    }

    fn begun_with(&self, run: &str, settings: Settings, examples: &[Example]) -> Trainer {
        let run = self.folder.path().join(run);
        let mut preparation = Preparation::new(&self.path, &self.loading, &run, settings).unwrap();
        for example in examples {
            preparation.add(example).unwrap();
        }
        preparation.begin().unwrap()
    }

    fn model(&self) -> Model {
        Model::load(&self.path, &self.loading).unwrap()
    }
}

/// As loud as noise, and not as a weight.
fn loud(name: &str, shape: &[usize]) -> Tensor {
    let loudness = (shape[1..].iter().product::<usize>() as f64).sqrt();
    (Tensor::from_vec(formula(name, shape), shape, &candle_core::Device::Cpu).unwrap() * loudness).unwrap()
}

/// The batch of a step, as the fixture has it.
fn seen(step: usize, min_snr: Option<f64>) -> Batch {
    let count = step as f32;
    Batch {
        clean: loud(&format!("clean.{step}"), &[2, 4, 8, 12]),
        noise: loud(&format!("noise.{step}"), &[2, 4, 8, 12]),
        times: vec![(step * 137 + 41) % 1000, (step * 389 + 7) % 1000],
        texts: Texts::Captions(PROMPTS.map(str::to_owned).to_vec()),
        sizes: vec![
            [1024.0 + 64.0 * count, 768.0, 8.0 * count, 16.0, 512.0, 640.0],
            [16.0, 24.0 + count, 0.0, count, 16.0, 24.0],
        ],
        weight: 1.0,
        min_snr,
    }
}

/// How far a tensor is from what torch has, as a share of that.
fn apart(name: &str, made: &Tensor, [length, sums @ ..]: [f64; 4]) -> f64 {
    let numbers: Vec<f64> = made.flatten_all().unwrap().to_vec1::<f32>().unwrap().into_iter().map(f64::from).collect();
    let own = numbers.iter().map(|number| number * number).sum::<f64>().sqrt();
    let far = (1..).zip(sums).map(|(probe, expected): (usize, f64)| {
        let probe =
            loud(&format!("{probe}.{name}"), &[1, numbers.len()]).flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let sum: f64 = numbers.iter().zip(probe).map(|(number, probe)| number * f64::from(probe)).sum();
        (sum - expected).abs()
    });
    far.chain([(own - length).abs()]).fold(0.0, f64::max) / length
}

#[test]
fn twenty_steps_of_an_adapter_of_xl_are_torchs() {
    let text = fs_err::read_to_string(path("xl_train.json")).unwrap();
    let torch: Torch = serde_json::from_str(&text).unwrap();
    let base = Base::file();
    let mut trainer = base.begun("run", settings(LORA));
    let names: Vec<String> = trainer.names().map(str::to_owned).collect();
    // Of the first text net, the last layer is never asked for.
    let of = |part: &str| names.iter().filter(|name| name.starts_with(part)).count();
    assert_eq!([of("unet."), of("text_encoder."), of("text_encoder_2.")], [8 * 8 * 2, 4 * 2, 3 * 4 * 2]);
    assert_eq!((names.len(), names.len()), (torch.gradients.len(), torch.end.len()));
    let start = |name: &String| {
        let shape = trainer.value(name).dims().to_vec();
        let value = Tensor::from_vec(formula(name, &shape), shape, &candle_core::Device::Cpu).unwrap();
        (name.clone(), (value * 0.5).unwrap())
    };
    let start: HashMap<String, Tensor> = names.iter().map(start).collect();
    trainer.set(&start);
    let mut found = BTreeMap::new();
    trainer.gradients(&seen(0, Some(5.0)), &mut found).unwrap();
    let worst = |of: &dyn Fn(&String) -> Tensor, expected: &[[f64; 4]]| {
        let far = names.iter().zip(expected).map(|(name, expected)| (apart(name, &of(name), *expected), name.clone()));
        far.max_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
    };
    let gradients = worst(&|name| found[name].clone(), &torch.gradients);
    println!("gradients of {} parameters of xl: {gradients:?}", names.len());
    assert!(gradients.0 <= 1e-3, "{gradients:?}");
    let mut errors = [0.0_f64; 2];
    for step in 0..20 {
        let made = trainer.learn(&[seen(step, Some(5.0))]).unwrap();
        let error = |made: f64, expected: f64| (made - expected).abs() / expected;
        errors[0] = errors[0].max(error(made.loss, torch.loss[step]));
        errors[1] = errors[1].max(error(made.gradient, torch.length[step]));
    }
    let end = worst(&|name| trainer.value(name), &torch.end);
    println!("xl: losses {:e}, lengths of gradients {:e}, values at the end {end:?}", errors[0], errors[1]);
    assert!(errors[0] <= 1e-3 && errors[1] <= 1e-2 && end.0 <= 1e-3, "{errors:?} {end:?}");
}

#[test]
fn steps_of_xl_by_candles_own_operations_are_torchs() {
    plainly(twenty_steps_of_an_adapter_of_xl_are_torchs);
}

#[test]
fn every_parameter_of_xl_gets_a_gradient_in_every_method() {
    let lora = |targets, text| Method::Lora { rank: 2, alpha: 2.0, targets, text };
    let base = Base::folder();
    let methods = [
        lora(Targets::Attention, false),
        lora(Targets::Everything, true),
        Method::Full { text: false },
        Method::Full { text: true },
    ];
    for (number, method) in methods.into_iter().enumerate() {
        let mut trainer = base.begun(&number.to_string(), settings(method));
        trainer.scatter();
        everything_is_felt(&mut trainer, &seen(1, None));
    }
}

#[test]
fn what_xl_is_told_of_sizes_is_what_was_cut() {
    let base = Base::file();
    let lora = Method::Lora { rank: 2, alpha: 2.0, targets: Targets::Attention, text: false };
    let how = Settings { flip: true, batch: 1, ..settings(lora) };
    let examples =
        [example(1, 24, 24, "fox"), example(2, 40, 20, "fox"), example(3, 10, 20, "fox"), example(4, 8, 4, "fox")];
    let mut trainer = base.begun_with("run", how, &examples);
    let mut told = |example: usize| {
        // Of so many, some are thrown as mirrored, and some are not.
        let all = (0..16).map(|number| trainer.batch(&[example], For::Example, number).unwrap().sizes[0]);
        let mut all: Vec<Vec<u32>> = all.map(|sizes| sizes.iter().map(|size| *size as u32).collect()).collect();
        all.sort();
        all.dedup();
        all
    };
    assert_eq!(told(0), [[24, 24, 0, 0, 16, 16]]);
    // 34 of 40 columns become 20: of the three that go at the left, that is two.
    assert_eq!(told(1), [[20, 40, 0, 2, 12, 20]]);
    // 17 of 20 rows become 20: of the three that go, one at the top.
    assert_eq!(told(2), [[20, 10, 1, 0, 20, 12]]);
    // One of 8 columns goes, at the right, where the mirror image has its left.
    assert_eq!(told(3), [[4, 8, 0, 0, 12, 20], [4, 8, 0, 3, 12, 20]]);
}

#[test]
fn texts_that_are_kept_teach_as_texts_that_are_read() {
    let base = Base::file();
    let lora = |text| Method::Lora { rank: 2, alpha: 2.0, targets: Targets::Attention, text };
    // The ways up begin at nothing, so that nothing is added yet, and both see the same.
    let how = |text| Settings { batch: 1, ..settings(lora(text)) };
    let (mut kept, mut read) = (base.begun("kept", how(false)), base.begun("read", how(true)));
    for number in 0..3 {
        let (one, other) =
            (kept.batch(&[1], For::Example, number).unwrap(), read.batch(&[1], For::Example, number).unwrap());
        assert!(matches!((&one.texts, &other.texts), (Texts::Vectors(_), Texts::Captions(_))));
        assert_eq!(one.sizes, other.sizes);
        let loss = |trainer: &Trainer, batch: &Batch| trainer.gradients(batch, &mut BTreeMap::new()).unwrap();
        let (one, other) = (loss(&kept, &one), loss(&read, &other));
        assert!((one - other).abs() <= one * 1e-6, "{one} {other}");
    }
    // What is told of sizes counts.
    let mut batch = kept.batch(&[1], For::Example, 0).unwrap();
    let before = kept.gradients(&batch, &mut BTreeMap::new()).unwrap();
    batch.sizes[0][1] = 4000.0;
    assert!((kept.gradients(&batch, &mut BTreeMap::new()).unwrap() - before).abs() > before * 1e-6);
}

#[test]
fn a_training_of_xl_that_stopped_goes_on_bit_for_bit() {
    let base = Base::folder();
    let velocity = Loading { prediction: Some("v_prediction".to_owned()), ..Loading::default() };
    let kept = Method::Lora { rank: 2, alpha: 3.0, targets: Targets::Attention, text: false };
    let runs = [
        (LORA, true, Loading::default()),
        (kept, false, velocity),
        (Method::Full { text: true }, false, Loading::default()),
    ];
    for (number, (method, checkpointing, loading)) in runs.into_iter().enumerate() {
        let base = Base { loading, folder: tempfile::tempdir().unwrap(), path: base.path.clone() };
        let how = Settings {
            accumulation: if checkpointing { 2 } else { 1 },
            flip: true,
            average: Some(0.9),
            steps: 3,
            checkpointing,
            ..settings(method)
        };
        let mut one = base.begun("whole", how.clone());
        let mut steps = Vec::new();
        while !one.is_finished() {
            if one.done() == 1 {
                one.sample(&request(), &mut |_, _| true).unwrap();
            }
            steps.push(one.step().unwrap());
        }
        one.save().unwrap();
        let mut two = base.begun("parted", how);
        let mut again = vec![two.step().unwrap()];
        two.save().unwrap();
        drop(two);
        let run = base.folder.path().join("parted");
        let mut two = Trainer::resume(&base.path, &base.loading, &run).unwrap();
        while !two.is_finished() {
            again.push(two.step().unwrap());
        }
        two.save().unwrap();
        assert_eq!(steps, again, "{method:?}");
        let saved = |run: &str| fs_err::read(base.folder.path().join(run).join("learned-3.safetensors")).unwrap();
        assert!(saved("whole") == saved("parted"), "{method:?}");
        // With another second text net, it does not go on.
        if number == 0 {
            let file = base.path.join("text_encoder_2/model.safetensors");
            let sound = fs_err::read(&file).unwrap();
            let mut other = candle_core::safetensors::load(&file, &candle_core::Device::Cpu).unwrap();
            let projection = (&other["text_projection.weight"] * 2.0).unwrap();
            other.insert("text_projection.weight".to_owned(), projection);
            candle_core::safetensors::save(&other, &file).unwrap();
            let error = Trainer::resume(&base.path, &base.loading, &run).err().unwrap().to_string();
            assert!(error.contains("with another model"), "{error}");
            fs_err::write(&file, sound).unwrap();
        }
    }
}

#[test]
fn what_xl_learned_is_an_adapter_that_it_opens() {
    let base = Base::file();
    let mut trainer = base.begun("run", Settings { warm_up: 0, rate: 2e-2, ..settings(LORA) });
    let request = Request { guidance: 5.0, framing: Framing::default(), width: 24, steps: 4, ..request() };
    let drawn = |model: &Model| model.generate(&request, &mut |_, _| true).unwrap().pictures.remove(0);
    let before = drawn(&base.model());
    assert_eq!(trainer.sample(&request, &mut |_, _| true).unwrap().pictures[0], before);
    for _ in 0..6 {
        trainer.step().unwrap();
    }
    let made = trainer.sample(&request, &mut |_, _| true).unwrap().pictures.remove(0);
    let far = |one: &Picture, other: &Picture| {
        one.pixels.iter().zip(&other.pixels).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    };
    assert!(far(&made, &before) > 1);
    let adapter = trainer.adapter().unwrap().unwrap();
    assert_eq!([Part::Unet, Part::Text, Part::SecondText].map(|part| adapter.modules(part)), [64, 4, 12]);
    let file = base.folder.path().join("adapter.safetensors");
    for (form, name) in [
        (Form::Diffusers, "text_encoder_2.text_model.encoder.layers.2.self_attn.q_proj.lora_A.weight"),
        (Form::Kohya, "lora_te2_text_model_encoder_layers_2_self_attn_q_proj.lora_down.weight"),
    ] {
        adapter.save(&file, form, &BTreeMap::new()).unwrap();
        assert!(candle_core::safetensors::load(&file, &candle_core::Device::Cpu).unwrap().contains_key(name), "{name}");
        let again = Adapter::open(&file, &base.path, &base.loading).unwrap();
        let model = Model::load_with(&base.path, &base.loading, &[(again, 1.0)]).unwrap();
        assert!(far(&drawn(&model), &made) <= 1, "{form:?}");
    }
    // `scripts/interop_lora.sh` asks diffusers the same.
    if let Some(kept) = std::env::var_os("SAYSO_INTEROP") {
        let kept = Path::new(&kept);
        adapter.save(&kept.join("xl.safetensors"), Form::Diffusers, &BTreeMap::new()).unwrap();
        crate::write_png(fs_err::File::create(kept.join("xl.png")).unwrap(), &made, &[]).unwrap();
    }
}

#[test]
fn all_of_xl_is_learned_from_a_folder_and_written_as_one() {
    let base = Base::folder();
    let mut trainer = base.begun("run", Settings { warm_up: 0, ..settings(Method::Full { text: true }) });
    for _ in 0..3 {
        trainer.step().unwrap();
    }
    let target = match std::env::var_os("SAYSO_INTEROP") {
        // `scripts/interop_lora.sh` asks diffusers the same.
        Some(kept) => Path::new(&kept).join("xl"),
        None => base.folder.path().join("written"),
    };
    trainer.write_model(&target, &BTreeMap::new()).unwrap();
    let request = Request { guidance: 5.0, width: 24, steps: 4, ..request() };
    let drawn = |model: &Model| model.generate(&request, &mut |_, _| true).unwrap().pictures.remove(0);
    let made = trainer.sample(&request, &mut |_, _| true).unwrap().pictures.remove(0);
    // Sums of what is trained are made in another order: a number may be rounded to its neighbour.
    let opened = drawn(&Model::open(&target).unwrap());
    assert_eq!(opened.pixels.len(), made.pixels.len());
    assert!(opened.pixels.iter().zip(&made.pixels).all(|(one, other)| one.abs_diff(*other) <= 1));
    assert_ne!(drawn(&base.model()), made);
    // What is never asked for stays as it was; the rest of the text nets learned.
    let read = |folder: &Path, part: &str| {
        candle_core::safetensors::load(folder.join(part).join("model.safetensors"), &candle_core::Device::Cpu).unwrap()
    };
    for (part, idle) in [("text_encoder", 18), ("text_encoder_2", 0)] {
        let (before, after) = (read(&base.path, part), read(&target, part));
        assert_eq!(before.len(), after.len());
        let same = before.iter().filter(|(name, tensor)| {
            let numbers = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            numbers(tensor) == numbers(&after[*name])
        });
        assert_eq!(same.count(), idle, "{part}");
    }
    if let Some(kept) = std::env::var_os("SAYSO_INTEROP") {
        let file = fs_err::File::create(Path::new(&kept).join("whole.png")).unwrap();
        crate::write_png(file, &made, &[]).unwrap();
    }
}

#[test]
fn the_plan_counts_what_is_kept_of_xl() {
    let base = Base::folder();
    let lora = |text| Method::Lora { rank: 2, alpha: 2.0, targets: Targets::Attention, text };
    let methods = [lora(false), lora(true), Method::Full { text: false }, Method::Full { text: true }];
    for (number, method) in methods.into_iter().enumerate() {
        let how = Settings { batch: 2, buckets: false, ..settings(method) };
        let trainer = base.begun(&number.to_string(), how.clone());
        is_as_planned(&trainer, (&base.path, &base.loading), &how, [4, 8, 8]);
    }
}

#[test]
fn what_the_real_one_takes_is_told_without_its_weights() {
    let folder = tempfile::tempdir().unwrap();
    let write = |part: &str, value: serde_json::Value| {
        fs_err::create_dir(folder.path().join(part)).unwrap();
        fs_err::write(folder.path().join(part).join("config.json"), value.to_string()).unwrap();
    };
    // As Stability AI's `stable-diffusion-xl-base-1.0` has them.
    write(
        "unet",
        serde_json::json!({
            "sample_size": 128, "in_channels": 4, "out_channels": 4, "block_out_channels": [320, 640, 1280],
            "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
            "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "layers_per_block": 2,
            "cross_attention_dim": 2048, "attention_head_dim": [5, 10, 20], "transformer_layers_per_block": [1, 2, 10],
            "use_linear_projection": true, "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
            "projection_class_embeddings_input_dim": 2816, "norm_num_groups": 32,
        }),
    );
    write(
        "vae",
        serde_json::json!({
            "block_out_channels": [128, 256, 512, 512], "latent_channels": 4, "layers_per_block": 2, "sample_size": 1024,
            "norm_num_groups": 32, "scaling_factor": 0.13025,
        }),
    );
    let text = |width: usize, layers: usize| {
        serde_json::json!({
            "hidden_size": width, "intermediate_size": width * 4, "num_hidden_layers": layers, "projection_dim": width,
            "num_attention_heads": width / 64, "max_position_embeddings": 77, "vocab_size": 49408, "hidden_act": "gelu",
        })
    };
    write("text_encoder", text(768, 12));
    write("text_encoder_2", text(1280, 32));
    let side = Model::side_of(folder.path(), &Loading::default()).unwrap();
    assert_eq!(side, 1024);
    let plan = |method, checkpointing| {
        let how = Settings { batch: 1, side, checkpointing, ..settings(method) };
        Plan::new(folder.path(), &Loading::default(), &how).unwrap()
    };
    let lora = |text| Method::Lora { rank: 4, alpha: 4.0, targets: Targets::Attention, text };
    let gibi = |plan: &Plan| plan.memory_bytes() as f64 / f64::from(1 << 30);
    for (method, checkpointing) in [
        (lora(false), false),
        (lora(false), true),
        (lora(true), true),
        (Method::Full { text: false }, true),
        (Method::Full { text: true }, true),
    ] {
        let plan = plan(method, checkpointing);
        println!("{method:?}, checkpointing {checkpointing}: {} trained, {:.1} GiB", plan.trained, gibi(&plan));
    }
    let adapter = plan(lora(false), true);
    // The parameters that diffusers and transformers count, and those of an adapter by diffusers' example.
    assert_eq!(adapter.numbers, 2_567_463_684 + 123_060_480 + 694_659_840);
    assert_eq!(adapter.trained, 5_806_080);
    assert_eq!(plan(Method::Full { text: false }, true).trained, 2_567_463_684);
    // Without the last layer of the first text net and the norm behind it.
    let idle = 4 * (768 * 768 + 768) + 2 * 768 * 3072 + 3072 + 768 + 6 * 768;
    assert_eq!(plan(Method::Full { text: true }, true).trained, adapter.numbers - idle);
    assert!(adapter.kept_bytes < plan(lora(false), false).kept_bytes);
}
