//! Whatever is wrong with an input: it is counted once, at its place, and its neighbours are all still there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use std::path::{Path, PathBuf};

use crawl::{
    arc_head, arc_page, assert_pages, gzip, html, joined, members, page, page_url, pages, response, wat, wat_json,
    wat_with,
};
use flate2::Compression;
use sayso::build::Report;
use sayso_core::PolicyName;
use sayso_crawl::DamageKind;

/// Damage that is expected: kind, how often, and where first.
type Expected = (DamageKind, u64, u64);

struct Case<'a> {
    name: &'a str,
    file: &'a str,
    bytes: Vec<u8>,
    pages: std::ops::Range<usize>,
    lost: &'a [usize],
    damage: Vec<Expected>,
}

/// A file of ten pages, of which those in `lost` cannot be had.
fn case<'a>(name: &'a str, file: &'a str, bytes: Vec<u8>, lost: &'a [usize], damage: &[Expected]) -> Case<'a> {
    Case { name, file, bytes, pages: 0..10, lost, damage: damage.to_vec() }
}

fn build(name: &str, file: &Path, out: &Path) -> Report {
    support::run(&support::options(&[file], out, PolicyName::Record)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[track_caller]
fn check(case: Case<'_>) -> Report {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join(case.file), dir.path().join("out"));
    std::fs::write(&file, &case.bytes).unwrap();
    let report = build(case.name, &file, &out);
    let found: Vec<Expected> = report
        .damage
        .iter()
        .map(|(kind, count)| (kind, count.count, count.examples.first().map_or(0, |first| first.offset)))
        .collect();
    assert_eq!(found, case.damage, "{}: {:?}", case.name, report.damage);
    for (_, count) in report.damage.iter() {
        assert!(
            count.examples.iter().all(|example| example.file.ends_with(case.file) && !example.message.is_empty()),
            "{}",
            case.name
        );
    }
    assert_pages(case.name, &out, case.pages.filter(|page| !case.lost.contains(page)));
    report
}

/// Ten pages, a gzip member each, of which number `at` is replaced.
fn with_member(at: usize, change: impl FnOnce(&mut Vec<u8>)) -> (Vec<u8>, Vec<u64>) {
    let mut parts = members(&pages(0..10));
    change(&mut parts[at]);
    joined(&parts)
}

/// Ten pages, plain, of which number `at` is replaced.
fn with_record(at: usize, change: impl FnOnce(&mut Vec<u8>)) -> (Vec<u8>, Vec<u64>) {
    let mut parts = pages(0..10);
    change(&mut parts[at]);
    joined(&parts)
}

fn replace(bytes: &mut Vec<u8>, from: &str, to: &str) {
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("what is replaced is there");
    bytes.splice(at..at + from.len(), to.bytes());
}

fn length_line(record: &[u8]) -> String {
    let text = String::from_utf8_lossy(record);
    let start = text.find("Content-Length: ").unwrap();
    text[start..start + text[start..].find("\r\n").unwrap()].to_owned()
}

fn length_of(record: &[u8]) -> u64 {
    length_line(record).rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn gzip_members_that_are_cut_short() {
    let (bytes, at) = with_member(9, |member| member.truncate(member.len() - 20));
    check(case("at the end", "x.warc.gz", bytes, &[9], &[(DamageKind::Truncated, 1, at[9])]));
    let (bytes, at) = with_member(9, |member| member.truncate(8));
    check(case("in the last one's header", "x.warc.gz", bytes, &[9], &[(DamageKind::Truncated, 1, at[9])]));
    for at in [0, 4, 8] {
        let (bytes, offsets) = with_member(at, |member| member.truncate(member.len() - 20));
        check(case(
            "in the middle of the file",
            "x.warc.gz",
            bytes,
            &[at],
            &[(DamageKind::Compression, 1, offsets[at])],
        ));
        let (bytes, offsets) = with_member(at, |member| member.truncate(member.len() / 2));
        check(case("by half", "x.warc.gz", bytes, &[at], &[(DamageKind::Compression, 1, offsets[at])]));
    }
}

#[test]
fn gzip_members_with_flipped_bits() {
    let length = gzip(&page(5)).len();
    for at in [0, 5] {
        // Every part of a member: the deflate header, the codes, the text, the checksum, the length.
        for byte in (10..length).step_by(length / 12).chain([length - 8, length - 1]) {
            let (bytes, offsets) = with_member(at, |member| {
                let byte = byte.min(member.len() - 1);
                member[byte] ^= 0x10;
            });
            check(case(
                &format!("bit in byte {byte} of member {at}"),
                "x.warc.gz",
                bytes,
                &[at],
                &[(DamageKind::Compression, 1, offsets[at])],
            ));
        }
    }
    // A broken magic number makes it no member at all.
    let (bytes, at) = with_member(5, |member| member[0] ^= 1);
    check(case("magic", "x.warc.gz", bytes, &[5], &[(DamageKind::Garbage, 1, at[5])]));
}

#[test]
fn what_lies_between_gzip_members() {
    let (bytes, at) = with_member(5, |member| member.extend_from_slice(b"\x1f\x8bnot a member\x1f\x8b\x08 nor this"));
    let behind = at[6] - 26;
    check(case("garbage", "x.warc.gz", bytes, &[], &[(DamageKind::Garbage, 1, behind)]));
    let (bytes, _) = with_member(5, |member| member.extend_from_slice(&[0; 4096]));
    check(case("zeros that pad a file", "x.warc.gz", bytes, &[], &[]));
    let (bytes, _) = with_member(5, |member| member.extend_from_slice(&gzip(b"")));
    check(case("an empty member", "x.warc.gz", bytes, &[], &[]));
    let (bytes, _) = with_member(0, |member| drop(member.splice(0..0, gzip(b""))));
    check(case("an empty member first", "x.warc.gz", bytes, &[], &[]));
    let (bytes, at) = with_member(5, |member| *member = gzip(b"text that is no record"));
    check(case("a member that holds no record", "x.warc.gz", bytes, &[5], &[(DamageKind::Garbage, 1, at[5])]));
    let (bytes, _) = with_member(9, |member| member.extend_from_slice(&[0; 4096]));
    check(case("zeros at the end", "x.warc.gz", bytes, &[], &[]));
}

#[test]
fn records_of_a_wrong_length() {
    let length = length_of(&page(5));
    let line = length_line(&page(5));
    for (name, stated, kind) in [
        ("too short by one", (length - 1).to_string(), DamageKind::ContentLength),
        ("too short by ten", (length - 10).to_string(), DamageKind::ContentLength),
        ("nothing", "0".to_owned(), DamageKind::ContentLength),
        ("up to an empty line", (length - html(5).len() as u64 - 2).to_string(), DamageKind::ContentLength),
        (
            "up to another empty line",
            (length - html(5).len() as u64 + html(5).find("\r\n\r\n").unwrap() as u64).to_string(),
            DamageKind::ContentLength,
        ),
        ("too long by ten", (length + 10).to_string(), DamageKind::ContentLength),
        ("too long by half a record", (length + page(6).len() as u64 / 2).to_string(), DamageKind::ContentLength),
        ("too long by all", (length + 30_000_000).to_string(), DamageKind::ContentLength),
        ("too long by a terabyte", (length + 1_000_000_000_000).to_string(), DamageKind::ContentLength),
        ("too long for any file", u64::MAX.to_string(), DamageKind::ContentLength),
        ("more than a number holds", "99999999999999999999".to_owned(), DamageKind::RecordHeader),
        ("negative", "-5".to_owned(), DamageKind::RecordHeader),
        ("a word", "many".to_owned(), DamageKind::RecordHeader),
        ("none", String::new(), DamageKind::RecordHeader),
    ] {
        for at in [0, 5, 9] {
            let (bytes, offsets) = with_record(at, |record| {
                let line = length_line(record);
                // The lengths of other pages differ by the digits of their number alone.
                let stated = stated.parse::<u64>().map_or(stated.clone(), |stated| {
                    if stated == 0 || stated > 1 << 40 {
                        stated.to_string()
                    } else {
                        (stated + length_of(record) - length).to_string()
                    }
                });
                replace(record, &line, &format!("Content-Length: {stated}"));
            });
            // Behind the last record there is nothing to tell a wrong length from a file that ends early.
            let kind = if at == 9 && matches!(kind, DamageKind::ContentLength) && name.starts_with("too long") {
                DamageKind::Truncated
            } else {
                kind
            };
            check(case(&format!("{name}, record {at}"), "x.warc", bytes, &[at], &[(kind, 1, offsets[at])]));
        }
        let kind = if name.starts_with("too long") { DamageKind::Truncated } else { kind };
        let mut parts = pages(0..10);
        replace(&mut parts[5], &line, &format!("Content-Length: {stated}"));
        let (bytes, offsets) = joined(&members(&parts));
        check(case(&format!("{name}, in a member of its own"), "x.warc.gz", bytes, &[5], &[(kind, 1, offsets[5])]));
    }
    let (bytes, at) = with_record(5, |record| replace(record, &format!("{line}\r\n"), ""));
    check(case("no length line", "x.warc", bytes, &[5], &[(DamageKind::RecordHeader, 1, at[5])]));
}

#[test]
fn what_lies_between_plain_records() {
    for junk in ["junk", "junk\r\n\r\n", "WARC/x\r\n\r\n"] {
        let (bytes, at) = with_record(5, |record| record.extend_from_slice(junk.as_bytes()));
        let behind = at[6] - junk.len() as u64;
        check(case(&format!("{junk:?}"), "x.warc", bytes, &[], &[(DamageKind::Garbage, 1, behind)]));
    }
    let (bytes, at) = with_record(5, |record| replace(record, "WARC/1.1", "WARX/1.1"));
    check(case("a version that is none", "x.warc", bytes, &[5], &[(DamageKind::Garbage, 1, at[5])]));
    let (bytes, _) = with_record(5, |record| record.extend_from_slice("\r\n".repeat(5000).as_bytes()));
    check(case("empty lines", "x.warc", bytes, &[], &[]));
    let (bytes, at) = with_record(5, |record| record.truncate(record.len() / 2));
    check(case("half a record", "x.warc", bytes, &[5], &[(DamageKind::ContentLength, 1, at[5])]));
    let (bytes, at) = with_record(5, |record| record.truncate(60));
    check(case("half a header", "x.warc", bytes, &[5], &[(DamageKind::RecordHeader, 1, at[5])]));
    for keep in [60, 400] {
        let (bytes, at) = with_record(9, |record| record.truncate(keep));
        check(case("cut off at the end", "x.warc", bytes, &[9], &[(DamageKind::Truncated, 1, at[9])]));
    }
}

#[test]
fn one_stream_that_breaks() {
    let (plain, at) = joined(&pages(0..2000));
    let stream = gzip(&plain);
    for (name, bytes, kind) in [
        ("cut short", stream[..stream.len() / 2].to_vec(), DamageKind::Truncated),
        (
            "flipped bits",
            [&stream[..stream.len() / 2], &[0xff; 64], &stream[stream.len() / 2 + 64..]].concat(),
            DamageKind::Compression,
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (file, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
        std::fs::write(&file, bytes).unwrap();
        let report = build(name, &file, &out);
        let found: Vec<_> = report.damage.iter().map(|(kind, count)| (kind, count.count)).collect();
        assert_eq!(found, [(kind, 1)], "{name}: {:?}", report.damage);
        let broken_at = report.damage.iter().next().unwrap().1.examples[0].offset;
        let whole = at.iter().filter(|start| **start <= broken_at).count() - 1;
        assert!((800..1200).contains(&whole), "{whole}");
        assert_pages(name, &out, 0..whole);
    }
    // The checksum stands at the end: all was read by then, and yet it is not to be trusted in silence.
    let mut bytes = stream;
    let crc = bytes.len() - 8;
    bytes[crc] ^= 1;
    let mut case =
        case("checksum of a stream", "x.warc.gz", bytes, &[], &[(DamageKind::Compression, 1, plain.len() as u64)]);
    case.pages = 0..2000;
    check(case);
}

#[test]
fn odd_layouts_lose_nothing() {
    let records = pages(0..10);
    let (plain, _) = joined(&records);
    let two_a_member: Vec<Vec<u8>> = records.chunks(2).map(|two| gzip(&two.concat())).collect();
    let blocks: Vec<Vec<u8>> = plain.chunks(1000).map(gzip).collect();
    let frames: Vec<Vec<u8>> = records.iter().map(|record| zstd::encode_all(&record[..], 1).unwrap()).collect();
    let (arc, _) = joined(&std::iter::once(arc_head()).chain((0..10).map(arc_page)).collect::<Vec<_>>());
    let arc_members: Vec<Vec<u8>> =
        std::iter::once(arc_head()).chain((0..10).map(arc_page)).map(|record| gzip(&record)).collect();
    let arc_without_head: Vec<u8> = (0..10).flat_map(arc_page).collect();
    for (name, file, bytes) in [
        ("plain", "x.warc", plain.clone()),
        ("one stream", "x.warc.gz", gzip(&plain)),
        ("a member a record", "x.warc.gz", members(&records).concat()),
        ("two records a member", "x.warc.gz", two_a_member.concat()),
        ("members cut anywhere", "x.warc.gz", blocks.concat()),
        (
            "a member a record, stored",
            "x.warc.gz",
            records.iter().flat_map(|record| crawl::gzip_stored(record)).collect(),
        ),
        ("one zstd frame", "x.warc.zst", zstd::encode_all(&plain[..], 1).unwrap()),
        ("a zstd frame a record", "x.warc.zst", frames.concat()),
        ("arc", "x.arc", arc.clone()),
        ("arc in members", "x.arc.gz", arc_members.concat()),
        ("arc in one stream", "x.arc.gz", gzip(&arc)),
        ("arc without its first record", "x.arc", arc_without_head),
        ("a name that says nothing", "x.bin", members(&records).concat()),
        ("wat", "x.wat.gz", (0..10).flat_map(|page| gzip(&wat(page))).collect()),
        ("wat, plain", "x.wat", (0..10).flat_map(wat).collect()),
    ] {
        check(case(name, file, bytes, &[], &[]));
    }
}

#[test]
fn zstd_with_a_dictionary() {
    let records = pages(0..40);
    let dictionary = zstd::dict::from_samples(&records, 4096).unwrap();
    let mut compressor = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
    let frames: Vec<u8> = records.iter().flat_map(|record| compressor.compress(record).unwrap()).collect();
    for (name, stored) in [("plain", dictionary.clone()), ("compressed", zstd::encode_all(&dictionary[..], 3).unwrap())]
    {
        let mut bytes = vec![0x5d, 0x2a, 0x4d, 0x18];
        bytes.extend_from_slice(&u32::try_from(stored.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&stored);
        bytes.extend_from_slice(&frames);
        let mut case = case(name, "x.warc.zst", bytes, &[], &[]);
        case.pages = 0..40;
        check(case);
    }
}

#[test]
fn arc_with_a_wrong_length() {
    for (stated, kind) in [
        ("17", DamageKind::ContentLength),
        ("9999", DamageKind::ContentLength),
        ("12x", DamageKind::RecordHeader),
        ("90000000000", DamageKind::ContentLength),
    ] {
        let mut parts: Vec<Vec<u8>> = std::iter::once(arc_head()).chain((0..10).map(arc_page)).collect();
        let line = String::from_utf8_lossy(&parts[5]).lines().next().unwrap().to_owned();
        let (start, _) = line.rsplit_once(' ').unwrap();
        replace(&mut parts[5], &line, &format!("{start} {stated}"));
        let (bytes, offsets) = joined(&parts);
        check(case(&format!("arc, {stated}"), "x.arc", bytes, &[4], &[(kind, 1, offsets[5])]));
    }
}

#[test]
fn payloads_that_are_broken() {
    let body = html(5);
    let html_header = "Content-Type: text/html; charset=utf-8\r\n";
    let chunked = |chunks: &str| {
        response(&page_url(5), &format!("{html_header}Transfer-Encoding: chunked\r\n"), chunks.as_bytes())
    };
    let encoded = |encoding: &str, bytes: &[u8]| {
        response(&page_url(5), &format!("{html_header}Content-Encoding: {encoding}\r\n"), bytes)
    };
    let (first, second) = body.split_at(700);
    let packed = gzip(body.as_bytes());
    let cut = &packed[..packed.len() - 9];
    let bomb = gzip(&[body.as_bytes(), &vec![b' '; 40 << 20]].concat());
    for (name, record, is_lost, kind) in [
        (
            "chunks",
            chunked(&format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len())),
            false,
            None,
        ),
        (
            "a chunk too short",
            chunked(&format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len() - 9)),
            false,
            Some(DamageKind::Chunked),
        ),
        (
            "a chunk too long",
            chunked(&format!("{:x}\r\n{first}\r\n{:x}\r\n{second}", first.len(), second.len() + 9)),
            false,
            Some(DamageKind::Chunked),
        ),
        (
            "a chunk of all memory",
            chunked(&format!("{:x}\r\n{first}\r\nffffffffffffffff\r\n{second}", first.len())),
            false,
            Some(DamageKind::Chunked),
        ),
        (
            "a chunk size that is none",
            chunked(&format!("{:x}\r\n{first}\r\nxyz\r\n{second}", first.len())),
            false,
            Some(DamageKind::Chunked),
        ),
        ("chunks that were undone", chunked(&body), false, None),
        ("gzip", encoded("gzip", &packed), false, None),
        ("gzip that was undone", encoded("gzip", body.as_bytes()), false, None),
        ("gzip cut short", encoded("gzip", cut), false, Some(DamageKind::ContentEncoding)),
        ("an encoding that is not known", encoded("secret", &packed), true, Some(DamageKind::ContentEncoding)),
        ("a bomb", encoded("gzip", &bomb), false, Some(DamageKind::PayloadTooLarge)),
        ("a bomb in a bomb", encoded("gzip, gzip", &gzip(&bomb)), true, Some(DamageKind::PayloadTooLarge)),
        (
            "no status line",
            crawl::record(
                &format!(
                    "WARC-Type: response\r\nWARC-Target-URI: {}\r\nContent-Type: application/http\r\n",
                    page_url(5)
                ),
                body.as_bytes(),
            ),
            true,
            Some(DamageKind::HttpHeader),
        ),
        (
            "no status line and no line end",
            crawl::record(
                &format!(
                    "WARC-Type: response\r\nWARC-Target-URI: {}\r\nContent-Type: application/http\r\n",
                    page_url(5)
                ),
                b"x",
            ),
            true,
            Some(DamageKind::HttpHeader),
        ),
    ] {
        // The page of the inner bomb is not reached: what the outer one gives is cut before it ends.
        let is_lost = is_lost && name != "a bomb in a bomb";
        for (file, pack) in [("x.warc", false), ("x.warc.gz", true)] {
            let mut parts = pages(0..10);
            parts[5].clone_from(&record);
            let (bytes, at) = joined(&if pack { members(&parts) } else { parts });
            let damage: Vec<Expected> = kind.map(|kind| (kind, 1, at[5])).into_iter().collect();
            check(case(&format!("{name} in {file}"), file, bytes, if is_lost { &[5] } else { &[] }, &damage));
        }
    }
}

/// A page of any HTML among ten ordinary ones: the ordinary ones are all there. Returns the page's pairs.
fn odd_page(name: &str, body: &[u8], damage: Option<DamageKind>) -> Vec<sayso_core::Sample> {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
    let mut parts = pages(0..10);
    parts.insert(5, response("https://odd.example/", "Content-Type: text/html; charset=utf-8\r\n", body));
    let (bytes, at) = joined(&members(&parts));
    std::fs::write(&file, bytes).unwrap();
    let report = build(name, &file, &out);
    let found: Vec<Expected> =
        report.damage.iter().map(|(kind, count)| (kind, count.count, count.examples[0].offset)).collect();
    assert_eq!(
        found,
        damage.map(|kind| (kind, 1, at[5])).into_iter().collect::<Vec<_>>(),
        "{name}: {:?}",
        report.damage
    );
    assert_pages(name, &out, 0..10);
    support::samples(&out).into_iter().filter(|sample| sample.pair.page_url == "https://odd.example/").collect()
}

#[test]
fn pages_that_hold_too_much() {
    let links: String = (0..100_000).map(|n| format!("<img src={n}.jpg alt=x>")).collect();
    assert_eq!(odd_page("100,000 links", links.as_bytes(), Some(DamageKind::TooManyLinks)).len(), 10_000);
    let large = "x".repeat(2 << 20);
    let around = |middle: &str| format!("<img src=a.jpg alt=a>{middle}<img src=b.jpg alt=b>");
    for (name, middle, kind) in [
        ("an alt of 2 MB", format!("<img src=c.jpg alt='{large}'>"), DamageKind::AttributeTooLarge),
        ("a src of 2 MB", format!("<img src='{large}' alt=c>"), DamageKind::AttributeTooLarge),
        ("a srcset of 2 MB", format!("<img srcset='{large}' alt=c>"), DamageKind::AttributeTooLarge),
        ("a URL of 1 MB", format!("<img src='/{}' alt=c>", &large[..1_000_000]), DamageKind::Url),
        ("a caption of 1 MB", format!("<img src=c.jpg alt='{}'>", &large[..1_000_000]), DamageKind::CaptionTooLong),
        (
            "a script of 2 MB",
            format!("<script type=application/ld+json>{large}</script>"),
            DamageKind::AttributeTooLarge,
        ),
        (
            "JSON-LD that is none",
            "<script type=application/ld+json>{\"@type\":</script>".to_owned(),
            DamageKind::JsonLd,
        ),
        ("a source that is no URL", "<img src='http://[/' alt=c>".to_owned(), DamageKind::Url),
    ] {
        let samples = odd_page(name, around(&middle).as_bytes(), Some(kind));
        let captions: Vec<_> = samples.iter().map(|sample| sample.pair.caption.as_str()).collect();
        assert_eq!(captions, ["a", "b"], "{name}");
    }
    for (name, middle) in [
        ("an attribute of 2 MB that nobody reads", format!("<img data-x='{large}' src=c.jpg>")),
        ("a tag of 2 MB that never ends in a comment", format!("<!-- <img {large}> -->")),
        ("a data: source", format!("<img src='data:image/png;base64,{}' alt=c>", &large[..1000])),
        (
            "a javascript: source",
            "<img src='javascript:alert(1)' alt=c><img src=' JavaScript:alert(1)' alt=c>".to_owned(),
        ),
        (
            "other schemes",
            "<img src='file:///etc/passwd' alt=c><img src='ftp://x/y' alt=c><img src=about:blank alt=c>".to_owned(),
        ),
        ("deep figures", format!("{}{}", "<figure>".repeat(100_000), "</figure>".repeat(100_000))),
        ("deep svg", "<svg><g>".repeat(100_000) + &"</g></svg>".repeat(100_000)),
        ("many attributes", format!("<img {}>", (0..200_000).map(|n| format!("src=x{n} ")).collect::<String>())),
    ] {
        let samples = odd_page(name, around(&middle).as_bytes(), None);
        let captions: Vec<_> = samples.iter().map(|sample| sample.pair.caption.as_str()).collect();
        assert_eq!(captions, ["a", "b"], "{name}");
    }
}

#[test]
fn the_first_of_attributes_with_one_name_counts() {
    let samples = odd_page("twice", b"<img src=a.jpg src=b.jpg alt=a ALT=b>", None);
    let found: Vec<_> = samples.iter().map(|sample| (sample.pair.url.as_str(), sample.pair.caption.as_str())).collect();
    assert_eq!(found, [("https://odd.example/a.jpg", "a")]);
}

#[test]
fn pages_that_are_made_to_be_slow_are_not() {
    let started = std::time::Instant::now();
    let sources: String = (0..50_000).map(|n| format!("<source srcset={n}.jpg>")).collect();
    let images: String = (0..50_000).map(|n| format!("<img src=a{n} alt=x>")).collect();
    odd_page(
        "sources times images",
        format!("<picture>{sources}{images}</picture>").as_bytes(),
        Some(DamageKind::TooManyLinks),
    );
    let objects: String =
        (0..9_000).map(|_| r#"{"@type":"ImageObject","url":"a.jpg","creator":"somebody","caption":"c"},"#).collect();
    let script = format!("<script type=application/ld+json>[{objects}0]</script>");
    odd_page(
        "objects times pairs",
        format!("{}{}", "<img src=a.jpg alt=a>".repeat(9_000), script.repeat(8)).as_bytes(),
        Some(DamageKind::TooManyLinks),
    );
    let base = format!("<base href='https://odd.example/{}/'>", "b".repeat(60_000));
    odd_page(
        "a long base",
        format!("{base}{}", "<img src=a alt=x>".repeat(200_000)).as_bytes(),
        Some(DamageKind::TooManyLinks),
    );
    // Each of these took minutes or all memory when done as one first thinks of it; the bound is for slow machines.
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}

#[test]
fn pages_that_repeat_what_is_long_stay_small() {
    let name = "a".repeat(60_000);
    let links = "<img src=a.jpg alt=1>".repeat(9_000);
    let captions: String = (0..9_000).map(|n| format!("<img src=a.jpg alt={n}>")).collect();
    odd_page(
        "a long author",
        format!("<meta name=author content={name}>{captions}").as_bytes(),
        Some(DamageKind::TooManyLinks),
    );
    let metas: String = (0..5_000).map(|n| format!("<meta name=robots content='noai, max-snippet:{n}'>")).collect();
    assert!(
        odd_page("many signals", format!("{metas}{links}").as_bytes(), Some(DamageKind::TooManySignals)).is_empty()
    );
    let same = "<meta name=robots content=noai>".repeat(5_000);
    assert_eq!(odd_page("one signal again and again", format!("{same}{links}").as_bytes(), None).len(), 1);
}

#[test]
fn a_page_whose_own_address_is_too_long() {
    for (pack, url_bytes) in [(true, 900_000), (false, 70_000)] {
        let mut parts = pages(0..10);
        let url = format!("https://long.example/{}", "u".repeat(url_bytes));
        parts.insert(5, response(&url, "Content-Type: text/html\r\n", "<img src=/a.jpg alt=a>".repeat(100).as_bytes()));
        parts.insert(8, wat_with(&url, &wat_json(3).replace(&page_url(3), &url)));
        let (bytes, at) = joined(&if pack { members(&parts) } else { parts });
        check(case(
            "a long page address",
            if pack { "x.warc.gz" } else { "x.warc" },
            bytes,
            &[],
            &[(DamageKind::Url, 2, at[5])],
        ));
    }
}

#[test]
fn bytes_that_are_no_text() {
    let samples = odd_page(
        "no UTF-8",
        b"<img src=a.jpg alt='caf\xe9 \xff\xfe \0 end'><img src='\xff.jpg' alt=b><\xff\xfe><img src=c.jpg alt=c>",
        None,
    );
    let captions: Vec<_> = samples.iter().map(|sample| sample.pair.caption.as_str()).collect();
    assert_eq!(captions, ["b", "caf\u{fffd} \u{fffd}\u{fffd} \u{fffd} end", "c"]);
    let markup = "<img src=a.jpg alt=\"&lt;script&gt;alert(1)&lt;/script&gt; <b onclick='x'> \u{202e} \u{1b}[31m &#27;]0;x&#7;\">";
    let samples = odd_page("captions full of markup", markup.as_bytes(), None);
    // Kept as it is: whoever shows it escapes it.
    assert_eq!(
        samples[0].pair.caption,
        "<script>alert(1)</script> <b onclick='x'> \u{202e} \u{1b}[31m \u{1b}]0;x\u{7}"
    );
    odd_page("nothing", b"", None);
    odd_page("zeros", &[0; 10_000], None);
    odd_page(
        "UTF-16 by its mark",
        &[
            &[0xff, 0xfe][..],
            &"<img src=a.jpg alt=\u{e9}>".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        ]
        .concat(),
        None,
    );
}

#[test]
fn wat_records_that_are_broken() {
    let good = wat_json(5);
    for (name, json, is_lost, kind) in [
        ("cut off", good[..good.len() - 40].to_owned(), true, DamageKind::WatJson),
        ("no JSON", "not json".to_owned(), true, DamageKind::WatJson),
        ("an unknown escape", good.replace("picture 1", "picture \\q 1"), false, DamageKind::WatJson),
        ("half a surrogate", good.replace("picture 1", "picture \\ud800 1"), false, DamageKind::WatJson),
        ("a URL of 1 MB", good.replace("/5/1.jpg", &format!("/{}", "x".repeat(1_000_000))), false, DamageKind::Url),
        ("a caption of 1 MB", good.replace("picture 1", &"x".repeat(1_000_000)), false, DamageKind::CaptionTooLong),
        ("no page address", good.replace(&format!("\"{}\"", page_url(5)), "\"http://[\""), true, DamageKind::Url),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let (file, out) = (dir.path().join("x.wat.gz"), dir.path().join("out"));
        let parts: Vec<Vec<u8>> =
            (0..10).map(|page| if page == 5 { wat_with(&page_url(5), &json) } else { wat(page) }).collect();
        let (bytes, at) = joined(&members(&parts));
        std::fs::write(&file, bytes).unwrap();
        let report = build(name, &file, &out);
        let found: Vec<Expected> =
            report.damage.iter().map(|(kind, count)| (kind, count.count, count.examples[0].offset)).collect();
        assert_eq!(found, [(kind, 1, at[5])], "{name}");
        let mut left = crawl::pages_in(&out);
        let of_page = left.remove(&5).unwrap_or(0);
        assert!(if is_lost { of_page == 0 } else { (1..3).contains(&of_page) }, "{name}: {of_page}");
        assert_eq!(left.len(), 9, "{name}");
    }
}

#[test]
fn revisits_resolve() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
    let picture = png();
    let digest = "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let with_digest = |record: Vec<u8>, digest: &str| {
        let mut record = record;
        replace(&mut record, "WARC-Block-Digest", &format!("WARC-Payload-Digest: {digest}\r\nWARC-Block-Digest"));
        record
    };
    let revisit = |url: &str, header: &str, digest: &str| {
        let block = format!("HTTP/1.1 304 Not Modified\r\n{header}\r\n");
        let warc = format!(
            "WARC-Type: revisit\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-03T04:05:06Z\r\nContent-Type: application/http\r\nWARC-Payload-Digest: {digest}\r\n"
        );
        crawl::record(&warc, block.as_bytes())
    };
    let page_digest = "sha1:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
    let records = [
        // The revisit of the picture comes before its original, as it may across files.
        revisit("https://site5.example/5/1.jpg", "", digest),
        with_digest(page(5), page_digest),
        with_digest(response("https://elsewhere.example/p.png", "Content-Type: image/png\r\n", &picture), digest),
        revisit(&page_url(5), "X-Robots-Tag: noai\r\n", page_digest),
        page(6),
        crawl::record("WARC-Type: revisit\r\nWARC-Target-URI: https://x.example/\r\n", b""),
    ];
    let (bytes, at) = joined(&members(&records));
    std::fs::write(&file, bytes).unwrap();
    let report = build("revisits", &file, &out);
    let found: Vec<Expected> =
        report.damage.iter().map(|(kind, count)| (kind, count.count, count.examples[0].offset)).collect();
    assert_eq!(found, [(DamageKind::RevisitUnresolved, 1, at[5])]);
    assert_eq!(report.counts.revisits, 3);
    for sample in support::samples(&out) {
        let is_page_5 = sample.pair.page_url == page_url(5);
        assert_eq!(
            sample.verdict().stance == sayso_core::Stance::Disallowed,
            is_page_5,
            "{}: what a revisit reserves counts",
            sample.pair.url
        );
        let is_known = sample.pair.url == "https://site5.example/5/1.jpg";
        assert_eq!(sample.pair.width, is_known.then_some(3), "{}", sample.pair.url);
    }
}

fn png() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 3, 2);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[0; 6]).unwrap();
    bytes
}

