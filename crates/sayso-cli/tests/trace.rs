//! Credentials of made pictures, and the way back from them: the real command makes, signs, compares and traces.
#![cfg(all(feature = "diffusion", feature = "credentials"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sayso::outputs::{GENERATION, MadeOf, Mining, OutputFacts, OutputFormat, Signatory, encode};
use sayso::training::{BaseFacts, PictureFacts, RunFacts, papers};
use sayso_core::{Sha256, Stance};
use serde_json::Value;
use sha2::Digest;
use support::{json, said, text};

fn model() -> String {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "sayso-diffusion", "tests", "fixtures", "model"].iter().collect();
    path.to_str().unwrap().to_owned()
}

/// The command, with a place of this test's own for the key.
fn sayso(arguments: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).env("XDG_CONFIG_HOME", dir.join("config")).output().unwrap()
}

fn generate(out: &str, more: &[&str], dir: &Path) -> Output {
    generate_of("3", out, more, dir)
}

fn generate_of(seed: &str, out: &str, more: &[&str], dir: &Path) -> Output {
    let base = model();
    let asked =
        ["generate", "a red fox", "--base", &base, "-o", out, "--seed", seed, "--steps", "1", "--size", "32x24"];
    sayso(&[&asked[..], more].concat(), dir)
}

fn traced(picture: &str, more: &[&str], dir: &Path) -> (Option<i32>, Value) {
    let output = sayso(&[&["trace", picture, "--json"][..], more].concat(), dir);
    assert!(!output.stdout.is_empty(), "{}", said(&output));
    (output.status.code(), json(&output))
}

#[test]
fn a_made_picture_is_signed_in_every_format_and_traced_back() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let mut signers = Vec::new();
    for (file, more) in
        [("fox.png", &[][..]), ("fox.jpg", &["--mining", "notAllowed"]), ("fox.webp", &["--mining", "allowed"])]
    {
        let output = generate(file, more, dir);
        assert_eq!(output.status.code(), Some(0), "{file}: {}", said(&output));
        assert_eq!(said(&output).contains("a key for credentials was made"), file == "fox.png", "{}", said(&output));
        assert!(text(&output).contains("which nobody vouches for"), "{}", text(&output));
        let (status, trace) = traced(file, &[], dir);
        assert_eq!(status, Some(0), "{file}: {trace:#}");
        let credentials = &trace["credentials"];
        assert_eq!(credentials["state"], "valid", "{credentials:#}");
        assert_eq!(credentials["actions"][0]["action"], "c2pa.created");
        let source = credentials["actions"][0]["digital_source_type"].as_str().unwrap();
        assert!(source.ends_with("/trainedAlgorithmicMedia"), "{source}");
        let ingredient = &credentials["ingredients"][0];
        assert_eq!((&ingredient["title"], &ingredient["relationship"]), (&"model".into(), &"inputTo".into()));
        let generation = &credentials["generation"];
        assert_eq!(generation["base"]["name"], "model");
        assert_eq!(generation["base"]["files"]["unet"].as_str().unwrap().len(), 64);
        assert!(generation["parameters"].as_str().unwrap().starts_with("a red fox\nSteps: 1"), "{generation:#}");
        let mining = &credentials["mining"]["entries"]["cawg.ai_generative_training"]["use"];
        let expected = match file {
            "fox.png" => Value::Null,
            "fox.jpg" => "notAllowed".into(),
            _ => "allowed".into(),
        };
        assert_eq!(*mining, expected, "{credentials:#}");
        assert!(trace["not_proven"].to_string().contains("nobody who is known here vouches for it"), "{trace:#}");
        signers.push(credentials["signed_by"].as_str().unwrap().to_owned());
        // The texts are there as ever, in EXIF where the format has no better place.
        let bytes = std::fs::read(dir.join(file)).unwrap();
        let utf16: Vec<u8> = "a red fox".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let words: &[u8] = if file == "fox.png" { b"a red fox\n" } else { &utf16 };
        assert!(bytes.windows(words.len()).any(|window| window == words), "{file}");
        assert!(image::load_from_memory(&bytes).is_ok_and(|picture| picture.width() == 32), "{file}");
    }
    // One key for all of them, for its owner alone.
    assert!(
        signers.iter().all(|signer| *signer == signers[0] && signer.starts_with("Sayso local signer ")),
        "{signers:?}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = dir.join("config/sayso/credentials/signer.key.pem");
        assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let open = generate("open.png", &[], dir);
        assert!(open.status.code() == Some(2) && said(&open).contains("others may read it"), "{}", said(&open));
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    // The own key is named as for `reserve`.
    let (chain, key) = ("config/sayso/credentials/signer.chain.pem", "config/sayso/credentials/signer.key.pem");
    let own = generate("own.png", &["--sign", chain, key, "--json"], dir);
    assert_eq!(json(&own)["content_credentials"]["by"], "own-key", "{}", said(&own));
    // A changed byte, and whoever reads it learns of it.
    let mut bytes = std::fs::read(dir.join("fox.jpg")).unwrap();
    let scan = bytes.len() - 40;
    bytes[scan] ^= 1;
    std::fs::write(dir.join("changed.jpg"), bytes).unwrap();
    let (status, trace) = traced("changed.jpg", &[], dir);
    assert_eq!((status, &trace["credentials"]["state"]), (Some(1), &"invalid".into()), "{trace:#}");
    assert!(trace["not_proven"][0].as_str().unwrap().contains("do not hold"), "{trace:#}");
    let gif = generate("fox.gif", &[], dir);
    assert!(gif.status.code() == Some(2) && said(&gif).contains(".png, .jpg, .jpeg or .webp"), "{}", said(&gif));
}

