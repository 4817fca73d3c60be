//! What `sayso fetch` keeps of pictures, and what it does not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod fetching;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::Array;
use arrow_array::cast::AsArray;
use fetching::{dataset, fetch, jpeg, json_of_file, picture};
use image::{ImageFormat, Rgb, RgbImage};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;
use sites::{Site, nothing, reply};
use support::{json as json_of, said, sayso};

#[test]
fn pictures_are_kept_as_others_expect_them() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|asked| match asked.path.as_str() {
        "/robots.txt" | "/gone.jpg" => nothing(),
        "/noai.jpg" => jpeg("X-Robots-Tag: noai\r\n"),
        path if path.ends_with(".png") => reply(200, "Content-Type: image/png\r\n", picture(2, ImageFormat::Png)),
        _ => jpeg(""),
    });
    let urls = ["/a.jpg", "/b.png", "/gone.jpg", "/noai.jpg", "/z.jpg"].map(|path| site.url(path));
    dataset(dir.path(), &urls, &[]);
    let report = json_of(&fetch(&["--keep", "resized", "--size", "32", "--samples-per-shard", "3"], dir.path()));
    assert_eq!((&report["kept"], &report["samples"]), (&3.into(), &4.into()));
    let pictures = dir.path().join("set/pictures");
    let mut names: Vec<String> =
        std::fs::read_dir(&pictures).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let expected = ["00000.parquet", "00000.tar", "00000_stats.json", "00001.parquet", "00001.tar", "00001_stats.json"];
    assert_eq!(names, expected);
    let stats = json_of_file(&pictures.join("00000_stats.json"));
    assert_eq!((&stats["count"], &stats["successes"], &stats["failed_to_download"]), (&3.into(), &2.into(), &1.into()));
    // Our own reader of WebDataset finds picture, caption and source of each.
    let checked = json_of(&sayso(&["check", "set/pictures/00000.tar", "set/pictures/00001.tar", "--json"], dir.path()));
    let found: Vec<(&str, &str)> = checked["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|picture| (picture["caption"].as_str().unwrap(), picture["url"].as_str().unwrap()))
        .collect();
    let mut found = found;
    found.sort_unstable();
    let of = |path: &str| (format!("a caption of {}", site.url(path)), site.url(path));
    let expected: Vec<_> = ["/a.jpg", "/b.png", "/z.jpg"].map(of).into();
    let found: Vec<_> = found.into_iter().map(|(caption, url)| (caption.to_owned(), url.to_owned())).collect();
    assert_eq!(found, expected);
    // What is there is not written over.
    let again = fetch(&["--keep", "resized"], dir.path());
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("hint: choose an empty folder"), "{}", said(&again));

    let report = json_of(&fetch(&["--keep", "originals", "--keep-as", "files", "--keep-in", "files"], dir.path()));
    assert_eq!(report["kept"], 3);
    let read = |name: &str| std::fs::read(dir.path().join("files/00000").join(name)).unwrap();
    assert_eq!(read("000000001.png"), picture(2, ImageFormat::Png));
    assert_eq!(String::from_utf8(read("000000001.txt")).unwrap(), format!("a caption of {}", site.url("/b.png")));
    let meta: Value = serde_json::from_slice(&read("000000001.json")).unwrap();
    assert_eq!((&meta["key"], &meta["width"], &meta["status"]), (&"000000001".into(), &96.into(), &"success".into()));
}

/// What the samples of a dataset tell of their pictures: sha256, pdq, and the length of the features, by address.
fn told(set: &Path) -> Vec<(String, String, String, Option<usize>)> {
    let mut told = Vec::new();
    for entry in std::fs::read_dir(set.join("samples")).unwrap() {
        let file = std::fs::File::open(entry.unwrap().path()).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let text =
                |name: &str, row: usize| batch.column_by_name(name).unwrap().as_string::<i32>().value(row).to_owned();
            let features = batch.column_by_name("features").unwrap().as_binary::<i32>();
            told.extend((0..batch.num_rows()).map(|row| {
                let length = features.is_valid(row).then(|| features.value(row).len());
                (text("url", row), text("sha256", row), text("pdq", row), length)
            }));
        }
    }
    told.sort();
    told
}