#[test]
fn the_same_input_twice_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (file, once, twice) = (dir.path().join("x.warc.gz"), dir.path().join("once"), dir.path().join("twice"));
    std::fs::write(&file, members(&pages(0..10)).concat()).unwrap();
    build("once", &file, &once);
    let report = support::run(&support::options(&[&file, &file], &twice, PolicyName::Record)).unwrap();
    assert_eq!((report.inputs, report.duplicates), (2, 30));
    let without_file = |dir: &Path| -> Vec<_> {
        let mut samples = support::samples(dir);
        samples.iter_mut().for_each(|sample| sample.pair.record.file = "".into());
        samples
    };
    assert!(without_file(&once) == without_file(&twice));
}

/// The one error that a build of this input ends with, checked for its form.
fn refusal(inputs: &[&Path], out: &Path) -> String {
    let error =
        support::run(&support::options(inputs, out, PolicyName::Record)).expect_err("it is refused").to_string();
    let (sentence, hint) = error.split_once("\nhint: ").unwrap_or_else(|| panic!("{error:?} has no hint"));
    assert!(
        !hint.contains('\n') && !sentence.contains('\n') && !sentence.ends_with('.') && !hint.ends_with('.'),
        "{error:?}"
    );
    assert!(!out.join("CURRENT").exists());
    error
}

