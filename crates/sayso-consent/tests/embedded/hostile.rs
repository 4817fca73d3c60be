//! Pictures' files that are broken, cut off or meant to break the reader.

use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use sayso_consent::embedded::{Embedded, packets};
use sayso_consent::judge;
use sayso_core::{Policy, PolicyName, Purpose, Stance, Subject, UsageCategory};
use serde_json::json;

use crate::pictures::{
    CONTAINERS, Put, boxed, cbor, data_mining, itxt, jpeg_of, manifest, png_of, rdf, store, superbox,
};
use crate::{LIMITS, anchors, embedded};

/// What is granted, category by category.
fn granted(embedded: &Embedded) -> Vec<UsageCategory> {
    let preferences = embedded.statements.iter().flat_map(|statement| &statement.preferences);
    preferences.filter(|p| p.stance == Stance::Allowed).map(|p| p.category).collect()
}

fn codes(embedded: &Embedded) -> Vec<&str> {
    let preferences = embedded.statements.iter().flat_map(|statement| &statement.preferences);
    preferences.map(|preference| preference.code.as_str()).collect()
}

fn verdict(embedded: &Embedded) -> Stance {
    let subject = Subject { url: "https://example.org/a.jpg", page_url: "" };
    let policy = Policy::new(PolicyName::OptOut, Purpose(UsageCategory::TrainGenai));
    judge(&subject, &embedded.statements, None, &policy).stance
}

fn reserving_store() -> Vec<u8> {
    let content = cbor(&json!({"entries": {"cawg.ai_training": {"use": "notAllowed"}}}));
    store(&[manifest(b"c2ma", "cawg.training-mining", &boxed(b"cbor", &[&content]))])
}

fn in_png(xmp: &[u8]) -> Vec<u8> {
    png_of(&[(b"iTXt", itxt(xmp, 0)), (b"IEND", Vec::new())])
}

/// Reads a file that is made to take long, and holds it to a time that leaves room for slow machines.
fn read_soon(bytes: &[u8]) -> Embedded {
    let start = Instant::now();
    let embedded = embedded(bytes);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    embedded
}

#[test]
fn a_file_cut_off_anywhere_grants_no_more_than_the_whole() {
    let (xmp, c2pa) = (data_mining("DMI-ALLOWED"), reserving_store());
    for (name, make) in CONTAINERS {
        let bytes = make(Put { xmp: xmp.as_bytes(), c2pa: &c2pa, exif: b"II*\0\x08\0\0\0\0\0" });
        assert_eq!(verdict(&embedded(&bytes)), Stance::Disallowed, "{name}");
        for end in 0..bytes.len() {
            let cut = embedded(&bytes[..end]);
            // An AVIF whose boxes all fit does not show that another was to follow.
            assert!(verdict(&cut) != Stance::Allowed, "{name} at {end}: {cut:?}");
        }
        let bytes = make(Put { xmp: xmp.as_bytes(), c2pa: b"", exif: b"" });
        assert!((0..bytes.len()).all(|end| granted(&embedded(&bytes[..end])).len() <= 1), "{name}");
    }
}

#[test]
fn reservations_in_a_broken_file_still_count() {
    let xmp = data_mining("DMI-PROHIBITED");
    let in_jpeg = [b"http://ns.adobe.com/xap/1.0/\0", xmp.as_bytes()].concat();
    let whole = jpeg_of(&[(0xe1, in_jpeg)]);
    // The length of the segment says that there is more than there is, or that there is nothing.
    for (length, stance) in [([0xff, 0xff], Stance::Disallowed), ([0, 0], Stance::Unknown), ([0, 1], Stance::Unknown)] {
        let mut lying = whole.clone();
        lying[4..6].copy_from_slice(&length);
        assert_eq!(verdict(&embedded(&lying)), stance);
    }
    let unclosed = xmp.replace("</x:xmpmeta>", "");
    let read = embedded(&in_png(unclosed.as_bytes()));
    assert_eq!(codes(&read), ["iptc-prohibited", "iptc-unreadable"]);
    let broken = data_mining("DMI-ALLOWED").replace("</x:xmpmeta>", "<");
    assert_eq!(codes(&embedded(&in_png(broken.as_bytes()))), ["signal-cut", "iptc-unreadable"]);
    // Bytes that are no characters are no reason to overlook the rest.
    let mut latin = rdf("p:DataMining='DMI-PROHIBITED'", "<d:rights>\u{1}</d:rights>").into_bytes();
    latin.iter_mut().filter(|byte| **byte == 1).for_each(|byte| *byte = 0xe9);
    let read = embedded(&in_png(&latin));
    assert_eq!((verdict(&read), read.rights.as_deref()), (Stance::Disallowed, Some("?")));
}

