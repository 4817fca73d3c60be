//! Assertions on training and data mining in C2PA manifests.

use std::fs;

use sayso_consent::embedded::Embedded;
use serde_json::json;

use crate::pictures::{boxed, cbor, manifest, png_of, store, superbox};
use crate::{anchors, embedded, shown};

fn c2pa_in_png(store: &[u8]) -> Embedded {
    embedded(&png_of(&[(b"caBX", store.to_vec()), (b"IEND", Vec::new())]))
}

#[test]
fn c2pa_reference_pictures() {
    let Some(folder) = anchors::anchor("../pictures/c2pa") else { return };
    let expected: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    for file in expected["files"].as_array().unwrap() {
        let name = file["file"].as_str().unwrap();
        let bytes = fs::read(folder.join(name)).unwrap();
        let embedded = embedded(&bytes);
        assert!(embedded.has_c2pa, "{name}");
        let training: &[&str] = match name {
            "cawg-not-allowed.jpg" => {
                &["C2PA cawg.training-mining: train-genai=disallowed cawg-reserved + ai-input=disallowed cawg-reserved"]
            }
            "c2pa-not-allowed.png" => &["C2PA c2pa.training-mining: data-mining=disallowed cawg-reserved + \
                 train-ai=disallowed cawg-reserved + train-genai=disallowed cawg-reserved + \
                 ai-input=disallowed cawg-reserved"],
            _ => &[],
        };
        assert_eq!(shown(&embedded), training, "{name}");
        assert_eq!(file["training"].is_string(), !training.is_empty(), "{name}");
        for statement in &embedded.statements {
            let (start, end) = statement.signal.at_bytes.unwrap();
            let found = &bytes[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
            assert!(found.starts_with(b"\xa1\x67entries"), "{name}");
        }
    }
}

#[test]
fn assertions_in_every_form_that_writers_have() {
    let read = |label: &str, content: Vec<u8>| shown(&c2pa_in_png(&store(&[manifest(b"c2ma", label, &content)])));
    let as_cbor = |json: serde_json::Value| boxed(b"cbor", &[&cbor(&json)]);
    let constrained = json!({"use": "constrained", "constraint_info": "see https://example.org/; ask"});
    let expected = "train-ai=unknown cawg-granted-unverified + ai-input=disallowed cawg-constrained";
    for prefix in ["cawg", "c2pa"] {
        let entries = json!({
            format!("{prefix}.ai_inference"): constrained,
            format!("{prefix}.ai_training"): {"use": "allowed"},
            "com.example.own": {"use": "notAllowed"},
        });
        for content in [
            as_cbor(entries.clone()),
            as_cbor(json!({"entries": entries, "metadata": null})),
            boxed(b"json", &[json!({ "entries": entries }).to_string().as_bytes()]),
        ] {
            for label in [format!("{prefix}.training-mining"), format!("{prefix}.training-mining__2")] {
                assert_eq!(read(&label, content.clone()), [format!("C2PA {label}: {expected}")]);
            }
        }
    }
    let label = "cawg.training-mining";
    for (content, expected) in [
        (json!({"entries": {"cawg.ai_training": {"use": "perhaps"}}}), "train-ai=unknown cawg-unreadable"),
        (json!({"entries": {"cawg.ai_training": {}}}), "train-ai=unknown cawg-unreadable"),
        (json!({"entries": {"cawg.ai_training": null}}), "train-ai=unknown cawg-unreadable"),
        (json!({"entries": {}}), "data-mining=unknown cawg-unreadable"),
        (json!({"entries": "notAllowed"}), "data-mining=unknown cawg-unreadable"),
        (json!({}), "data-mining=unknown cawg-unreadable"),
        (json!("x"), "data-mining=unknown cawg-unreadable"),
        (
            json!({"entries": {"cawg.ai_training; cawg.data_mining": {"use": "allowed; cawg.data_mining=allowed"},
                "cawg.data_mining": {"use": "notAllowed"}}}),
            "data-mining=disallowed cawg-reserved",
        ),
    ] {
        assert_eq!(read(label, as_cbor(content)), [format!("C2PA {label}: {expected}")]);
    }
    for content in [boxed(b"cbor", &[&[0xbf]]), boxed(b"bfdb", &[b"x"]), boxed(b"json", &[b"{"]), Vec::new()] {
        assert_eq!(read(label, content), [format!("C2PA {label}: data-mining=unknown cawg-unreadable")]);
    }
    assert!(read("com.example.training-mining", boxed(b"cbor", &[&[0xbf]])).is_empty());
    assert!(read("cawg.training-mining-notes", boxed(b"cbor", &[&[0xbf]])).is_empty());
    let raw = c2pa_in_png(&store(&[manifest(
        b"c2ma",
        label,
        &as_cbor(json!({"entries": {"cawg.data_mining": constrained, "cawg.ai_training": {"use": "notAllowed"}}})),
    )]));
    let raw = &raw.statements[0].signal.raw;
    assert_eq!(raw, "cawg.ai_training=notAllowed; cawg.data_mining=constrained (see https://example.org/  ask)");
}

#[test]
fn the_active_manifest_counts_and_those_of_ingredients_do_not() {
    let of = |kind: &[u8; 4], answer: &str| {
        let content = json!({"entries": {"cawg.ai_training": {"use": answer}}});
        manifest(kind, "cawg.training-mining", &boxed(b"cbor", &[&cbor(&content)]))
    };
    let read = |manifests: &[Vec<u8>]| shown(&c2pa_in_png(&store(manifests)));
    let plain = superbox_without_assertions(b"c2ma");
    let reserved = "C2PA cawg.training-mining: train-ai=disallowed cawg-reserved";
    let allowed = "C2PA cawg.training-mining: train-ai=unknown cawg-granted-unverified";
    let unreadable = "C2PA manifest store: data-mining=unknown cawg-unreadable";
    assert_eq!(read(&[of(b"c2ma", "allowed"), of(b"c2ma", "notAllowed")]), [reserved]);
    assert_eq!(read(&[of(b"c2ma", "notAllowed"), of(b"c2ma", "allowed")]), [allowed]);
    assert!(read(&[of(b"c2ma", "notAllowed"), plain.clone()]).is_empty());
    // An update manifest leaves the picture as it was.
    let update = superbox_without_assertions(b"c2um");
    assert_eq!(read(&[of(b"c2ma", "notAllowed"), update.clone()]), [reserved]);
    assert_eq!(read(&[of(b"c2ma", "notAllowed"), of(b"c2um", "allowed")]), [allowed, reserved]);
    assert!(read(&[of(b"c2ma", "notAllowed"), plain, update]).is_empty());
    assert_eq!(read(&[of(b"c2ma", "allowed"), superbox_without_assertions(b"c2cm")]), [unreadable]);
    assert_eq!(read(&[]), [unreadable]);
    assert_eq!(shown(&c2pa_in_png(b"not a box")), [unreadable]);
    assert!(c2pa_in_png(b"").has_c2pa);
}

fn superbox_without_assertions(kind: &[u8; 4]) -> Vec<u8> {
    superbox(kind, "urn:uuid:2", &[&boxed(b"free", &[b"x"])])
}
