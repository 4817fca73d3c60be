//! Pictures that a cluster of processes fetches are those that one machine fetches, and no host is asked by two of them at once.
#![cfg(feature = "cluster")]
#![allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "tests")]

mod clustered;
mod fetching;
#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;
mod support;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use image::ImageFormat;
use serde_json::{Value, json};

use crate::clustered::{command, copy, local, start, wait_until};
use crate::fetching::{kinds, picture};
use crate::sites::{Asked, Reply, Site, leads_to, nothing, reply, text};
use crate::support::{json as json_of, said, sayso};

/// A request as the site saw it.
#[derive(Clone, Debug)]
struct Seen {
    path: String,
    from: Instant,
    to: Instant,
}

/// Sites, each at an address of its own, which is a host and a domain.
struct Web {
    sites: Vec<Site>,
    seen: Vec<Arc<Mutex<Vec<Seen>>>>,
}

/// What a site answers: by its number, what it was asked, and how often it was asked that before.
type Answer = fn(&[String], usize, &Asked, usize) -> Reply;

impl Web {
    /// Starts so many sites at 127.0.`net`.1 and on, each of which takes its time.
    fn start(net: u8, count: u8, takes: Duration, answer: Answer) -> Self {
        let origins: Arc<Mutex<Vec<String>>> = Arc::default();
        let (mut sites, mut seen) = (Vec::new(), Vec::new());
        for number in 0..count {
            let log: Arc<Mutex<Vec<Seen>>> = Arc::default();
            let (noted, known) = (Arc::clone(&log), Arc::clone(&origins));
            let site = Site::start_at(&format!("127.0.{net}.{}:0", number + 1), move |asked| {
                let from = Instant::now();
                let origins = known.lock().unwrap().clone();
                let before = noted.lock().unwrap().iter().filter(|seen| seen.path == asked.path).count();
                std::thread::sleep(takes);
                let reply = answer(&origins, usize::from(number), asked, before);
                noted.lock().unwrap().push(Seen { path: asked.path.clone(), from, to: Instant::now() });
                reply
            });
            origins.lock().unwrap().push(site.url(""));
            sites.push(site);
            seen.push(log);
        }
        Self { sites, seen }
    }

    fn url(&self, site: usize, path: &str) -> String {
        self.sites[site].url(path)
    }

    fn forget(&self) {
        self.seen.iter().for_each(|seen| seen.lock().unwrap().clear());
    }

    fn seen(&self, site: usize) -> Vec<Seen> {
        let mut seen = self.seen[site].lock().unwrap().clone();
        seen.sort_by_key(|seen| seen.from);
        seen
    }

    fn pictures(&self) -> usize {
        let of = |site| self.seen(site).iter().filter(|seen| seen.path.ends_with(".jpg")).count();
        (0..self.sites.len()).map(of).sum()
    }

    /// Nobody was asked by two at once, or before the pause was over, whoever asked.
    fn was_asked_politely(&self, pause: Duration) {
        for site in 0..self.sites.len() {
            for two in self.seen(site).windows(2) {
                let rest = two[1].from.checked_duration_since(two[0].to);
                assert!(rest.is_some_and(|rest| rest >= pause), "site {site} after {rest:?}: {two:?}");
            }
        }
    }
}

/// A dataset of pages, each with its pictures.
fn dataset(dir: &Path, pages: &[(String, Vec<String>)]) {
    let mut crawl = Vec::new();
    for (page, urls) in pages {
        let images: String = urls.iter().map(|url| format!("<img src='{url}' alt='a caption of {url}'>")).collect();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{images}");
        write!(
            crawl,
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {page}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{answer}\r\n\r\n",
            answer.len()
        )
        .unwrap();
    }
    std::fs::write(dir.join("crawl.warc"), crawl).unwrap();
    let output = sayso(&["build", "crawl.warc", "-o", "set", "--shard-rows", "40"], dir);
    assert!(output.status.success(), "{}", said(&output));
}

fn arguments<'a>(set: &'a str, pause: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["fetch", set, "--json", "--allow-private", "--contact", "me@example.org", "--pause", pause];
    [&fixed[..], &["--back-off", "0", "--features", "none", "--samples-per-shard", "17"], more].concat()
}

