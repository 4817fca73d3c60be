//! The same input gives the same bytes: whatever the threads, the memory, the order of the files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;

use sayso_core::PolicyName;

/// A WARC of pages with pictures, a gzip member a record; some pairs come up again and again.
fn write_crawl(path: &Path, first: usize, pages: usize) {
    let mut file = std::fs::File::create(path).unwrap();
    for page in first..first + pages {
        let pictures: String = (0..20)
            .map(|n| {
                format!(
                    "<img src='/p/{}.jpg' alt='picture {} of page {page}'><img src=/logo.png alt=logo>",
                    (page * 7 + n) % 900,
                    n
                )
            })
            .collect();
        let noai = if page % 11 == 0 { "X-Robots-Tag: noai\r\n" } else { "" };
        let body = format!("<!doctype html><title>{page}</title>{pictures}");
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{noai}\r\n{body}");
        let record = format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://site{}.example/{page}\r\nWARC-Date: 2026-01-{:02}T00:00:00Z\r\n\
             Content-Type: application/http\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            page % 37,
            page % 28 + 1,
            http.len()
        );
        let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        member.write_all(record.as_bytes()).unwrap();
        file.write_all(&member.finish().unwrap()).unwrap();
    }
}

#[test]
fn threads_memory_and_order_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (one, two) = (dir.path().join("one.warc.gz"), dir.path().join("two.warc.gz"));
    write_crawl(&one, 0, 1500);
    write_crawl(&two, 1400, 1500);
    let mut expected = None;
    for (name, inputs, threads, memory_bytes) in [
        ("plain", [&one, &two], 1, 64 << 20),
        ("threads", [&one, &two], 3, 64 << 20),
        ("runs", [&one, &two], 2, 1),
        ("order", [&two, &one], 2, 1 << 20),
    ] {
        let out = dir.path().join(name);
        let inputs = inputs.map(std::path::PathBuf::as_path);
        let mut options = support::options(&inputs, &out, PolicyName::OptOut);
        options.threads = NonZeroUsize::new(threads).unwrap();
        options.memory_bytes = memory_bytes;
        options.shard_rows = 10_000;
        let report = support::run(&options).unwrap();
        assert!(report.samples > 20_000 && report.exclusions > 1_000, "{report:?}");
        assert!(report.duplicates > 1_000);
        assert!(!out.join(".build").exists());
        let bytes = support::snapshot_bytes(&out);
        let expected = expected.get_or_insert_with(|| bytes.clone());
        for ((file, found), (expected_file, wanted)) in bytes.iter().zip(expected.iter()) {
            assert_eq!(file, expected_file);
            assert!(found == wanted, "{name}: {file} differs");
        }
    }
}

#[test]
fn a_second_run_finds_the_work_done_and_another_plan_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (crawl, out) = (dir.path().join("one.warc.gz"), dir.path().join("out"));
    write_crawl(&crawl, 0, 50);
    let options = support::options(&[&crawl], &out, PolicyName::OptOut);
    let first = support::run(&options).unwrap();
    let before = support::snapshot_bytes(&out);
    assert_eq!(support::run(&options).unwrap(), first);
    let other = support::options(&[&crawl], &out, PolicyName::Strict);
    let error = support::run(&other).unwrap_err().to_string();
    assert!(error.contains("hint: choose an empty folder"), "{error}");
    assert_eq!(support::snapshot_bytes(&out), before);
}
