#![allow(clippy::unwrap_used, reason = "tests")]

mod xl;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};

use super::Outlines;
use super::{Adapter, Form, Part};
use crate::fixture::{distance, path, tensors};
use crate::load::Loading;
use crate::{DiffusionError, Model, Request};

fn base() -> PathBuf {
    path("model")
}

fn opened(file: &Path) -> Adapter {
    Adapter::open(file, &base(), &Loading::default()).unwrap()
}

/// What `tests/fixtures/train.py` asked diffusers for.
fn picture(adapters: &[(Adapter, f64)]) -> Tensor {
    let model = Model::load_with(&base(), &Loading::default(), adapters).unwrap();
    let request = Request {
        prompt: "a red fox in the snow, oil on canvas".to_owned(),
        negative: "blurred".to_owned(),
        width: 24,
        height: 16,
        count: 1,
        steps: 4,
        guidance: 5.0,
        seed: 5,
        ..Request::default()
    };
    model.decoded(&model.latents(&request, &mut |_, _| true).unwrap()).unwrap()
}

#[test]
fn pictures_with_adapters_are_those_of_diffusers() {
    let cases = tensors("training.safetensors");
    let (peft, kohya) = (opened(&path("lora/diffusers.safetensors")), opened(&path("lora/kohya.safetensors")));
    assert_eq!((peft.form(), kohya.form()), (Form::Diffusers, Form::Kohya));
    assert_eq!((peft.modules(Part::Unet), peft.modules(Part::Text), peft.rank()), (56, 12, 2));
    assert_eq!((kohya.modules(Part::Unet), kohya.modules(Part::Text), kohya.rank()), (16, 2, 1));
    assert_eq!(kohya.metadata()["ss_network_dim"], "1");
    let plain = picture(&[]);
    let made = [
        ("picture.diffusers", vec![(peft.clone(), 1.0)]),
        ("picture.diffusers.0.6", vec![(peft.clone(), 0.6)]),
        ("picture.kohya", vec![(kohya.clone(), 1.0)]),
        ("picture.kohya.0.6", vec![(kohya.clone(), 0.6)]),
        ("picture.both", vec![(peft.clone(), 0.8), (kohya, 0.3)]),
    ];
    for (name, adapters) in made {
        let made = picture(&adapters);
        let error = distance(&made, &cases[name]);
        println!("{name}: {error:e}, and without {:e}", distance(&plain, &cases[name]));
        assert!(error <= 1e-5 && distance(&plain, &cases[name]) > 1e-3, "{name}: {error}");
    }
    assert!(distance(&picture(&[(peft, 0.0)]), &plain) == 0.0);
}

/// The tensors of a file under other names.
fn renamed(from: &str, to: &Path, name: &dyn Fn(&str) -> String, texts: &[(&str, &str)]) {
    let tensors: BTreeMap<String, Tensor> =
        tensors(from).into_iter().map(|(old, tensor)| (name(&old), tensor)).collect();
    let texts = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    super::write_tensors(to, &tensors, &texts).unwrap();
}