fn fetch(dir: &Path, set: &str, pause: &str, more: &[&str]) -> Output {
    sayso(&arguments(set, pause, more), dir)
}

/// What a dataset holds, but for times.
fn held(dir: &Path, set: &str) -> Value {
    let samples = "select uid, url, caption, page_url, verdict, reason, width, height, picture_bytes, sha256, pdq, \"fetch\", etag \
                   from samples order by uid";
    let samples = sayso(&["sql", set, "--json", samples], dir);
    assert!(samples.status.success(), "{}", said(&samples));
    let exclusions = sayso(&["sql", set, "--json", "select uid, reason from exclusions order by uid"], dir);
    json!([json_of(&samples), if exclusions.status.success() { json_of(&exclusions) } else { Value::Null }])
}

/// The report, but for how many requests it took.
fn told(output: &Output) -> Value {
    let mut report = json_of(output);
    report["requests"] = Value::Null;
    report["examples"] = Value::Null;
    report
}

fn jpeg(path: &str) -> Reply {
    let seed = path.bytes().map(u32::from).sum();
    reply(200, "Content-Type: image/jpeg\r\nETag: \"1\"\r\n", picture(seed, ImageFormat::Jpeg))
}

const SITES: u8 = 13;

/// Sites that lead to each other, and some of which refuse.
fn entangled(origins: &[String], site: usize, asked: &Asked, before: usize) -> Reply {
    match (site, asked.path.as_str()) {
        // A robots.txt at another domain, and one that wants to be kept by nobody.
        (6, "/robots.txt") => leads_to(&format!("{}/robots.txt", origins[8])),
        (8, "/robots.txt") => text("User-agent: *\nDisallow: /closed/\n"),
        (11, "/robots.txt") => {
            reply(200, "Content-Type: text/plain\r\nCache-Control: no-store\r\n", "User-agent: GPTBot\nDisallow: /\n")
        }
        (9, "/.well-known/tdmrep.json") => {
            reply(200, "Content-Type: application/json\r\n", r#"[{"location": "/", "tdm-reservation": 1}]"#)
        }
        (12, "/robots.txt") => text("User-agent: sayso\nCrawl-delay: 1\n"),
        // There and back, and in a circle.
        (1, "/moved.jpg") => leads_to(&format!("{}/here.jpg", origins[7])),
        (7, "/moved.jpg") => leads_to(&format!("{}/here.jpg", origins[1])),
        (2, "/circle.jpg") => leads_to(&format!("{}/circle.jpg", origins[3])),
        (3, "/circle.jpg") => leads_to(&format!("{}/circle.jpg", origins[2])),
        (4, "/to-closed.jpg") => leads_to(&format!("{}/closed/a.jpg", origins[6])),
        (5, "/rsl.jpg") => {
            let link = format!("Link: <{}/terms.xml>; rel=\"license\"; type=\"application/rsl+xml\"\r\n", origins[3]);
            Reply { headers: format!("Content-Type: image/jpeg\r\n{link}"), ..jpeg("rsl") }
        }
        (10, path) if path.ends_with(".jpg") && before == 0 => reply(429, "Retry-After: 1\r\n", ""),
        (_, "/gone.jpg") => nothing(),
        (_, path) if path.ends_with(".jpg") => jpeg(path),
        _ => nothing(),
    }
}

#[test]
fn sites_that_lead_to_each_other_are_asked_by_one_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let web = Web::start(61, SITES, Duration::from_millis(15), entangled);
    let mut pages: Vec<(String, Vec<String>)> = (0..usize::from(SITES))
        .map(|site| {
            let own: Vec<String> = (0..5).map(|n| web.url(site, &format!("/{site}-{n}.jpg"))).collect();
            // Of each third the page is at the next site.
            (web.url(if site % 3 == 0 { (site + 1) % 13 } else { site }, &format!("/page{site}")), own)
        })
        .collect();
    let odd = [(1, "moved"), (7, "moved"), (2, "circle"), (4, "to-closed"), (5, "rsl"), (6, "closed/b"), (0, "gone")];
    pages.push((web.url(2, "/odd"), odd.iter().map(|(site, name)| web.url(*site, &format!("/{name}.jpg"))).collect()));
    // Pages that refuse, and one whose site is dead.
    for (number, page) in
        [web.url(9, "/refuses"), web.url(11, "/refuses"), "http://127.0.0.1:9/".to_owned()].into_iter().enumerate()
    {
        let urls = (0..6).map(|site| web.url(site, &format!("/of-{number}-{site}.jpg"))).collect();
        pages.push((page, urls));
    }
    let local_site = Site::start(|asked| if asked.path.ends_with(".jpg") { jpeg(&asked.path) } else { nothing() });
    let port = local_site.address.port();
    let named = (0..4).map(|n| format!("http://localhost:{port}/named-{n}.jpg"));
    let named = named.chain((0..3).map(|n| format!("http://a.example/{n}.jpg"))).collect();
    pages.push((format!("http://localhost:{port}/"), named));
    dataset(dir, &pages);
    // What was taken down lies before others still.
    let claim = ["claim", "add", "--registry", "r", "--subject", "domain:a.example", "--preference", "train-ai=n"];
    let claimed = sayso(&claim, dir);
    assert!(claimed.status.success(), "{}", said(&claimed));
    let taken = sayso(&["takedown", "--registry", "r", "set"], dir);
    assert!(taken.status.success(), "{}", said(&taken));
    for set in ["alone", "together"] {
        copy(&dir.join("set"), &dir.join(set));
    }
    let alone = fetch(dir, "alone", "0.2", &["--no-cache"]);
    assert_eq!(alone.status.code(), Some(3), "{}", said(&alone));
    web.was_asked_politely(Duration::from_millis(200));
    web.forget();

    let (_cluster, address) = local("3", &[]);
    let together = fetch(dir, "together", "0.2", &["--no-cache", "--cluster", &address]);
    assert_eq!(together.status.code(), Some(3), "{}", said(&together));
    web.was_asked_politely(Duration::from_millis(200));
    assert_eq!(told(&together), told(&alone));
    assert_eq!(held(dir, "together"), held(dir, "alone"));
    let expected = kinds(&json_of(&alone));
    for kind in ["fetched", "too-many-redirects", "refused-by-site", "robots-disallowed", "http-404"] {
        assert!(expected.contains_key(kind), "{expected:?}");
    }
    assert_eq!(json_of(&together)["requests"], web.pictures() + 4);
    assert!(!dir.join("together/.fetch").exists() && !dir.join("together/.build").exists());
    // Each site was asked once for its own files, whoever wanted to know; only a circle of robots.txt is gone round again.
    for site in 0..usize::from(SITES) {
        let asked = web.seen(site).iter().filter(|seen| seen.path == "/robots.txt").count();
        assert!(asked <= if site == 8 { 2 } else { 1 }, "site {site}: {asked}");
    }
    // What was had a moment ago is not asked for again.
    web.forget();
    let again = fetch(dir, "together", "0.2", &["--no-cache", "--cluster", &address]);
    let again = json_of(&again);
    assert_eq!((&again["requests"], &again["snapshot"]), (&0.into(), &again["from_snapshot"]), "{again:#}");
    assert_eq!((0..usize::from(SITES)).map(|site| web.seen(site).len()).sum::<usize>(), 0);
}

