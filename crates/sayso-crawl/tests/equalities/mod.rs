//! What must be the same done two ways, whatever the input. Shared by `equal.rs`, which tries each on made-up input, and
//! by the fuzz targets, which go on for as long as they are let.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "shared by a test and fuzz targets that each use a part"
)]

use std::io::{self, Read};

use arrow_array::cast::AsArray;
use sayso_core::Limits;
use sayso_crawl::blocks::{BlockReader, Input, Position};
use sayso_crawl::http::{Dechunked, dechunk};
use sayso_crawl::record::{Cut, Cutter, Flaw};
use sayso_crawl::wat::read_page;
use sayso_crawl::{Counts, DamageCounts, Extracted, Extractor, Source, Tail, extract_behind, extract_block};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// Limits as large as nothing in these tests is.
pub(crate) const LIMITS: Limits = Limits {
    record_bytes: 32 << 20,
    header_bytes: 1 << 20,
    payload_bytes: 32 << 20,
    inflation_ratio: 1032,
    page_links: 10_000,
    caption_bytes: 64 << 10,
    url_bytes: 64 << 10,
    attribute_bytes: 1 << 20,
    signal_bytes: 4 << 10,
    robots_bytes: 500 << 10,
};

type Found = (usize, usize, Vec<u8>, Option<Flaw>, usize);

/// Records cut from a buffer that grows as it is asked for are those cut from all bytes at once.
pub(crate) fn records_in_pieces(bytes: &[u8], piece: usize) {
    let cutter = Cutter { header_limit_bytes: 1 << 20 };
    let (mut at, mut whole): (usize, Vec<Found>) = (0, Vec::new());
    while let Cut::Record { record, flaw, garbage, end, start } = cutter.cut(&bytes[at..], true) {
        assert!(end > start && at + end <= bytes.len(), "a record takes some bytes, and none that are not there");
        whole.push((at + start, at + end, record.block.to_vec(), flaw, garbage));
        at += end;
    }
    let (mut at, mut known, mut pieces): (usize, usize, Vec<Found>) = (0, 0, Vec::new());
    loop {
        match cutter.cut(&bytes[at..known], known == bytes.len()) {
            Cut::Record { record, flaw, garbage, end, start } => {
                pieces.push((at + start, at + end, record.block.to_vec(), flaw, garbage));
                at += end;
            }
            Cut::More { needed, .. } => {
                assert!(known < bytes.len(), "more is asked for than there is");
                assert!(needed.is_none_or(|needed| needed > (known - at) as u64), "what is there is asked for");
                known = (known + piece.max(1)).min(bytes.len());
            }
            Cut::End { .. } => break,
        }
    }
    assert_eq!(pieces, whole);
}

/// What a crawl file gives: its pairs and facts as text in a fixed order, counts and damage.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) pairs: Vec<String>,
    pub(crate) facts: Vec<String>,
    pub(crate) counts: Counts,
    pub(crate) damage: DamageCounts,
}

struct Memory<'a>(&'a [u8]);

impl Input for Memory<'_> {
    fn name(&self) -> &str {
        "x"
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let rest = self.0.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        Ok(Box::new(io::Cursor::new(rest.to_vec())))
    }
}

/// Reads a crawl file in blocks of about `block_bytes`; with `resume`, opened anew behind every block.
pub(crate) fn read(bytes: &[u8], block_bytes: usize, resume: bool) -> Reading {
    let source = Source { file: "x".into(), robots_only: false };
    let mut reading =
        Reading { pairs: Vec::new(), facts: Vec::new(), counts: Counts::default(), damage: DamageCounts::default() };
    let mut extractor = Extractor::new(LIMITS);
    let input = Memory(bytes);
    let mut reader = BlockReader::open(&input, block_bytes, &LIMITS, None).unwrap();
    let mut tail: Option<Tail> = None;
    while let Some(block) = reader.next_block().unwrap() {
        reading.damage.append(block.damage.clone());
        let mut extracted = match tail.take() {
            None => extract_block(&mut extractor, &source, &block).unwrap(),
            Some(tail) => extract_behind(tail, &mut extractor, &source, &block).unwrap(),
        };
        loop {
            reading.add(&extracted);
            let Some(rest) = extracted.remainder.take() else { break };
            extracted = extract_block(&mut extractor, &source, &rest).unwrap();
        }
        tail = extracted.tail;
        if resume && !block.last && tail.is_none() {
            let from = Position { kind: block.kind, offset: extracted.end };
            reader = BlockReader::open(&input, block_bytes, &LIMITS, Some(from)).unwrap();
        }
    }
    reading.pairs.sort();
    reading.facts.sort();
    reading
}

impl Reading {
    fn is_broken_stream(&self) -> bool {
        let mut examples = self.damage.iter().flat_map(|(_, count)| &count.examples);
        examples.any(|example| example.message.starts_with("the stream cannot be inflated further"))
    }

