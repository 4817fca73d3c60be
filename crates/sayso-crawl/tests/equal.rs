//! Done two ways, the result is the same: on made-up crawl files, whole and damaged.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod equalities;

use std::io::{self, Read, Write};

use equalities::{blocks_of_any_size, chunks_there_and_back, read, records_in_pieces, wat_searched_as_walked};
use proptest::prelude::*;
use sayso_crawl::blocks::{BlockReader, Input};

fn record(page: usize, words: &str) -> Vec<u8> {
    let html = format!("<title>{page}</title><img src=/{page}.jpg alt='{words}'><meta name=robots content=noai>");
    let block = match page % 5 {
        0 => format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /{words}"),
        1 => format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{html}\r\n0\r\n\r\n",
            html.len()
        ),
        _ => format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{html}"),
    };
    let path = if page.is_multiple_of(5) { "robots.txt".to_owned() } else { page.to_string() };
    format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://{}.example/{path}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        page % 3,
        block.len()
    )
    .into_bytes()
}

fn arc_record(page: usize, words: &str) -> Vec<u8> {
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<img src=/{page}.jpg alt='{words}'>");
    format!("http://{page}.example/ 192.0.2.1 20260203040506 text/html {}\n{block}\n", block.len()).into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut member = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    member.write_all(bytes).unwrap();
    member.finish().unwrap()
}

/// A change to the bytes of a file.
#[derive(Debug, Clone)]
enum Harm {
    Flip(usize, u8),
    Cut(usize, usize),
    Insert(usize, Vec<u8>),
    Repeat(usize, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let junk = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        prop::sample::select(vec![
            "WARC/1.0\r\n",
            "\r\n",
            "\n\n",
            "\r\n\r\nWARC/1.0\r\nWARC-Type: x\r\n",
            "\x1f\u{b}",
            "\nhttp://",
            "\0\0\0\0",
            "Content-Length: 9\r\n"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        Just(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]),
    ];
    prop_oneof![
        (any::<usize>(), 1..=255_u8).prop_map(|(at, bits)| Harm::Flip(at, bits)),
        (any::<usize>(), 1..300_usize).prop_map(|(at, length)| Harm::Cut(at, length)),
        (any::<usize>(), junk).prop_map(|(at, junk)| Harm::Insert(at, junk)),
        (any::<usize>(), 1..300_usize).prop_map(|(at, length)| Harm::Repeat(at, length)),
    ]
}

fn do_harm(bytes: &mut Vec<u8>, harm: &Harm) {
    let place = |at: usize| at % (bytes.len() + 1);
    match harm {
        Harm::Flip(at, bits) => {
            let at = place(*at);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= bits;
            }
        }
        Harm::Cut(at, length) => {
            let at = place(*at);
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        Harm::Insert(at, junk) => drop(bytes.splice(place(*at)..place(*at), junk.iter().copied())),
        Harm::Repeat(at, length) => {
            let at = place(*at);
            let again = bytes[at..(at + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, again);
        }
    }
}

/// A crawl file in one of its forms, harmed in a few places or none. What is harmed first is what is compressed then.
fn crawl_file() -> impl Strategy<Value = Vec<u8>> {
    let records = prop::collection::vec("[a-z ]{0,60}", 0..12);
    let harms = || prop::collection::vec(harm(), 0..3);
    (records, 0..7_u8, harms(), harms()).prop_map(|(words, form, before, after)| {
        let mut records: Vec<Vec<u8>> = words
            .iter()
            .enumerate()
            .map(|(page, words)| if form == 4 { arc_record(page, words) } else { record(page, words) })
            .collect();
        for (number, harm) in before.iter().enumerate() {
            let count = records.len().max(1);
            if let Some(record) = records.get_mut(number * 5 % count) {
                do_harm(record, harm);
            }
        }
        let mut bytes = match form {
            1 => records.iter().flat_map(|record| gzip(record)).collect(),
            2 => records.chunks(2).flat_map(|two| gzip(&two.concat())).collect(),
            3 => gzip(&records.concat()),
            5 => records.concat().chunks(170).flat_map(gzip).collect(),
            6 => {
                let first = records.first().cloned().unwrap_or_default();
                let rest = records.get(1..).unwrap_or_default().concat();
                gzip(&first).into_iter().chain(rest.chunks(90).flat_map(gzip)).collect()
            }
            _ => records.concat(),
        };
        after.iter().for_each(|harm| do_harm(&mut bytes, harm));
        bytes
    })
}

/// A WAT record's JSON, or something much like it.
fn wat_json() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[a-zA-Z/._ ]{0,12}",
        Just("IMG@/src".to_owned()),
        Just("\"IMG@/src\"".to_owned()),
        Just("\\".to_owned()),
        Just("{[}]".to_owned()),
        "\\PC{0,4}",
    ];
    let value = prop_oneof![
        4 => text.clone().prop_map(serde_json::Value::from),
        1 => any::<i32>().prop_map(serde_json::Value::from),
        1 => prop::sample::select(vec!["null", "true", "[]", "{}", "[{\"path\":\"IMG@/src\",\"url\":\"a\",\"alt\":\"b\"}]", "1.5e3"])
            .prop_map(|json| serde_json::from_str(json).unwrap()),
    ];
    let key =
        prop_oneof![5 => prop::sample::select(vec!["path", "url", "alt", "text"]).prop_map(str::to_owned), 1 => text];
    let link = prop::collection::vec((key, value), 0..5)
        .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect()));
    let image = ("[a-z./ \"\\\\]{0,9}", "[a-z é\"\\\\\n]{0,9}")
        .prop_map(|(url, alt)| serde_json::json!({"path": "IMG@/src", "url": url, "alt": alt}));
    let links = prop::collection::vec(prop_oneof![2 => image, 1 => link], 0..8);
    (links, any::<bool>(), prop::collection::vec(harm(), 0..2), any::<bool>()).prop_map(|(links, is_pretty, harms, is_harmed)| {
        let page = serde_json::json!({
            "Container": {"Filename": "x", "Offset": "1"},
            "Envelope": {
                "WARC-Header-Metadata": {"WARC-Target-URI": "https://a.example/"},
                "Payload-Metadata": {"HTTP-Response-Metadata": {"Headers": {"A": ["b"]}, "HTML-Metadata": {"Head": {"Title": "{"}, "Links": links}}},
            },
        });
        let json = if is_pretty { serde_json::to_string_pretty(&page).unwrap() } else { page.to_string() };
        let mut bytes = json.into_bytes();
        if is_harmed {
            harms.iter().for_each(|harm| do_harm(&mut bytes, harm));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn records_are_cut_in_pieces_as_in_one(bytes in crawl_file(), piece in 1..400_usize) {
        records_in_pieces(&bytes, piece);
    }

    #[test]
    fn a_file_gives_the_same_in_blocks_of_any_size(bytes in crawl_file(), block_bytes in 1..3000_usize) {
        blocks_of_any_size(&bytes, block_bytes);
    }

    #[test]
    fn wat_pages_are_searched_as_they_would_be_walked(json in wat_json()) {
        wat_searched_as_walked(&json);
    }

    #[test]
    fn chunks_are_undone(bytes in prop::collection::vec(any::<u8>(), 0..3000), sizes in prop::collection::vec(0..2000_usize, 1..5)) {
        chunks_there_and_back(&bytes, &sizes);
    }
}

#[test]
fn a_whole_file_read_on_from_any_block_gives_the_same() {
    let records: Vec<Vec<u8>> = (0..40).map(|page| record(page, "words")).collect();
    let members: Vec<u8> = records.iter().flat_map(|record| gzip(record)).collect();
    for bytes in
        [records.concat(), members, gzip(&records.concat()), zstd::encode_all(&records.concat()[..], 1).unwrap()]
    {
        let whole = read(&bytes, 1 << 20, false);
        assert_eq!((whole.counts.records, whole.pairs.len(), whole.facts.len()), (40, 32, 8));
        assert!(whole.damage.is_empty());
        for block_bytes in [1, 100, 700, 5000] {
            assert_eq!(read(&bytes, block_bytes, true), whole, "{block_bytes}");
        }
    }
}

/// Found by fuzzing: a zstd file that ends inside its dictionary, and one whose dictionary is none.
#[test]
fn a_broken_dictionary_is_damage() {
    for bytes in [
        &b"\x5d\x2a\x4d\x18\x36"[..],
        b"\x5d\x2a\x4d\x18\xff\xff\xff\xff",
        b"\x5d\x2a\x4d\x18\x04\0\0\0\x28\xb5\x2f\xfd",
    ] {
        let reading = read(bytes, 100, false);
        assert_eq!((reading.counts.records, reading.damage.is_empty()), (0, false), "{bytes:?}");
    }
}

/// A file whose bytes cannot be read beyond a point.
struct Failing(Vec<u8>);

impl Input for Failing {
    fn name(&self) -> &str {
        "x"
    }

    fn open_at(&self, _: u64) -> io::Result<Box<dyn Read + Send>> {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server keeps ending the transfer too early"))
            }
        }
        Ok(Box::new(io::Cursor::new(self.0.clone()).chain(Broken)))
    }
}

