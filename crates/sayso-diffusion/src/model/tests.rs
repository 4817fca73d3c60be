#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::Path;

use super::{Init, Model, Request};
use crate::fixture::{distance, path, tensors};
use crate::{DiffusionError, Picture, SchedulerKind};

/// What `tests/fixtures/export.py` asked diffusers for.
fn request() -> Request {
    Request {
        prompt: "a red fox in the snow, oil on canvas".to_owned(),
        negative: "blurred".to_owned(),
        width: 24,
        height: 16,
        count: 1,
        steps: 6,
        guidance: 7.5,
        seed: 11,
        scheduler: None,
        clip_skip: 0,
        ..Request::default()
    }
}

#[test]
fn pictures_are_those_of_diffusers() {
    let cases = tensors("cases.safetensors");
    let model = Model::open(&path("model")).unwrap();
    assert_eq!((model.side(), model.scheduler()), (16, SchedulerKind::Pndm));
    let made = |request: &Request| model.decoded(&model.latents(request, &mut |_, _| true).unwrap()).unwrap();
    for name in SchedulerKind::names() {
        let scheduler = name.parse::<SchedulerKind>().unwrap();
        let count = if scheduler == SchedulerKind::Pndm { 2 } else { 1 };
        let error = distance(
            &made(&Request { scheduler: Some(scheduler), count, ..request() }),
            &cases[&format!("picture.{name}")],
        );
        println!("picture.{name}: {error:e}");
        assert!(error <= 1e-5, "{name}: {error}");
    }
    let unguided = Request {
        seed: 12,
        width: 16,
        steps: 3,
        guidance: 1.0,
        clip_skip: 1,
        scheduler: Some(SchedulerKind::Ddim),
        ..request()
    };
    let error = distance(&made(&unguided), &cases["picture.skip"]);
    println!("picture.skip: {error:e}");
    assert!(error <= 1e-5, "{error}");
    // What comes out as bytes is that.
    let whole = model.generate(&unguided, &mut |_, _| true).unwrap();
    let (picture, expected) = (&whole.pictures[0], cases["picture.skip"].permute((0, 2, 3, 1)).unwrap());
    let expected = expected.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!((picture.width, picture.height), (16, 16));
    let near = |(byte, number): (&u8, &f32)| (f32::from(*byte) - number * 255.0).abs() < 0.6;
    assert!(picture.pixels.len() == expected.len() && picture.pixels.iter().zip(&expected).all(near));
}

#[test]
fn pictures_of_pictures_are_those_of_diffusers() {
    let cases = tensors("cases.safetensors");
    let model = Model::open(&path("model")).unwrap();
    let bytes = cases["init.bytes"].permute((0, 2, 3, 1)).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    let picture = Picture { width: 24, height: 16, pixels: bytes.iter().map(|byte| *byte as u8).collect() };
    for name in SchedulerKind::names() {
        let scheduler = Some(name.parse::<SchedulerKind>().unwrap());
        let init = Some(Init { picture: picture.clone(), strength: 0.7 });
        let request = Request { scheduler, seed: 13, init, ..request() };
        let made = model.decoded(&model.latents(&request, &mut |_, _| true).unwrap()).unwrap();
        let error = distance(&made, &cases[&format!("init.{name}")]);
        println!("init.{name}: {error:e}");
        assert!(error <= 1e-5, "{name}: {error}");
    }
    let refused = |init| {
        let error = model.generate(&Request { init: Some(init), ..request() }, &mut |_, _| true).unwrap_err();
        error.to_string()
    };
    assert!(refused(Init { picture: picture.clone(), strength: 0.1 }).contains("leaves no step of 6"));
    assert!(refused(Init { picture: picture.clone(), strength: 1.1 }).contains("a strength of 1.1"));
    assert!(refused(Init { picture: Picture { width: 16, ..picture }, strength: 0.5 }).contains("another size"));
}

#[test]
fn one_seed_gives_one_picture_and_another_another() {
    let model = Model::open(&path("model")).unwrap();
    let made = |seed| model.generate(&Request { seed, steps: 2, ..request() }, &mut |_, _| true).unwrap().pictures;
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
}

#[test]
fn what_cannot_be_made_is_refused_with_a_hint() {
    let model = Model::open(&path("model")).unwrap();
    let refused = |request: Request| {
        let error = model.generate(&request, &mut |_, _| true).unwrap_err().to_string();
        assert!(error.contains("\nhint: "), "{error}");
        error
    };
    assert!(refused(Request { width: 20, ..request() }).contains("20 times 16"));
    assert!(refused(Request { height: 1 << 20, ..request() }).contains("times 1048576"));
    assert!(refused(Request { count: 0, ..request() }).contains("0 pictures"));
    assert!(refused(Request { guidance: f64::NAN, ..request() }).contains("NaN"));
    assert!(refused(Request { clip_skip: 3, ..request() }).contains("3 of 3 layers"));
    assert!(refused(Request { steps: 0, ..request() }).contains("0 steps"));
    let mut asked = 0;
    let stop = &mut |_, _| {
        asked += 1;
        asked < 3
    };
    let error = model.generate(&request(), stop).unwrap_err();
    assert!(matches!(error, DiffusionError::Stopped { step: 2, steps: 7 }), "{error}");
    let long = Request { prompt: "fox ".repeat(10_000), steps: 1, ..request() };
    let made = model.generate(&long, &mut |_, _| true).unwrap();
    assert_eq!((made.cut, made.negative_cut), (10_002 - 77, 0));
}