#[test]
fn a_picture_that_was_begun_at_is_the_parent_with_its_own_credentials() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert_eq!(generate("first.png", &[], dir).status.code(), Some(0));
    let second = generate("second.webp", &["--init", "first.png", "--strength", "1"], dir);
    assert_eq!(second.status.code(), Some(0), "{}", said(&second));
    let (status, trace) = traced("second.webp", &[], dir);
    assert_eq!(status, Some(0), "{trace:#}");
    let actions = trace["credentials"]["actions"].as_array().unwrap();
    let names: Vec<_> = actions.iter().map(|action| action["action"].as_str().unwrap()).collect();
    assert_eq!(names, ["c2pa.opened", "c2pa.edited"]);
    assert!(actions[1]["digital_source_type"].as_str().unwrap().ends_with("/compositeWithTrainedAlgorithmicMedia"));
    let parent =
        trace["credentials"]["ingredients"].as_array().unwrap().iter().find(|of| of["relationship"] == "parentOf");
    assert_eq!(parent.unwrap()["credentials"], true, "{trace:#}");
    let first = Sha256(sha2::Sha256::digest(std::fs::read(dir.join("first.png")).unwrap()).into());
    assert_eq!(trace["credentials"]["generation"]["init_sha256"], first.to_string());
}

#[test]
fn a_copy_of_the_training_is_not_written_and_nearness_is_not_cause() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::create_dir(dir.join("training")).unwrap();
    assert_eq!(generate("training/learnt.png", &["--unsigned"], dir).status.code(), Some(0));
    let copy = generate("fox.png", &["--against", "training", "--unsigned", "--json"], dir);
    assert_eq!(copy.status.code(), Some(1), "{}", said(&copy));
    assert!(!dir.join("fox.png").exists());
    let document = json(&copy);
    assert_eq!(document["pictures"], serde_json::json!([]));
    let made = &document["made"][0];
    assert_eq!(
        (&made["written"], &made["nearest"]["copy"], &made["nearest"]["distance"]),
        (&false.into(), &true.into(), &0.into())
    );
    assert!(made["nearest"]["place"].as_str().unwrap().contains("learnt.png"), "{made:#}");
    let told = generate("fox.png", &["--against", "training", "--unsigned"], dir);
    assert!(text(&told).contains("learnt by heart; not written"), "{}", text(&told));
    let kept = generate("fox.png", &["--against", "training", "--keep-copies"], dir);
    assert!(kept.status.code() == Some(0) && text(&kept).contains("kept as asked"), "{}", said(&kept));
    let (_, trace) = traced("fox.png", &[], dir);
    assert_eq!(trace["credentials"]["generation"]["compared"], serde_json::json!({ "pictures": 1, "nearest_bits": 0 }));
    // Another picture is none of a copy.
    let other = generate_of("9", "other.png", &["--against", "training", "--unsigned", "--json"], dir);
    let other_made = json(&other)["made"][0].clone();
    assert!(
        other_made["nearest"]["distance"].as_u64().is_none_or(|bits| bits > 31 || other_made["written"] == false),
        "{other_made:#}"
    );

    // Without credentials the nearest are told, with numbers, and what they do not mean.
    let (status, trace) = traced("training/learnt.png", &["--in", "training"], dir);
    assert_eq!((status, &trace["credentials"]), (Some(1), &Value::Null));
    assert_eq!((&trace["nearest"][0]["distance"], &trace["nearest"][0]["copy"]), (&0.into(), &true.into()));
    assert!(trace["not_proven"].to_string().contains("nearness is not cause"), "{trace:#}");
    let shown = sayso(&["trace", "training/learnt.png", "--in", "training"], dir);
    let shown = text(&shown);
    assert!(
        shown.starts_with("no credentials\nnearest of 1 picture:\n") && shown.contains("nearness is not cause"),
        "{shown}"
    );
    let absent = sayso(&["trace", "absent.png"], dir);
    assert!(absent.status.code() == Some(2) && said(&absent).contains("cannot read `absent.png`"), "{}", said(&absent));
    std::fs::write(dir.join("junk.png"), "c2pa, but no picture").unwrap();
    assert_eq!(sayso(&["trace", "junk.png"], dir).status.code(), Some(1));
}