#[test]
fn several_values_and_several_packets_are_all_heard() {
    let both = rdf(
        "p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-ALLOWED'",
        "<p:DataMining>DMI-PROHIBITED</p:DataMining>",
    );
    assert_eq!(verdict(&embedded(&in_png(both.as_bytes()))), Stance::Disallowed);
    let chunk = |term: &str| (b"iTXt", itxt(data_mining(term).as_bytes(), 0));
    let file = png_of(&[chunk("DMI-ALLOWED"), chunk("DMI-PROHIBITED"), (b"IEND", Vec::new())]);
    assert_eq!(verdict(&embedded(&file)), Stance::Disallowed);
    // More than are kept: what was left out may prohibit.
    let mut chunks: Vec<_> = std::iter::repeat_n(chunk("DMI-ALLOWED"), 17).collect();
    chunks.push((b"IEND", Vec::new()));
    assert!(granted(&embedded(&png_of(&chunks))).is_empty());
    let many = rdf("", &"<p:DataMining>http://ns.useplus.org/ldf/vocab/DMI-ALLOWED</p:DataMining>".repeat(9));
    assert!(granted(&embedded(&in_png(many.as_bytes()))).is_empty());
}

#[test]
fn no_entity_is_expanded_and_no_file_fetched() {
    let value = |doctype: &str, xmp: &str| {
        let file = [doctype, xmp].concat();
        let read = read_soon(&in_png(file.as_bytes()));
        assert!(granted(&read).is_empty());
        codes(&read).join(" ")
    };
    let laughs: String = (1..10).map(|n| format!("<!ENTITY l{n} '{}'>", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE x [<!ENTITY l0 'http://ns.useplus.org/ldf/vocab/DMI-ALLOWED'>{laughs}]>");
    let of = |entity: &str| rdf("", &format!("<p:DataMining>&{entity};</p:DataMining>"));
    assert_eq!(value(&laughs, &of("l9")), "iptc-unreadable");
    let external = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>";
    assert_eq!(value(external, &of("e")), "iptc-unreadable");
    assert_eq!(
        value(
            "<!DOCTYPE x [<!ENTITY e 'http://ns.useplus.org/ldf/vocab/DMI-ALLOWED'>]>",
            &rdf("p:DataMining='&e;'", "")
        ),
        "iptc-unreadable"
    );
    // What a declaration of attributes would add is not known, so nothing is granted.
    assert_eq!(value("<!DOCTYPE x [<!ATTLIST x y CDATA 'z'>]>", &data_mining("DMI-ALLOWED")), "signal-cut");
}

#[test]
fn a_zlib_bomb_is_inflated_to_the_limit_only() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(data_mining("DMI-ALLOWED").as_bytes()).unwrap();
    for _ in 0..200 {
        packer.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let file = png_of(&[(b"iTXt", itxt(&packer.finish().unwrap(), 1)), (b"IEND", Vec::new())]);
    assert!(file.len() < 1 << 20);
    let start = Instant::now();
    let found = packets(&file, &LIMITS);
    assert_eq!(found.xmp[0].bytes.len(), LIMITS.packet_bytes);
    assert!(found.incomplete && start.elapsed() < Duration::from_secs(5));
    assert_eq!(codes(&read_soon(&file)), ["signal-cut"]);
}

#[test]
fn boxes_and_elements_nested_without_end() {
    let mut nested = boxed(b"jumb", &[]);
    for _ in 0..10_000 {
        nested = superbox(b"c2ma", "c2pa.assertions", &[&nested]);
    }
    for store in [nested.clone(), store(&[nested])] {
        let file = png_of(&[(b"caBX", store), (b"IEND", Vec::new())]);
        assert!(!codes(&read_soon(&file)).contains(&"cawg-reserved"));
    }
    let deep = format!("{}{}", "<a>".repeat(200_000), data_mining("DMI-ALLOWED"));
    assert_eq!(codes(&read_soon(&in_png(deep.as_bytes()))), ["iptc-unreadable"]);
    let content = format!("{{\"entries\": {}", "{\"a\":".repeat(10_000));
    let store = store(&[manifest(b"c2ma", "cawg.training-mining", &boxed(b"json", &[content.as_bytes()]))]);
    let file = png_of(&[(b"caBX", store), (b"IEND", Vec::new())]);
    assert_eq!(codes(&read_soon(&file)), ["cawg-unreadable"]);
}

#[test]
fn numbers_without_end() {
    let declarations: String = (0..20_000).map(|n| format!("xmlns:n{n}='urn:{n}' ")).collect();
    let names = "p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-ALLOWED' ".repeat(20_000);
    let nodes = "<p:Licensor p:LicensorName='x'/>".repeat(20_000);
    for xmp in [rdf(&declarations, ""), rdf(&names, ""), rdf(&declarations, &nodes), rdf("", &nodes)] {
        assert!(granted(&read_soon(&in_png(xmp.as_bytes()))).is_empty());
    }
    let entries: serde_json::Map<String, serde_json::Value> =
        (0..2_000).map(|n| (format!("x{n}"), json!({"use": "allowed"}))).collect();
    let mut entries = json!(entries);
    entries["cawg.ai_training"] = json!({"use": "notAllowed"});
    let content = boxed(b"json", &[json!({ "entries": entries }).to_string().as_bytes()]);
    let store = store(&[manifest(b"c2ma", "cawg.training-mining", &content)]);
    let read = read_soon(&png_of(&[(b"caBX", store), (b"IEND", Vec::new())]));
    assert_eq!(codes(&read), ["cawg-reserved"]);
    // A JPEG of nothing but pieces, each of a box of its own.
    let piece = |n: u16| (0xeb, [b"JP", &n.to_be_bytes()[..], b"\0\0\0\x01", &reserving_store()].concat());
    let read = read_soon(&jpeg_of(&(0..2_000).map(piece).collect::<Vec<_>>()));
    assert_eq!(read.statements.len(), LIMITS.packets);
}

/// Files to damage: those of others where they are there, and one of each container.
fn samples() -> Vec<Vec<u8>> {
    let (xmp, c2pa) = (data_mining("DMI-PROHIBITED"), reserving_store());
    let put = Put { xmp: xmp.as_bytes(), c2pa: &c2pa, exif: b"II*\0\x08\0\0\0\0\0" };
    let mut samples: Vec<_> = CONTAINERS.iter().map(|(_, make)| make(put)).collect();
    for name in [
        "c2pa/cawg-not-allowed.jpg",
        "c2pa/c2pa-not-allowed.png",
        "c2pa/adobe-20220124-CA.jpg",
        "iptc/IPTC-PhotometadataRef-Std2024.1.jpg",
    ] {
        samples.extend(anchors::anchor(&format!("../pictures/{name}")).map(|path| fs::read(path).unwrap()));
    }
    samples
}

#[test]
fn damage_never_makes_a_grant() {
    for whole in samples() {
        let step = whole.len() / 400 + 1;
        for end in (0..whole.len()).step_by(step) {
            assert!(granted(&embedded(&whole[..end])).is_empty(), "cut at {end}");
        }
    }
}

proptest! {
    // A failure is to be made a case of its own by hand, not kept in a file of seeds.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn flipped_bits_never_make_a_grant(flips in proptest::collection::vec((any::<proptest::sample::Index>(), 0..8_u8), 1..4)) {
        for mut bytes in samples() {
            // What is metadata stands in front, but for made-up files, which are nothing else.
            let head = bytes.len().min(64 << 10);
            for (at, bit) in &flips {
                bytes[at.index(head)] ^= 1 << bit;
            }
            prop_assert!(granted(&embedded(&bytes)).is_empty());
        }
    }

    #[test]
    fn any_bytes_behind_any_magic(
        magic in proptest::sample::select(vec![
            &b"\xff\xd8\xff\xe1"[..], b"\xff\xd8\xff\xeb", b"\xff\xd8\xff\xed", b"\x89PNG\r\n\x1a\n", b"GIF89a",
            b"RIFF\xff\0\0\0WEBP", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b"\0\0\0\x08ftyp\0\0\0\0meta", b"<svg>RDF:manifest", b"",
        ]),
        rest in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        embedded(&[magic, &rest].concat());
    }

    #[test]
    fn any_text_in_an_xmp_packet(text in "[<>/='&;:#a-z \\[\\]!?\"-]{0,60}", at in any::<proptest::sample::Index>()) {
        let mut xmp = data_mining("DMI-PROHIBITED");
        xmp.insert_str(at.index(xmp.len()), &text);
        let read = embedded(&in_png(xmp.as_bytes()));
        prop_assert!(granted(&read).is_empty());
    }

    #[test]
    fn any_bytes_in_an_assertion(content in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in [b"cbor", b"json"] {
            let store = store(&[manifest(b"c2ma", "c2pa.training-mining", &boxed(kind, &[&content]))]);
            let read = embedded(&png_of(&[(b"caBX", store), (b"IEND", Vec::new())]));
            prop_assert_eq!(read.statements.len(), 1);
            prop_assert!(granted(&read).is_empty());
        }
    }
}
