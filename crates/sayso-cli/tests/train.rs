//! `sayso train` with the real command and the little model that the numeric tests have: what it refuses first, then what it
//! learns, that a run that was killed goes on bit for bit, and the way from a picture back to what was learned.
#![cfg(all(feature = "diffusion", feature = "credentials"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use sayso::reserve::{PictureOptions, Target, Texts, Wishes, reserve_pictures};
use sayso::training::read_adapter;
use sayso_core::UsageCategory;
use support::{json, said, text};

fn model() -> String {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "sayso-diffusion", "tests", "fixtures", "model"].iter().collect();
    path.to_str().unwrap().to_owned()
}

fn command(arguments: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).env("XDG_CONFIG_HOME", dir.join("config"));
    command
}

fn sayso(arguments: &[&str], dir: &Path) -> Output {
    command(arguments, dir).output().unwrap()
}

/// What is trained, with the base and what is asked always.
fn train(more: &[&str], dir: &Path) -> Output {
    let base = model();
    let asked = ["train", "photos", "--base", &base, "--size", "32x32", "--depicts", "nobody"];
    sayso(&[&asked[..], more].concat(), dir)
}

/// A picture that no other is like.
fn picture(path: &Path, seed: u32) {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut blocks = [[0_u8; 16]; 16];
    for block in blocks.iter_mut().flatten() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *block = (state >> 24) as u8;
    }
    let picture = image::RgbImage::from_fn(64, 64, |x, y| image::Rgb([blocks[y as usize / 4][x as usize / 4]; 3]));
    picture.save(path).unwrap();
}

/// Lets the pictures say something themselves.
fn say(paths: &[PathBuf], yes: bool, creator: Option<&str>) {
    let all = vec![UsageCategory::DataMining];
    let wishes = if yes { Wishes { no: vec![], yes: all } } else { Wishes { no: all, yes: vec![] } };
    let creator = creator.map(str::to_owned);
    let texts = Texts { creator, rights: None, licensor_url: None, licence: None, terms: None };
    let options = PictureOptions { wishes, texts, target: Target::InPlace, force: false, signing: None };
    let report = reserve_pictures(paths, &options, &|_, _| {}).unwrap();
    assert_eq!(report.pictures.len(), paths.len(), "{:?}", report.failed);
}

/// Two pictures that say yes, one that says no, and one that says nothing.
fn photos(dir: &Path) {
    let photos = dir.join("photos");
    fs_err::create_dir(&photos).unwrap();
    let paths = ["one.png", "two.png", "no.png", "silent.png"].map(|name| photos.join(name));
    for (path, seed) in paths.iter().zip(1..) {
        picture(path, seed);
    }
    say(&paths[..2], true, Some("Ottilie Vandenbroek"));
    say(&paths[2..3], false, Some("Ottilie Vandenbroek"));
}

const PROMPT: [&str; 2] = ["--instance-prompt", "a photo of sks boat"];

