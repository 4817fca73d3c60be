//! Members, streams and records that are cut, flipped or in the wrong place.

use sayso_crawl::DamageKind;

use crate::crawl::{arc_head, arc_page, assert_pages, gzip, html, joined, members, page, pages, wat};
use crate::{build, case, check, length_line, length_of, replace, with_member, with_record};

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
            records.iter().flat_map(|record| crate::crawl::gzip_stored(record)).collect(),
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