    fn add(&mut self, extracted: &Extracted) {
        self.counts.add(&extracted.counts);
        self.damage.append(extracted.damage.clone());
        let text = |name: &str| extracted.pool.column_by_name(name).unwrap().as_string::<i32>().clone();
        let number = |name: &str| {
            extracted.pool.column_by_name(name).unwrap().as_primitive::<arrow_array::types::UInt64Type>().clone()
        };
        let (urls, captions, pages, signals) = (text("url"), text("caption"), text("page_url"), text("signals"));
        let (offsets, lengths) = (number("record_offset"), number("record_length"));
        for row in 0..extracted.pool.num_rows() {
            let signals = arrow_array::Array::is_valid(&signals, row).then(|| signals.value(row));
            let place = (offsets.value(row), lengths.value(row));
            self.pairs.push(format!("{:?}", (urls.value(row), captions.value(row), pages.value(row), signals, place)));
        }
        for row in 0..extracted.sites.num_rows() {
            let column = |at| extracted.sites.column(at).as_string::<i32>().value(row).to_owned();
            self.facts.push(format!("{} {}", column(0), column(1)));
        }
    }
}

/// A file gives the same however it is cut into blocks.
pub(crate) fn blocks_of_any_size(bytes: &[u8], block_bytes: usize) {
    let (whole, blocks) = (read(bytes, 1 << 40, false), read(bytes, block_bytes.max(1), false));
    if whole.is_broken_stream() {
        // How much of a stream comes out before it breaks depends on the inflater's buffers.
        assert!(blocks.is_broken_stream());
        return;
    }
    assert_eq!(blocks, whole, "in blocks of {block_bytes} bytes");
}

/// A WAT record searched for its pictures gives what walking its whole tree gives.
pub(crate) fn wat_searched_as_walked(json: &str) {
    let searched = read_page(json.as_bytes()).map(|page| {
        page.map(|page| {
            let mut links = Vec::new();
            let end = page.pictures(u64::MAX, |link| links.push((link.url.into_owned(), link.alt.into_owned())));
            (page.target_uri().map(std::borrow::Cow::into_owned), end.is_ok(), links)
        })
    });
    // Keys that come twice are read by either in its own way, and nobody writes them.
    let Ok(Distinct(tree)) = serde_json::from_str(json) else { return };
    let Some(fields) = tree.as_object() else { return };
    let html =
        fields.get("Envelope").map(|envelope| &envelope["Payload-Metadata"]["HTTP-Response-Metadata"]["HTML-Metadata"]);
    let Some(links) = html.and_then(|html| html["Links"].as_array()) else {
        assert!(matches!(searched, Ok(None)), "{searched:?}");
        return;
    };
    // No WAT nests anything in its links. A link inside a link is found by the search and not by the walk.
    let is_flat = |link: &Value| {
        link.as_object().is_none_or(|fields| fields.values().all(|value| !value.is_object() && !value.is_array()))
    };
    if !links.iter().all(|link| !link.is_array() && is_flat(link)) {
        return;
    }
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let expected: Vec<(String, String)> = links
        .iter()
        .filter(|link| text(link, "path").as_deref() == Some("IMG@/src"))
        .filter_map(|link| Some((text(link, "url")?, text(link, "alt").filter(|alt| !alt.is_empty())?)))
        .collect();
    let (_, _, found) = searched.expect("valid JSON is read").expect("it is a page with links");
    assert_eq!(found, expected);
}

/// A JSON document in which no object has a key twice.
struct Distinct(Value);

impl<'de> serde::Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DistinctVisitor).map(Distinct)
    }
}

struct DistinctVisitor;

impl<'de> Visitor<'de> for DistinctVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
        Ok(Value::from(0))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::from(0))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::from(0))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Distinct(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = serde_json::Map::new();
        while let Some((key, Distinct(value))) = map.next_entry::<String, Distinct>()? {
            if fields.insert(key, value).is_some() {
                return Err(serde::de::Error::custom("a key comes twice"));
            }
        }
        Ok(Value::Object(fields))
    }
}

/// Chunks written of a body are that body again, and whatever is no chunks gives no more bytes than it has.
pub(crate) fn chunks_there_and_back(bytes: &[u8], sizes: &[usize]) {
    let (mut rest, mut encoded) = (bytes, Vec::new());
    for size in sizes.iter().cycle().take(1 + bytes.len()) {
        let (chunk, after) = rest.split_at((size % 1000).min(rest.len()));
        if !chunk.is_empty() {
            encoded.extend_from_slice(format!("{:X};name=value\r\n", chunk.len()).as_bytes());
            encoded.extend_from_slice(chunk);
            encoded.extend_from_slice(b"\r\n");
        }
        rest = after;
    }
    if !rest.is_empty() {
        encoded.extend_from_slice(format!("{:x}\r\n", rest.len()).as_bytes());
        encoded.extend_from_slice(rest);
        encoded.extend_from_slice(b"\r\n");
    }
    let cut = encoded.len();
    encoded.extend_from_slice(b"0\r\nTrailer: x\r\n\r\n");
    assert_eq!(dechunk(&encoded), Dechunked::Whole(bytes.to_vec()));
    if cut > 0 {
        assert_eq!(dechunk(&encoded[..cut]), Dechunked::Whole(bytes.to_vec()), "cut off behind the last chunk");
    }
    match dechunk(bytes) {
        Dechunked::Whole(joined) | Dechunked::Broken(joined) => assert!(joined.len() <= bytes.len()),
        Dechunked::NotChunked => {}
    }
}
