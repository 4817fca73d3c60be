//! What pictures' own files say: the reference pictures of others, and made-up files of every container.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../anchors/mod.rs"]
mod anchors;
mod c2pa;
mod hostile;
mod licences;
mod pictures;
mod write;

use std::fs;
use std::io::Write as _;

use pictures::{CONTAINERS, Put, boxed, cbor, data_mining, itxt, jpeg_of, manifest, png_of, rdf, store, tiff_of};
use sayso_consent::agents::AgentTable;
use sayso_consent::embedded::{Embedded, EmbeddedLimits, read_embedded, read_embedded_signal, signals};
use sayso_consent::read;
use serde_json::json;

const LIMITS: EmbeddedLimits = EmbeddedLimits { packet_bytes: 1 << 20, packets: 16, depth: 64, signal_bytes: 1000 };

/// Reads a file, and holds everywhere what must hold of every file.
fn embedded(bytes: &[u8]) -> Embedded {
    let embedded = read_embedded(bytes, &LIMITS);
    let kept = signals(bytes, &LIMITS);
    assert_eq!(kept.len(), embedded.statements.len());
    for (signal, statement) in kept.iter().zip(&embedded.statements) {
        assert_eq!(*signal, *statement.signal);
        assert!(signal.at_bytes.is_none_or(|(start, end)| start <= end && end <= bytes.len() as u64));
        assert_eq!(read_embedded_signal(signal), statement.preferences);
        assert_eq!(read(signal, AgentTable::builtin(), "saysobot"), statement.preferences);
    }
    embedded
}

/// What says something, as `place: preferences`. Names of creators and the like say nothing.
fn shown(embedded: &Embedded) -> Vec<String> {
    let stated = embedded.statements.iter().filter(|statement| {
        !statement.preferences.is_empty() && statement.preferences.iter().all(|p| p.code.as_str() != "rights-stated")
    });
    let show = |p: &sayso_core::Preference| format!("{}={} {}", p.category, p.stance, p.code);
    let line = |statement: &sayso_core::Statement| {
        let preferences: Vec<_> = statement.preferences.iter().map(show).collect();
        format!("{}: {}", statement.signal.place, preferences.join(" + "))
    };
    stated.map(line).collect()
}

fn xmp_in_png(xmp: &str) -> Embedded {
    embedded(&png_of(&[(b"iTXt", itxt(xmp.as_bytes(), 0)), (b"IEND", Vec::new())]))
}

#[test]
fn the_iptc_reference_picture() {
    let Some(file) = anchors::anchor("../pictures/iptc/IPTC-PhotometadataRef-Std2024.1.jpg") else { return };
    let bytes = fs::read(file).unwrap();
    let embedded = embedded(&bytes);
    assert_eq!(shown(&embedded), ["XMP plus:DataMining: train-genai=disallowed iptc-prohibited"]);
    assert_eq!(embedded.creator.as_deref(), Some("Creator1 (ref2023.2)"));
    let rights = "Copyright (Notice) 2023.2 IPTC - www.iptc.org  (ref2023.2)";
    assert_eq!(embedded.rights.as_deref(), Some(rights));
    assert_eq!(embedded.licence.as_deref(), Some("https://example.com/WebStatementOfRights/ref2023.2"));
    assert!(!embedded.has_c2pa);
    let mut kept = Vec::new();
    for statement in &embedded.statements {
        kept.push((statement.signal.place.to_string(), statement.signal.raw.as_str()));
        if let Some((start, end)) = statement.signal.at_bytes {
            let found = &bytes[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
            assert_eq!(String::from_utf8_lossy(found), statement.signal.raw);
        }
    }
    let kept: Vec<_> = kept.iter().map(|(place, raw)| (place.as_str(), *raw)).collect();
    assert_eq!(
        kept,
        [
            ("XMP plus:DataMining", "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-GENAIMLTRAINING"),
            ("XMP dc:creator", "Creator1 (ref2023.2)"),
            ("XMP dc:rights", rights),
            ("XMP plus:Licensor", "Licensor Name 1 (ref2023.2); Licensor Name 2 (ref2023.2)"),
            ("XMP xmpRights:UsageTerms", "Rights Usage Terms (ref2023.2)"),
            ("XMP plus:OtherConstraints", "Data Mining for Generative AI/ML training is definitely prohibited"),
        ]
    );
}

#[test]
fn pictures_that_say_nothing_of_it() {
    let Some(folder) = anchors::anchor("../pictures/copies") else { return };
    let mut folders = vec![folder];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let embedded = embedded(&fs::read(&path).unwrap());
            assert!(shown(&embedded).is_empty() && !embedded.has_c2pa, "{}", path.display());
            files += 1;
        }
    }
    assert!(files > 30, "{files} files");
}

