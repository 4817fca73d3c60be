use tantivy::columnar::{ColumnType, ColumnarWriter};
use tantivy::directory::TerminatingWrite as _;
use tantivy::fieldnorm::{FieldNormReader, FieldNormReaders, FieldNormsSerializer};
use tantivy::index::{Segment, SegmentComponent, SegmentId, SegmentMeta};
use tantivy::postings::InvertedIndexSerializer;
use tantivy::store::{Compressor, StoreWriter};
use tantivy::{Index, TantivyError};

use super::batch::Batch;
use super::postings::Postings;
use crate::schema::{CAPTION, CREATOR, FACT, LICENCE, ROW_NAME, SITE, TERM_SEPARATOR, VERDICT};
use crate::text::Tokens;

/// Samples of consecutive rows on their way to becoming files of the index.
#[derive(Debug)]
pub(super) struct Part {
    number: u32,
    caption: Ranked,
    creator: Ranked,
    site: Postings,
    licence: Postings,
    verdict: Postings,
    fact: Postings,
    /// For each document, the place of its sample.
    rows: Vec<u64>,
    buffer: String,
}

/// A part whose files are complete.
#[derive(Debug)]
pub(super) struct FinishedPart {
    /// Parts in the order of their numbers are in the order of rows.
    pub(super) number: u32,
    /// What the engine wants to know of it.
    pub(super) meta: SegmentMeta,
}

/// A field of words, with the length of each document in it.
#[derive(Debug)]
struct Ranked {
    postings: Postings,
    /// Lengths in the engine's code of one byte.
    lengths: Vec<u8>,
}

impl Part {
    pub(super) fn new(number: u32) -> Self {
        let ranked = || Ranked { postings: Postings::new(), lengths: Vec::new() };
        Self {
            number,
            caption: ranked(),
            creator: ranked(),
            site: Postings::new(),
            licence: Postings::new(),
            verdict: Postings::new(),
            fact: Postings::new(),
            rows: Vec::new(),
            buffer: String::new(),
        }
    }

    pub(super) fn add(&mut self, batch: &Batch) {
        for sample in batch.samples() {
            let document = self.rows.len() as u32;
            self.caption.add(document, sample.caption, &mut self.buffer);
            self.creator.add(document, sample.creator, &mut self.buffer);
            if !sample.sites.is_empty() {
                for site in sample.sites.split(TERM_SEPARATOR) {
                    self.site.add(document, 0, site.as_bytes());
                }
            }
            self.licence.add(document, 0, sample.licence.as_bytes());
            self.verdict.add(document, 0, sample.verdict.as_str().as_bytes());
            if !sample.facts.is_empty() {
                for fact in sample.facts.split(TERM_SEPARATOR) {
                    self.fact.add(document, 0, fact.as_bytes());
                }
            }
            self.rows.push(sample.key);
        }
    }

    /// Writes the part's files.
    pub(super) fn finish(self, index: &Index) -> tantivy::Result<FinishedPart> {
        // Numbered and not drawn by chance, so that the same samples give the same files.
        let id = SegmentId::from_uuid_string(&format!("{:032x}", self.number))
            .map_err(|error| TantivyError::InvalidArgument(error.to_string()))?;
        let segment = index.segment(index.new_segment_meta(id, 0));
        let number = self.number;
        let documents = self.rows.len() as u32;
        write_rows(&segment, &self.rows)?;
        self.write_postings(&segment)?;
        // The engine wants a store to be there; nothing is in it, and nothing asks for what is.
        let store = segment.open_write(SegmentComponent::Store)?;
        StoreWriter::new(store, Compressor::None, 1 << 14, false)?.close()?;
        Ok(FinishedPart { number, meta: index.new_segment_meta(id, documents) })
    }

    fn write_postings(self, segment: &Segment) -> tantivy::Result<()> {
        let mut lengths = FieldNormsSerializer::from_write(segment.open_write(SegmentComponent::FieldNorms)?)?;
        lengths.serialize_field(CAPTION, &self.caption.lengths)?;
        lengths.serialize_field(CREATOR, &self.creator.lengths)?;
        lengths.close()?;
        let lengths = FieldNormReaders::open(segment.open_read(SegmentComponent::FieldNorms)?)?;
        let mut out = InvertedIndexSerializer::open(segment)?;
        for (field, postings, is_ranked) in [
            (CAPTION, self.caption.postings, true),
            (CREATOR, self.creator.postings, true),
            (SITE, self.site, false),
            (LICENCE, self.licence, false),
            (VERDICT, self.verdict, false),
            (FACT, self.fact, false),
        ] {
            let lengths = if is_ranked { lengths.get_field(field)? } else { None };
            let mut out = out.new_field(field, postings.tokens(), lengths)?;
            postings.write(is_ranked, &mut out)?;
            out.close()?;
        }
        out.close()?;
        Ok(())
    }
}

impl Ranked {
    fn add(&mut self, document: u32, text: &str, buffer: &mut String) {
        let mut length = 0;
        let mut tokens = Tokens::new(text, buffer);
        while tokens.advance() {
            self.postings.add(document, tokens.position() as u32, tokens.text().as_bytes());
            length += 1;
        }
        self.lengths.push(FieldNormReader::fieldnorm_to_id(length));
    }
}

fn write_rows(segment: &Segment, rows: &[u64]) -> tantivy::Result<()> {
    let mut columns = ColumnarWriter::default();
    // Without it, numbers that are small enough become a column of signed ones.
    columns.record_column_type(ROW_NAME, ColumnType::U64, false);
    for (document, row) in (0..).zip(rows) {
        columns.record_numerical(document, ROW_NAME, *row);
    }
    let mut file = segment.open_write(SegmentComponent::FastFields)?;
    columns.serialize(rows.len() as u32, None, &mut file)?;
    file.terminate()?;
    Ok(())
}
