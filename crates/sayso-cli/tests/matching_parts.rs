//! `sayso match` where only a part of a picture agrees: crops, frames, turns, and a picture inside another.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod pictures;
mod support;

use std::path::Path;

use image::imageops::{FilterType, overlay, resize};
use image::{DynamicImage, Rgb, RgbImage};
use pictures::{jpeg, page, png, textured, turned, write};
use serde_json::Value;
use support::{json, said, sayso, text};

/// Three pictures in a crawl. One's own are edits of the first of them, and one that nobody took.
fn dataset(dir: &Path) {
    let original = textured(1, 640, 480);
    let crawl = [
        page("original", "a market", "image/jpeg", &jpeg(&DynamicImage::ImageRgb8(original.clone()))),
        page("second", "a harbour", "image/jpeg", &jpeg(&DynamicImage::ImageRgb8(textured(2, 640, 480)))),
        page("third", "a garden", "image/png", &png(&DynamicImage::ImageRgb8(textured(3, 500, 500)))),
        page("plain", "nothing", "image/png", &png(&DynamicImage::new_rgb8(64, 64))),
    ];
    write(dir, "crawl.warc", &crawl.concat());
    let built = sayso(&["build", "crawl.warc", "-o", "set"], dir);
    assert_eq!(built.status.code(), Some(0), "{}", said(&built));
    let own = |name: &str, picture: RgbImage| {
        write(dir, &format!("own/{name}.jpg"), &jpeg(&DynamicImage::ImageRgb8(picture)));
    };
    // Half of its area, a little off the middle.
    let crop = DynamicImage::ImageRgb8(original.clone()).crop_imm(120, 60, 452, 340);
    own("cropped", crop.to_rgb8());
    own("mirrored", crop.fliph().to_rgb8());
    let mut framed = RgbImage::from_pixel(840, 680, Rgb([250; 3]));
    overlay(&mut framed, &original, 100, 100);
    own("framed", framed);
    let mut inside = textured(4, 900, 700);
    overlay(&mut inside, &resize(&original, 448, 336, FilterType::Triangle), 420, 40);
    own("inside", inside);
    own("other", textured(9, 640, 480));
    own("turned", turned(&original, 5.0));
}

/// The copies of one of one's own pictures.
fn copies<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    let pictures = document["pictures"].as_array().unwrap();
    let picture = pictures.iter().find(|one| one["picture"] == format!("own/{name}.jpg")).unwrap();
    picture["copies"].as_array().unwrap()
}

/// That a part spans at least half of each side of a rectangle, and ends where that ends.
fn assert_within(part: &Value, [left, top, right, bottom]: [f64; 4], what: &str) {
    let at = |edge: &str| part[edge].as_f64().unwrap();
    let slack = 0.04;
    assert!(at("left") > left - slack && at("top") > top - slack, "{what}: {part}");
    assert!(at("right") < right + slack && at("bottom") < bottom + slack, "{what}: {part}");
    let spans = [(at("right") - at("left")) / (right - left), (at("bottom") - at("top")) / (bottom - top)];
    assert!(spans.iter().all(|span| *span > 0.5), "{what}: {part}");
}

#[test]
fn parts_of_pictures_are_found_and_where_they_are() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let found = sayso(&["match", "set", "own", "--json"], dir.path());
    let document = json(&found);
    assert_eq!(found.status.code(), Some(0), "{}", said(&found));
    let whole = [0.0, 0.0, 1.0, 1.0];
    let cropped = [0.1875, 0.125, 0.89375, 0.8333];
    for (name, own, theirs) in [
        ("cropped", whole, cropped),
        ("mirrored", whole, cropped),
        ("framed", [0.119, 0.147, 0.881, 0.853], whole),
        ("inside", [0.4667, 0.0571, 0.9644, 0.5371], whole),
        ("turned", whole, whole),
    ] {
        let copies = copies(&document, name);
        assert_eq!(copies.len(), 1, "{name}: {copies:?}");
        let copy = &copies[0];
        assert_eq!((&copy["class"], &copy["how"]), (&"part".into(), &"features".into()), "{name}");
        assert_eq!((&copy["distance"], &copy["turn"]), (&Value::Null, &Value::Null), "{name}");
        assert_eq!(copy["sample"]["domain"], "original.example", "{name}");
        let agreement = &copy["agreement"];
        assert!(agreement["score"].as_f64().unwrap() >= 5.0 && agreement["places"].as_u64().unwrap() >= 4, "{name}");
        assert_eq!(agreement["mirrored"], name == "mirrored", "{name}");
        assert_within(&agreement["own"], own, name);
        assert_within(&agreement["found"], theirs, name);
    }
    assert!(copies(&document, "other").is_empty());
    // By the hash of the whole picture none of them is found.
    for picture in document["pictures"].as_array().unwrap() {
        let hash = picture["pdq"].as_str().unwrap();
        let by_hash = sayso(&["match", "set", "--hash", hash], dir.path());
        assert_eq!(by_hash.status.code(), Some(1), "{}", picture["picture"]);
    }
    // What is known to be a copy is not said to be a part, too.
    write(dir.path(), "same.png", &png(&DynamicImage::ImageRgb8(textured(1, 640, 480))));
    let same = json(&sayso(&["match", "set", "same.png", "--json"], dir.path()));
    let copies = same["pictures"][0]["copies"].as_array().unwrap();
    assert_eq!((copies.len(), &copies[0]["class"], &copies[0]["agreement"]), (1, &"copy".into(), &Value::Null));
}

#[test]
fn every_output_says_what_agrees() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    let says = text(&run(&["match", "set", "own/mirrored.jpg"]));
    assert!(
        says.contains("  a part agrees ") && says.contains(" places agree, on ") && says.contains(", mirrored;"),
        "{says}"
    );
    let table = text(&run(&["match", "set", "own/cropped.jpg", "--csv"]));
    assert!(table.contains(",score,places,own_part,found_part,message\r\n"), "{table}");
    assert!(table.contains("own/cropped.jpg,part,features,,,set,"), "{table}");
    assert!(run(&["match", "set", "own", "--html", "report.html"]).status.success());
    let html = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert_eq!(html.matches("<h3>a part agrees: ").count(), 5, "{html}");
}

#[test]
fn a_dataset_keeps_its_features_and_makes_their_index_anew() {
    let dir = tempfile::tempdir().unwrap();
    dataset(dir.path());
    let run = |arguments: &[&str]| sayso(arguments, dir.path());
    let before = json(&run(&["match", "set", "own", "--json"]));
    std::fs::remove_dir_all(dir.path().join("set/index/features")).unwrap();
    let without = run(&["match", "set", "own"]);
    assert_eq!((without.status.code(), said(&without).contains("holds no index")), (Some(2), true));
    assert!(run(&["index", "set"]).status.success());
    assert_eq!(json(&run(&["match", "set", "own", "--json"])), before);
    // A new snapshot has other rows, and the same features.
    let robots =
        pictures::record("https://second.example/robots.txt", "text/plain", b"User-agent: GPTBot\nDisallow: /\n");
    write(dir.path(), "new.warc", &robots);
    assert!(run(&["judge", "set", "--robots", "new.warc"]).status.success());
    let after = json(&run(&["match", "set", "own", "--json"]));
    assert_eq!(copies(&after, "turned").len(), 1);
    assert_eq!((&after["found"], &after["copies"]), (&before["found"], &before["copies"]));
}