/// The lines of journals, of lanes and of parts.
fn journalled(dataset: &Path) -> usize {
    let inside = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let folder = dataset.join(".fetch");
    let lanes = inside(&folder.join("lanes")).map(|lane| lane.join("lines.jsonl"));
    let parts = inside(&folder).filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    lanes.chain(parts).map(|path| std::fs::read_to_string(path).unwrap_or_default().lines().count()).sum()
}

/// How often pictures were asked for, of each site those that were asked for again.
fn again(web: &Web) -> BTreeMap<usize, usize> {
    let mut again = BTreeMap::new();
    for site in 0..web.sites.len() {
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for seen in web.seen(site).into_iter().filter(|seen| seen.path.ends_with(".jpg")) {
            *times.entry(seen.path).or_default() += 1;
        }
        again.insert(site, times.values().map(|times| times - 1).sum());
    }
    again
}

fn plain(_: &[String], _: usize, asked: &Asked, _: usize) -> Reply {
    if asked.path.ends_with(".jpg") { jpeg(&asked.path) } else { nothing() }
}

#[test]
fn a_worker_and_a_driver_are_killed_and_nothing_is_fetched_twice() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let web = Web::start(62, 9, Duration::from_millis(5), plain);
    let pages: Vec<(String, Vec<String>)> = (0..9)
        .map(|site| (web.url(site, "/"), (0..40).map(|n| web.url(site, &format!("/{site}-{n}.jpg"))).collect()))
        .collect();
    dataset(dir, &pages);
    copy(&dir.join("set"), &dir.join("alone"));
    let alone = fetch(dir, "alone", "0", &["--no-cache"]);
    web.forget();

    let (_scheduler, address) = start(&["cluster", "scheduler", "--listen", "127.0.0.1:0", "--patience", "12"], &[]);
    let worker = || start(&["worker", "--scheduler", &address, "--slots", "1"], &[]).0;
    let mut workers = vec![worker(), worker(), worker()];
    let set = dir.join("set");
    let pause = Duration::from_millis(300);
    let fetching = arguments("set", "0.3", &["--no-cache", "--cluster", &address]);
    let mut first = command(dir, &fetching).spawn().unwrap();
    wait_until("some pictures are fetched", || journalled(&set) >= 30);
    workers.pop().unwrap().kill();
    // Whoever comes second is sent away.
    let second = fetch(dir, "set", "0.3", &["--no-cache"]);
    assert!(said(&second).contains("another build is at work there"), "{}", said(&second));
    wait_until("more pictures are fetched", || journalled(&set) >= 90);
    first.kill().unwrap();
    first.wait().unwrap();
    // What nobody drives any more is given to the one who drives now.
    let mut next = command(dir, &fetching).spawn().unwrap();
    wait_until("still more are fetched", || journalled(&set) >= 180);
    // Ctrl-C waits for what is on the way, at all machines.
    let signal = Command::new("kill").args(["-INT", &next.id().to_string()]).status().unwrap();
    assert!(signal.success());
    assert_eq!(next.wait().unwrap().code(), Some(2));
    let (had, asked) = (journalled(&set), web.pictures());
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!((journalled(&set), web.pictures()), (had, asked), "nobody asks any more");
    let together = command(dir, &fetching).output().unwrap();
    assert_eq!(together.status.code(), Some(0), "{}", said(&together));
    web.was_asked_politely(pause);
    assert_eq!(told(&together), told(&alone));
    assert_eq!(held(dir, "set"), held(dir, "alone"));
    // Of whoever is killed what was on the way is not noted: one picture of a host at a time.
    let again = again(&web);
    assert!(again.values().all(|again| *again <= 2), "{again:?}");
    assert!(again.values().sum::<usize>() <= 9, "{again:?}");
    assert!(!set.join(".fetch").exists());
}

