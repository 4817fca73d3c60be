//! What cannot be trained, what it takes, and that memory does not grow with the pictures.

use super::*;
use crate::Processor;

#[test]
fn what_cannot_be_trained_is_refused_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |settings: Settings, examples: &[Example]| {
        let error = begun(folder.path(), settings, examples).err().unwrap().to_string();
        assert!(error.contains("\nhint: "), "{error}");
        error
    };
    let how = || settings(LORA);
    assert!(refused(Settings { batch: 0, ..how() }, &[]).contains("`batch` cannot be 0"));
    assert!(refused(Settings { rate: f64::NAN, ..how() }, &[]).contains("`rate` cannot be NaN"));
    assert!(refused(Settings { warm_up: 21, ..how() }, &[]).contains("`warm_up` cannot be 21"));
    assert!(refused(Settings { min_snr: Some(0.0), ..how() }, &[]).contains("`min_snr`"));
    let nothing = Settings { prior_weight: 0.0, checkpointing: true, ..how() };
    assert!(refused(nothing, &[]).contains("`prior_weight` cannot be 0\nhint: 1 is usual; leave the class out"));
    let rank = Method::Lora { rank: 0, alpha: 1.0, targets: Targets::Attention, text: false };
    assert!(refused(settings(rank), &[]).contains("the rank 0"));
    assert!(refused(how(), &[]).contains("no picture to learn from"));
    assert!(refused(how(), &examples()[5..]).contains("no picture to learn from"));
    let none = Example { picture: Picture { width: 3, height: 0, pixels: Vec::new() }, ..example(1, 1, 1, "") };
    assert!(refused(how(), &[none]).contains("`picture 1` has no pixels"));
    let short = Example { picture: Picture { width: 3, height: 3, pixels: vec![0; 5] }, ..example(1, 1, 1, "") };
    assert!(refused(how(), &[short]).contains("has no pixels"));
    let error = Trainer::resume(&path("model"), &Loading::default(), folder.path()).err().unwrap().to_string();
    assert!(error.contains("no training was saved"), "{error}");

    let mut trainer = begun(folder.path(), how(), &examples()).unwrap();
    trainer.step().unwrap();
    trainer.save().unwrap();
    assert!(refused(how(), &examples()).contains("a training is in it already"));
    let damage = |name: &str, change: &dyn Fn(Vec<u8>) -> Vec<u8>| {
        let file = folder.path().join(name);
        let whole = fs_err::read(&file).unwrap();
        fs_err::write(&file, change(whole.clone())).unwrap();
        let error = Trainer::resume(&path("model"), &Loading::default(), folder.path()).err().unwrap().to_string();
        fs_err::write(&file, whole).unwrap();
        assert!(error.contains("\nhint: "), "{error}");
        error
    };
    let half = |bytes: Vec<u8>| bytes[..bytes.len() / 2].to_vec();
    let edit = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains(from));
            text.replacen(from, to, 1).into_bytes()
        }
    };
    assert!(damage("state.json", &half).contains("it is damaged"));
    assert!(damage("state.json", &edit("\"version\": 1", "\"version\": 2")).contains("version 2"));
    assert!(damage("state.json", &edit("learned-1", "../learned-1")).contains("another folder"));
    assert!(damage("learned-1.safetensors", &half).contains("cannot be gone on with"));
    assert!(damage("examples.f32", &half).contains("another length"));
    assert!(damage("examples.json", &half).contains("it is damaged"));
    let number = |name: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| {
            let mut list: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
            *list.pointer_mut(name).unwrap() = serde_json::from_str(to).unwrap();
            list.to_string().into_bytes()
        }
    };
    for (name, to) in [
        ("/examples/0/sides", "[4294967296, 4294967296]"),
        ("/examples/0/sides", "[4096, 4096]"),
        ("/examples/0/sides", "[0, 4]"),
        ("/examples/0/at", "18446744073709551615"),
        ("/examples/0/mirrored", "4611686018427387903"),
    ] {
        assert!(damage("examples.json", &number(name, to)).contains("names what is not in"), "{name} {to}");
    }
    assert!(damage("examples.json", &number("/numbers", "4611686018427387904")).contains("another length"));
    assert!(damage("examples.json", &number("/examples/0/caption", "99")).contains("captions are missing"));
    let other = folder.path().join("other");
    let how = Settings { method: Method::Full { text: false }, warm_up: 0, ..how() };
    let mut trainer = begun(&folder.path().join("full"), how, &examples()).unwrap();
    trainer.step().unwrap();
    trainer.write_model(&other, &BTreeMap::new()).unwrap();
    let error = Trainer::resume(&other, &Loading::default(), folder.path()).err().unwrap().to_string();
    assert!(error.contains("with another model"), "{error}");
}

