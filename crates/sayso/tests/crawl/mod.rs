//! Crawl files made for a test: numbered pages with three captioned pictures each, in every container there is.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "shared by tests that each use a part")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use sha1::{Digest, Sha1};

/// Pictures on each page.
pub(crate) const PICTURES: usize = 3;

pub(crate) fn page_url(page: usize) -> String {
    format!("https://site{}.example/{page}.html", page % 7)
}

pub(crate) fn html(page: usize) -> String {
    let pictures: String = (0..PICTURES)
        .map(|n| format!("<img src='/{page}/{n}.jpg' alt='picture {n} of page {page}'>\r\n\r\n"))
        .collect();
    // Text that compresses badly keeps members as large as those of real crawls.
    let mut seed = page as u64 + 1;
    let filler: String = (0..40)
        .map(|_| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("<p>{:x}</p>\r\n", seed >> 8)
        })
        .collect();
    format!("<!doctype html><title>page {page}</title>\r\n\r\n{pictures}{filler}<p>the end")
}

/// One record: these header lines, digest and length behind them, and the block.
pub(crate) fn record(header: &str, block: &[u8]) -> Vec<u8> {
    let digest: String = Sha1::digest(block).iter().map(|byte| format!("{byte:02x}")).collect();
    let mut record =
        format!("WARC/1.1\r\n{header}WARC-Block-Digest: sha1:{digest}\r\nContent-Length: {}\r\n\r\n", block.len())
            .into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

/// A response record: `header` holds lines of HTTP.
pub(crate) fn response(url: &str, header: &str, body: &[u8]) -> Vec<u8> {
    let mut block = format!("HTTP/1.1 200 OK\r\n{header}\r\n").into_bytes();
    block.extend_from_slice(body);
    let warc = format!(
        "WARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-02-03T04:05:06Z\r\nContent-Type: application/http\r\n"
    );
    record(&warc, &block)
}

/// The record of one page.
pub(crate) fn page(page: usize) -> Vec<u8> {
    response(&page_url(page), "Content-Type: text/html; charset=utf-8\r\n", html(page).as_bytes())
}

pub(crate) fn pages(range: std::ops::Range<usize>) -> Vec<Vec<u8>> {
    range.map(page).collect()
}

/// The document of one page in an ARC file.
pub(crate) fn arc_page(page: usize) -> Vec<u8> {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}", html(page));
    format!("{} 192.0.2.1 20260203040506 text/html {}\n{block}\n", page_url(page), block.len()).into_bytes()
}

pub(crate) fn arc_head() -> Vec<u8> {
    let block = "1 0 Example\nURL IP-address Archive-date Content-type Archive-length\n";
    format!("filedesc://example.arc 0.0.0.0 20260203040506 text/plain {}\n{block}\n", block.len()).into_bytes()
}

/// The WAT record of one page, as Common Crawl writes it.
pub(crate) fn wat(page: usize) -> Vec<u8> {
    wat_with(&page_url(page), &wat_json(page))
}

pub(crate) fn wat_with(url: &str, json: &str) -> Vec<u8> {
    let header = format!(
        "WARC-Type: metadata\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-02-03T04:05:06Z\r\nContent-Type: application/json\r\n"
    );
    record(&header, json.as_bytes())
}

pub(crate) fn wat_json(page: usize) -> String {
    let url = page_url(page);
    let links: Vec<String> = (0..PICTURES)
        .map(|n| format!(r#"{{"path":"IMG@/src","url":"/{page}/{n}.jpg","alt":"picture {n} of page {page}"}}"#))
        .collect();
    format!(
        r#"{{"Container":{{"Filename":"x.warc.gz","Offset":"{page}","Gzip-Metadata":{{"Deflate-Length":"9"}}}},"Envelope":{{"WARC-Header-Metadata":{{"WARC-Type":"response","WARC-Target-URI":"{url}","WARC-Date":"2026-02-03T04:05:06Z"}},"Payload-Metadata":{{"HTTP-Response-Metadata":{{"Headers":{{}},"HTML-Metadata":{{"Head":{{}},"Links":[{}]}}}}}}}}}}"#,
        links.join(",")
    )
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    gzip_at(bytes, flate2::Compression::fast())
}

pub(crate) fn gzip_at(bytes: &[u8], level: flate2::Compression) -> Vec<u8> {
    let mut member = flate2::write::GzEncoder::new(Vec::new(), level);
    member.write_all(bytes).unwrap();
    member.finish().unwrap()
}

/// One gzip member with these bytes stored as they are, 65,535 at a time.
pub(crate) fn gzip_stored(bytes: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut chunks = bytes.chunks(0xffff).peekable();
    while let Some(chunk) = chunks.next() {
        let length = u16::try_from(chunk.len()).unwrap();
        member.push(u8::from(chunks.peek().is_none()));
        member.extend_from_slice(&length.to_le_bytes());
        member.extend_from_slice(&(!length).to_le_bytes());
        member.extend_from_slice(chunk);
    }
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    member.extend_from_slice(&crc.sum().to_le_bytes());
    member.extend_from_slice(&crc.amount().to_le_bytes());
    member
}

/// Joins parts, and says where each starts.
pub(crate) fn joined(parts: &[Vec<u8>]) -> (Vec<u8>, Vec<u64>) {
    let (mut bytes, mut offsets) = (Vec::new(), Vec::new());
    for part in parts {
        offsets.push(bytes.len() as u64);
        bytes.extend_from_slice(part);
    }
    (bytes, offsets)
}

pub(crate) fn members(records: &[Vec<u8>]) -> Vec<Vec<u8>> {
    records.iter().map(|record| gzip(record)).collect()
}

/// How many pictures of each numbered page are in a dataset.
pub(crate) fn pages_in(dir: &Path) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    for sample in crate::support::samples(dir) {
        if let Some((_, page)) = sample.pair.caption.rsplit_once(" of page ") {
            *found.entry(page.parse().unwrap()).or_default() += 1;
        }
    }
    found
}

/// That exactly these pages are in a dataset, with all their pictures.
#[track_caller]
pub(crate) fn assert_pages(name: &str, dir: &Path, expected: impl IntoIterator<Item = usize>) {
    let expected: BTreeMap<usize, usize> = expected.into_iter().map(|page| (page, PICTURES)).collect();
    let found = pages_in(dir);
    if found != expected {
        let missing: Vec<_> = expected.keys().filter(|page| found.get(page) != Some(&PICTURES)).collect();
        let extra: Vec<_> = found.keys().filter(|page| !expected.contains_key(page)).collect();
        panic!("{name}: missing {missing:?}, unexpected {extra:?}");
    }
}