#[test]
fn every_container_gives_all_its_packets() {
    let content = boxed(b"cbor", &[&cbor(&json!({"entries": {"cawg.ai_training": {"use": "notAllowed"}}}))]);
    let c2pa = store(&[manifest(b"c2ma", "cawg.training-mining", &content)]);
    let xmp = data_mining("DMI-ALLOWED");
    let exif = tiff_of(&[(315, 2, b"Ada\0"), (33432, 2, b"(c) Ada\0")], true);
    for (name, make) in CONTAINERS {
        let bytes = make(Put { xmp: xmp.as_bytes(), c2pa: &c2pa, exif: &exif });
        let embedded = embedded(&bytes);
        let expected = [
            "XMP plus:DataMining: data-mining=allowed iptc-granted",
            "C2PA cawg.training-mining: train-ai=disallowed cawg-reserved",
        ];
        assert_eq!(shown(&embedded), expected, "{name}");
        assert!(embedded.has_c2pa, "{name}");
        // Neither has a place for EXIF.
        if *name != "svg" && *name != "gif" {
            assert_eq!(embedded.creator.as_deref(), Some("Ada"), "{name}");
            assert_eq!(embedded.rights.as_deref(), Some("(c) Ada"), "{name}");
        }
        let (start, end) = embedded.statements[0].signal.at_bytes.unwrap();
        let found = &bytes[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
        assert_eq!(found, b"http://ns.useplus.org/ldf/vocab/DMI-ALLOWED", "{name}");
    }
}

#[test]
fn extended_xmp_belongs_to_the_packet_that_names_it() {
    let guid = "0123456789ABCDEF0123456789ABCDEF";
    let first =
        rdf(&format!("note:HasExtendedXMP='{guid}' p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-ALLOWED'"), "");
    let more = data_mining("DMI-PROHIBITED");
    let main = (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", first.as_bytes()].concat());
    let four = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
    let piece = |guid: &str, start: usize, end: usize| {
        let head = [&b"http://ns.adobe.com/xmp/extension/\0"[..], guid.as_bytes(), &four(more.len()), &four(start)];
        (0xe1, [&head.concat(), &more.as_bytes()[start..end]].concat())
    };
    let (one, two) = (piece(guid, 0, 100), piece(guid, 100, more.len()));
    let prohibited = "XMP plus:DataMining: data-mining=disallowed iptc-prohibited";
    let granted = "XMP plus:DataMining: data-mining=allowed iptc-granted";
    let cut = "XMP plus:DataMining: data-mining=unknown signal-cut";
    let broken = "XMP packet: data-mining=unknown iptc-unreadable";
    let all = embedded(&jpeg_of(&[two.clone(), main.clone(), one.clone()]));
    assert_eq!(shown(&all), [granted, prohibited]);
    assert_eq!(shown(&embedded(&jpeg_of(std::slice::from_ref(&main)))), [cut]);
    assert_eq!(shown(&embedded(&jpeg_of(&[main.clone(), two]))), [cut]);
    assert_eq!(shown(&embedded(&jpeg_of(&[main.clone(), one]))), [cut, broken]);
    let remnant = piece("00000000000000000000000000000000", 0, more.len());
    assert_eq!(shown(&embedded(&jpeg_of(&[main, remnant]))), [cut]);
}

#[test]
fn the_manifest_store_of_a_tiff_may_stand_in_its_last_directory() {
    let content = boxed(b"cbor", &[&cbor(&json!({"entries": {"cawg.ai_training": {"use": "notAllowed"}}}))]);
    let c2pa = store(&[manifest(b"c2ma", "cawg.training-mining", &content)]);
    let mut file = tiff_of(&[(52545, 7, &c2pa)], true);
    // A directory of no entries in front, and then one that leads back to itself.
    let mut first = [&b"II*\0\x08\0\0\0\0\0"[..], &14_u32.to_le_bytes()].concat();
    let value = u32::try_from(first.len() + file.len() - 8 - c2pa.len()).unwrap();
    file[18..22].copy_from_slice(&value.to_le_bytes());
    first.extend(&file[8..]);
    let expected = "C2PA cawg.training-mining: train-ai=disallowed cawg-reserved";
    assert_eq!(shown(&embedded(&first)), [expected]);
    first[28..32].copy_from_slice(&14_u32.to_le_bytes());
    assert_eq!(shown(&embedded(&first)), [expected; 16]);
}

#[test]
fn texts_of_a_png_may_be_compressed() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(data_mining("DMI-PROHIBITED-AIMLTRAINING").as_bytes()).unwrap();
    let file = png_of(&[(b"iTXt", itxt(&packer.finish().unwrap(), 1)), (b"IEND", Vec::new())]);
    let embedded = embedded(&file);
    assert_eq!(shown(&embedded), ["XMP plus:DataMining: train-ai=disallowed iptc-prohibited"]);
    assert_eq!(embedded.statements[0].signal.at_bytes, None);
}

#[test]
fn a_property_is_known_by_its_namespace_in_every_form() {
    let value = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-SEECONSTRAINT";
    for xmp in [
        rdf(&format!("p:DataMining='{value}'"), ""),
        rdf("", &format!("<p:DataMining>\n {value}\n</p:DataMining>")),
        rdf("", &format!("<p:DataMining r:resource='{value}'/>")),
        rdf("", &format!("<p:DataMining r:resource='{value}'></p:DataMining>")),
        rdf("", &format!("<p:DataMining><r:Bag><r:li>{value}</r:li></r:Bag></p:DataMining>")),
        rdf("", &format!("<p:DataMining r:parseType='Resource'><r:value>{value}</r:value></p:DataMining>")),
        rdf("", &format!("<p:DataMining><![CDATA[{value}]]></p:DataMining>")),
        rdf("", "<p:DataMining>DMI&#45;PROHIBITED&#x2d;SEECONSTRAINT</p:DataMining>"),
        rdf("", &format!("<DataMining xmlns='http://ns.useplus.org/ldf/xmp/1.0/'>{value}</DataMining>")),
    ] {
        let expected = ["XMP plus:DataMining: data-mining=disallowed iptc-constrained"];
        assert_eq!(shown(&xmp_in_png(&xmp)), expected, "{xmp}");
    }
    for xmp in [
        rdf("DataMining='DMI-PROHIBITED'", ""),
        rdf("d:DataMining='DMI-PROHIBITED'", ""),
        rdf("", "<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"),
        rdf(
            "xmlns:o='http://example.org/'",
            "<o:Pantry><r:Bag><r:li p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-ALLOWED'/></r:Bag></o:Pantry>",
        ),
    ] {
        assert!(shown(&xmp_in_png(&xmp)).is_empty(), "{xmp}");
    }
    for value in ["", "DMI-PROHIBITED-AITRAINING", "&x;", "DMI-&x;ALLOWED"] {
        for xmp in
            [rdf(&format!("p:DataMining='{value}'"), ""), rdf("", &format!("<p:DataMining>{value}</p:DataMining>"))]
        {
            let expected = ["XMP plus:DataMining: data-mining=unknown iptc-unreadable"];
            assert_eq!(shown(&xmp_in_png(&xmp)), expected, "{xmp}");
        }
    }
}

#[test]
fn names_come_from_xmp_before_iim_before_exif() {
    let iim = b"\x1c\x02\x50\0\x03Bob\x1c\x02\x50\0\x04J\xf6rg\x1c\x02\x74\0\x07(c) Bob";
    let size = u32::try_from(iim.len()).unwrap().to_be_bytes();
    // A resource of odd length before the one that is looked for.
    let iptc =
        [&b"Photoshop 3.0\0"[..], b"8BIM\x04\x25\x02ab\0\0\0\0\x01x\0", b"8BIM\x04\x04\0\0", &size, iim].concat();
    let exif = [&b"Exif\0\0"[..], &tiff_of(&[(315, 2, b"Ada\0"), (33432, 2, b" \0Eve\0")], false)].concat();
    let xmp = rdf(
        "rights:WebStatement='https://creativecommons.org/licenses/by/4.0/'",
        "<d:creator><r:Seq><r:li>Cleo</r:li><r:li>Dan &amp; Co</r:li></r:Seq></d:creator>\
         <d:rights><r:Alt><r:li xml:lang='de'>alle</r:li><r:li xml:lang='x-default'>all</r:li></r:Alt></d:rights>",
    );
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0", xmp.as_bytes()].concat();
    let names = |segments: &[(u8, Vec<u8>)]| {
        let embedded = embedded(&jpeg_of(segments));
        (embedded.creator.unwrap_or_default(), embedded.rights.unwrap_or_default(), embedded.licence)
    };
    let own = |creator: &str, rights: &str, licence: Option<&str>| {
        (creator.to_owned(), rights.to_owned(), licence.map(str::to_owned))
    };
    assert_eq!(names(&[(0xe1, exif.clone())]), own("Ada", "Eve", None));
    assert_eq!(names(&[(0xe1, exif.clone()), (0xed, iptc.clone())]), own("Bob; Jörg", "(c) Bob", None));
    let (head, tail) = iptc.split_at(30);
    let tail = [b"Photoshop 3.0\0", tail].concat();
    assert_eq!(names(&[(0xed, head.to_vec()), (0xed, tail)]), own("Bob; Jörg", "(c) Bob", None));
    let licence = Some("https://creativecommons.org/licenses/by/4.0/");
    assert_eq!(names(&[(0xe1, exif), (0xed, iptc), (0xe1, xmp)]), own("Cleo; Dan & Co", "all", licence));
}
