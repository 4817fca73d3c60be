//! Pictures of hosts with names: many at once, none hurried, and none in a private network unless it was named.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod crawl;
mod sites;
mod support;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt8Type;
use crawl::response;
use image::{ImageFormat, Rgb, RgbImage};
use sayso::build::default_limits;
use sayso::fetch::{FetchKind, FetchLimits, FetchOptions, FetchReport, Manners, fetch};
use sayso::online::{AllowPrivate, Names, Online, OnlineOptions, SystemClock};
use sayso_core::{Features, PolicyName};
use sayso_dataset::Dataset;
use sayso_picture::{PictureLimits, decode_luminance, facts};
use sites::{Site, nothing, reply};

/// Every host lies at the one site of the test.
#[derive(Debug)]
struct OneSite(SocketAddr, AtomicUsize);

impl Names for OneSite {
    fn addresses(&self, host: &str, _: u16) -> io::Result<Vec<SocketAddr>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        if host.ends_with(".example") { Ok(vec![self.0]) } else { Err(io::Error::other("no such name")) }
    }
}

fn picture() -> Vec<u8> {
    let image = RgbImage::from_fn(300, 200, |x, y| Rgb([(x * y % 251) as u8, (x % 256) as u8, (y * 3 % 256) as u8]));
    let mut bytes = Vec::new();
    image.write_to(&mut std::io::Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn dataset(dir: &Path, urls: &[String]) {
    let images: String = urls.iter().map(|url| format!("<img src='{url}' alt='at {url}'>")).collect();
    let page = response("https://gallery.example/", "Content-Type: text/html\r\n", images.as_bytes());
    let path = dir.join("crawl.warc");
    std::fs::write(&path, page).unwrap();
    support::run(&support::options(&[path.as_path()], &dir.join("set"), PolicyName::OptOut)).unwrap();
}

fn fetched(dir: &Path, names: Arc<OneSite>, allow_private: AllowPrivate, connections: usize) -> FetchReport {
    let online = OnlineOptions {
        agent: "testbot".to_owned(),
        limits: default_limits(),
        contact: Some("https://example.org/bot".parse().unwrap()),
        allow_private,
        pause: Duration::ZERO,
        timeout: Duration::from_secs(20),
        cache: None,
    };
    let options = FetchOptions {
        dir: dir.join("set"),
        online: Arc::new(Online::with(online, Arc::new(SystemClock), names).unwrap()),
        manners: Manners {
            connections: NonZeroUsize::new(connections).unwrap(),
            hosts: NonZeroUsize::new(16).unwrap(),
            retries: 0,
            back_off: Duration::ZERO,
            max_age: Duration::ZERO,
        },
        limits: FetchLimits {
            picture_bytes: 1 << 20,
            area_pixels: 1 << 20,
            side_pixels: 4096,
            timeout: Duration::from_secs(20),
        },
        threads: NonZeroUsize::new(2).unwrap(),
        // Room for one part at a time and no more.
        memory_bytes: 1,
        features: true,
        keep: None,
        part_rows: NonZeroUsize::new(7).unwrap(),
    };
    fetch(&options, &AtomicBool::new(false), &|_| {}).unwrap()
}

#[test]
fn many_hosts_are_asked_at_once_and_none_beyond_its_places() {
    // How many requests each host has at the moment, and had at most.
    type Counts = HashMap<String, (usize, usize)>;
    let counts: Arc<Mutex<Counts>> = Arc::default();
    for connections in [1, 2] {
        let dir = tempfile::tempdir().unwrap();
        let log = Arc::clone(&counts);
        log.lock().unwrap().clear();
        let site = Site::start(move |asked| {
            if asked.path == "/robots.txt" {
                return nothing();
            }
            // Pictures stand in the place of all other files, which is no file of a site's.
            let host = asked.header("host").unwrap().to_owned();
            let change = |by: isize| {
                let mut log = log.lock().unwrap();
                let (now, most) = log.entry(host.clone()).or_default();
                *now = now.checked_add_signed(by).unwrap();
                *most = (*most).max(*now);
            };
            change(1);
            std::thread::yield_now();
            let body = picture();
            change(-1);
            reply(200, "Content-Type: image/png\r\n", body)
        });
        let urls: Vec<String> = (0..60).map(|n| format!("http://h{}.example/{n}.png", n % 12)).collect();
        dataset(dir.path(), &urls);
        let names = Arc::new(OneSite(site.address, AtomicUsize::new(0)));
        let report = fetched(dir.path(), names, AllowPrivate::Everybody, connections);
        assert_eq!(report.by_kind, [(FetchKind::Fetched, 60)].into());
        assert_eq!(site.paths().iter().filter(|path| *path == "/robots.txt").count(), 12, "one for each host");
        let counts = counts.lock().unwrap();
        assert_eq!(counts.len(), 12);
        assert!(counts.values().all(|(_, most)| *most <= connections), "{counts:?}");
    }
}

#[test]
fn a_name_that_leads_into_a_private_network_is_asked_only_if_it_was_named() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|asked| match asked.path.as_str() {
        "/robots.txt" => nothing(),
        "/away.png" => sites::leads_to("http://inside.example/secret.png"),
        _ => reply(200, "Content-Type: image/png\r\n", picture()),
    });
    dataset(dir.path(), &["http://named.example/away.png".into(), "http://other.example/a.png".into()]);
    let names = || Arc::new(OneSite(site.address, AtomicUsize::new(0)));
    let report = fetched(dir.path(), names(), AllowPrivate::Nobody, 1);
    assert_eq!(report.by_kind, [(FetchKind::PrivateAddress, 2)].into());
    assert!(site.asked().is_empty());
    let named = AllowPrivate::of(&["named.example".to_owned()]);
    let report = fetched(dir.path(), names(), named, 1);
    assert_eq!(report.by_kind, [(FetchKind::PrivateAddress, 2)].into());
    assert_eq!(site.paths(), ["/robots.txt", "/.well-known/tdmrep.json", "/ai.txt", "/away.png"]);
    let both = AllowPrivate::of(&["named.example".to_owned(), "inside.example".to_owned()]);
    let report = fetched(dir.path(), names(), both, 1);
    assert_eq!(report.by_kind, [(FetchKind::PrivateAddress, 1), (FetchKind::Fetched, 1)].into());
    // Where it leads to, the house rules of that house are read.
    let hosts: Vec<String> = site.asked().iter().map(|asked| asked.header("host").unwrap().to_owned()).collect();
    assert_eq!(hosts[4..], [["named.example"; 4], ["inside.example"; 4]].concat());
}