#[test]
fn what_cannot_be_read_is_an_error_and_not_damage() {
    // Large enough that the kind is found out before the break.
    let noise = |page: usize| -> String {
        (0..3000).map(|n| format!("{:x}", (page * 3000 + n).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20)).collect()
    };
    let plain: Vec<u8> = (0..100).flat_map(|page| record(page, &noise(page))).collect();
    for bytes in [gzip(&plain), zstd::encode_all(&plain[..], 1).unwrap(), plain.clone()] {
        assert!(bytes.len() > 600_000);
        let input = Failing(bytes[..bytes.len() / 2].to_vec());
        let result = BlockReader::open(&input, 100_000, &equalities::LIMITS, None).and_then(|mut reader| {
            while let Some(block) = reader.next_block()? {
                assert!(!block.last && block.damage.is_empty());
            }
            Ok(())
        });
        let error = result.unwrap_err().to_string();
        assert!(error.contains("the server keeps ending the transfer too early"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The sizes of pictures are read by a crate of others', from bytes of anybody.
    #[test]
    fn pictures_of_any_bytes_are_described_or_not(start in 0..9_usize, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let magic: [&[u8]; 9] = [
            b"", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"II*\0\x08\0\0\0", b"\0\0\0\x20ftypavif",
            b"BM", b"<svg",
        ];
        let mut block = b"HTTP/1.1 200 OK\r\nContent-Type: image/x\r\n\r\n".to_vec();
        block.extend_from_slice(magic[start]);
        block.extend_from_slice(&bytes);
        let mut record = format!("WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/x\r\nContent-Length: {}\r\n\r\n", block.len()).into_bytes();
        record.extend_from_slice(&block);
        record.extend_from_slice(b"\r\n\r\n");
        prop_assert_eq!(read(&record, 1 << 20, false).facts.len(), 1);
    }
}
