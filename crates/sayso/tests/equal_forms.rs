//! The same records in another container, cut at other places, read by other threads: the same pairs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use std::num::NonZeroUsize;

use crawl::{assert_pages, gzip, gzip_stored, members, pages, response};
use proptest::prelude::*;
use sayso_core::{PolicyName, Sample};

/// All samples of a build, without where in the file each stood.
fn pairs_of(bytes: &[u8], file: &str, change: impl FnOnce(&mut sayso::build::BuildOptions)) -> Vec<Sample> {
    let dir = tempfile::tempdir().unwrap();
    let (path, out) = (dir.path().join(file), dir.path().join("out"));
    std::fs::write(&path, bytes).unwrap();
    let mut options = support::options(&[&path], &out, PolicyName::OptOut);
    change(&mut options);
    let report = support::run(&options).unwrap();
    assert!(report.damage.is_empty(), "{file}: {:?}", report.damage);
    let mut samples = support::samples(&out);
    for sample in &mut samples {
        sample.pair.record.file = "".into();
        (sample.pair.record.offset, sample.pair.record.length) = (0, 0);
    }
    samples
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn containers_change_nothing(
        first in 0..1000_usize,
        count in 1..400_usize,
        together in 1..9_usize,
        cut in 200..50_000_usize,
        threads in 1..4_usize,
        memory_bytes in prop::sample::select(vec![1, 100_000, 64 << 20]),
    ) {
        let mut records = pages(first..first + count);
        records.push(response("https://site1.example/robots.txt", "Content-Type: text/plain\r\n", b"User-agent: *\nDisallow: /1\n"));
        // A page again, captured later: a duplicate, and what it says counts.
        records.push(response(&crawl::page_url(first), "Content-Type: text/html\r\nX-Robots-Tag: noai\r\n", crawl::html(first).as_bytes()));
        let plain = records.concat();
        let expected = pairs_of(&plain, "x.warc", |_| {});
        prop_assert!(count < 3 || !expected.is_empty());
        for (name, file, bytes) in [
            ("a member a record", "x.warc.gz", members(&records).concat()),
            ("some records a member", "x.warc.gz", records.chunks(together).flat_map(|some| gzip(&some.concat())).collect()),
            ("one stream", "x.warc.gz", gzip(&plain)),
            ("members cut anywhere", "x.warc.gz", plain.chunks(cut).flat_map(gzip).collect()),
            ("stored", "x.warc.gz", gzip_stored(&plain)),
            ("zstd", "x.warc.zst", zstd::encode_all(&plain[..], 1).unwrap()),
            ("zstd frames", "x.warc.zst", records.iter().flat_map(|record| zstd::encode_all(&record[..], 1).unwrap()).collect()),
        ] {
            let found = pairs_of(&bytes, file, |options| {
                options.threads = NonZeroUsize::new(threads).unwrap();
                options.memory_bytes = memory_bytes;
            });
            prop_assert!(found == expected, "{name}");
        }
    }
}

/// A limit on records that is smaller than a block of the file.
#[test]
fn a_low_limit_does_not_keep_records_apart() {
    let records = pages(0..3000);
    let expected = pairs_of(&records.concat(), "x.warc", |_| {});
    let (first, rest) = records.split_first().unwrap();
    let members: Vec<u8> = gzip(first).into_iter().chain(rest.concat().chunks(1700).flat_map(gzip)).collect();
    assert!(members.len() > 2 << 20, "{}: several blocks", members.len());
    let found = pairs_of(&members, "x.warc.gz", |options| options.limits.record_bytes = 100_000);
    assert!(found == expected);
}

/// Crawl files lie in crawls: one inside a stored member shows the starts of members where none start.
#[test]
fn a_crawl_inside_a_crawl_is_not_read() {
    let inner: Vec<u8> = members(&pages(100_000..106_000)).concat();
    assert!(inner.len() > 5 << 20, "{}: several blocks", inner.len());
    let around = |middle: Vec<u8>, pack: fn(&[u8]) -> Vec<u8>| -> Vec<u8> {
        let mut records = pages(0..1000);
        records.insert(500, middle);
        records.iter().flat_map(|record| pack(record)).collect()
    };
    let nested =
        |inner: &[u8]| response("https://archive.example/inner.warc.gz", "Content-Type: application/gzip\r\n", inner);
    let twice = gzip_stored(&nested(&inner));
    for (name, bytes) in [
        ("stored", around(nested(&inner), gzip_stored)),
        ("deflated", around(nested(&inner), gzip)),
        ("stored in a stored one", around(nested(&twice), gzip_stored)),
        ("a plain one", around(nested(&pages(100_000..103_000).concat()), gzip_stored)),
    ] {
        for threads in [1, 3] {
            let dir = tempfile::tempdir().unwrap();
            let (path, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
            std::fs::write(&path, &bytes).unwrap();
            let mut options = support::options(&[&path], &out, PolicyName::Record);
            options.threads = NonZeroUsize::new(threads).unwrap();
            options.memory_bytes = 1 << 20;
            let report = support::run(&options).unwrap();
            assert!(report.damage.is_empty(), "{name}: {:?}", report.damage);
            assert_eq!(report.counts.records, 1001, "{name}");
            assert_pages(name, &out, 0..1000);
        }
    }
}