fn copied(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copied(&entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn folders_that_are_no_model_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |change: &dyn Fn(&Path)| {
        let copy = tempfile::tempdir_in(folder.path()).unwrap();
        copied(&path("model"), copy.path());
        change(copy.path());
        let error = Model::open(copy.path()).err().unwrap().to_string();
        assert!(error.contains("\nhint: "), "{error}");
        error
    };
    let remove = |name: &'static str| move |folder: &Path| fs_err::remove_file(folder.join(name)).unwrap();
    let edit = |name: &'static str, from: &'static str, to: &'static str| {
        move |folder: &Path| {
            let text = fs_err::read_to_string(folder.join(name)).unwrap();
            assert!(text.contains(from), "{name}");
            fs_err::write(folder.join(name), text.replace(from, to)).unwrap();
        }
    };
    assert!(refused(&remove("model_index.json")).contains("model_index.json` is not there"));
    assert!(refused(&remove("unet/diffusion_pytorch_model.safetensors")).contains("is not there"));
    assert!(refused(&remove("tokenizer/merges.txt")).contains("cannot read"));
    let index = edit("model_index.json", "\"StableDiffusionPipeline\"", "\"StableDiffusionXLPipeline\"");
    assert!(refused(&index).contains("text_encoder_2"));
    let nine = edit("unet/config.json", "\"in_channels\": 4", "\"in_channels\": 9");
    assert!(refused(&nine).contains("`conv_in.weight` has the shape [8, 4, 3, 3] and not [8, 9, 3, 3]"));
    let heads = edit("unet/config.json", "\"attention_head_dim\": 2", "\"attention_head_dim\": [2, 4]");
    assert!(refused(&heads).contains("`attention_head_dim` is [2,4], and there are 3 levels"));
    let linear = edit("unet/config.json", "\"use_linear_projection\": false", "\"use_linear_projection\": true");
    assert!(
        refused(&linear)
            .contains("`down_blocks.0.attentions.0.proj_in.weight` has the shape [8, 8, 1, 1] and not [8, 8]")
    );
    let huge = edit("vae/config.json", "\"latent_channels\": 4", "\"latent_channels\": 4000000000");
    assert!(refused(&huge).contains("a number up to 64 is needed"));
    let layers = edit("unet/config.json", "\"layers_per_block\": 1", "\"layers_per_block\": 2");
    let error = refused(&layers);
    assert!(error.contains("is missing") && error.contains(" more\nhint"), "{error}");
    let words = edit("tokenizer/merges.txt", "o i\n", "");
    assert!(refused(&words).contains("the net knows 526"));
    let cut = |folder: &Path| {
        let file = folder.join("vae/diffusion_pytorch_model.safetensors");
        let bytes = fs_err::read(&file).unwrap();
        fs_err::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    };
    assert!(refused(&cut).contains("reaches beyond the end of the file"));
}

#[test]
fn weights_of_16_bits_are_read_and_numbers_that_run_away_are_told() {
    use candle_core::DType;
    let folder = tempfile::tempdir().unwrap();
    copied(&path("model"), folder.path());
    let file = folder.path().join("unet/diffusion_pytorch_model.safetensors");
    let half = folder.path().join("unet/diffusion_pytorch_model.fp16.safetensors");
    let weights = tensors("model/unet/diffusion_pytorch_model.safetensors");
    let mut halved: std::collections::HashMap<_, _> =
        weights.iter().map(|(name, tensor)| (name.clone(), tensor.to_dtype(DType::F16).unwrap())).collect();
    let bias = halved["conv_out.bias"].to_dtype(DType::BF16).unwrap();
    halved.insert("conv_out.bias".to_owned(), bias);
    candle_core::safetensors::save(&halved, &half).unwrap();
    fs_err::remove_file(&file).unwrap();
    let made = |model: &Model| model.latents(&request(), &mut |_, _| true);
    let small = made(&Model::open(folder.path()).unwrap()).unwrap();
    let large = made(&Model::open(&path("model")).unwrap()).unwrap();
    let error = distance(&small, &large);
    assert!(error > 0.0 && error < 0.05, "{error}");

    let mut wild = weights;
    let matrix = (&wild["conv_out.weight"] * 1e38).unwrap();
    wild.insert("conv_out.weight".to_owned(), matrix);
    candle_core::safetensors::save(&wild, &file).unwrap();
    let error = made(&Model::open(folder.path()).unwrap()).unwrap_err().to_string();
    assert!(error.contains("no number after step 1 of 7") && error.contains("--guidance"), "{error}");
}