fn weights(path: &Path, metadata: &BTreeMap<String, String>) {
    let head = serde_json::json!({ "__metadata__": metadata }).to_string();
    let mut bytes = (head.len() as u64).to_le_bytes().to_vec();
    bytes.extend(head.as_bytes());
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn an_adapter_leads_on_to_its_pictures_and_to_what_became_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    assert_eq!(generate("learnt.png", &["--unsigned"], dir).status.code(), Some(0));
    let bytes = std::fs::read(dir.join("learnt.png")).unwrap();
    let digest = |bytes: &[u8]| Sha256(sha2::Sha256::digest(bytes).into());
    let hashed = sayso(&["hash", "learnt.png", "--json"], dir);
    let hashed: Value = serde_json::from_str(text(&hashed).lines().next().unwrap_or_default()).unwrap_or(json(&hashed));
    let pdq =
        hashed.pointer("/pdq").or_else(|| hashed.pointer("/pictures/0/pdq")).and_then(Value::as_str).map(str::to_owned);
    let learnt = PictureFacts {
        sha256: digest(&bytes),
        pdq: pdq.and_then(|pdq| pdq.parse().ok()),
        verdict: Stance::Allowed,
        reason: "iptc-granted".to_owned(),
        claims: vec![],
        creator: Some("Ana Müller".to_owned()),
        licence: None,
        url: None,
        credit: vec![],
    };
    let run = RunFacts {
        title: "Foxes".to_owned(),
        description: None,
        architecture: "stable-diffusion-v1/lora".to_owned(),
        implementation: "diffusers".to_owned(),
        licence: None,
        author: None,
        date: None,
        base: BaseFacts { name: "model".to_owned(), files: vec![], licence: None },
        pictures: vec![learnt.clone()],
        refused: 0,
        purpose: "fine-tune".to_owned(),
        policy: "opt-in".to_owned(),
        registry_head: None,
        depicts: vec![],
        trigger: None,
        resolution: None,
        network: None,
        settings: BTreeMap::new(),
        program: "sayso".to_owned(),
    };
    let of_run = papers(&run, "foxes");
    weights(&dir.join("foxes.safetensors"), &of_run.metadata);
    let made_of = |name: &str, file: &str, digest: Sha256, lineage| MadeOf {
        name: name.to_owned(),
        files: vec![(file.to_owned(), digest)],
        weight: Some(0.8),
        lineage,
    };
    let adapter = digest(&std::fs::read(dir.join("foxes.safetensors")).unwrap());
    let facts = OutputFacts {
        title: "out.png".to_owned(),
        base: made_of("model", "unet", digest(b"unet"), None),
        adapters: vec![made_of("foxes", "foxes.safetensors", adapter, Some(of_run.digest))],
        parameters: None,
        compared: None,
    };
    let picture = sayso_picture::Rgb::new(8, 8, vec![7; 192]).unwrap();
    let file = encode(&picture, OutputFormat::Png, &[]).unwrap();
    let signatory = Signatory::local(Some(&dir.join("keys"))).unwrap();
    assert!(signatory.made_at().is_some() && signatory.is_local());
    assert!(Signatory::local(Some(&dir.join("keys"))).unwrap().made_at().is_none());
    std::fs::write(dir.join("out.png"), signatory.sign(&file, &facts, None, Mining::Unsaid).unwrap()).unwrap();

    let (status, trace) = traced("out.png", &[], dir);
    assert_eq!((status, &trace["adapters"][0]["file"]), (Some(0), &Value::Null), "{trace:#}");
    assert_eq!(trace["adapters"][0]["lineage_sha256"], of_run.digest.to_string());
    assert!(trace["not_proven"].to_string().contains("its weights are not at hand"), "{trace:#}");
    assert_eq!(trace["credentials"]["generation"]["adapters"][0]["weight"], 0.8, "{GENERATION}");

    let claim = [
        "claim",
        "add",
        "--registry",
        "claims",
        "--subject",
        &format!("sha256:{}", learnt.sha256),
        "--preference",
        "fine-tune=n",
    ];
    let claimed = sayso(&claim, dir);
    assert_eq!(claimed.status.code(), Some(0), "{}", said(&claimed));
    let (status, trace) = traced("out.png", &["--adapter", "foxes.safetensors", "--registry", "claims"], dir);
    assert_eq!(status, Some(0), "{trace:#}");
    let found = &trace["adapters"][0];
    assert_eq!((&found["same"], &found["count"], &found["base"]["name"]), (&true.into(), &1.into(), &"model".into()));
    let picture = &found["pictures"][0];
    assert_eq!((&picture["sha256"], &picture["creator"]), (&learnt.sha256.to_string().into(), &"Ana Müller".into()));
    assert!(
        picture["since"].to_string().contains("speaks of it in this registry, which was not asked then"),
        "{picture:#}"
    );
    assert!(picture["since"].to_string().contains("claims reserve the use now"), "{picture:#}");
    let shown = text(&sayso(&["trace", "out.png", "--adapter", "foxes.safetensors"], dir));
    assert!(shown.contains("trained on 1 picture, by its lineage") && shown.contains("by Ana Müller"), "{shown}");

    // Other weights of the same name are not those that were named.
    let mut other = of_run.metadata.clone();
    other.insert("sayso.lineage".to_owned(), of_run.metadata["sayso.lineage"].replace("opt-in", "record"));
    weights(&dir.join("foxes.safetensors"), &other);
    let (_, trace) = traced("out.png", &["--adapter", "foxes.safetensors"], dir);
    assert!(trace["adapters"].as_array().unwrap().iter().any(|adapter| adapter["same"] == false), "{trace:#}");
    assert!(trace["not_proven"].to_string().contains("the credentials do not name it"), "{trace:#}");
}

