//! `sayso generate` makes pictures of prompts, with the little model that the numeric tests have.
#![cfg(feature = "diffusion")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use support::{json, said, text};

/// Where the key for credentials is made, which must not be where whoever runs the tests has theirs.
static CONFIG: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

fn sayso(arguments: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).env("XDG_CONFIG_HOME", CONFIG.path()).output().unwrap()
}

fn model() -> String {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "sayso-diffusion", "tests", "fixtures", "model"].iter().collect();
    path.to_str().unwrap().to_owned()
}

/// A PNG's pixels and its texts.
fn read(path: &Path) -> (png::OutputInfo, Vec<u8>, Vec<(String, String)>) {
    let file = std::io::BufReader::new(fs_err::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let texts = &reader.info().utf8_text;
    let texts = texts.iter().map(|chunk| (chunk.keyword.clone(), chunk.get_text().unwrap())).collect();
    (info, pixels, texts)
}

#[test]
fn a_picture_is_made_and_says_how() {
    let dir = tempfile::tempdir().unwrap();
    let base = model();
    let asked = [
        "generate",
        "a red fox in the snow, oil on canvas",
        "--base",
        &base,
        "--negative",
        "blurred",
        "--seed",
        "11",
        "--steps",
        "6",
        "--size",
        "24x16",
        "--scheduler",
        "dpm++2m",
    ];
    let output = sayso(&[&asked[..], &["-o", "fox.png", "--unsigned"]].concat(), dir.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(text(&output), "fox.png: seed 11, dpm++2m\nwithout credentials: nothing in it proves anything\n");
    let (info, pixels, texts) = read(&dir.path().join("fox.png"));
    assert_eq!((info.width, info.height, pixels.len()), (24, 16, 24 * 16 * 3));
    let of = |keyword: &str| texts.iter().find(|(name, _)| name == keyword).unwrap().1.clone();
    let parameters = of("parameters");
    assert!(parameters.starts_with("a red fox in the snow, oil on canvas\nNegative prompt: blurred\nSteps: 6, "));
    assert!(parameters.contains("Sampler: dpm++2m, CFG scale: 7.5, Seed: 11, Size: 24x16"), "{parameters}");
    assert!(of("Source").contains("made by a generative model") && of("Source").contains("not signed"));
    assert!(of("Software").starts_with("sayso "));

    // One seed, one picture; what is printed for programs says the same.
    let output = sayso(&[&asked[..], &["-o", "again.png", "--unsigned", "--json"]].concat(), dir.path());
    let document = json(&output);
    assert_eq!((&document["seed"], &document["scheduler"]), (&11.into(), &"dpm++2m".into()));
    assert_eq!(document["pictures"][0], "again.png");
    assert_eq!(document["content_credentials"], serde_json::Value::Null);
    assert_eq!(document["model"]["unet_sha256"].as_str().unwrap().len(), 64);
    assert_eq!(read(&dir.path().join("again.png")).1, pixels);
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 2, "nothing unfinished is left");
}

#[test]
fn several_pictures_are_numbered_and_a_seed_is_thrown_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let asked = ["generate", "fox", "--base", &model(), "-o", "fox.png", "--steps", "2", "--count", "2", "--json"];
    let document = json(&sayso(&asked, dir.path()));
    assert_eq!(document["pictures"], serde_json::json!(["fox-1.png", "fox-2.png"]));
    let (first, second) = (read(&dir.path().join("fox-1.png")), read(&dir.path().join("fox-2.png")));
    // The size that the model was trained with.
    assert_eq!((first.0.width, first.0.height), (16, 16));
    assert_ne!(first.1, second.1);
    let seed = document["seed"].as_u64().unwrap().to_string();
    let again = [&asked[..4], &["-o", "same.png", "--steps", "2", "--count", "2", "--seed", &seed]].concat();
    assert_eq!(sayso(&again, dir.path()).status.code(), Some(0));
    assert_eq!(read(&dir.path().join("same-2.png")).1, second.1);
}

#[test]
fn a_picture_begins_at_a_picture() {
    let dir = tempfile::tempdir().unwrap();
    let base = model();
    let made = |out: &str, more: &[&str]| {
        let asked = ["generate", "fox", "--base", &base, "-o", out, "--seed", "5", "--steps", "4"];
        let output = sayso(&[&asked[..], more].concat(), dir.path());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        read(&dir.path().join(out))
    };
    made("first.png", &["--size", "32x24"]);
    let like = |pixels: &[u8], other: &[u8]| -> u64 {
        pixels.iter().zip(other).map(|(one, other)| u64::from(one.abs_diff(*other))).sum()
    };
    // Its own size, and what is made depends on it and on the strength.
    let (info, little, texts) = made("little.png", &["--init", "first.png", "--strength", "0.25"]);
    assert_eq!((info.width, info.height), (32, 24));
    assert!(texts[0].1.contains("Denoising strength: 0.25"), "{texts:?}");
    let (_, much, _) = made("much.png", &["--init", "first.png", "--strength", "1"]);
    assert!(like(&little, &much) > 0);
    let (info, ..) = made("small.png", &["--init", "first.png", "--size", "16x16"]);
    assert_eq!((info.width, info.height), (16, 16));
    fs_err::write(dir.path().join("no.png"), "no picture").unwrap();
    for (file, word) in [("no.png", "cannot begin at `no.png`"), ("absent.png", "cannot begin at `absent.png`")] {
        let output = sayso(&["generate", "fox", "--base", &base, "-o", "x.png", "--init", file], dir.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(word), "{}", said(&output));
    }
}