#[test]
fn all_forms_of_one_adapter_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("adapter.safetensors");
    let from = "lora/diffusers.safetensors";
    // Without what peft says beside, nothing is multiplied.
    let sides = |name: &str| name.replace("lora_A", "lora.down").replace("lora_B", "lora.up");
    renamed(from, &file, &sides, &[]);
    let expected = opened(&file);
    let expected = picture(&[(expected, 1.5)]);
    assert!(distance(&expected, &picture(&[(opened(&path(from)), 1.0)])) < 1e-6);

    let old = |name: &str| {
        let (module, side) = name.rsplit_once(".lora_").unwrap();
        let (attention, module) = module.strip_suffix(".0").unwrap_or(module).rsplit_once('.').unwrap();
        let side = if side.starts_with('A') { "down" } else { "up" };
        format!("{attention}.processor.{module}_lora.{side}.weight")
    };
    let kohya = |name: &str| {
        let (module, side) = name.rsplit_once(".lora_").unwrap();
        let module = module.replacen("unet.", "lora_unet.", 1).replacen("text_encoder.", "lora_te.text_model.", 1);
        let side = if side.starts_with('A') { "down" } else { "up" };
        format!("{}.lora_{side}.weight", module.replace('.', "_"))
    };
    let longer = |name: &str| name.replace("text_encoder.", "text_encoder.text_model.");
    let forms: [&dyn Fn(&str) -> String; 3] = [&old, &kohya, &longer];
    for form in forms {
        renamed(from, &file, form, &[]);
        assert!(distance(&picture(&[(opened(&file), 1.5)]), &expected) < 1e-6);
    }
    // What is written is what was read.
    for form in [Form::Diffusers, Form::Kohya] {
        let texts = BTreeMap::from([("ours".to_owned(), "a \"text\"\nof two lines".to_owned())]);
        opened(&path(from)).save(&file, form, &texts).unwrap();
        let again = opened(&file);
        assert_eq!((again.form(), again.metadata()["ours"].as_str()), (form, texts["ours"].as_str()));
        assert!(distance(&picture(&[(again, 1.0)]), &expected) < 1e-6);
        let bytes = fs_err::read(&file).unwrap();
        opened(&path(from)).save(&file, form, &texts).unwrap();
        assert_eq!(fs_err::read(&file).unwrap(), bytes);
    }
    let error = opened(&path(from)).save(&file, Form::List, &BTreeMap::new()).unwrap_err().to_string();
    assert!(error.contains("in the form `list`"), "{error}");
}

/// The configurations of Stable Diffusion 1.5.
fn stable_diffusion(folder: &Path) -> Outlines {
    let unet = r#"{"_class_name": "UNet2DConditionModel", "in_channels": 4, "out_channels": 4, "sample_size": 64,
        "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2, "cross_attention_dim": 768,
        "attention_head_dim": 8, "norm_num_groups": 32,
        "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
        "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}"#;
    let text = r#"{"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
        "max_position_embeddings": 77, "vocab_size": 49408, "hidden_act": "quick_gelu"}"#;
    for (part, config) in [("unet", unet), ("text_encoder", text)] {
        fs_err::create_dir_all(folder.join(part)).unwrap();
        fs_err::write(folder.join(part).join("config.json"), config).unwrap();
    }
    fs_err::create_dir_all(folder.join("vae")).unwrap();
    fs_err::copy(path("model/vae/config.json"), folder.join("vae/config.json")).unwrap();
    Outlines::read(folder, &Loading::default()).unwrap()
}

#[test]
fn the_outline_of_stable_diffusion_is_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let outlines = stable_diffusion(folder.path());
    // The published counts of parameters.
    assert_eq!((outlines.unet.numbers(), outlines.text.numbers()), (859_520_964, 123_060_480));
    assert_eq!(outlines.unet.shape("mid_block.attentions.0.transformer_blocks.0.attn2.to_k"), Some(&[1280, 768][..]));
    assert_eq!(outlines.unet.shape("conv_in"), Some(&[320, 4, 3, 3][..]));
}

