//! Single files of each family, against what diffusers makes of them; and files that are none.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::Tensor;

use super::{Loading, single};
use crate::fixture::{copied, distance, family, family_tensors, path, pickled, tensors};
use crate::model::{Framing, Init, Mask, Model, Request};
use crate::net::Parameters;
use crate::unet::Added;
use crate::{Picture, SchedulerKind};

fn loading() -> Loading {
    Loading { tokenizer: Some(path("model/tokenizer")), ..Loading::default() }
}

/// A family's single file.
struct File {
    folder: tempfile::TempDir,
    path: PathBuf,
}

impl File {
    fn of(tensors: &HashMap<String, Tensor>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        candle_core::safetensors::save(tensors, &path).unwrap();
        Self { folder, path }
    }

    fn model(&self) -> Model {
        Model::load(&self.path, &loading()).unwrap()
    }
}

/// What `tests/fixtures/families.py` asked diffusers for.
fn request(seed: u64) -> Request {
    Request {
        prompt: "a red fox in the snow, oil on canvas".to_owned(),
        negative: "blurred".to_owned(),
        width: 24,
        height: 16,
        count: 1,
        steps: 4,
        guidance: 6.0,
        seed,
        ..Request::default()
    }
}

fn bytes(tensor: &Tensor) -> Vec<u8> {
    let pixels = tensor.permute((0, 2, 3, 1)).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    pixels.iter().map(|number| *number as u8).collect()
}

/// The request with the picture to begin at, and the mask on it.
fn masked(cases: &HashMap<String, Tensor>, seed: u64, strength: f64) -> Request {
    let picture = Picture { width: 24, height: 16, pixels: bytes(&cases["picture"]) };
    let mask = Mask { width: 24, height: 16, pixels: bytes(&(&cases["mask"] * 255.0).unwrap()) };
    Request { init: Some(Init { picture, strength }), mask: Some(mask), ..request(seed) }
}

fn assert_latents(model: &Model, cases: &HashMap<String, Tensor>, name: &str, request: &Request) {
    let error = distance(&model.latents(request, &mut |_, _| true).unwrap(), &cases[name]);
    println!("{name}: {error:e}");
    assert!(error <= 1e-4, "{name}: {error}");
}

fn assert_unet(model: &Model, cases: &HashMap<String, Tensor>, name: &str, context: usize, added: Option<&Added>) {
    let texts = cases["context"].narrow(2, 0, context).unwrap();
    let made = model.unet().forward_added(&cases["x"], &[981.0, 37.0], &texts, added).unwrap();
    let error = distance(&made, &cases[name]);
    println!("{name}: {error:e}");
    assert!(error <= 1e-5, "{name}: {error}");
}

#[test]
fn every_tensor_of_a_single_file_is_the_one_that_diffusers_converts() {
    for name in ["one", "two", "xl"] {
        let file = File::of(&family_tensors(name, 4));
        let opened = single::read(&file.path, &loading(), crate::adapter::Added::default(), |source| {
            Parameters::of(source).variable()
        })
        .unwrap();
        let converted = family(name).converted;
        assert_eq!(opened.variables.len(), converted.len(), "{name}");
        for (tensor, expected) in converted {
            let made = opened.variables.get(&tensor).unwrap_or_else(|| panic!("{name} has no {tensor}"));
            let numbers = made.flatten_all().unwrap().to_vec1::<f32>().unwrap();
            let weighed = |(at, number): (usize, &f32)| f64::from(*number) * (1 + at % 97) as f64;
            let sum: f64 = numbers.iter().enumerate().map(weighed).sum();
            assert!((sum - expected).abs() <= 2e-6, "{name}: {tensor} sums to {sum} and not {expected}");
        }
    }
}

#[test]
fn stable_diffusion_1_of_one_file_draws_and_draws_into_pictures() {
    let cases = tensors("families.safetensors");
    let model = File::of(&family_tensors("one", 4)).model();
    assert_eq!((model.side(), model.scheduler(), model.fills()), (512 / 8 * 2, SchedulerKind::Pndm, false));
    assert_unet(&model, &cases, "one.unet", 64, None);
    assert_latents(&model, &cases, "one.pndm", &Request { clip_skip: 1, ..request(1) });
    for name in SchedulerKind::names() {
        let scheduler = Some(name.parse().unwrap());
        let request = Request { scheduler, ..masked(&cases, 2, 0.75) };
        assert_latents(&model, &cases, &format!("one.inpaint.{name}"), &request);
    }
    let scheduler = Some(SchedulerKind::Euler);
    let whole = Request { scheduler, count: 2, ..masked(&cases, 3, 1.0) };
    assert_latents(&model, &cases, "one.inpaint.whole", &whole);
    let refused = |request: Request| model.generate(&request, &mut |_, _| true).unwrap_err().to_string();
    assert!(refused(Request { init: None, ..whole.clone() }).contains("a mask needs a picture"));
    let mask = Some(Mask { width: 16, height: 16, pixels: vec![0; 256] });
    assert!(refused(Request { mask, ..whole }).contains("the mask has another size"));
}