#[test]
fn the_facts_of_a_picture_are_the_same_whatever_is_kept_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let coloured = include_bytes!("../../sayso-picture/tests/fixtures/subsampled.jpg");
    let progressive = include_bytes!("../../sayso-picture/tests/fixtures/progressive.jpg");
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => nothing(),
        "/a.jpg" => reply(200, "Content-Type: image/jpeg\r\n", coloured),
        "/b.jpg" => reply(200, "Content-Type: image/jpeg\r\n", progressive),
        _ => reply(200, "Content-Type: image/png\r\n", picture(2, ImageFormat::Png)),
    });
    dataset(dir.path(), &["/a.jpg", "/b.jpg", "/c.png"].map(|path| site.url(path)), &[]);
    let set = dir.path().join("set");
    assert_eq!(json_of(&fetch(&[], dir.path()))["by_kind"]["fetched"], 3);
    let facts_alone = told(&set);
    assert!(facts_alone.iter().all(|(.., features)| features.is_some_and(|bytes| bytes > 0)), "{facts_alone:?}");
    let report = json_of(&fetch(&["--keep", "resized", "--size", "48"], dir.path()));
    assert_eq!(report["kept"], 3);
    assert_eq!(told(&set), facts_alone);
    // What is kept is a JPEG of that size, of the right colours.
    let kept = sayso(&["hash", "set/pictures/00000.tar", "--json"], dir.path());
    for kept in json_of(&kept)["pictures"].as_array().unwrap() {
        assert_eq!((&kept["format"], &kept["width"], &kept["height"]), (&"jpeg".into(), &48.into(), &48.into()));
    }
    // And whoever has the tar looks for what is in it as for what is in a folder.
    for input in ["set/pictures/00000.tar", "set/pictures"] {
        let found = json_of(&sayso(&["match", "set", input, "--json"], dir.path()));
        // They lie in it as they came.
        let mut names: Vec<_> = found["pictures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| own["picture"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        let expected = [0, 1, 2].map(|row| format!("set/pictures/00000.tar: 00000000{row}.jpg"));
        assert_eq!((names, &found["bad"]), (expected.into(), &serde_json::json!([])), "{input}");
    }

    // Without features there are none, and those that the same file has already stay.
    let report = json_of(&fetch(&["--features", "none", "--max-age", "0"], dir.path()));
    assert_eq!((&report["by_kind"]["fetched"], told(&set)), (&3.into(), facts_alone.clone()));
    std::fs::remove_dir_all(&set).unwrap();
    dataset(dir.path(), &["/a.jpg", "/b.jpg", "/c.png"].map(|path| site.url(path)), &[]);
    assert_eq!(json_of(&fetch(&["--features", "none"], dir.path()))["by_kind"]["fetched"], 3);
    let plain: Vec<_> = facts_alone.into_iter().map(|(url, sha256, pdq, _)| (url, sha256, pdq, None)).collect();
    assert_eq!(told(&set), plain);
}