#[test]
fn another_reader_agrees() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let script: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "scripts", "read-credentials.py"].iter().collect();
    let python = std::env::var("SAYSO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import c2pa"]).output().is_ok_and(|output| output.status.success());
    if !has {
        eprintln!("skipped: `{python}` has no c2pa (pip install c2pa-python; SAYSO_PYTHON names another)");
        return;
    }
    for file in ["fox.png", "fox.jpg", "fox.webp"] {
        assert_eq!(generate(file, &["--mining", "notAllowed"], dir).status.code(), Some(0));
    }
    let read =
        Command::new(&python).arg(script).args(["fox.png", "fox.jpg", "fox.webp"]).current_dir(dir).output().unwrap();
    assert!(read.status.success(), "{}", said(&read));
    for line in text(&read).lines() {
        let read: Value = serde_json::from_str(line).unwrap();
        assert_eq!(read["state"], "Valid", "{read:#}");
        assert_eq!(read["codes"], serde_json::json!(["signingCredential.untrusted"]));
        assert!(read["source"].as_str().unwrap().ends_with("/trainedAlgorithmicMedia"), "{read:#}");
        assert_eq!(read["base"], "model");
        assert_eq!(read["generative_training"], "notAllowed");
    }
    assert_eq!(text(&read).lines().count(), 3);
}
