//! What is written into pictures is read again, and nothing else changes.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use sayso_consent::embedded::{Embedded, Inscription, WriteError, data_mining_term, packets, write_embedded};
use sayso_core::UsageCategory::{self, DataMining, Search, TrainAi, TrainGenai};

use crate::pictures::{data_mining, jpeg_of, rdf, tiff_of};
use crate::{LIMITS, anchors, embedded, shown};

/// Small pictures of every container and of its variants, made with Pillow, pillow-heif, tifffile and by hand.
fn files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/embedded/files");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .filter(|(name, _)| name != "animated.avif")
        .collect();
    files.sort();
    assert_eq!(files.len(), 21);
    files
}

fn write(bytes: &[u8], inscription: &Inscription) -> Result<Vec<u8>, WriteError> {
    write_embedded(bytes, inscription, &LIMITS)
}

fn term(term: &'static str) -> Inscription {
    Inscription { data_mining: Some(term), ..Inscription::default() }
}

fn everything() -> Inscription {
    Inscription {
        data_mining: Some("DMI-PROHIBITED-AIMLTRAINING"),
        other_constraints: Some("No <AI> & no \"input\"".to_owned()),
        licensor_url: Some("https://example.org/ask?a=1&b=2".to_owned()),
        creator: Some("Zoë O'Hara ]]> 日本".to_owned()),
        rights: Some("© 2026 Zoë".to_owned()),
        web_statement: Some("https://example.org/licence".to_owned()),
        usage_terms: Some("Ask first.".to_owned()),
    }
}

/// The places and texts of all that a file says.
fn texts(embedded: &Embedded) -> Vec<(String, String)> {
    let text = |signal: &sayso_core::Signal| (signal.place.to_string(), signal.raw.clone());
    embedded.statements.iter().map(|statement| text(&statement.signal)).collect()
}

#[test]
fn every_container_says_everything_that_was_written() {
    for (name, bytes) in files() {
        let before = packets(&bytes, &LIMITS);
        let written = write(&bytes, &everything());
        assert!(written.is_ok(), "{name}: {:?}", written.err());
        let written = written.unwrap();
        let read = embedded(&written);
        assert_eq!(shown(&read), ["XMP plus:DataMining: train-ai=disallowed iptc-prohibited"], "{name}");
        assert_eq!(read.rights.as_deref(), Some("© 2026 Zoë"), "{name}");
        assert_eq!(read.licence.as_deref(), Some("https://example.org/licence"), "{name}");
        assert_eq!(read.creator.as_deref(), Some("Zoë O'Hara ]]> 日本"), "{name}");
        let texts = texts(&read);
        for (place, text) in [
            ("XMP plus:Licensor", "https://example.org/ask?a=1&b=2"),
            ("XMP plus:OtherConstraints", "No <AI> & no \"input\""),
            ("XMP xmpRights:UsageTerms", "Ask first."),
        ] {
            assert!(texts.contains(&(place.to_owned(), text.to_owned())), "{name}: {place}: {texts:?}");
        }
        let after = packets(&written, &LIMITS);
        assert!(!after.incomplete, "{name}");
        let exif = |bytes: &[u8]| if name.contains("tiff") { Vec::new() } else { bytes.to_vec() };
        let exifs = |packets: &sayso_consent::embedded::Packets<'_>| {
            packets.exif.iter().map(|packet| exif(&packet.bytes)).collect::<Vec<_>>()
        };
        assert_eq!(exifs(&before), exifs(&after), "{name}");
        // Written twice is written once, and with less nothing else changes.
        assert_eq!(write(&written, &everything()).unwrap(), written, "{name}");
        let less = write(&written, &term("DMI-PROHIBITED")).unwrap();
        assert_eq!(shown(&embedded(&less)), ["XMP plus:DataMining: data-mining=disallowed iptc-prohibited"], "{name}");
        assert_eq!(embedded(&less).creator, read.creator, "{name}");
        assert_eq!(write(&less, &term("DMI-PROHIBITED")).unwrap(), less, "{name}");
    }
}

