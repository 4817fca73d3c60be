#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::OnceLock;

use flate2::bufread::GzDecoder;
use sayso_core::{Decision, Stance};
use sha1::{Digest, Sha1};

use super::draw::{self, Style};
use super::sites::SITES;
use super::web::write_sites;
use super::{DemoWeb, write_web};

/// The file and what is said of it, written once for all tests.
fn web() -> &'static (Vec<u8>, DemoWeb) {
    static WEB: OnceLock<(Vec<u8>, DemoWeb)> = OnceLock::new();
    WEB.get_or_init(|| {
        let mut file = Vec::new();
        let web = write_web(&mut file).unwrap();
        (file, web)
    })
}

/// The records of the file: one gzip member each, header and block apart.
fn records() -> Vec<(String, Vec<u8>)> {
    let mut rest = web().0.as_slice();
    let mut records = Vec::new();
    while !rest.is_empty() {
        let mut member = GzDecoder::new(rest);
        let mut record = Vec::new();
        member.read_to_end(&mut record).unwrap();
        rest = member.into_inner();
        let end = record.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let block = record.split_off(end + 4);
        records.push((String::from_utf8(record).unwrap(), block));
    }
    records
}

fn field<'a>(header: &'a str, name: &str) -> &'a str {
    header.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
}

#[test]
fn every_record_is_whole_and_counted() {
    let records = records();
    assert_eq!(records.len(), web().1.records);
    assert!(web().0.len() < 3_000_000, "{} bytes", web().0.len());
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (header, block) in &records {
        assert!(header.starts_with("WARC/1.1\r\n"), "{header}");
        let length: usize = field(header, "Content-Length").parse().unwrap();
        assert_eq!(block.len(), length + 4, "{header}");
        assert!(block.ends_with(b"\r\n\r\n"), "{header}");
        *kinds.entry(field(header, "WARC-Type")).or_default() += 1;
    }
    assert_eq!((kinds["warcinfo"], kinds["revisit"]), (1, 1));
    let sites = &web().1.sites;
    let files: usize = sites.iter().map(|site| 1 + site.pages + site.pictures).sum();
    // One page is captured twice, and tdmrep.json is no page.
    assert_eq!(kinds["response"], files + 1);
}

#[test]
fn no_two_records_share_an_identity() {
    let mut ids: Vec<String> = records().iter().map(|(header, _)| field(header, "WARC-Record-ID").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), web().1.records);
}

#[test]
fn the_revisit_points_to_the_first_capture() {
    let records = records();
    let revisit =
        records.iter().map(|(header, _)| header).find(|header| field(header, "WARC-Type") == "revisit").unwrap();
    let first = records.iter().map(|(header, _)| header);
    let first = { first }.find(|header| field(header, "WARC-Record-ID") == field(revisit, "WARC-Refers-To")).unwrap();
    for name in ["WARC-Target-URI", "WARC-Payload-Digest"] {
        assert_eq!(field(first, name), field(revisit, name));
    }
    assert_ne!(field(first, "WARC-Date"), field(revisit, "WARC-Date"));
}

#[test]
fn every_wish_of_the_demo_is_there() {
    let sites = &web().1.sites;
    assert_eq!(sites.len(), 15);
    let count = |stance| sites.iter().filter(|site| site.stance == stance).count();
    assert_eq!((count(Stance::Allowed), count(Stance::Unknown), count(Stance::Disallowed)), (1, 5, 9));
    assert_eq!(sites.iter().filter(|site| site.decision == Decision::Refused).count(), 9);
    for site in sites {
        assert!(site.domain.ends_with(".example"), "{}", site.domain);
        assert!(site.wish.ends_with('.') && site.pages >= 2, "{}", site.domain);
    }
}

/// No picture is served that no page of its site shows.
#[test]
fn every_picture_is_shown() {
    for site in SITES {
        let name_of = |path: &'static str| path.rsplit('/').next().unwrap();
        for picture in site.pictures {
            let shown = site.pages.iter().any(|page| page.text.contains(name_of(picture.path)));
            assert!(shown, "nothing on {} shows {}", site.origin, picture.path);
        }
    }
}

#[test]
fn legacy_charsets_and_packing_are_real() {
    let blocks: Vec<_> = records();
    let block = |url: &str| &blocks.iter().find(|(header, _)| field(header, "WARC-Target-URI") == url).unwrap().1;
    let holds = |url: &str, bytes: &[u8]| block(url).windows(bytes.len()).any(|window| window == bytes);
    // 波 in Shift_JIS, and „ and € in windows-1252.
    assert!(holds("https://naminoutsuro.example/furui/", &[0x94, 0x67]));
    assert!(holds("https://oehlmuehl.example/fachwerk.html", &[0x84]));
    assert!(holds("https://oehlmuehl.example/fachwerk.html", b"3 \x80 das"));
    assert!(holds("https://najma-waraq.example/", b"\r\n\r\n12c\r\n\x1f\x8b"));
}

#[test]
fn the_file_is_the_same_every_time() {
    // Two sites are enough, and quick to draw; that their hands are steady everywhere is the next test's.
    let write = || {
        let mut file = Vec::new();
        write_sites(&mut file, &SITES[5..7]).map(|web| (web, file)).unwrap()
    };
    assert!(write() == write());
}

/// Pixels, not files: an encoder may learn to pack better, but an artist's hand must not change.
#[test]
fn the_pictures_are_frozen() {
    let expected = [
        (Style::Botany, "b23ed7509bfccaa1"),
        (Style::Contours, "7cbc394558048ad3"),
        (Style::Hills, "b085dcc4fbf06138"),
        (Style::Houses, "ad7b73fbd00568f8"),
        (Style::Knitting, "13458ed874160f4b"),
        (Style::Maze, "a8bd53d844580de1"),
        (Style::Monsoon, "340a497b67cee51d"),
        (Style::Mosaic, "26666e3e43272e99"),
        (Style::Posters, "3c18cea724303eda"),
        (Style::Ribbons, "dac2dd9a68bf2411"),
        (Style::Robots, "1762a7c2ba5a06e1"),
        (Style::Stars, "f98128763ebe0243"),
        (Style::Waves, "f849a3b75d75dbbb"),
    ];
    let drawn = expected.map(|(style, _)| {
        let hash = Sha1::digest(draw::draw(style, 7, 96, 64));
        (style, hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    assert_eq!(drawn.each_ref().map(|(style, hash)| (*style, hash.as_str())), expected);
}