#[test]
fn inputs_that_are_no_crawl() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("notes"), dir.path().join("out"));
    for content in
        [&b"Dear diary"[..], b"\x1f\x8b\x08", b"\x89PNG\r\n\x1a\n", &gzip(b"Dear diary"), b"{}", b"\x1b]0;title\x07"]
    {
        std::fs::write(&file, content).unwrap();
        let error = refusal(&[&file], &out);
        assert!(error.contains("is neither WARC, WAT, WACZ nor ARC") && !error.contains('\u{1b}'), "{error}");
    }
    assert!(refusal(&[&dir.path().join("nowhere")], &out).contains("it is not there"));
    assert!(refusal(&[dir.path()], &out).contains("no crawl file lies in it"));
    // A name that says crawl is believed; then what is in it is damaged.
    let named = dir.path().join("x.warc.gz");
    for (content, kind) in [
        (&b"Dear diary"[..], DamageKind::Garbage),
        (&gzip(b"Dear diary"), DamageKind::Garbage),
        (b"\x1f\x8b\x08\0\0", DamageKind::Truncated),
    ] {
        std::fs::write(&named, content).unwrap();
        let out = tempfile::tempdir().unwrap();
        let report = build("named", &named, &out.path().join("out"));
        assert_eq!((report.damage.count(kind), report.samples), (1, 0), "{content:?} {:?}", report.damage);
    }
    std::fs::write(&named, b"").unwrap();
    let report = build("empty", &named, &out);
    assert_eq!((report.counts.records, report.samples), (0, 0));
    assert!(sayso::library::Library::open(&[out]).is_ok(), "a dataset of nothing is a dataset");
}

