//! What the tests of `sayso fetch` share: pictures, datasets of them, and how they are fetched.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by tests that each use a part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;

use crate::sites::{Reply, Site, reply};
use crate::support::{json as json_of, sayso};

/// A picture in which there is something to see.
pub(crate) fn picture(seed: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(96, 64, |x, y| {
        let wave = |k: u32| ((x * (seed % 7 + 1) + y * k + seed * 31) % 256) as u8;
        Rgb([wave(3), wave(5), wave(11)])
    });
    let mut bytes = Vec::new();
    image.write_to(&mut std::io::Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub(crate) fn jpeg(headers: &str) -> Reply {
    reply(200, &format!("Content-Type: image/jpeg\r\n{headers}"), picture(1, ImageFormat::Jpeg))
}

/// A dataset of these addresses, as a crawl of a page on another site leads to.
pub(crate) fn dataset(dir: &Path, urls: &[String], arguments: &[&str]) {
    // Nobody is there who could be asked what the page's site says.
    dataset_of(dir, "http://127.0.0.1:9/", urls, arguments);
}

/// As [`dataset`], of a page at this address.
pub(crate) fn dataset_of(dir: &Path, page: &str, urls: &[String], arguments: &[&str]) {
    let images: String = urls.iter().map(|url| format!("<img src='{url}' alt='a caption of {url}'>")).collect();
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{images}");
    let record = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {page}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
         Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
        answer.len()
    );
    std::fs::write(dir.join("crawl.warc"), record).unwrap();
    let output = sayso(&[&["build", "crawl.warc", "-o", "set"], arguments].concat(), dir);
    assert!(output.status.success(), "{output:?}");
}

pub(crate) const POLITE: [&str; 8] =
    ["--allow-private=127.0.0.1", "--contact", "me@example.org", "--no-cache", "--pause", "0", "--back-off", "0"];

pub(crate) fn fetch(arguments: &[&str], dir: &Path) -> Output {
    sayso(&[&["fetch", "set", "--json"][..], &POLITE, arguments].concat(), dir)
}

/// What a site was asked for beside its own files.
pub(crate) fn pictures_asked(site: &Site) -> Vec<String> {
    let files = ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt"];
    site.paths().into_iter().filter(|path| !files.contains(&path.as_str())).collect()
}

pub(crate) fn kinds(report: &Value) -> BTreeMap<String, u64> {
    let kinds = report["by_kind"].as_object().unwrap();
    kinds.iter().map(|(kind, count)| (kind.clone(), count.as_u64().unwrap())).collect()
}

/// What the dataset holds of the picture at an address.
pub(crate) fn sample(dir: &Path, url: &str) -> Option<Value> {
    let path = url.rsplit('/').next().unwrap();
    let hits = json_of(&sayso(&["search", "set", &format!("\"{path}\""), "--json"], dir));
    let hit = hits["hits"].as_array().unwrap().iter().find(|hit| hit["url"] == *url).cloned()?;
    Some(json_of(&sayso(&["show", "set", hit["uid"].as_str().unwrap(), "--json"], dir)))
}

pub(crate) fn json_of_file(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