#[test]
fn what_is_no_xmp_stays_byte_for_byte() {
    for (name, bytes) in files() {
        let written = write(&bytes, &everything()).unwrap();
        match name.rsplit('.').next().unwrap() {
            // Everything from the first changed offset on is the old end of the file.
            "jpg" if name != "mpo.jpg" => {
                let start = bytes.windows(4).position(|at| at[..2] == [0xff, 0xdb]).unwrap();
                assert!(written.ends_with(&bytes[start..]), "{name}");
            }
            "png" => assert!(written.ends_with(&bytes[33..]) && written.starts_with(&bytes[..33]), "{name}"),
            "gif" => {
                let start = bytes.windows(2).position(|at| at == [0x21, 0xf9] || at[0] == 0x2c).unwrap();
                assert!(written.ends_with(&bytes[start..]), "{name}");
            }
            "tiff" => {
                // All but the header's offset of the first directory.
                let head = if name.starts_with("bigtiff") { 16 } else { 8 };
                assert_eq!(written[head..bytes.len()], bytes[head..], "{name}");
            }
            "webp" => {
                for chunk in [&b"VP8 "[..], b"VP8L", b"ANMF", b"ANIM", b"ALPH"] {
                    assert_eq!(chunks(&written, chunk), chunks(&bytes, chunk), "{name}");
                }
            }
            "avif" | "heic" => {
                let mdat = |bytes: &[u8]| {
                    let at = bytes.windows(4).position(|at| at == b"mdat").unwrap() - 4;
                    let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
                    bytes[at..at + usize::try_from(length).unwrap()].to_vec()
                };
                assert_eq!(mdat(&written), mdat(&bytes), "{name}");
            }
            "svg" => {
                let start = bytes.windows(5).position(|at| at == b"rect ").unwrap();
                assert!(written.ends_with(&bytes[start..]), "{name}");
            }
            _ => assert_eq!(name, "mpo.jpg"),
        }
    }
}

fn chunks(bytes: &[u8], kind: &[u8]) -> Vec<Vec<u8>> {
    let (mut at, mut chunks) = (12, Vec::new());
    while at + 8 <= bytes.len() {
        let length = usize::try_from(u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap())).unwrap();
        if &bytes[at..at + 4] == kind {
            chunks.push(bytes[at + 8..at + 8 + length].to_vec());
        }
        at += 8 + length.next_multiple_of(2);
    }
    chunks
}

#[test]
fn the_second_picture_of_a_file_is_found_where_the_index_says() {
    let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/embedded/files/mpo.jpg")).unwrap();
    let second = |bytes: &[u8]| {
        let header = bytes.windows(4).position(|at| at == b"MPF\0").unwrap() + 4;
        let little = bytes[header] == b'I';
        let four = |at: usize| {
            let digits: [u8; 4] = bytes[at..at + 4].try_into().unwrap();
            usize::try_from(if little { u32::from_le_bytes(digits) } else { u32::from_be_bytes(digits) }).unwrap()
        };
        let tag: [u8; 2] = if little { [0x02, 0xb0] } else { [0xb0, 0x02] };
        let entry = header + bytes[header..].windows(2).position(|at| at == tag).unwrap();
        let list = header + four(entry + 8);
        let (first_bytes, at, len) = (four(list + 4), header + four(list + 16 + 8), four(list + 16 + 4));
        assert_eq!(first_bytes, at, "the first picture ends where the second starts");
        bytes[at..at + len].to_vec()
    };
    let before = second(&bytes);
    assert!(before.starts_with(&[0xff, 0xd8]));
    assert_eq!(second(&write(&bytes, &everything()).unwrap()), before);
}