#[test]
fn what_ends_workers_ends_the_command_and_the_rest_counts() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let web = Web::start(63, 6, Duration::ZERO, plain);
    let pages: Vec<(String, Vec<String>)> = (0..6)
        .map(|site| (web.url(site, "/"), (0..5).map(|n| web.url(site, &format!("/{site}-{n}.jpg"))).collect()))
        .collect();
    dataset(dir, &pages);
    let (cluster, address) = local("2", &[("SAYSO_FAIL_ON", "abort lane 00003")]);
    let failed = fetch(dir, "set", "0", &["--no-cache", "--cluster", &address]);
    assert_eq!(failed.status.code(), Some(2), "{}", said(&failed));
    assert!(said(&failed).contains("`the domains from `127.0.63."), "{}", said(&failed));
    assert!(said(&failed).contains("ended 3 workers\nhint: the dataset stays as it is"), "{}", said(&failed));
    drop(cluster);
    let (_cluster, address) = local("2", &[]);
    let kept = fetch(dir, "set", "0", &["--no-cache", "--cluster", &address, "--keep", "originals"]);
    assert_eq!(kept.status.code(), Some(2));
    assert!(said(&kept).contains("a cluster keeps no pictures\nhint: "), "{}", said(&kept));
    // One machine goes on with what the cluster did.
    let had = journalled(&dir.join("set"));
    let asked = web.pictures();
    let alone = fetch(dir, "set", "0", &["--no-cache"]);
    let report = json_of(&alone);
    assert_eq!((&report["by_kind"], &report["requests"]), (&json!({"fetched": 30}), &(30 - had).into()));
    assert_eq!(web.pictures(), asked + 30 - had);
}
