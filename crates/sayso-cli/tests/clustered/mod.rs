//! What tests with a cluster need: its roles as processes, a crawl in many files, and whether two datasets are the same.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "shared by tests that each use a part")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that ends with the test.
pub(crate) struct Role(Child);

impl Role {
    /// SIGKILL: nothing can be tidied up.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address on this machine at which nobody listens.
pub(crate) fn free_port() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Starts a role whose standard error goes into a file, and waits for its first line.
pub(crate) fn start_logging(arguments: &[&str], environment: &[(&str, &str)], log: &Path) -> (Role, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).env_remove("SAYSO_CLUSTER_SECRET").envs(environment.iter().copied());
    started(command.stderr(std::fs::File::create(log).unwrap()), arguments)
}

/// Starts a role, and waits for its first line.
pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> (Role, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).env_remove("SAYSO_CLUSTER_SECRET").envs(environment.iter().copied());
    started(&mut command, arguments)
}

fn started(command: &mut Command, arguments: &[&str]) -> (Role, String) {
    let mut role = Role(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(role.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "{arguments:?} did not start");
    (role, line.trim_end().to_owned())
}

/// A cluster in one command.
pub(crate) fn local(workers: &str, environment: &[(&str, &str)]) -> (Role, String) {
    start(&["cluster", "local", workers, "--port", "0"], environment)
}

/// A build, alone or by a cluster.
pub(crate) fn build(dir: &Path, crawl: &str, out: &Path, cluster: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["build", crawl, "--memory", "16", "-o"]).arg(out).current_dir(dir);
    command.env_remove("SAYSO_CLUSTER_SECRET").stdout(Stdio::piped()).stderr(Stdio::piped());
    if let Some(cluster) = cluster {
        command.args(["--cluster", cluster]);
    }
    command
}

/// A command of the program in a folder, to be run or started.
pub(crate) fn command(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(arguments).current_dir(dir).env_remove("SAYSO_CLUSTER_SECRET");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Copies a dataset as it is.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, to).unwrap();
        }
    }
}

/// The files in folders of this name, inside folders that begin so, of the work on a dataset while it lasts.
pub(crate) fn done(dataset: &Path, within: &str, folder: &str) -> Vec<PathBuf> {
    let inside = |path: PathBuf| std::fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let jobs = inside(dataset.join(".build")).filter(|job| job.is_dir());
    let folders = jobs
        .flat_map(inside)
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(within)));
    folders.flat_map(|path| inside(path.join(folder))).collect()
}

/// A crawl in many files: pages with pictures, some of which stand in several files and some of which say no, robots.txt
/// files of sites in other files than their pages, and something damaged.
pub(crate) fn write_crawl(folder: &Path, files: usize, pages: usize) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..files {
        let file = std::fs::File::create(folder.join(format!("crawl-{number:05}.warc"))).unwrap();
        let mut file = std::io::BufWriter::new(file);
        for page in 0..pages {
            let page = number * pages + page;
            let pictures: String = (0..20)
                .map(|n| {
                    // Of every third page the pictures and captions are those of other pages, too, in other files.
                    let of = if page.is_multiple_of(3) { page % 29 } else { page };
                    format!(
                        "<p>text {n}<img src='https://pictures{}.example/p/{n}.jpg' alt='picture {n} of {of}'>",
                        of % 61
                    )
                })
                .collect();
            let header = if page.is_multiple_of(13) { "Content-Usage: train-ai=n\r\n" } else { "" };
            let http =
                format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n<title>{page}</title>{pictures}");
            let robots = page.is_multiple_of(17);
            let (host, path, http) = if robots {
                let of = page % 61;
                (
                    format!("pictures{of}"),
                    "robots.txt".to_owned(),
                    format!("HTTP/1.1 200 OK\r\n\r\nUser-agent: GPTBot\nDisallow: /p/{}\n", page % 7),
                )
            } else {
                (format!("site{}", page % 41), page.to_string(), http)
            };
            write!(
                file,
                "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://{host}.example/{path}\r\nWARC-Date: 2026-01-01T00:{:02}:00Z\r\n\
                 Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
                page * 7 % 60,
                http.len()
            )
            .unwrap();
        }
        if number % 5 == 2 {
            write!(file, "no record of anything\r\n\r\n").unwrap();
        }
    }
}

/// The folder of a build by a cluster, while it lasts.
fn job(dataset: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(dataset.join(".build")).ok()?;
    let mut folders = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir());
    folders.next()
}

/// How many inputs are read.
pub(crate) fn extracted(dataset: &Path) -> usize {
    let folder = job(dataset).map(|job| std::fs::read_dir(job.join("extracted")));
    folder.and_then(Result::ok).map_or(0, Iterator::count)
}

/// The names of the crawl files that are read.
pub(crate) fn extracted_names(dataset: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(job(dataset).unwrap().join("extracted")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    names.map(|name| format!("crawl-{:05}.warc", name.strip_suffix(".json").unwrap().parse::<u32>().unwrap())).collect()
}

/// Waits for something that happens by itself.
pub(crate) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(300), "it never came to it that {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What the build saw.
pub(crate) fn report(dataset: &Path) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(dataset.join("report.json")).unwrap()).unwrap()
}

/// Every file that belongs to the snapshot, by name.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    // Texts are indexed in parts by a cluster, and as a whole by one machine.
    let folders = ["samples", "exclusions", "tombstones", "superseded/samples", "."];
    let indexes = ["facets", "hash", "features", "uid"].map(|index| format!("index/{index}"));
    for folder in folders.into_iter().chain(indexes.iter().map(String::as_str)) {
        let Ok(entries) = std::fs::read_dir(dir.join(folder)) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_file() && !path.ends_with("report.json") {
                files.insert(path.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Whether two datasets have the same files, byte for byte.
pub(crate) fn same_files(one: &Path, other: &Path) {
    let (one, found) = (files(one), files(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    assert!(one.len() >= 4, "shards, exclusions, a manifest and CURRENT: {:?}", one.keys());
    for (name, bytes) in &one {
        assert!(found.get(name) == Some(bytes), "{} differs", name.display());
    }
    assert!(!other.join(".build").exists());
}

/// Whether they also tell the same of how they were built, but for how long that took.
pub(crate) fn same_dataset(one: &Path, other: &Path) {
    same_files(one, other);
    let (mut one, mut other) = (report(one), report(other));
    one["seconds"] = serde_json::Value::Null;
    other["seconds"] = serde_json::Value::Null;
    assert_eq!(one, other);
}
