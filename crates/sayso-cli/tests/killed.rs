//! A build that is killed again and again ends with the same dataset as one that is left alone.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// A crawl of many pages, each with pictures, some of them refused.
fn write_crawl(path: &Path, pages: usize) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    for page in 0..pages {
        let pictures: String = (0..30)
            .map(|n| {
                format!(
                    "<p>text {n} of page {page}<img src='/p/{}.jpg' alt='picture {n} of {page}'>",
                    page * 13 % 977 + n
                )
            })
            .collect();
        let header = if page % 13 == 0 { "Content-Usage: train-ai=n\r\n" } else { "" };
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n<title>{page}</title>{pictures}");
        let robots = page % 50 == 0;
        let (path, http) = if robots {
            ("robots.txt".to_owned(), format!("HTTP/1.1 200 OK\r\n\r\nUser-agent: GPTBot\nDisallow: /{}\n", page % 9))
        } else {
            (page.to_string(), http)
        };
        write!(
            file,
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://site{}.example/{path}\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            page % 41,
            http.len()
        )
        .unwrap();
    }
}

fn sayso(crawl: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.arg("build").arg(crawl).arg("-o").arg(out).args([
        "--memory",
        "1",
        "--shard-rows",
        "40000",
        "--threads",
        "2",
    ]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Every file that belongs to the snapshot, by name.
fn snapshot(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in ["samples", "exclusions", "."] {
        for entry in std::fs::read_dir(dir.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_file() && name != "report.json" {
                assert!(!name.ends_with(".tmp"), "{name} was left behind");
                files.push((path.strip_prefix(dir).unwrap().to_owned(), std::fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_killed_build_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("crawl.warc");
    write_crawl(&crawl, 6000);
    let calm = dir.path().join("calm");
    let started = std::time::Instant::now();
    assert!(sayso(&crawl, &calm).status().unwrap().success());
    let whole = started.elapsed();
    let expected = snapshot(&calm);
    assert!(expected.len() >= 5, "several shards, or the test is too small: {}", expected.len());
    // The seed is fixed and the machine is not, so each run is killed at other places; any place must do.
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut kills = 0;
    let stormy = dir.path().join("stormy");
    for round in 0..60 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let fraction = (random >> 40) as f64 / f64::from(1 << 24);
        // Rounds that are longer and longer, so that the end is reached; by then every stage was cut.
        let pause = whole.mul_f64(fraction * (0.2 + f64::from(round) * 0.03));
        let mut child = sayso(&crawl, &stormy).spawn().unwrap();
        std::thread::sleep(pause.min(Duration::from_secs(60)));
        // SIGKILL: nothing can be tidied up.
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        if let Ok(current) = std::fs::read_to_string(stormy.join("CURRENT")) {
            assert!(stormy.join(current.trim()).exists(), "CURRENT names what is not there");
        }
    }
    assert!(sayso(&crawl, &stormy).status().unwrap().success());
    assert!(kills >= 3, "killed only {kills} times");
    eprintln!("killed {kills} times");
    let found = snapshot(&stormy);
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected));
    for ((name, bytes), (_, wanted)) in found.iter().zip(&expected) {
        assert!(bytes == wanted, "{} differs after {kills} kills", name.display());
    }
    assert!(!stormy.join(".build").exists());
}