#[test]
fn nets_with_nine_channels_see_mask_and_picture() {
    let cases = tensors("families.safetensors");
    let model = File::of(&family_tensors("one", 9)).model();
    assert!(model.fills());
    assert_latents(&model, &cases, "fills.pndm", &Request { count: 2, ..masked(&cases, 4, 1.0) });
    let scheduler = Some(SchedulerKind::Euler);
    assert_latents(&model, &cases, "fills.euler", &Request { scheduler, ..masked(&cases, 5, 0.75) });
    for request in [request(1), Request { mask: None, ..masked(&cases, 1, 0.5) }] {
        let error = model.generate(&request, &mut |_, _| true).unwrap_err().to_string();
        assert!(error.contains("draws into pictures") && error.contains("\nhint: "), "{error}");
    }
}

#[test]
fn stable_diffusion_2_of_one_file_predicts_velocity() {
    let cases = tensors("families.safetensors");
    let file = File::of(&family_tensors("two", 4));
    let model = file.model();
    assert_eq!((model.side(), model.scheduler()), (768 / 8 * 2, SchedulerKind::Ddim));
    assert_unet(&model, &cases, "two.unet", 64, None);
    for name in SchedulerKind::names() {
        let scheduler = Some(name.parse().unwrap());
        assert_latents(&model, &cases, &format!("two.{name}"), &Request { scheduler, ..request(6) });
    }
    let scheduler = Some(SchedulerKind::Ddpm);
    assert_latents(&model, &cases, "two.skip", &Request { clip_skip: 1, scheduler, ..request(7) });
    // A model of this family that says noise: nothing in the file tells.
    let noise = Model::load(&file.path, &Loading { prediction: Some("epsilon".to_owned()), ..loading() }).unwrap();
    let made = noise.latents(&request(6), &mut |_, _| true).unwrap();
    assert!(distance(&made, &cases["two.ddim"]) > 0.01);
    let error = Model::load(&file.path, &Loading { prediction: Some("magic".to_owned()), ..loading() }).err().unwrap();
    assert!(error.to_string().contains("no net predicts `magic`"));
}

#[test]
fn stable_diffusion_xl_of_one_file_reads_two_texts_and_sizes() {
    let cases = tensors("families.safetensors");
    let model = File::of(&family_tensors("xl", 4)).model();
    assert_eq!((model.side(), model.scheduler()), (1024 / 8 * 2, SchedulerKind::Euler));
    let sizes = cases["sizes"].to_vec2::<f32>().unwrap().into_iter().map(|sizes| sizes.try_into().unwrap()).collect();
    let added = Added { texts: cases["whole"].clone(), sizes };
    assert_unet(&model, &cases, "xl.unet", 128, Some(&added));
    assert_latents(&model, &cases, "xl.euler", &request(8));
    let nothing = Request { negative: String::new(), count: 2, ..request(9) };
    assert_latents(&model, &cases, "xl.nothing", &nothing);
    let framing = Framing { original: Some([800, 600]), crop: [9, 7] };
    assert_latents(&model, &cases, "xl.framing", &Request { clip_skip: 1, framing, ..request(10) });
    assert_latents(&model, &cases, "xl.unguided", &Request { guidance: 1.0, ..request(10) });
    assert_latents(&model, &cases, "xl.init", &Request { mask: None, ..masked(&cases, 11, 0.75) });
    assert_latents(&model, &cases, "xl.inpaint", &masked(&cases, 12, 0.75));
    let error = model.generate(&Request { clip_skip: 2, ..request(1) }, &mut |_, _| true).unwrap_err().to_string();
    assert!(error.contains("2 of 2 layers"), "{error}");
}