#[test]
fn what_cannot_be_made_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let base = model();
    let refused = |more: &[&str]| {
        let output = sayso(&[&["generate", "fox", "-o", "fox.png", "--steps", "1"][..], more].concat(), dir.path());
        assert_eq!(output.status.code(), Some(2));
        assert!(!dir.path().join("fox.png").exists());
        said(&output)
    };
    assert!(refused(&["--base", "nowhere"]).contains("model_index.json` is not there"));
    assert!(refused(&["--base", &base, "--scheduler", "magic"]).contains("it is one of ddim, pndm, euler"));
    assert!(refused(&["--base", &base, "--size", "20x16"]).contains("multiples of 8"));
    assert!(refused(&["--base", &base, "--size", "large"]).contains("such as 512x512"));
    assert!(refused(&["--base", &base, "--guidance=-1"]).contains("guidance of -1"));
    let output = sayso(&["generate", "fox", "--base", &base, "-o", "no/such/fox.png", "--steps", "1"], dir.path());
    assert!(said(&output).contains("cannot write `no/such/fox.png`"), "{}", said(&output));
    let long = "fox ".repeat(10_000);
    let output = sayso(&["generate", &long, "--base", &base, "-o", "long.png", "--steps", "1"], dir.path());
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output).contains("no room for the last 9925 tokens of the prompt"), "{}", said(&output));
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_it_and_nothing_is_written() {
    use std::io::Read;
    use std::process::Stdio;
    let dir = tempfile::tempdir().unwrap();
    // Long enough that it is never done before it is stopped.
    let mut child = Command::new(env!("CARGO_BIN_EXE_sayso"))
        .args(["generate", "fox", "--base", &model(), "-o", "fox.png", "--steps", "1000", "--size", "256x256"])
        .arg("--unsigned")
        .current_dir(dir.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    // Until the program has said that it listens for it, an interrupt ends it at once.
    let listens = |id: &str| {
        let status = fs_err::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0").trim().to_owned();
        u64::from_str_radix(&caught, 16).unwrap_or(0) & 2 != 0
    };
    while !listens(&id) && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = child.wait().unwrap();
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(status.code(), Some(2), "{said}");
    assert!(said.contains("nothing was written"), "{said}");
    assert_eq!(fs_err::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn pictures_are_drawn_into_and_beyond_their_edges() {
    let dir = tempfile::tempdir().unwrap();
    let base = model();
    let common = ["generate", "fox", "--base", &base, "--seed", "5", "--steps", "3"];
    let made = |out: &str, more: &[&str]| {
        let output = sayso(&[&common[..], &["-o", out], more].concat(), dir.path());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        read(&dir.path().join(out))
    };
    made("first.png", &["--size", "32x24"]);
    // A mask, white on the right; it is not of the picture's size.
    let mut encoder = png::Encoder::new(fs_err::File::create(dir.path().join("mask.png")).unwrap(), 16, 12);
    encoder.set_color(png::ColorType::Grayscale);
    let half: Vec<u8> = (0..16 * 12).map(|at| if at % 16 < 8 { 0 } else { 255 }).collect();
    encoder.write_header().unwrap().write_image_data(&half).unwrap();
    let (_, kept, _) = made("kept.png", &["--init", "first.png", "--strength", "0.34"]);
    let (_, masked, texts) = made("masked.png", &["--init", "first.png", "--mask", "mask.png"]);
    assert!(texts[0].1.contains("Denoising strength: 1"), "{texts:?}");
    assert_ne!(kept, masked);
    let (info, ..) = made(
        "wide.png",
        &["--init", "first.png", "--outpaint", "3,0,10,8", "--preview", "glance.png", "--preview-every", "1"],
    );
    assert_eq!((info.width, info.height), (48, 32));
    let (glance, ..) = read(&dir.path().join("glance.png"));
    assert_eq!((glance.width, glance.height), (48, 32));
    let refused = |more: &[&str]| {
        let output = sayso(&[&common[..], &["-o", "x.png"], more].concat(), dir.path());
        assert_eq!(output.status.code(), Some(2));
        said(&output)
    };
    assert!(refused(&["--mask", "mask.png"]).contains("--init"));
    assert!(refused(&["--init", "first.png", "--mask", "none.png"]).contains("cannot read the mask `none.png`"));
    assert!(refused(&["--init", "first.png", "--outpaint", "0,0,0,0"]).contains("four numbers"));
    assert!(refused(&["--init", "first.png", "--outpaint", "0,0,2048,0"]).contains("too large"));
    assert!(refused(&["--vae-tiling", "sometimes"]).contains("auto, always, never"));
    let tiled = made("tiled.png", &["--size", "48x48", "--vae-tiling", "always"]).1;
    assert_ne!(tiled, made("whole.png", &["--size", "48x48", "--vae-tiling", "never"]).1);
}

#[test]
fn models_are_found_in_the_cache_and_what_cannot_be_written_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let commit = "a".repeat(40);
    let folder = dir.path().join("hub").join("models--some--model");
    let snapshot = folder.join("snapshots").join(&commit);
    let copy = |name: &str| {
        let from = Path::new(&model()).join(name);
        let to = snapshot.join(name);
        fs_err::create_dir_all(to.parent().unwrap()).unwrap();
        fs_err::copy(from, to).unwrap();
    };
    [
        "model_index.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json",
        "text_encoder/model.safetensors",
        "tokenizer/merges.txt",
        "tokenizer/vocab.json",
        "tokenizer/tokenizer_config.json",
        "scheduler/scheduler_config.json",
    ]
    .into_iter()
    .for_each(copy);
    fs_err::create_dir_all(folder.join("refs")).unwrap();
    fs_err::write(folder.join("refs").join("main"), &commit).unwrap();
    let of_cache = |name: &str, out: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(["generate", "fox", "--base", name, "-o", out, "--steps", "1", "--seed", "1"])
            .current_dir(dir.path())
            .env("HF_HOME", dir.path())
            .env_remove("HF_HUB_CACHE")
            .env_remove("HUGGINGFACE_HUB_CACHE")
            .output()
            .unwrap()
    };
    let output = of_cache("some/model", "fox.png");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = of_cache("some/other", "x.png");
    assert!(said(&output).contains("`some/other` is not there") && said(&output).contains("nothing is fetched"));
    // Told before the model is looked for.
    assert!(said(&of_cache("no/model", "no/such/fox.png")).contains("cannot write `no/such/fox.png`"));
    assert!(said(&of_cache("no/model", "hub")).contains("cannot write `hub`"));
}

#[test]
fn adapters_are_added_as_strongly_as_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let base = model();
    let adapter = |name: &str| {
        let target = dir.path().join(format!("{name}=1 and more.safetensors"));
        let from: PathBuf = [&base, "..", "lora", &format!("{name}.safetensors")].iter().collect();
        fs_err::copy(from, &target).unwrap();
        target.to_str().unwrap().to_owned()
    };
    let (peft, kohya) = (adapter("diffusers"), adapter("kohya"));
    let asked = ["generate", "fox", "--base", &base, "--seed", "1", "--steps", "2", "--json", "-o"];
    let made = |name: &str, more: &[&str]| {
        let output = sayso(&[&asked[..], &[name], more].concat(), dir.path());
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let (_, pixels, texts) = read(&dir.path().join(name));
        (json(&output), pixels, texts)
    };
    // Files of anybody's that are called like one that is not finished stay as they are.
    fs_err::write(dir.path().join("plain.png.tmp"), "mine").unwrap();
    let (_, plain, _) = made("plain.png", &["--preview", "plain.png", "--preview-every", "1"]);
    assert_eq!(fs_err::read_to_string(dir.path().join("plain.png.tmp")).unwrap(), "mine");
    let left = fs_err::read_dir(dir.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(".sayso-"));
    assert_eq!(left.count(), 0);
    let (document, both, texts) = made("both.png", &["--lora", &peft, "--lora", &format!("{kohya}=0.5")]);
    assert_ne!(both, plain);
    assert_eq!((&document["adapters"][0]["weight"], &document["adapters"][1]["weight"]), (&1.0.into(), &0.5.into()));
    assert_eq!(document["adapters"][1]["sha256"].as_str().unwrap().len(), 64);
    let parameters = &texts.iter().find(|(name, _)| name == "parameters").unwrap().1;
    assert!(parameters.contains("Lora hashes: \"") && parameters.contains(": 0.5\""), "{parameters}");
    assert_eq!(made("none.png", &["--lora", &format!("{peft}=0")]).1, plain);

    let wrong = dir.path().join("both.png");
    for file in ["nothing.safetensors", wrong.to_str().unwrap()] {
        let output = sayso(&[&asked[..], &["no.png", "--lora", file]].concat(), dir.path());
        assert!(output.status.code() != Some(0) && said(&output).contains("hint: "), "{}", said(&output));
    }
    let output = sayso(&[&asked[..], &["no.png", "--lora", "a.safetensors=inf"]].concat(), dir.path());
    assert!(said(&output).contains("its weight cannot be inf"), "{}", said(&output));
    assert!(!dir.path().join("no.png").exists());
}