#[test]
fn real_adapters_fit_stable_diffusion() {
    let shared = std::env::var_os("SAYSO_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), Into::into);
    let real = shared.join("anchors/weights/lora");
    if !real.is_dir() {
        println!("skipped: no shared anchors");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let outlines = stable_diffusion(folder.path());
    for (name, rank, words) in [("analog_svd_rank4", 4, 0), ("lora_disney", 1, 2)] {
        let file = real.join(format!("{name}.safetensors"));
        let adapter = Adapter::read(&file, &outlines).unwrap();
        assert_eq!(adapter.form(), Form::List);
        // All attentions and their gates: 16 transformers of nine modules, 12 layers of four.
        assert_eq!((adapter.modules(Part::Unet), adapter.modules(Part::Text), adapter.rank()), (144, 48, rank));
        assert_eq!(adapter.words().count(), words);
        // What was written in a form with names has the same place: numbers lie where they lay.
        let again = folder.path().join("again.safetensors");
        if words == 0 {
            adapter.save(&again, Form::Kohya, &BTreeMap::new()).unwrap();
            assert_eq!(Adapter::read(&again, &outlines).unwrap().modules(Part::Unet), 144);
        }
        let error = Adapter::open(&file, &base(), &Loading::default()).unwrap_err().to_string();
        assert!(error.contains("does not fit this model") && error.contains("more\nhint"), "{error}");
    }
}

#[test]
fn a_list_is_in_the_order_of_its_time_and_its_words_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.safetensors");
    // The order of modules when such files were made, by hand.
    let mut list: Vec<String> = Vec::new();
    let blocks = [
        "down_blocks.0.attentions.0",
        "down_blocks.1.attentions.0",
        "up_blocks.1.attentions.0",
        "up_blocks.1.attentions.1",
        "up_blocks.2.attentions.0",
        "up_blocks.2.attentions.1",
        "mid_block.attentions.0",
    ];
    for block in blocks {
        let parts = ["attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0"].into_iter();
        let second = ["attn2.to_q", "attn2.to_k", "attn2.to_v", "attn2.to_out.0"];
        list.extend(parts.chain(second).map(|part| format!("unet.{block}.transformer_blocks.0.{part}")));
    }
    let number = |name: &str| {
        let (module, side) = name.rsplit_once(".lora_").unwrap();
        let side = if side.starts_with('A') { "down" } else { "up" };
        match module.strip_prefix("text_encoder.encoder.layers.") {
            None => format!("unet:{}:{side}", list.iter().position(|other| other == module).unwrap()),
            Some(module) => {
                let (layer, module) = module.split_once(".self_attn.").unwrap();
                let modules = ["k_proj", "v_proj", "q_proj", "out_proj"];
                let place = modules.iter().position(|other| *other == module).unwrap();
                format!("text_encoder:{}:{side}", layer.parse::<usize>().unwrap() * 4 + place)
            }
        }
    };
    renamed("lora/diffusers.safetensors", &file, &number, &[]);
    let expected = picture(&[(opened(&path("lora/diffusers.safetensors")), 1.0)]);
    assert!(distance(&picture(&[(opened(&file), 1.5)]), &expected) < 1e-6);

    let vector = Tensor::randn(0.0_f32, 1.0, 16, &Device::Cpu).unwrap();
    let tensors = BTreeMap::from([("<s1>".to_owned(), vector.clone()), ("<s12>".to_owned(), vector.neg().unwrap())]);
    let texts = ["<s1>", "<s12>"].map(|word| (word.to_owned(), "<embed>".to_owned())).into_iter().collect();
    super::write_tensors(&file, &tensors, &texts).unwrap();
    let words = opened(&file);
    let model = Model::load_with(&base(), &Loading::default(), &[(words.clone(), 1.0)]).unwrap();
    let prompt = model.prompts.prompt("a fox in <s12> <s1>snow").tokens;
    let plain = model.prompts.prompt("a fox in  snow").tokens;
    assert_eq!(prompt[..4], plain[..4]);
    // In the order of their bytes.
    assert_eq!(prompt[4..6], [526, 527]);
    assert_eq!(prompt[6..], plain[4..75]);
    assert!(distance(&model.text.forward(&[prompt], 0).unwrap(), &model.text.forward(&[plain], 0).unwrap()) > 1e-3);
    let twice = Model::load_with(&base(), &Loading::default(), &[(words.clone(), 1.0), (words, 1.0)])
        .err()
        .unwrap()
        .to_string();
    assert!(twice.contains("two adapters teach the word `<s12>`"), "{twice}");
}

#[test]
fn all_that_is_wrong_with_an_adapter_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.safetensors");
    let refused = |change: &dyn Fn(&mut HashMap<String, Tensor>)| {
        let mut tensors = tensors("lora/diffusers.safetensors");
        change(&mut tensors);
        candle_core::safetensors::save(&tensors, &file).unwrap();
        let error = Adapter::open(&file, &base(), &Loading::default()).unwrap_err();
        assert!(matches!(error, DiffusionError::Adapter { .. }));
        error.to_string()
    };
    let module = "unet.mid_block.attentions.0.transformer_blocks.0.attn1";
    let error = refused(&|tensors| {
        let some = tensors.remove(&format!("{module}.to_q.lora_B.weight")).unwrap();
        tensors.insert(format!("{module}.to_k.lora_B.weight"), some.t().unwrap().contiguous().unwrap());
        tensors.insert(format!("{module}.to_v.lora_B.weight"), (&some * f64::NAN).unwrap());
        tensors.insert("unet.nobody.lora_A.weight".to_owned(), some.clone());
        tensors.insert(format!("{module}.to_v.lora_magnitude_vector"), some.clone());
        tensors.insert(
            "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0.lora_up.weight".to_owned(),
            some,
        );
    });
    for part in [
        "`unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight` lacks what goes down or up with it",
        "to_k.lora_B.weight` has the shape [2, 16] and not [16, 2]",
        "to_v.lora_B.weight` holds what is no number, first at position 0",
        "`unet.nobody.lora_A.weight` is of no module that this model has",
        "to_v.lora_magnitude_vector` is of no module that this model has",
        "attn1.to_out.0.lora_B.weight` are the same",
        "\nhint: ",
    ] {
        assert!(error.contains(part), "{part} is not in {error}");
    }
    assert!(refused(&HashMap::clear).contains("it holds no tensor"));
    let wide = Tensor::zeros((5000, 16), candle_core::DType::F32, &Device::Cpu).unwrap();
    let error = refused(&|tensors| {
        tensors.insert(format!("{module}.to_q.lora_A.weight"), wide.clone());
    });
    assert!(error.contains("has the rank 5000"), "{error}");
    let error = Model::load_with(&base(), &Loading::default(), &[(opened(&path("lora/kohya.safetensors")), f64::NAN)])
        .err()
        .unwrap();
    assert!(error.to_string().contains("a weight of NaN"), "{error}");
    let dora = [("lora_adapter_metadata", r#"{"unet.use_dora": true}"#)];
    renamed("lora/diffusers.safetensors", &file, &str::to_owned, &dora);
    assert!(Adapter::open(&file, &base(), &Loading::default()).unwrap_err().to_string().contains("it says `use_dora`"));
    for (text, part) in [
        ("{", "its `lora_adapter_metadata` is no JSON object"),
        (
            r#"{"unet.rank_pattern": {"^nobody\\.to_q": 2}}"#,
            r"its `unet.rank_pattern` names `^nobody\.to_q`, which is no module",
        ),
        (r#"{"unet.alpha_pattern": {"to_q": "much"}}"#, "says no number of `to_q`"),
        (r#"{"unet.alpha_pattern": []}"#, "its `unet.alpha_pattern` is no list"),
    ] {
        renamed("lora/diffusers.safetensors", &file, &str::to_owned, &[("lora_adapter_metadata", text)]);
        let error = Adapter::open(&file, &base(), &Loading::default()).unwrap_err().to_string();
        assert!(error.contains(part), "{part} is not in {error}");
    }
    // As diffusers writes them: names between marks.
    let said = r#"{"unet.lora_alpha": 2, "unet.alpha_pattern": {"^mid_block\\.attentions\\.0\\.transformer_blocks\\.0\\.attn1\\.to_q": 6}}"#;
    renamed("lora/diffusers.safetensors", &file, &str::to_owned, &[("lora_adapter_metadata", said)]);
    let adapter = opened(&file);
    let scale = |module: &str| adapter.layers[&(Part::Unet, format!("mid_block.attentions.0.{module}"))].scale;
    assert_eq!((scale("transformer_blocks.0.attn1.to_q"), scale("transformer_blocks.0.attn1.to_k")), (3.0, 1.0));
    fs_err::write(&file, b"nothing of that kind").unwrap();
    assert!(Adapter::open(&file, &base(), &Loading::default()).unwrap_err().to_string().contains("\nhint: "));
}