#[test]
fn every_parameter_of_xl_gets_a_gradient() {
    let cases = tensors("families.safetensors");
    let file = File::of(&family_tensors("xl", 4));
    let opened = single::read(&file.path, &loading(), crate::adapter::Added::default(), |source| {
        Parameters::of(source).variable()
    })
    .unwrap();
    let sizes = vec![[16.0, 24.0, 0.0, 0.0, 16.0, 24.0]; 2];
    let added = Added { texts: cases["whole"].clone(), sizes };
    let x = cases["x"].narrow(2, 0, 4).unwrap().narrow(3, 0, 4).unwrap().contiguous().unwrap();
    let made = opened.unet.forward_added(&x, &[981.0, 37.0], &cases["context"], Some(&added)).unwrap();
    let gradients = made.sqr().unwrap().mean_all().unwrap().backward().unwrap();
    let of_unet = |name: &&String| {
        let others = ["text.", "text2.", "encoder.", "decoder.", "quant_conv.", "post_quant_conv."];
        !others.iter().any(|other| name.starts_with(other))
    };
    let names: Vec<_> = opened.variables.keys().filter(of_unet).collect();
    assert!(names.len() > 200);
    for name in names {
        let gradient = gradients.get(&opened.variables[name]).unwrap_or_else(|| panic!("{name} gets no gradient"));
        let size = gradient.abs().unwrap().sum_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(size.is_finite() && size > 0.0, "{name}: {size}");
    }
}

fn refused(path: &Path, loading: &Loading) -> String {
    let error = Model::load(path, loading).err().unwrap().to_string();
    assert!(error.contains("\nhint: ") && !error.contains("defect of Sayso"), "{error}");
    error
}

#[test]
fn files_that_are_no_model_say_what_is_wrong() {
    let whole = family_tensors("one", 4);
    let of = |change: &dyn Fn(&mut HashMap<String, Tensor>)| {
        let mut tensors = whole.clone();
        change(&mut tensors);
        refused(&File::of(&tensors).path, &loading())
    };
    let conv = "model.diffusion_model.input_blocks.1.0.in_layers.2.weight";
    let error = of(&|tensors| drop(tensors.remove("model.diffusion_model.out.2.bias")));
    assert!(error.contains("`model.diffusion_model.out.2.bias` is missing"), "{error}");
    let error = of(&|tensors| {
        let tensor = tensors[conv].clone();
        tensors.insert("first_stage_model.encoder.more".to_owned(), tensor);
    });
    assert!(error.contains("`first_stage_model.encoder.more` is none that this net has"), "{error}");
    let error = of(&|tensors| {
        let narrow = tensors[conv].narrow(1, 0, 3).unwrap().contiguous().unwrap();
        tensors.insert(conv.to_owned(), narrow);
    });
    assert!(error.contains("has the shape [64, 3, 3, 3] and not [64, 64, 3, 3]"), "{error}");
    let error = of(&|tensors| {
        let zeros = tensors[conv].zeros_like().unwrap();
        tensors.insert(conv.to_owned(), (&zeros / &zeros).unwrap());
    });
    assert!(error.contains("holds what is no number"), "{error}");
    let without = |start: &'static str| {
        of(&move |tensors: &mut HashMap<String, Tensor>| tensors.retain(|name, _| !name.starts_with(start)))
    };
    assert!(without("first_stage_model.").contains("it holds no autoencoder"));
    assert!(without("cond_stage_model.").contains("it holds no text net"));
    assert!(without("model.diffusion_model.").contains("not those of a whole Stable Diffusion"));
    let rename = |from: &'static str, to: &'static str| {
        of(&move |tensors: &mut HashMap<String, Tensor>| {
            *tensors = tensors.drain().map(|(name, tensor)| (name.replace(from, to), tensor)).collect();
        })
    };
    assert!(rename("cond_stage_model.transformer.", "conditioner.embedders.0.model.").contains("the refiner"));
    assert!(rename(".attn1.to_q.weight", ".attn1.to_q.lora_down.weight").contains("adapter (LoRA)"));
    // Without a tokenizer, it is OpenAI's, which this little one's is not.
    let file = File::of(&whole);
    assert!(refused(&file.path, &Loading::default()).contains("make 49408 tokens, and the net knows 526"));
    let bytes = fs_err::read(&file.path).unwrap();
    let cut = file.folder.path().join("cut.safetensors");
    fs_err::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    assert!(refused(&cut, &loading()).contains("reaches beyond the end of the file"));
    // Leftovers of training are passed over.
    let mut tensors = whole;
    let tensor = tensors[conv].clone();
    for name in ["model_ema.decay", "alphas_cumprod", "first_stage_model.loss.logvar"] {
        tensors.insert(name.to_owned(), tensor.clone());
    }
    File::of(&tensors).model();
}

