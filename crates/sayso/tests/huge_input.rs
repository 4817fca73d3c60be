//! Records of gigabytes: passed over, counted, and never in memory. A test file of its own, so that nothing else counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use crawl::{assert_pages, gzip, members, pages, response};
use sayso_core::PolicyName;
use sayso_crawl::DamageKind;

const GIGABYTES: u64 = 5;

/// The most memory that this process had so far, in MiB; `None` where the system does not say.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn check(name: &str, path: &Path, offset: u64, kind: DamageKind) {
    let out = tempfile::tempdir().unwrap();
    let report = support::run(&support::options(&[path], &out.path().join("out"), PolicyName::Record)).unwrap();
    let found: Vec<_> =
        report.damage.iter().map(|(kind, count)| (kind, count.count, count.examples[0].offset)).collect();
    assert_eq!(found, [(kind, 1, offset)], "{name}: {:?}", report.damage);
    assert_pages(name, &out.path().join("out"), 0..20);
    if let Some(peak) = peak_mib() {
        assert!(peak < 512, "{name}: {peak} MiB");
    }
}

/// A gzip member of `mebibytes` zeros, put together from one deflated mebibyte.
fn zeros(mebibytes: u64) -> Vec<u8> {
    let mebibyte = vec![0; 1 << 20];
    let mut compress = flate2::Compress::new(flate2::Compression::best(), false);
    let mut piece = Vec::with_capacity(1 << 16);
    compress.compress_vec(&mebibyte, &mut piece, flate2::FlushCompress::Full).unwrap();
    let mut one = flate2::Crc::new();
    one.update(&mebibyte);
    let mut crc = flate2::Crc::new();
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
    for _ in 0..mebibytes {
        member.extend_from_slice(&piece);
        crc.combine(&one);
    }
    // An empty last block.
    member.extend_from_slice(&[3, 0]);
    member.extend_from_slice(&crc.sum().to_le_bytes());
    member.extend_from_slice(&crc.amount().to_le_bytes());
    member
}

#[test]
fn records_of_gigabytes_are_passed_over() {
    let t0 = std::time::Instant::now();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.warc");
    let (before, behind) = (pages(0..10).concat(), pages(10..20).concat());

    // Holes take no room on disk.
    let mut file = std::fs::File::create(&path).unwrap();
    file.write_all(&before).unwrap();
    write!(
        file,
        "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: https://large.example/\r\nContent-Length: {}\r\n\r\n",
        GIGABYTES << 30
    )
    .unwrap();
    file.seek(SeekFrom::Current(i64::try_from(GIGABYTES << 30).unwrap())).unwrap();
    file.write_all(b"\r\n\r\n").unwrap();
    file.write_all(&behind).unwrap();
    drop(file);
    check("plain", &path, before.len() as u64, DamageKind::RecordTooLarge);
    eprintln!("T1 {:?}", t0.elapsed());
    std::fs::remove_file(&path).unwrap();

    let path = dir.path().join("x.warc.gz");
    let (before, behind) = (members(&pages(0..10)).concat(), members(&pages(10..20)).concat());
    std::fs::write(&path, [&before[..], &zeros(GIGABYTES << 10), &behind].concat()).unwrap();
    check("a bomb", &path, before.len() as u64, DamageKind::RecordTooLarge);

    eprintln!("T2 {:?}", t0.elapsed());
    // The same where the file is one stream.
    let header = format!("WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: {}\r\n\r\n", 200_u64 << 20);
    let mut plain = pages(0..10).concat();
    let start = plain.len() as u64;
    plain.extend_from_slice(header.as_bytes());
    plain.resize(plain.len() + (200 << 20), 0);
    plain.extend_from_slice(b"\r\n\r\n");
    plain.extend_from_slice(&pages(10..20).concat());
    let stream = gzip(&plain);
    drop(plain);
    std::fs::write(&path, stream).unwrap();
    check_in_a_stream(&path, start);

    eprintln!("T3 {:?}", t0.elapsed());
    // A hundred pages that each try to fill memory with what they repeat.
    let long = "u".repeat(60_000);
    let body: String = format!("<base href='/{long}/'><meta name=author content='{long}'>")
        + &(0..9_000).map(|n| format!("<img src=a alt={n}>")).collect::<String>();
    let records: Vec<Vec<u8>> = (0..40)
        .map(|n| response(&format!("https://many{n}.example/{long}"), "Content-Type: text/html\r\n", body.as_bytes()))
        .collect();
    std::fs::write(&path, members(&records).concat()).unwrap();
    let out = tempfile::tempdir().unwrap();
    let report = support::run(&support::options(&[&path], &out.path().join("out"), PolicyName::Record)).unwrap();
    assert_eq!(report.damage.count(DamageKind::TooManyLinks), 40, "{:?}", report.damage);
}

fn check_in_a_stream(path: &Path, offset: u64) {
    // The test itself held the 200 MiB, so the peak says nothing here.
    let out = tempfile::tempdir().unwrap();
    let report = support::run(&support::options(&[path], &out.path().join("out"), PolicyName::Record)).unwrap();
    let found: Vec<_> =
        report.damage.iter().map(|(kind, count)| (kind, count.count, count.examples[0].offset)).collect();
    assert_eq!(found, [(DamageKind::RecordTooLarge, 1, offset)]);
    assert_pages("stream", &out.path().join("out"), 0..20);
}
