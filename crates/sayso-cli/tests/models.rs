//! `sayso models` says which nets are at hand, and `sayso embed` uses one.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{json, said, text};

/// Runs the command with a cache of its own.
fn sayso(arguments: &[&str], cache: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    for name in ["HF_HOME", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"] {
        command.env_remove(name);
    }
    command.env("HF_HUB_CACHE", cache).args(arguments).current_dir(cache).output().unwrap()
}

/// A file of the crate that has the nets.
fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "sayso-model", "tests", "fixtures", name].iter().collect()
}

fn model<'a>(document: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    document["models"].as_array().unwrap().iter().find(|model| model["name"] == name).unwrap()
}

#[test]
fn models_are_listed_with_licence_source_and_digest() {
    let cache = tempfile::tempdir().unwrap();
    let output = sayso(&["models", "--json"], cache.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let document = json(&output);
    let clip = model(&document, "clip-vit-l-14");
    assert_eq!(clip["standing"], "absent");
    assert_eq!(clip["licence"], "MIT");
    assert_eq!(clip["files"][0]["sha256"].as_str().unwrap().len(), 64);
    let words = text(&sayso(&["models"], cache.path()));
    assert!(words.contains("all-minilm-l6-v2") && words.contains("Apache-2.0") && words.contains("absent"), "{words}");
    let error = said(&sayso(&["models", "--model", "clip-vit-b-32"], cache.path()));
    assert!(error.contains("is not on this machine") && error.contains("hint: fetch https://"), "{error}");
    let error = said(&sayso(&["models", "--model", "no-such"], cache.path()));
    assert!(error.contains("neither a file nor a known model"), "{error}");
}

#[cfg(unix)]
#[test]
fn weights_in_the_cache_are_found_and_compared_with_what_they_should_be() {
    let cache = tempfile::tempdir().unwrap();
    let put = |repository: &str, file: &str, digest: &str, content: &str| {
        let folder = cache.path().join(format!("models--{repository}"));
        let commit = "5".repeat(40);
        fs_err::create_dir_all(folder.join("blobs")).unwrap();
        fs_err::create_dir_all(folder.join("snapshots").join(&commit)).unwrap();
        fs_err::create_dir_all(folder.join("refs")).unwrap();
        fs_err::write(folder.join("refs/main"), &commit).unwrap();
        fs_err::write(folder.join("blobs").join(digest), content).unwrap();
        let link = folder.join("snapshots").join(&commit).join(file);
        std::os::unix::fs::symlink(format!("../../blobs/{digest}"), link).unwrap();
    };
    // The digest of "weights" stands nowhere here, only in the cache.
    let digest = "9b1b5d7b9ce22a5b3b5b0a5cbd6e6ee4f5b1f86a5d0f0cbb2d5d8cf5b6a7e8f9";
    put("laion--CLIP-ViT-B-32-laion2B-s34B-b79K", "open_clip_model.safetensors", digest, "weights");
    put("sentence-transformers--all-MiniLM-L6-v2", "model.safetensors", &"0".repeat(64), "not MiniLM");
    let document = json(&sayso(&["models", "--json"], cache.path()));
    assert_eq!(model(&document, "clip-vit-b-32-laion2b")["standing"], "found");
    assert_eq!(model(&document, "clip-vit-b-32-laion2b")["expected_sha256"], digest);

    let output = sayso(&["models", "--json", "--verify"], cache.path());
    assert_eq!(output.status.code(), Some(1), "a difference is a no");
    let document = json(&output);
    let mini = model(&document, "all-minilm-l6-v2");
    assert_eq!(mini["standing"], "differs");
    // What is recorded here counts more than how the cache names it.
    assert!(mini["expected_sha256"].as_str().unwrap().starts_with("53aa5117"));
    let clip = model(&document, "clip-vit-b-32-laion2b");
    assert_eq!(clip["standing"], "differs");
    let found = clip["sha256"].as_str().unwrap();
    fs_err::remove_dir_all(cache.path().join("models--laion--CLIP-ViT-B-32-laion2B-s34B-b79K")).unwrap();
    put("laion--CLIP-ViT-B-32-laion2B-s34B-b79K", "open_clip_model.safetensors", found, "weights");
    let document = json(&sayso(&["models", "--json", "--verify"], cache.path()));
    assert_eq!(model(&document, "clip-vit-b-32-laion2b")["standing"], "verified");
}

#[cfg(feature = "models")]
#[test]
fn weights_are_looked_into() {
    let cache = tempfile::tempdir().unwrap();
    let sscd = fixture("sscd.script.pt");
    let document = json(&sayso(&["models", "--json", "--model", sscd.to_str().unwrap()], cache.path()));
    let net = &document["files"][0]["net"];
    assert_eq!(net["architecture"], "sscd resnet 2-2-2-2 10 gem-3");
    assert_eq!((&net["pictures"], &net["texts"]), (&true.into(), &false.into()));
    let words = text(&sayso(&["models", "--model", sscd.to_str().unwrap()], cache.path()));
    assert!(words.contains("10 numbers, of pictures"), "{words}");
    // A CLIP with the vocabulary of its tests.
    let output = sayso(&["models", "--model", fixture("clip.safetensors").to_str().unwrap()], cache.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("has 60 rows, and CLIP's vocabulary 49408"), "{}", said(&output));
    // A zip that ends after its first bytes.
    let evil = cache.path().join("evil.pt");
    fs_err::write(&evil, b"PK\x05\x06 and no more").unwrap();
    let output = sayso(&["models", "--model", evil.to_str().unwrap()], cache.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("hint: "), "{}", said(&output));
}

#[cfg(feature = "models")]
#[test]
fn pictures_and_texts_become_vectors() {
    let dir = tempfile::tempdir().unwrap();
    let sscd = fixture("sscd.safetensors");
    let picture = |name: &str, colour: [u8; 3]| {
        let mut encoder = png::Encoder::new(fs_err::File::create(dir.path().join(name)).unwrap(), 6, 4);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&colour.repeat(24)).unwrap();
    };
    picture("red.png", [255, 0, 0]);
    picture("blue.png", [0, 0, 255]);
    fs_err::write(dir.path().join("broken.png"), "no picture").unwrap();
    let arguments = ["embed", "--model", sscd.to_str().unwrap(), "red.png", "broken.png", "blue.png"];
    let output = sayso(&arguments, dir.path());
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let document = json(&output);
    assert_eq!(document["damaged"][0]["picture"], "broken.png");
    let vectors = document["vectors"].as_array().unwrap();
    assert_eq!((vectors.len(), &vectors[1]["picture"]), (2, &"blue.png".into()));
    let vector: Vec<f64> = serde_json::from_value(vectors[0]["vector"].clone()).unwrap();
    assert_eq!(vector.len(), 10);
    assert!((vector.iter().map(|number| number * number).sum::<f64>() - 1.0).abs() < 1e-6);

    let output = sayso(&[&arguments[..3], &["red.png", "-o", "v.npy"]].concat(), dir.path());
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let array = fs_err::read(dir.path().join("v.npy")).unwrap();
    assert!(
        array.starts_with(b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 10), }")
    );
    assert_eq!(array.len(), 128 + 40);
    #[expect(clippy::cast_possible_truncation, reason = "it was one of 32 bits")]
    let first = (vector[0] as f32).to_le_bytes();
    assert_eq!(array[128..132], first);

    let output = sayso(&["embed", "--model", sscd.to_str().unwrap(), "--text", "a fox"], dir.path());
    assert!(said(&output).contains("takes no texts"), "{}", said(&output));
    let mini = fixture("minilm/model.safetensors");
    let output = sayso(&["embed", "--model", mini.to_str().unwrap(), "--text", "a fox", "--text", "don't"], dir.path());
    assert_eq!(json(&output)["vectors"][1]["text"], "don't");
}

#[cfg(not(feature = "models"))]
#[test]
fn without_nets_it_says_how_to_get_them() {
    let cache = tempfile::tempdir().unwrap();
    let sscd = fixture("sscd.safetensors");
    let output = sayso(&["embed", "--model", sscd.to_str().unwrap(), "x.png"], cache.path());
    assert!(said(&output).contains("--features models"), "{}", said(&output));
    let document = json(&sayso(&["models", "--json", "--model", sscd.to_str().unwrap()], cache.path()));
    assert!(document["files"][0]["net"].is_null());
}