#[test]
fn pickles_are_read_where_that_is_allowed_and_never_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.ckpt");
    let mut whole = family_tensors("one", 4);
    let made = |model: &Model| model.latents(&request(1), &mut |_, _| true).unwrap();
    let expected = made(&File::of(&whole).model());
    // As training programs save: with their own state beside the model's.
    whole = whole.into_iter().map(|(name, tensor)| (format!("state_dict.{name}"), tensor)).collect();
    let tensor = whole.values().next().unwrap().clone();
    whole.insert("optimizer_states.0.exp_avg".to_owned(), tensor);
    fs_err::write(&file, pickled(&whole, None)).unwrap();
    let error = refused(&file, &loading());
    assert!(error.contains("is a pickle") && error.contains("--allow-pickle"), "{error}");
    let allowed = Loading { pickle: true, ..loading() };
    assert!(distance(&made(&Model::load(&file, &allowed).unwrap()), &expected) == 0.0);
    let marker = folder.path().join("ran");
    let code = format!("\x63os\nsystem\n(X{}touch {}tR.", "\u{20}\0\0\0", marker.display());
    fs_err::write(&file, pickled(&HashMap::new(), Some(code.as_bytes()))).unwrap();
    let error = Model::load(&file, &allowed).err().unwrap().to_string();
    assert!(error.contains("nothing of it was run") || error.contains("pickle"), "{error}");
    assert!(!marker.exists());
}

#[test]
fn folders_with_weights_in_pieces_and_in_pickles_are_read() {
    let folder = tempfile::tempdir().unwrap();
    copied(&path("model"), folder.path());
    let unet = folder.path().join("unet");
    let small = Request { steps: 1, ..request(1) };
    let made = |loading: &Loading| {
        Model::load(folder.path(), loading).map(|model| {
            let digest = model.digests().unet;
            (model.latents(&small, &mut |_, _| true).unwrap(), digest)
        })
    };
    let (expected, digest) = made(&Loading::default()).unwrap();
    // In two pieces, with their list.
    let weights = tensors("model/unet/diffusion_pytorch_model.safetensors");
    fs_err::remove_file(unet.join("diffusion_pytorch_model.safetensors")).unwrap();
    let names =
        ["diffusion_pytorch_model-00001-of-00002.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors"];
    let file = |name: &str| if name.starts_with("up_blocks") { names[1] } else { names[0] };
    for piece in names {
        let part: HashMap<_, _> =
            weights.iter().filter(|(name, _)| file(name) == piece).map(|(name, t)| (name.clone(), t.clone())).collect();
        candle_core::safetensors::save(&part, unet.join(piece)).unwrap();
    }
    let map: serde_json::Map<_, _> = weights.keys().map(|name| (name.clone(), file(name).into())).collect();
    let list = unet.join("diffusion_pytorch_model.safetensors.index.json");
    let write = |map: &serde_json::Map<String, serde_json::Value>| {
        fs_err::write(&list, serde_json::json!({ "metadata": {}, "weight_map": map }).to_string()).unwrap();
    };
    write(&map);
    let (pieces, of_pieces) = made(&Loading::default()).unwrap();
    assert!(distance(&pieces, &expected) == 0.0 && of_pieces != digest);
    // One is missing, or leads elsewhere.
    fs_err::rename(unet.join(names[1]), unet.join("away")).unwrap();
    assert!(refused(folder.path(), &Loading::default()).contains("00002-of-00002.safetensors` is not there"));
    let mut wrong = map;
    wrong.insert("conv_in.bias".to_owned(), "../../model.safetensors".into());
    write(&wrong);
    assert!(refused(folder.path(), &Loading::default()).contains("which is none beside it"));
    fs_err::write(&list, "{}").unwrap();
    assert!(refused(folder.path(), &Loading::default()).contains("has no `weight_map`"));
    // A pickle, where that is allowed.
    fs_err::remove_file(&list).unwrap();
    assert!(refused(folder.path(), &Loading::default()).contains("is not there"));
    fs_err::write(unet.join("diffusion_pytorch_model.bin"), pickled(&weights, None)).unwrap();
    assert!(refused(folder.path(), &Loading::default()).contains("--allow-pickle"));
    let (pickle, _) = made(&Loading { pickle: true, ..Loading::default() }).unwrap();
    assert!(distance(&pickle, &expected) == 0.0);
    // The refiner's index has no first text net.
    let index = folder.path().join("model_index.json");
    let text = fs_err::read_to_string(&index).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
    value["_class_name"] = "StableDiffusionXLImg2ImgPipeline".into();
    value["text_encoder"] = serde_json::json!([null, null]);
    fs_err::write(&index, value.to_string()).unwrap();
    assert!(refused(folder.path(), &Loading::default()).contains("the refiner"));
}
