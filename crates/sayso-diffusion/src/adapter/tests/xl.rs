//! Adapters for Stable Diffusion XL, against what diffusers makes of them. `tests/fixtures/xl_lora.py` asked it.

use super::*;
use crate::fixture::{family_tensors, formula, pickled};

type Shapes = HashMap<String, Vec<(String, Vec<usize>)>>;

/// What the adapters of the fixture are multiplied with.
const STRENGTH: f64 = 0.5;

fn shapes() -> Shapes {
    serde_json::from_str(&fs_err::read_to_string(path("xl_lora.json")).unwrap()).unwrap()
}

/// An adapter's tensors, made of their names.
fn made(shapes: &[(String, Vec<usize>)]) -> BTreeMap<String, Tensor> {
    let tensor = |(name, shape): &(String, Vec<usize>)| {
        let tensor = if shape.is_empty() {
            Tensor::new(1.5_f32, &Device::Cpu)
        } else {
            Tensor::from_vec(formula(name, shape), shape.as_slice(), &Device::Cpu).and_then(|tensor| tensor * STRENGTH)
        };
        (name.clone(), tensor.unwrap())
    };
    shapes.iter().map(tensor).collect()
}

struct Xl {
    folder: tempfile::TempDir,
    base: PathBuf,
    loading: Loading,
}

impl Xl {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("xl.safetensors");
        candle_core::safetensors::save(&family_tensors("xl", 4), &base).unwrap();
        Self { folder, base, loading: Loading { tokenizer: Some(path("model/tokenizer")), ..Loading::default() } }
    }

    fn opened(&self, file: &Path) -> Adapter {
        Adapter::open(file, &self.base, &self.loading).unwrap()
    }

    fn written(&self, tensors: &BTreeMap<String, Tensor>) -> PathBuf {
        let file = self.folder.path().join("adapter.safetensors");
        super::super::write_tensors(&file, tensors, &BTreeMap::new()).unwrap();
        file
    }

    fn latents(&self, adapters: &[(Adapter, f64)]) -> Tensor {
        let model = Model::load_with(&self.base, &self.loading, adapters).unwrap();
        let request = Request {
            prompt: "a red fox in the snow, oil on canvas".to_owned(),
            negative: "blurred".to_owned(),
            width: 24,
            height: 16,
            count: 1,
            steps: 4,
            guidance: 6.0,
            seed: 8,
            ..Request::default()
        };
        model.latents(&request, &mut |_, _| true).unwrap()
    }
}

#[test]
fn adapters_of_xl_are_those_of_diffusers() {
    let (xl, cases, shapes) = (Xl::new(), tensors("xl_lora.safetensors"), shapes());
    let plain = xl.latents(&[]);
    assert!(distance(&plain, &cases["plain"]) <= 1e-4);
    for (name, form, counts) in [("peft", Form::Diffusers, [16, 6, 6]), ("kohya", Form::Kohya, [17, 2, 2])] {
        let adapter = xl.opened(&xl.written(&made(&shapes[name])));
        assert_eq!(adapter.form(), form);
        assert_eq!([Part::Unet, Part::Text, Part::SecondText].map(|part| adapter.modules(part)), counts, "{name}");
        let made = xl.latents(&[(adapter.clone(), 1.0)]);
        let error = distance(&made, &cases[name]);
        println!("{name}: {error:e}, and without {:e}", distance(&plain, &cases[name]));
        assert!(error <= 1e-4 && distance(&plain, &cases[name]) > 0.1, "{name}: {error}");
        // Written in either form, it is the same adapter.
        for form in [Form::Diffusers, Form::Kohya] {
            let file = xl.folder.path().join("again.safetensors");
            adapter.save(&file, form, &BTreeMap::new()).unwrap();
            let again = xl.opened(&file);
            assert_eq!((again.form(), again.modules(Part::SecondText)), (form, counts[2]));
            assert!(distance(&xl.latents(&[(again, 1.0)]), &made) < 1e-5, "{name} as {}", form.name());
        }
    }
}

#[test]
fn the_second_text_net_is_another() {
    let (xl, shapes) = (Xl::new(), shapes());
    let all = made(&shapes["peft"]);
    let of = |start: &str| -> BTreeMap<String, Tensor> {
        all.iter().filter(|(name, _)| name.starts_with(start)).map(|(name, t)| (name.clone(), t.clone())).collect()
    };
    let first = xl.opened(&xl.written(&of("text_encoder.")));
    let second = xl.opened(&xl.written(&of("text_encoder_2.")));
    assert_eq!((first.modules(Part::Text), first.modules(Part::SecondText)), (6, 0));
    assert_eq!((second.modules(Part::Text), second.modules(Part::SecondText)), (0, 6));
    let plain = xl.latents(&[]);
    let (one, other) = (xl.latents(&[(first, 1.0)]), xl.latents(&[(second, 1.0)]));
    assert!(distance(&one, &plain) > 1e-3 && distance(&other, &plain) > 1e-3 && distance(&one, &other) > 1e-3);
    // What peft says beside the tensors is of each net by itself.
    let texts =
        BTreeMap::from([("lora_adapter_metadata".to_owned(), r#"{"text_encoder_2.lora_alpha": 4}"#.to_owned())]);
    let file = xl.folder.path().join("told.safetensors");
    super::super::write_tensors(&file, &all, &texts).unwrap();
    let scale = |part| xl.opened(&file).layers[&(part, "encoder.layers.0.mlp.fc1".to_owned())].scale;
    assert_eq!((scale(Part::Text), scale(Part::SecondText)), (1.0, 2.0));
    // A model with one net that reads prompts has no place for it.
    let error =
        Adapter::open(&xl.written(&of("text_encoder_2.")), &base(), &Loading::default()).unwrap_err().to_string();
    assert!(
        error.contains("`text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_A.weight` is of no module"),
        "{error}"
    );
}

#[test]
fn pickles_are_refused_unless_they_are_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("adapter.bin");
    let tensors = tensors("lora/kohya.safetensors");
    fs_err::write(&file, pickled(&tensors, None)).unwrap();
    let error = Adapter::open(&file, &base(), &Loading::default()).unwrap_err();
    assert!(matches!(error, DiffusionError::Pickle { .. }), "{error}");
    assert!(error.to_string().contains("--allow-pickle"), "{error}");
    let adapter = Adapter::open(&file, &base(), &Loading { pickle: true, ..Loading::default() }).unwrap();
    let expected = opened(&path("lora/kohya.safetensors"));
    assert!(distance(&picture(&[(adapter, 1.0)]), &picture(&[(expected, 1.0)])) == 0.0);
}