#[test]
fn lists_with_entries_that_are_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let (list, out) = (dir.path().join("wat.paths"), dir.path().join("out"));
    std::fs::write(dir.path().join("a.wat.gz"), gzip(&wat(1))).unwrap();
    std::fs::write(&list, "a.wat.gz\ncrawl-data/missing.wat.gz\n").unwrap();
    assert!(refusal(&[&list], &out).contains("missing.wat.gz`: it is not there"));
    std::fs::write(&list, "# nothing\n\n").unwrap();
    assert!(refusal(&[&list], &out).contains("the list is empty"));
    std::fs::write(&list, b"\xff\xfe").unwrap();
    assert!(refusal(&[&list], &out).contains("it is no list of paths"));
    std::fs::write(&list, "# mine\n\n a.wat.gz \r\n").unwrap();
    build("list", &list, &out);
    assert_pages("list", &out, [1]);
}

fn wacz(entries: &[(&str, &[u8], bool)]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes, deflated) in entries {
        let method = if *deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        archive.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn wacz_files_good_and_bad() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.wacz");
    let out = dir.path().join("out");
    let (one, two) = (members(&pages(0..5)).concat(), pages(5..10).concat());
    let good = wacz(&[
        ("archive/two.warc", &two, true),
        ("archive/one.warc.gz", &one, false),
        ("pages/pages.jsonl", b"{}", true),
        ("datapackage.json", b"{}", true),
    ]);
    std::fs::write(&file, &good).unwrap();
    let report = build("wacz", &file, &out);
    assert!(report.damage.is_empty(), "{:?}", report.damage);
    assert_pages("wacz", &out, 0..10);
    let sample = &support::samples(&out)[0];
    assert!(sample.pair.record.file.contains("x.wacz!archive/"), "{}", sample.pair.record.file);
    let out = dir.path().join("bad");
    for (name, bytes) in [
        ("cut short", good[..good.len() / 2].to_vec()),
        ("no directory", good[..good.len() - 40].to_vec()),
        ("only the magic number", b"PK\x03\x04".to_vec()),
        ("no archive folder", wacz(&[("a.warc.gz", &one, false)])),
        ("empty", wacz(&[])),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let error = refusal(&[&file], &out);
        assert!(error.contains("as WACZ"), "{name}: {error}");
    }
    // Its directory is whole, what is behind it is not.
    let at = good.windows(30).position(|window| window.starts_with(b"PK\x03\x04")).unwrap() + 60;
    let mut broken = good.clone();
    broken[at..at + 200].fill(0xff);
    std::fs::write(&file, broken).unwrap();
    let error = support::run(&support::options(&[&file], &out, PolicyName::Record));
    assert!(
        error.as_ref().map_or_else(|error| error.to_string().contains("hint:"), |report| !report.damage.is_empty()),
        "{error:?}"
    );
}