#[test]
fn the_facts_are_those_of_the_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::start(|asked| match asked.path.as_str() {
        "/robots.txt" => nothing(),
        _ => reply(200, "Content-Type: image/png\r\nETag: \"e\"\r\n", picture()),
    });
    dataset(dir.path(), &["http://a.example/a.png".into()]);
    fetched(dir.path(), Arc::new(OneSite(site.address, AtomicUsize::new(0))), AllowPrivate::Everybody, 1);
    let limits =
        PictureLimits { file_bytes: 1 << 20, side_pixels: 4096, area_pixels: 1 << 20, decoded_bytes: 16 << 20 };
    let facts = facts(&picture(), &limits).unwrap();
    let features = decode_luminance(&picture(), &limits).unwrap().features();
    let hashed = facts.pdq.unwrap();
    let set = Dataset::open(&dir.path().join("set")).unwrap();
    let row = set.rows(0, 0, 1).unwrap();
    let text = |name: &str| row.column_by_name(name).unwrap().as_string::<i32>().value(0).to_owned();
    assert_eq!((text("pdq"), text("sha256")), (hashed.pdq.to_string(), facts.sha256.to_string()));
    assert_eq!((text("fetch"), text("etag")), ("fetched".to_owned(), "\"e\"".to_owned()));
    let quality = row.column_by_name("pdq_quality").unwrap().as_primitive::<UInt8Type>().value(0);
    assert!(quality == hashed.quality && quality > 0);
    let stored = row.column_by_name("features").unwrap().as_binary::<i32>().value(0);
    assert_eq!(Features::from_bytes(stored), Ok(features));
    // Facts and links are columns that other tools read, and the samples are samples as before.
    let samples = set.samples_at(&[(0, 0)]).unwrap();
    assert_eq!((samples[0].pair.width, samples[0].pair.height), (Some(300), Some(200)));
    assert_eq!(samples[0].pair.picture_bytes, Some(picture().len() as u64));
}