#[test]
fn a_dry_run_says_which_models_cannot_be_trained() {
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("base");
    copied(&path("model"), &base);
    let refused =
        |base: &Path, method| Plan::new(base, &Loading::default(), &settings(method)).unwrap_err().to_string();
    let config = base.join("unet/config.json");
    let whole = fs_err::read_to_string(&config).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&whole).unwrap();
    value["in_channels"] = serde_json::json!(9);
    fs_err::write(&config, value.to_string()).unwrap();
    let said = refused(&base, LORA);
    assert!(said.contains("is a model of inpainting, which cannot be trained yet"), "{said}");
    assert!(said.contains("in the shape of Stable Diffusion 1, 2 or XL"), "{said}");
    for (name, channels) in [("one", 4), ("one", 9), ("xl", 4), ("xl", 9)] {
        let file = folder.path().join("one.safetensors");
        candle_core::safetensors::save(&crate::fixture::family_tensors(name, channels), &file).unwrap();
        let full = refused(&file, Method::Full { text: false });
        assert!(full.contains("of which only adapters can be trained"), "{name}");
        if channels == 9 {
            assert!(refused(&file, LORA).contains("of inpainting"), "{name}");
        } else {
            // No tokens are asked for, which a single file does not bring.
            assert!(Plan::new(&file, &Loading::default(), &settings(LORA)).unwrap().trained > 0, "{name}");
        }
    }
}

#[test]
fn many_pictures_are_kept_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut preparation = Preparation::new(&path("model"), &Loading::default(), folder.path(), settings(LORA)).unwrap();
    let one = example(1, 16, 16, "fox");
    let prepared = preparation.add(&one).unwrap();
    assert_eq!((prepared.width, prepared.height, prepared.cropped, prepared.enlarged), (16, 16, 0.0, false));
    for number in 0..150 {
        preparation.add(&Example { id: number.to_string(), ..one.clone() }).unwrap();
    }
    let small = preparation.add(&example(2, 8, 3, &"fox ".repeat(100))).unwrap();
    assert_eq!((small.width, small.height, small.enlarged, small.cut), (24, 8, true, 102 - 77));
    let mut trainer = preparation.begin().unwrap();
    // Means and variances of 4 by 8 by 8 and of 4 by 4 by 12.
    let bytes = fs_err::metadata(folder.path().join("examples.f32")).unwrap().len();
    assert_eq!(bytes, (151 * 512 + 2 * 192) * 4);
    trainer.step().unwrap();
}

#[test]
fn the_plan_counts_what_is_kept() {
    let lora = |text| Method::Lora { rank: 2, alpha: 2.0, targets: Targets::Attention, text };
    for method in [lora(false), lora(true), Method::Full { text: false }] {
        let folder = tempfile::tempdir().unwrap();
        let how = Settings { batch: 2, buckets: false, ..settings(method) };
        let trainer = begun(folder.path(), how.clone(), &examples()).unwrap();
        let sizes = [4, 8, 8];
        is_as_planned(&trainer, (&path("model"), &Loading::default()), &how, sizes);
        assert!(Plan::operations_a_second(Processor::Cpu).unwrap() > 1e5);
    }
}

/// What is trained and kept of one batch of two pictures with latents of these sides is about what was foreseen.
pub(super) fn is_as_planned(
    trainer: &Trainer,
    (base, loading): (&Path, &Loading),
    how: &Settings,
    [channels, rows, columns]: [usize; 3],
) {
    let plan = Plan::new(base, loading, how).unwrap();
    assert_eq!(plan.trained, trainer.trained());
    // The numbers of all tensors that the way back needs, as they are.
    let said = trainer.model().said(&PROMPTS, 0).unwrap();
    let added = said.whole.clone().map(|texts| crate::unet::Added { texts, sizes: vec![[16.0; 6]; 2] });
    let clean = Tensor::ones((2, channels, rows, columns), candle_core::DType::F32, &candle_core::Device::Cpu).unwrap();
    let unet = &trainer.model().unet;
    let answer = unet.forward_added(&clean, &[1.0, 2.0], &said.texts, added.as_ref()).unwrap();
    let mut places = std::collections::BTreeSet::new();
    let mut kept = 0;
    for tensor in answer.sorted_nodes() {
        // A tensor in another shape is no other numbers.
        let (storage, _) = tensor.storage_and_layout();
        if places.insert(std::ptr::from_ref(&*storage).addr()) && !tensor.is_variable() {
            kept += tensor.elem_count() as u64 * 4;
        }
    }
    println!("{:?}: {kept} bytes kept, {} foreseen", how.method, plan.kept_bytes);
    let share = plan.kept_bytes as f64 / kept as f64;
    assert!((0.5..2.0).contains(&share), "{share}");
    let less = Plan::new(base, loading, &Settings { checkpointing: true, ..how.clone() }).unwrap();
    assert!(less.kept_bytes < plan.kept_bytes && less.operations > plan.operations);
    assert!(plan.memory_bytes() > plan.kept_bytes && plan.operations > 1e6);
}