#[test]
fn folders_that_are_no_dataset() {
    let dir = tempfile::tempdir().unwrap();
    let (file, out) = (dir.path().join("x.warc.gz"), dir.path().join("out"));
    std::fs::write(&file, members(&pages(0..3)).concat()).unwrap();
    build("good", &file, &out);
    let open = |dir: &Path| -> String {
        let error = sayso::library::Library::open(&[dir.to_owned()]).err().expect("it is refused").to_string();
        let (sentence, hint) = error.split_once("\nhint: ").unwrap_or_else(|| panic!("{error:?} has no hint"));
        assert!(!sentence.contains('\n') && !hint.contains('\n') && !sentence.ends_with('.'), "{error:?}");
        error
    };
    assert!(open(dir.path()).contains("is not a dataset"));
    assert!(open(&dir.path().join("nowhere")).contains("is not a dataset"));
    assert!(open(&file).contains("is not a dataset"));
    for current in [
        "../out/manifest-000001.json",
        "manifest-../../x.json",
        "",
        "manifest-.json",
        "manifest-000001.json/../x",
        "\0",
    ] {
        std::fs::write(out.join("CURRENT"), current).unwrap();
        assert!(open(&out).contains("is damaged: it names no manifest"), "{current:?}");
    }
    std::fs::write(out.join("CURRENT"), "manifest-000009.json\n").unwrap();
    assert!(open(&out).contains("manifest-000009.json"));
    std::fs::write(out.join("CURRENT"), b"\xff\xfe").unwrap();
    open(&out);
    std::fs::write(out.join("CURRENT"), "manifest-000001.json\n").unwrap();
    let manifest: PathBuf = out.join("manifest-000001.json");
    let good = std::fs::read_to_string(&manifest).unwrap();
    for (name, changed, message) in [
        (
            "from the future",
            good.replacen("\"version\": 1", "\"version\": 2", 1),
            "has format version 2, and this Sayso reads up to 1",
        ),
        ("without a version", good.replacen("\"version\": 1,", "", 1), "it has no version"),
        ("of something else", good.replacen("sayso-dataset", "sayso-other", 1), "it is no manifest of a dataset"),
        ("no JSON", "{".to_owned(), "is damaged"),
        ("a shard outside", good.replacen("samples/00000.parquet", "../../etc/passwd", 1), "is damaged"),
        ("an absolute shard", good.replacen("samples/00000.parquet", "/etc/passwd", 1), "is damaged"),
        (
            "a shard that is missing",
            good.replacen("samples/00000.parquet", "samples/00009.parquet", 1),
            "samples/00009.parquet",
        ),
    ] {
        assert_ne!(changed, good, "{name}");
        std::fs::write(&manifest, changed).unwrap();
        let error = open(&out);
        assert!(error.contains(message), "{name}: {error}");
    }
    std::fs::write(&manifest, &good).unwrap();
    let shard = out.join("samples/00000.parquet");
    let bytes = std::fs::read(&shard).unwrap();
    for broken in [&bytes[..bytes.len() / 2], b"", b"PAR1"] {
        std::fs::write(&shard, broken).unwrap();
        assert!(open(&out).contains("00000.parquet"));
    }
    std::fs::write(&shard, bytes).unwrap();
    assert!(sayso::library::Library::open(&[out]).is_ok());
}