#[test]
fn only_what_says_yes_is_learned_and_pictures_lead_back_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    let output = train(&[&PROMPT[..], &["-o", "boat.safetensors", "--dry-run"]].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(text(&output).starts_with("2 pictures said yes to fine-tuning\n"), "{}", text(&output));
    assert!(text(&output).contains("no.png") && text(&output).contains("ask Ottilie Vandenbroek"), "{}", text(&output));
    assert!(text(&output).contains("would train ") && text(&output).contains(" of memory, 800 steps in about "));
    assert!(!dir.join("boat.safetensors").exists() && !dir.join("boat.run").exists());

    let more = ["-o", "boat.safetensors", "--steps", "4", "--sample-every", "2", "--requests", "asks", "--json"];
    let output = train(&[&PROMPT[..], &more].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let document = json(&output);
    assert_eq!(document["taken"].as_array().unwrap().len(), 2);
    let refused: Vec<&str> =
        document["refused"].as_array().unwrap().iter().map(|it| it["picture"].as_str().unwrap()).collect();
    assert!(refused[0].ends_with("no.png") && refused[1].ends_with("silent.png"), "{refused:?}");
    assert!(document["refused"][0]["ask"]["request"].as_str().unwrap().contains("may I train an image model"));
    assert_eq!(fs_err::read_dir(dir.join("asks")).unwrap().count(), 2);
    assert_eq!(document["trained"]["steps"], 4);

    // The weights say of what they are made, and by what they were judged.
    let adapter = read_adapter(&dir.join("boat.safetensors")).unwrap();
    let lineage = adapter.lineage.unwrap();
    assert_eq!((lineage.count, lineage.pictures.len()), (2, 2));
    assert_eq!(lineage.digest.to_string(), document["trained"]["lineage_sha256"]);
    assert_eq!(lineage.pictures[0].creator.as_deref(), Some("Ottilie Vandenbroek"));
    assert_eq!(adapter.metadata["modelspec.trigger_phrase"], "a photo of sks boat");
    assert!(fs_err::read_to_string(dir.join("boat.md")).unwrap().contains("base_model_relation: adapter"));

    let page = fs_err::read_to_string(dir.join("boat.run").join("index.html")).unwrap();
    assert!(page.contains("4 of 4 steps") && page.contains("silent.png") && page.contains("class=\"smooth\""));
    assert_eq!(page.matches("data:image/jpeg").count(), 2);
    let losses = fs_err::read_to_string(dir.join("boat.run").join("losses.csv")).unwrap();
    assert_eq!(losses.lines().count(), 5);
    assert_eq!(fs_err::read_dir(dir.join("boat.run").join("samples")).unwrap().count(), 2);

    // A picture that is made with it, and the way back.
    let base = model();
    let asked = ["generate", "a photo of sks boat", "--base", &base, "--lora", "boat.safetensors", "--seed", "1"];
    let output = sayso(&[&asked[..], &["--steps", "1", "--size", "32x32", "-o", "made.png"]].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = sayso(&["trace", "made.png", "--adapter", "boat.safetensors", "--json"], dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let trace = text(&output);
    for picture in &lineage.pictures {
        assert!(trace.contains(&picture.sha256.to_string()), "{trace}");
    }
    // What was there is not written over by another run.
    let output = train(&[&PROMPT[..], &["-o", "boat.safetensors", "--steps", "4"]].concat(), dir);
    assert!(said(&output).contains("`boat.safetensors` is there already"), "{}", said(&output));
    let output = train(&[&PROMPT[..], &["-o", "other.safetensors", "--state", "boat.run"]].concat(), dir);
    assert!(
        said(&output).contains("a run is in it already") && said(&output).contains("--resume"),
        "{}",
        said(&output)
    );
    // Nor is anybody's folder cleared for a run, or filled with a model.
    fs_err::create_dir_all(dir.join("work").join("state")).unwrap();
    fs_err::write(dir.join("work").join("state").join("thesis.txt"), "years").unwrap();
    let output = train(&[&PROMPT[..], &["-o", "other.safetensors", "--state", "work"]].concat(), dir);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("`thesis.txt` in it is of no training"), "{}", said(&output));
    assert!(dir.join("work").join("state").join("thesis.txt").exists());
    fs_err::create_dir(dir.join("model")).unwrap();
    fs_err::write(dir.join("model").join("README.md"), "mine").unwrap();
    let output = train(&[&PROMPT[..], &["-o", "model", "--method", "full"]].concat(), dir);
    assert!(output.status.code() == Some(2) && said(&output).contains("is there already"), "{}", said(&output));
}

#[test]
fn who_is_named_has_to_have_agreed() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    fs_err::write(dir.join("names.txt"), "Marisol Quintero\n").unwrap();
    let refused = |more: &[&str]| {
        let output = train(more, dir);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        said(&output)
    };
    // The pictures name their own maker.
    let why = refused(&[&PROMPT[..], &["-o", "ottilie-vandenbroek-style.safetensors"]].concat());
    assert!(why.contains("Ottilie Vandenbroek") && why.contains("no claim of theirs grants it"), "{why}");
    let named =
        ["-o", "x.safetensors", "--names", "names.txt", "--instance-prompt", "in the style of marisol quintero"];
    let why = refused(&named);
    assert!(why.contains("instance prompt") && why.contains("Marisol Quintero"), "{why}");
    // What calls an adapter up may be the captions, too.
    for name in ["one.txt", "two.txt"] {
        fs_err::write(dir.join("photos").join(name), "a boat by ottilie vandenbroek").unwrap();
    }
    let why = refused(&["-o", "x.safetensors"]);
    assert!(why.contains("the caption `a boat by ottilie vandenbroek`"), "{why}");
    let sampled = ["-o", "x.safetensors", "--sample-every", "1", "--sample-prompt", "by Ottilie Vandenbroek"];
    let why = refused(&[&PROMPT[..], &sampled].concat());
    assert!(why.contains("the sample prompt"), "{why}");
    assert!(!dir.join("x.run").exists(), "nothing is begun");

    // Whoever trains is asked who is to be seen.
    let base = model();
    let output = sayso(&["train", "photos", "--base", &base, "-o", "x.safetensors"], dir);
    assert!(output.status.code() == Some(2) && said(&output).contains("--depicts"), "{}", said(&output));
    let why = refused(&[&PROMPT[..], &["-o", "x.safetensors", "--depicts", "me"]].concat());
    assert!(why.contains("both nobody and somebody"), "{why}");
    let output =
        sayso(&["train", "photos", "--base", &base, "-o", "x.safetensors", "--depicts", "Marisol Quintero=7"], dir);
    assert!(said(&output).contains("claim 7") && said(&output).contains("--registry"), "{}", said(&output));
}

#[test]
fn what_cannot_be_trained_is_told_before_the_work() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    let refused = |more: &[&str]| {
        let output = train(more, dir);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output));
        assert!(said(&output).contains("hint: "), "{}", said(&output));
        said(&output)
    };
    assert!(refused(&["-o", "boat.bin"]).contains("let it end with .safetensors"));
    assert!(refused(&["-o", "no/such/boat.safetensors"]).contains("is not there"));
    let rank = refused(&[&PROMPT[..], &["-o", "boat.safetensors", "--rank", "0"]].concat());
    assert!(rank.contains("the rank 0"), "{rank}");
    let resumed = refused(&[&PROMPT[..], &["-o", "boat.safetensors", "--resume"]].concat());
    assert!(resumed.contains("no run was begun"), "{resumed}");
    // Without captions, nothing says what is to be seen: every picture is refused, and that is an answer.
    let output = train(&["-o", "boat.safetensors"], dir);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(text(&output).contains("0 pictures said yes"), "{}", text(&output));
    fs_err::create_dir(dir.join("empty")).unwrap();
    let base = model();
    let output = sayso(&["train", "empty", "--base", &base, "-o", "x.safetensors", "--depicts", "nobody"], dir);
    assert_eq!(output.status.code(), Some(1), "{}{}", text(&output), said(&output));
    // A rate at which numbers run away: the last good state stays.
    let more = ["-o", "wild.safetensors", "--steps", "30", "--rate", "1", "--method", "full"];
    let output = train(&[&PROMPT[..], &more].concat(), dir);
    if output.status.code() != Some(0) {
        assert!(said(&output).contains("--rate") || said(&output).contains("rate"), "{}", said(&output));
        assert!(dir.join("wild.run").join("index.html").exists());
    }
}