#[test]
fn what_is_kept_looks_as_it_did() {
    let dir = tempfile::tempdir().unwrap();
    let image = RgbImage::from_fn(200, 100, |x, y| match (x < 100, y < 50) {
        (true, true) => Rgb([200, 30, 30]),
        (false, true) => Rgb([30, 160, 40]),
        (true, false) => Rgb([40, 60, 220]),
        (false, false) => Rgb([230, 220, 40]),
    });
    let files = [ImageFormat::Jpeg, ImageFormat::Png].map(|format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    });
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => nothing(),
        "/a.jpg" => reply(200, "Content-Type: image/jpeg\r\n", files[0].clone()),
        _ => reply(200, "Content-Type: image/png\r\n", files[1].clone()),
    });
    dataset(dir.path(), &[site.url("/a.jpg"), site.url("/b.png")], &[]);
    let keep = ["--keep", "resized", "--size", "40", "--keep-as", "files", "--keep-in", "files"];
    assert_eq!(json_of(&fetch(&keep, dir.path()))["kept"], 2);
    for name in ["000000000.jpg", "000000001.jpg"] {
        let kept = image::open(dir.path().join("files/00000").join(name)).unwrap().to_rgb8();
        assert_eq!(kept.dimensions(), (40, 40));
        // 20 rows of the picture between white ones, each quarter as it was.
        for (x, y, colour) in [
            (20, 4, [255, 255, 255]),
            (20, 35, [255, 255, 255]),
            (9, 14, [200, 30, 30]),
            (30, 14, [30, 160, 40]),
            (9, 26, [40, 60, 220]),
            (30, 26, [230, 220, 40]),
        ] {
            let found = kept.get_pixel(x, y).0;
            let is_near = found.iter().zip(colour).all(|(found, wanted)| found.abs_diff(wanted) <= 8);
            assert!(is_near, "{name} at {x}, {y}: {found:?} instead of {colour:?}");
        }
    }
}

/// The addresses of the pictures in a tar or folder of WebDataset, and of the rows in the table beside it.
fn kept(folder: &Path) -> (Vec<String>, Vec<String>) {
    let mut pictures = Vec::new();
    for what in ["00000.tar", "00000"].into_iter().filter(|what| folder.join(what).exists()) {
        let checked = json_of(&sayso(&["check", what, "--json"], folder));
        let url = |picture: &Value| picture["url"].as_str().unwrap().to_owned();
        pictures.extend(checked["pictures"].as_array().into_iter().flatten().map(url));
    }
    let file = std::fs::File::open(folder.join("00000.parquet")).unwrap();
    let mut rows = Vec::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
        let batch = batch.unwrap();
        let urls = batch.column_by_name("url").unwrap().as_string::<i32>();
        rows.extend(urls.iter().flatten().map(str::to_owned));
    }
    pictures.sort();
    rows.sort();
    (pictures, rows)
}

#[test]
fn what_is_refused_later_is_kept_no_longer() {
    let dir = tempfile::tempdir().unwrap();
    let closed = Arc::new(AtomicBool::new(false));
    let is_closed = Arc::clone(&closed);
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/b.jpg" if is_closed.load(Ordering::Relaxed) => jpeg("X-Robots-Tag: noai\r\n"),
        path if path.ends_with(".jpg") => jpeg(""),
        _ => nothing(),
    });
    let urls = ["/a.jpg", "/b.jpg", "/c.jpg"].map(|path| site.url(path));
    dataset(dir.path(), &urls, &[]);
    let files = ["--keep", "originals", "--keep-as", "files", "--keep-in", "elsewhere"];
    for keep in [&["--keep", "resized"][..], &files] {
        let report = json_of(&fetch(keep, dir.path()));
        assert_eq!((&report["kept"], &report["removed"]), (&3.into(), &0.into()));
    }
    let folders = [dir.path().join("set/pictures"), dir.path().join("elsewhere")];
    for folder in &folders {
        assert_eq!(kept(folder), (urls.to_vec(), urls.to_vec()));
    }
    closed.store(true, Ordering::Relaxed);
    let report = json_of(&fetch(&["--max-age", "0"], dir.path()));
    assert_eq!((&report["refused"], &report["removed"]), (&1.into(), &2.into()));
    assert_eq!(json_of_file(&dir.path().join("set/fetch.json"))["removed"], 2);
    let left = vec![urls[0].clone(), urls[2].clone()];
    for folder in &folders {
        assert_eq!(kept(folder), (left.clone(), left.clone()));
    }
    assert!(!folders[1].join("00000/000000001.jpg").exists() && folders[1].join("00000/000000002.jpg").exists());
    // Judged anew under a policy that wants to be asked, nothing is left.
    let judged = json_of(&sayso(&["judge", "set", "--policy", "opt-in", "--json"], dir.path()));
    assert_eq!((&judged["samples"], &judged["removed"]), (&0.into(), &4.into()));
    for folder in &folders {
        assert_eq!(kept(folder), (Vec::new(), Vec::new()));
    }
}