/// A filesystem of one mebibyte; `None` where this test may not mount one.
struct TinyDisk(PathBuf);

impl TinyDisk {
    fn mount(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let status = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", size, "tmpfs"])
            .arg(at)
            .stderr(std::process::Stdio::null())
            .status();
        status.is_ok_and(|status| status.success()).then(|| Self(at.to_owned()))
    }

    fn resize(&self, size: &str) {
        assert!(
            std::process::Command::new("mount")
                .args(["-o", &format!("remount,{size}")])
                .arg(&self.0)
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "says that it did not run")]
fn a_disk_that_is_full() {
    let dir = tempfile::tempdir().unwrap();
    let Some(disk) = TinyDisk::mount(&dir.path().join("disk"), "size=1m") else {
        eprintln!("skipped: no filesystem can be mounted here");
        return;
    };
    let file = dir.path().join("x.warc.gz");
    std::fs::write(&file, members(&pages(0..8000)).concat()).unwrap();
    // With little memory the runs fill the disk, with much the shards or the index do.
    for (name, memory_bytes) in [("runs", 1 << 20), ("shards", 256 << 20)] {
        let out = disk.0.join(name);
        disk.resize("size=1m");
        let mut options = support::options(&[&file], &out, PolicyName::Record);
        options.memory_bytes = memory_bytes;
        let error = support::run(&options).expect_err("the disk is full").to_string();
        assert!(
            error.contains("\nhint: the disk is full; make room and run the same command again"),
            "{name}: {error}"
        );
        assert!(!out.join("CURRENT").exists(), "{name}: nothing half written");
        disk.resize("size=400m");
        let report = support::run(&options).unwrap();
        assert_eq!(report.samples, 24_000, "{name}");
        assert_pages(name, &out, 0..8000);
        assert!(sayso::library::Library::open(std::slice::from_ref(&out)).is_ok());
        std::fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn every_limit_is_named_where_it_is_broken() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.warc.gz");
    let body = format!("<img src=a.jpg alt=caption><img src=b.jpg alt=other><!-- {} -->", "x".repeat(2 << 20));
    let record = response(
        "https://a.example/some/page",
        "Content-Type: text/html\r\nContent-Encoding: gzip\r\n",
        &crawl::gzip_at(body.as_bytes(), Compression::none()),
    );
    std::fs::write(&file, gzip(&record)).unwrap();
    for (limit, value) in [
        ("record-bytes", 10),
        ("payload-bytes", 20),
        ("page-links", 1),
        ("caption-bytes", 5),
        ("url-bytes", 20),
        ("attribute-bytes", 4),
    ] {
        let out = dir.path().join(limit);
        let mut options = support::options(&[&file], &out, PolicyName::Record);
        sayso::build::set_limit(&mut options.limits, limit, value).unwrap();
        let report = support::run(&options).unwrap();
        let messages: Vec<_> = report
            .damage
            .iter()
            .flat_map(|(_, count)| count.examples.iter().map(|example| example.message.clone()))
            .collect();
        assert!(messages.iter().any(|message| message.contains(&format!("--limit {limit}="))), "{limit}: {messages:?}");
    }
}
