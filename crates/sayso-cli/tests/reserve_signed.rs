//! `sayso reserve --sign` binds a C2PA manifest to what it wrote.
#![cfg(feature = "credentials")]
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fs;
use std::path::Path;

use support::{json, sayso};

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sayso-consent/tests/embedded/files");
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys");

/// What `sayso signals` reads in a picture, of these properties.
fn raw_of(path: &str, kind: &str, dir: &Path) -> Vec<String> {
    let read = json(&sayso(&["signals", path, "--json"], dir));
    let statements = read["sources"][0]["statements"].as_array().unwrap();
    let of_kind = statements.iter().filter(|statement| statement["signal"]["kind"] == kind);
    of_kind.map(|statement| statement["signal"]["raw"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn manifests_say_what_iptc_has_no_words_for() {
    let dir = tempfile::tempdir().unwrap();
    let output = sayso(
        &["reserve", FILES, "--no", "train-genai", "--no", "ai-input", "--self-signed", "-o", "out", "--json"],
        dir.path(),
    );
    assert_eq!(output.status.code(), Some(3));
    let report = json(&output);
    assert_eq!(report["manifest"], "self-signed");
    // BigTIFF has no place for manifests, and a sequence of pictures none for XMP. The library that writes manifests does
    // not know an SVG by any other prefix than none.
    let left: Vec<_> = report["failed"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert!(
        left.iter().all(|path| ["bigtiff.tiff", "bigtiff-big.tiff", "animated.avif", "inkscape.svg"]
            .iter()
            .any(|end| path.ends_with(end))),
        "{left:?}"
    );
    let pictures = report["pictures"].as_array().unwrap();
    assert_eq!(pictures.len() + left.len(), 22);
    assert_eq!(left.len(), 4);
    for picture in pictures {
        assert_eq!(picture["understood"]["ai-input"], "disallowed", "{picture}");
        assert_eq!(picture["unsaid"].as_array().unwrap().len(), 0, "{picture}");
        let path = picture["path"].as_str().unwrap();
        let expected = "cawg.ai_generative_training=notAllowed; cawg.ai_inference=notAllowed";
        // In a TIFF of several pages the library puts it into two directories.
        let said = raw_of(path, "cawg", dir.path());
        assert!(!said.is_empty() && said.iter().all(|said| said == expected), "{path}: {said:?}");
        let value = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-GENAIMLTRAINING";
        assert!(raw_of(path, "iptc", dir.path()).contains(&value.to_owned()), "{path}");
    }
}

#[test]
fn a_manifest_that_is_there_is_kept_below_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(Path::new(FILES).join("plain.jpg"), dir.path().join("a.jpg")).unwrap();
    let pem = |name: &str, end: &str| format!("{KEYS}/{name}.{end}");
    let sign = |name: &str, wish: &str, out: &str, from: &str| {
        let (certificates, key) = (pem(name, "pem"), pem(name, "key"));
        sayso(&["reserve", from, "--no", wish, "--sign", &certificates, &key, "-o", out], dir.path())
    };
    assert_eq!(sign("es256", "train-genai", "one", "a.jpg").status.code(), Some(0));
    assert_eq!(raw_of("one/a.jpg", "cawg", dir.path()), ["cawg.ai_generative_training=notAllowed"]);
    // A change without a new manifest would break it.
    let output = sayso(&["reserve", "one/a.jpg", "--no", "data-mining", "-o", "two"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains("it has a C2PA manifest"));
    assert!(!dir.path().join("two/a.jpg").exists());
    let output = sayso(&["reserve", "one/a.jpg", "--no", "data-mining", "-o", "three", "--force"], dir.path());
    assert_eq!(output.status.code(), Some(0));
    // With one, the old one is the manifest of an ingredient.
    let output = sign("ed25519", "ai-input", "four", "one/a.jpg");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    // What that one reserves the new one says again: nobody asks manifests of ingredients.
    let expected = "cawg.ai_generative_training=notAllowed; cawg.ai_inference=notAllowed";
    assert_eq!(raw_of("four/a.jpg", "cawg", dir.path()), [expected]);
    let bytes = fs::read(dir.path().join("four/a.jpg")).unwrap();
    assert_eq!(bytes.windows(21).filter(|at| at == b"cawg.training-mining\0").count(), 2);
}

#[test]
fn what_cannot_sign_or_be_signed_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::copy(Path::new(FILES).join("plain.jpg"), dir.path().join("a.jpg")).unwrap();
    fs::write(dir.path().join("no.pem"), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    let (certificates, key) = (format!("{KEYS}/es256.pem"), format!("{KEYS}/es256.key"));
    let other = format!("{KEYS}/ed25519.key");
    for (certificates, key) in [(&*certificates, "no.pem"), ("no.pem", &*key), (&*key, &*certificates)] {
        let arguments = ["reserve", "a.jpg", "--no", "train-ai", "--sign", certificates, key, "-o", "out"];
        let output = sayso(&arguments, dir.path());
        assert_eq!(output.status.code(), Some(2), "{certificates} {key}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\nhint: "), "{certificates} {key}");
    }
    // A key that is not that of the certificate, and a use of which no manifest speaks.
    for (wish, key) in [("train-ai", &*other), ("fine-tune", &*key)] {
        let arguments = ["reserve", "a.jpg", "--no", wish, "--sign", &certificates, key, "-o", "out"];
        let output = sayso(&arguments, dir.path());
        assert!(matches!(output.status.code(), Some(2 | 3)), "{wish}");
        assert!(!dir.path().join("out/a.jpg").exists(), "{wish}");
    }
}