#[test]
fn a_run_that_was_killed_goes_on_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    let steps = ["--steps", "24", "--save-every", "3", "--flip", "--ema", "0.9"];
    let output = train(&[&PROMPT[..], &steps, &["-o", "boat.safetensors", "--state", "whole"]].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let whole = fs_err::read(dir.join("boat.safetensors")).unwrap();
    fs_err::remove_file(dir.join("boat.safetensors")).unwrap();
    fs_err::remove_file(dir.join("boat.md")).unwrap();

    let base = model();
    let asked = ["train", "photos", "--base", &base, "--size", "32x32", "--depicts", "nobody"];
    let out = ["-o", "boat.safetensors", "--state", "killed"];
    let mut child = command(&[&asked[..], &PROMPT, &steps, &out].concat(), dir).stderr(Stdio::null()).spawn().unwrap();
    let rows = || fs_err::read_to_string(dir.join("killed").join("losses.csv")).map_or(0, |text| text.lines().count());
    while rows() < 6 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!((6..25).contains(&rows()), "it was killed on the way");

    // With one picture fewer that says yes, it does not go on: what was learned stays in weights.
    let one = dir.join("photos").join("one.png");
    let kept = fs_err::read(&one).unwrap();
    say(std::slice::from_ref(&one), false, None);
    let resumed = [&PROMPT[..], &steps, &out, &["--resume"]].concat();
    let output = train(&resumed, dir);
    assert!(said(&output).contains("do not say yes any more"), "{}", said(&output));
    assert!(said(&output).contains("what was learned cannot be taken out"), "{}", said(&output));
    fs_err::write(&one, kept).unwrap();
    // Nor with other numbers in the place of what the pictures became.
    let examples = dir.join("killed").join("state").join("examples.f32");
    let sound = fs_err::read(&examples).unwrap();
    fs_err::write(&examples, vec![0; sound.len()]).unwrap();
    let output = train(&resumed, dir);
    assert!(said(&output).contains("what the trainer keeps of the pictures was changed"), "{}", said(&output));
    fs_err::write(&examples, sound).unwrap();
    let other = train(&[&resumed[..], &["--rank", "4"]].concat(), dir);
    assert!(said(&other).contains("settings are others"), "{}", said(&other));

    let output = train(&resumed, dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(fs_err::read(dir.join("boat.safetensors")).unwrap() == whole, "the same bytes");
    let table = |state: &str| fs_err::read_to_string(dir.join(state).join("losses.csv")).unwrap();
    assert_eq!(table("killed"), table("whole"));
}

#[test]
fn a_base_that_was_changed_is_named_and_put_back_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    copied(Path::new(&model()), &dir.join("base"));
    let asked = ["train", "photos", "--base", "base", "--size", "32x32", "--depicts", "nobody"];
    let out = ["--steps", "3", "--save-every", "1", "-o", "boat.safetensors"];
    let run = |more: &[&str]| sayso(&[&asked[..], &PROMPT, &out, more].concat(), dir);
    assert_eq!(run(&[]).status.code(), Some(0));
    let whole = fs_err::read(dir.join("boat.safetensors")).unwrap();

    let scheduler = dir.join("base").join("scheduler").join("scheduler_config.json");
    let sound = fs_err::read_to_string(&scheduler).unwrap();
    let merges = dir.join("base").join("tokenizer").join("special_tokens_map.json");
    fs_err::write(&scheduler, sound.replace("epsilon", "v_prediction") + "\n").unwrap();
    fs_err::write(&merges, "{}").unwrap();
    let output = run(&["--resume"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    for words in [
        "`scheduler/scheduler_config.json` was changed, `tokenizer/special_tokens_map.json` is new",
        "hint: put the base's files back",
    ] {
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
    }
    fs_err::write(&scheduler, sound).unwrap();
    fs_err::remove_file(&merges).unwrap();
    let output = run(&["--resume", "--prediction", "v_prediction"]);
    assert!(said(&output).contains("--prediction says v_prediction, and said nothing when"), "{}", said(&output));
    let output = run(&["--resume"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(fs_err::read(dir.join("boat.safetensors")).unwrap() == whole, "the same bytes");
}

#[test]
fn a_base_is_opened_as_it_is_told_and_its_licence_is_handed_on() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    copied(Path::new(&model()), &dir.join("base"));
    fs_err::write(dir.join("base").join("README.md"), "---\nlicense: creativeml-openrail-m\n---\n").unwrap();
    let asked = ["train", "photos", "--base", "base", "--size", "32x32", "--depicts", "nobody", "--json"];
    let run = |out: &str, more: &[&str]| {
        let output = sayso(&[&asked[..], &PROMPT, &["--steps", "2", "-o", out], more].concat(), dir);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        let lineage = read_adapter(&dir.join(out)).unwrap().lineage.unwrap();
        (said(&output), json(&output), lineage)
    };
    let (said_of, document, lineage) = run("noise.safetensors", &[]);
    assert!(said_of.contains("`creativeml-openrail-m` by README.md, has use restrictions"), "{said_of}");
    assert_eq!(document["base_licence"]["name"], "creativeml-openrail-m");
    assert_eq!(lineage.base.licence.as_deref(), Some("creativeml-openrail-m"));
    let card = fs_err::read_to_string(dir.join("noise.md")).unwrap();
    assert!(card.contains("licence of the base: creativeml-openrail-m (use restrictions"), "{card}");
    let page = fs_err::read_to_string(dir.join("noise.run").join("index.html")).unwrap();
    assert!(page.contains("Licence of the base") && page.contains("creativeml-openrail-m by README.md"), "{page}");
    // What is told of the base counts, and stands in the weights.
    fs_err::remove_file(dir.join("base").join("README.md")).unwrap();
    let (said_of, other, lineage) = run("velocity.safetensors", &["--prediction", "v_prediction", "--licence", "mit"]);
    assert!(!said_of.contains("licence of the base"), "{said_of}");
    assert_eq!((&other["base_licence"], lineage.base.licence), (&serde_json::Value::Null, None));
    assert_eq!(lineage.document["settings"]["prediction"], "v_prediction");
    assert_ne!(document["trained"]["loss"], other["trained"]["loss"]);
    assert!(fs_err::read_to_string(dir.join("velocity.md")).unwrap().contains("licence of the base: unknown"));
    // A folder has a tokenizer of its own.
    let output = sayso(&[&asked[..], &PROMPT, &["-o", "x.safetensors", "--tokenizer", "base/tokenizer"]].concat(), dir);
    assert!(output.status.code() == Some(2) && said(&output).contains("tokenizer of its own"), "{}", said(&output));
}

#[test]
fn pictures_of_the_class_that_are_there_are_gone_on_with() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    let base = model();
    let asked = ["train", "photos", "--base", &base, "--size", "32x32", "--depicts", "nobody"];
    let class = ["--class-prompt", "a photo of a boat", "--class-pictures", "3", "--steps", "1"];
    let whole = sayso(&[&asked[..], &PROMPT, &class, &["-o", "boat.safetensors", "--state", "whole"]].concat(), dir);
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    let weights = fs_err::read(dir.join("boat.safetensors")).unwrap();
    for name in ["boat.safetensors", "boat.md"] {
        fs_err::remove_file(dir.join(name)).unwrap();
    }

    let out = ["-o", "boat.safetensors", "--state", "cut"];
    let folder = dir.join("cut").join("class");
    let list = || fs_err::read_to_string(folder.join("class.json")).unwrap_or_default();
    let mut child = command(&[&asked[..], &PROMPT, &class, &out].concat(), dir).stderr(Stdio::null()).spawn().unwrap();
    let is_there = |number: usize| folder.join(format!("{number:04}.png")).exists();
    while !is_there(1) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_there(1) && !is_there(2), "it was killed on the way");
    let written =
        |number: usize| fs_err::metadata(folder.join(format!("{number:04}.png"))).unwrap().modified().unwrap();
    // One that was changed is made again, with those after it.
    let (first, second) = (written(0), written(1));
    fs_err::write(folder.join("0001.png"), "nothing").unwrap();
    assert!(list().contains("a photo of a boat"));
    let output = sayso(&[&asked[..], &PROMPT, &class, &out].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(written(0), first, "it was taken as it was");
    assert_ne!(written(1), second);
    assert!(fs_err::read(dir.join("boat.safetensors")).unwrap() == weights, "the same bytes");
    assert_eq!(fs_err::read(folder.join("0001.png")).unwrap(), fs_err::read(dir.join("whole/class/0001.png")).unwrap());
    // One that somebody put there is learned by nobody, though the list has its digest.
    let mut told: serde_json::Value = serde_json::from_str(&list()).unwrap();
    told["pictures"] = serde_json::json!([told["pictures"][1].clone()]);
    fs_err::write(folder.join("class.json"), told.to_string()).unwrap();
    fs_err::copy(folder.join("0001.png"), folder.join("0000.png")).unwrap();
    for name in ["boat.safetensors", "boat.md", "cut/run.json"] {
        fs_err::remove_file(dir.join(name)).unwrap();
    }
    let output = sayso(&[&asked[..], &PROMPT, &class, &["-o", "boat.safetensors", "--state", "cut"]].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_eq!(fs_err::read(folder.join("0000.png")).unwrap(), fs_err::read(dir.join("whole/class/0000.png")).unwrap());
    assert!(fs_err::read(dir.join("boat.safetensors")).unwrap() == weights, "the same bytes again");
    let first = written(0);
    // Those of another seed or prompt are others.
    fs_err::remove_file(dir.join("cut").join("run.json")).unwrap();
    let out = ["-o", "other.safetensors", "--state", "cut", "--seed", "5", "--class-pictures", "1"];
    let output = sayso(&[&asked[..], &PROMPT, &class[..2], &class[4..], &out].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert_ne!(written(0), first);
}

/// A little Stable Diffusion XL in a single file, its numbers made of names as the fixtures of `sayso-diffusion` make them.
fn xl(path: &Path) {
    let families = Path::new(&model()).with_file_name("families.json");
    let families: serde_json::Value = serde_json::from_str(&fs_err::read_to_string(families).unwrap()).unwrap();
    let tensors: Vec<(String, Vec<usize>)> = serde_json::from_value(families["xl"]["tensors"].clone()).unwrap();
    let (mut head, mut numbers) = (serde_json::Map::new(), Vec::new());
    for (name, shape) in tensors {
        let start = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let (base, scale) = match &shape[..] {
            [_] if name.ends_with(".weight") => (1.0, 0.1),
            [_, rest @ ..] if !rest.is_empty() => (0.0, 1.7 / (rest.iter().product::<usize>() as f64).sqrt()),
            _ => (0.0, 0.1),
        };
        let from = numbers.len();
        for at in (0_u32..).take(shape.iter().product()) {
            let mut bits = at.wrapping_mul(0x9e37_79b1).wrapping_add(start);
            bits = (bits ^ (bits >> 16)).wrapping_mul(0x7feb_352d);
            bits = (bits ^ (bits >> 15)).wrapping_mul(0x846c_a68b);
            let part = f64::from((bits ^ (bits >> 16)) >> 8) / f64::from(1 << 23) - 1.0;
            numbers.extend(((base + part * scale) as f32).to_le_bytes());
        }
        let place = serde_json::json!({ "dtype": "F32", "shape": shape, "data_offsets": [from, numbers.len()] });
        head.insert(name, place);
    }
    let head = serde_json::to_vec(&head).unwrap();
    fs_err::write(path, [&(head.len() as u64).to_le_bytes(), &head[..], &numbers].concat()).unwrap();
}

#[test]
fn stable_diffusion_xl_is_trained_by_adapters_of_three_nets() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    photos(dir);
    xl(&dir.join("xl.safetensors"));
    let tokenizer = Path::new(&model()).join("tokenizer");
    let base = ["--base", "xl.safetensors", "--tokenizer", tokenizer.to_str().unwrap()];
    let asked = [&["train", "photos", "--depicts", "nobody", "--size", "32x32"], &base[..], &PROMPT].concat();
    let run = |out: &str, more: &[&str]| {
        let output = sayso(&[&asked[..], &["-o", out, "--json"], more].concat(), dir);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        json(&output)
    };
    let estimate = run("boat.safetensors", &["--text-encoder", "--dry-run"])["estimate"].clone();
    let class = ["--class-prompt", "a photo of a boat", "--class-pictures", "1"];
    let more = ["--text-encoder", "--steps", "4", "--sample-every", "2", "--save-every", "1", "--min-snr", "5"];
    let document = run("boat.safetensors", &[&more[..], &class].concat());
    assert_eq!(document["trained"]["numbers"], estimate["trained_numbers"]);

    let whole = fs_err::read(dir.join("boat.safetensors")).unwrap();
    let length = usize::try_from(u64::from_le_bytes(whole[..8].try_into().unwrap())).unwrap();
    let head: serde_json::Value = serde_json::from_slice(&whole[8..8 + length]).unwrap();
    for part in ["unet.", "text_encoder.text_model.", "text_encoder_2.text_model."] {
        assert!(head.as_object().unwrap().keys().any(|name| name.starts_with(part)), "{part}");
    }
    let adapter = read_adapter(&dir.join("boat.safetensors")).unwrap();
    assert_eq!(adapter.metadata["modelspec.architecture"], "stable-diffusion-xl-v1-base/lora");
    assert_eq!(adapter.metadata["ss_base_model_version"], "sdxl_base_v1-0");
    let lineage = adapter.lineage.unwrap();
    let files = lineage.document["base"]["files"].as_object().unwrap();
    assert_eq!(files.keys().map(String::as_str).collect::<Vec<_>>(), ["text_encoder", "text_encoder_2", "unet", "vae"]);
    assert!(fs_err::read_to_string(dir.join("boat.md")).unwrap().contains("base_model_relation: adapter"));

    // A picture with it, and the way back.
    let made = [&["generate", "a photo of sks boat"], &base[..], &["--lora", "boat.safetensors", "--size", "32x32"]];
    let output = sayso(&[&made.concat()[..], &["--steps", "1", "--seed", "1", "-o", "made.png"]].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let output = sayso(&["trace", "made.png", "--adapter", "boat.safetensors", "--json"], dir);
    assert!(text(&output).contains(&lineage.pictures[0].sha256.to_string()), "{}", text(&output));

    // Stopped and gone on with, it is the same.
    for name in ["boat.safetensors", "boat.md"] {
        fs_err::remove_file(dir.join(name)).unwrap();
    }
    let losses = || fs_err::read_to_string(dir.join("cut").join("losses.csv")).map_or(0, |text| text.lines().count());
    let out = ["-o", "boat.safetensors", "--state", "cut"];
    let all = [&asked[..], &more, &class, &out].concat();
    let mut child = command(&all, dir).stderr(Stdio::null()).spawn().unwrap();
    while losses() < 3 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let output = sayso(&[&all[..], &["--resume"]].concat(), dir);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(fs_err::read(dir.join("boat.safetensors")).unwrap() == whole, "the same bytes");

    // All of its weights are trained from a folder.
    let output = sayso(&[&asked[..], &["-o", "all", "--method", "full"]].concat(), dir);
    assert!(said(&output).contains("of which only adapters can be trained"), "{}", said(&output));
}

/// Copies a folder with all that is in it.
fn copied(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, &target);
        } else {
            fs_err::copy(&path, target).unwrap();
        }
    }
}