#[test]
fn packets_keep_what_they_have() {
    let there = "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n".to_owned()
        + &rdf(
            "p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-ALLOWED' note:HasExtendedXMP='0123' d:format='a&#38;b'",
            "<p:OtherConstraints>old</p:OtherConstraints><d:title xmlns:q='urn:q'>\u{e9}<!-- kept --><q:x/></d:title>",
        )
        + "   \n   <?xpacket end='w'?>";
    let jpeg = |xmp: &[u8]| jpeg_of(&[(0xe1, [b"http://ns.adobe.com/xap/1.0/\0", xmp].concat())]);
    let written = write(&jpeg(there.as_bytes()), &term("DMI-PROHIBITED")).unwrap();
    let packet = packets(&written, &LIMITS).xmp[0].bytes.to_vec();
    let node = "<rdf:Description xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
                xmlns:plus=\"http://ns.useplus.org/ldf/xmp/1.0/\" rdf:about=\"\">\n\
                <plus:DataMining>http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED</plus:DataMining>\n</rdf:Description>\n";
    let expected = there
        .replace(" p:DataMining='http://ns.useplus.org/ldf/vocab/DMI-ALLOWED'", "")
        .replace("</r:RDF>", &format!("{node}</r:RDF>"));
    assert_eq!(String::from_utf8(packet).unwrap(), expected);
    // What a second packet says is gone, and the rest of it stays.
    let two = jpeg_of(&[
        (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", there.as_bytes()].concat()),
        (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", data_mining("DMI-ALLOWED").as_bytes()].concat()),
    ]);
    let written = write(&two, &term("DMI-PROHIBITED")).unwrap();
    assert_eq!(shown(&embedded(&written)), ["XMP plus:DataMining: data-mining=disallowed iptc-prohibited"]);
    // The names of others, and characters of no encoding, are left alone.
    let latin = [there.as_bytes(), b""].concat().into_iter().map(|byte| if byte == 0xc3 { 0xff } else { byte });
    let latin: Vec<u8> = latin.collect();
    let written = write(&jpeg(&latin), &term("DMI-PROHIBITED")).unwrap();
    assert!(written.windows(2).any(|at| at == [0xff, 0xa9]));
}

#[test]
fn other_spellings_of_rdf_are_changed_too() {
    let sun = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    let plus = "http://ns.useplus.org/ldf/xmp/1.0/";
    for packet in [
        format!("<R:RDF xmlns:R='{sun}'/>"),
        format!("<RDF xmlns='{sun}'></RDF>"),
        format!("<R:RDF xmlns:R='{sun}'><R:Description R:about='a\"b' xmlns:z='{plus}' z:DataMining='x'/></R:RDF>"),
        format!("<R:RDF xmlns:R='{sun}'><z:Work xmlns:z='{plus}'><z:DataMining R:resource='x'/></z:Work></R:RDF>"),
        format!(
            "<R:RDF xmlns:R='{sun}'><R:Description><z:DataMining xmlns:z='{plus}'>x</z:DataMining></R:Description></R:RDF>"
        ),
        format!("<a><b><R:RDF xmlns:R='{sun}' xmlns:plus='urn:other' plus:q='1'><!-- c --></R:RDF></b></a>"),
        String::new(),
        "  \n ".to_owned(),
    ] {
        let file = jpeg_of(&[(0xe1, [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat())]);
        let written = write(&file, &term("DMI-PROHIBITED"));
        assert!(written.is_ok(), "{packet}: {:?}", written.err());
        let written = written.unwrap();
        let expected = ["XMP plus:DataMining: data-mining=disallowed iptc-prohibited"];
        assert_eq!(shown(&embedded(&written)), expected, "{packet}");
        assert_eq!(write(&written, &term("DMI-PROHIBITED")).unwrap(), written, "{packet}");
    }
    for (packet, error) in [
        ("<a/>", WriteError::NoRdf),
        ("<a>", WriteError::BrokenXmp),
        ("not XML <", WriteError::BrokenXmp),
        ("<R:RDF xmlns:R='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>", WriteError::BrokenXmp),
    ] {
        let file = jpeg_of(&[(0xe1, [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat())]);
        assert_eq!(write(&file, &term("DMI-PROHIBITED")), Err(error), "{packet}");
    }
}

#[test]
fn a_segment_has_an_end() {
    let packet = |padding: usize, text: usize| {
        rdf("", &format!("<d:title>{}</d:title>", "x".repeat(text))) + &" ".repeat(padding) + "<?xpacket end='w'?>"
    };
    let jpeg = |xmp: &str| jpeg_of(&[(0xe1, [b"http://ns.adobe.com/xap/1.0/\0", xmp.as_bytes()].concat())]);
    // Padding makes room, text does not.
    assert!(write(&jpeg(&packet(64_000, 0)), &everything()).is_ok());
    let error = write(&jpeg(&packet(0, 64_800)), &everything()).unwrap_err();
    assert!(matches!(error, WriteError::TooLong { limit: 65_502, .. }), "{error}");
    let many = (0..1000).map(|_| (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", packet(0, 9).as_bytes()].concat()));
    let many: Vec<_> = many.collect();
    assert_eq!(write(&jpeg_of(&many), &everything()), Err(WriteError::TooMany("packets of XMP")));
    let foreign: Vec<_> = (0..1000).map(|_| (0xe1, b"something else".to_vec())).collect();
    assert!(write(&jpeg_of(&foreign), &everything()).is_ok());
}

#[test]
fn files_that_are_cut_are_refused_or_written_whole() {
    for (name, bytes) in files() {
        for end in 0..bytes.len() {
            let Ok(written) = write(&bytes[..end], &everything()) else { continue };
            // Behind its picture a file may hold what it likes; a TIFF says nowhere how long it is.
            assert!(end * 10 > bytes.len() || name.contains("tiff"), "{name} {end}");
            let expected = ["XMP plus:DataMining: train-ai=disallowed iptc-prohibited"];
            assert_eq!(shown(&embedded(&written)), expected, "{name} {end}");
        }
    }
}

#[test]
fn raw_files_and_films_are_refused() {
    let mut raw = tiff_of(&[(315, 2, b"Ada\0\0\0\0\0")], true);
    raw[8..10].copy_from_slice(b"CR");
    assert!(matches!(write(&raw, &everything()), Err(WriteError::Unsupported(_))));
    let film = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/embedded/files/animated.avif")).unwrap();
    assert!(matches!(write(&film, &everything()), Err(WriteError::Unsupported(_))));
    for bytes in [&b""[..], b"BM", b"8BPS\0\x01", b"<html><body>x"] {
        assert_eq!(write(bytes, &everything()), Err(WriteError::UnknownKind));
    }
}

#[test]
fn the_iptc_reference_picture_keeps_its_packet() {
    let Some(file) = anchors::anchor("../pictures/iptc/IPTC-PhotometadataRef-Std2024.1.jpg") else { return };
    let bytes = fs::read(file).unwrap();
    let before = embedded(&bytes);
    let written = write(&bytes, &term("DMI-PROHIBITED")).unwrap();
    let after = embedded(&written);
    assert_eq!(shown(&after), ["XMP plus:DataMining: data-mining=disallowed iptc-prohibited"]);
    assert_eq!(texts(&before)[1..], texts(&after)[1..]);
    assert_eq!((before.creator, before.rights, before.licence), (after.creator, after.rights, after.licence));
    let scan = bytes.windows(4).position(|at| at[..2] == [0xff, 0xdb]).unwrap();
    assert!(written.ends_with(&bytes[scan..]));
}

fn uses() -> impl Strategy<Value = Vec<UsageCategory>> {
    prop::collection::vec(prop::sample::select(UsageCategory::ALL), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_wish_that_a_term_says_is_read_again(no in uses(), yes in uses(), number in 0..21_usize) {
        let (name, bytes) = files().swap_remove(number);
        let Some(data_mining) = data_mining_term(&no, &yes, None) else { return Ok(()) };
        let written = write(&bytes, &term(data_mining)).unwrap();
        let said = embedded(&written);
        let preferences: Vec<_> = said.statements.iter().flat_map(|it| &it.preferences).cloned().collect();
        for category in [TrainGenai, TrainAi, DataMining, Search] {
            let said = |stance, implies: fn(UsageCategory, UsageCategory) -> bool| {
                preferences.iter().any(|p| p.stance == stance && implies(p.category, category))
            };
            let wished = |list: &[UsageCategory], implies: fn(UsageCategory, UsageCategory) -> bool| {
                list.iter().any(|wish| implies(*wish, category))
            };
            use sayso_consent::categories::{grants, reserves};
            use sayso_core::Stance;
            let no = wished(&no, reserves);
            prop_assert!(!said(Stance::Disallowed, reserves) || no, "{} {}: more is reserved", name, category);
            prop_assert!(!said(Stance::Allowed, grants) || !no && wished(&yes, grants), "{} {}", name, category);
            prop_assert!(!no || category == Search || said(Stance::Disallowed, reserves), "{} {}: no is lost", name, category);
        }
        prop_assert_eq!(write(&written, &term(data_mining)).unwrap(), written);
    }

    #[test]
    fn broken_files_never_break_the_writer(
        number in 0..21_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (_, mut bytes) = files().swap_remove(number);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(written) = write(&bytes, &everything()) {
            prop_assert!(written.len() >= bytes.len());
            prop_assert_eq!(write(&written, &everything()).unwrap(), written);
        }
    }

    #[test]
    fn any_text_is_read_again(text in "\\PC{1,200}") {
        let text = text.trim().to_owned();
        prop_assume!(!text.is_empty());
        let inscription = Inscription { creator: Some(text.clone()), ..Inscription::default() };
        let (_, bytes) = files().swap_remove(0);
        let read = embedded(&write(&bytes, &inscription).unwrap());
        prop_assert_eq!(read.creator, Some(text));
    }
}
