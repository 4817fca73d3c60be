use tantivy::schema::{FAST, Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};

// In the order in which `schema` adds them.
pub(crate) const CAPTION: Field = Field::from_field_id(0);
pub(crate) const CREATOR: Field = Field::from_field_id(1);
pub(crate) const SITE: Field = Field::from_field_id(2);
pub(crate) const LICENCE: Field = Field::from_field_id(3);
pub(crate) const VERDICT: Field = Field::from_field_id(4);
pub(crate) const FACT: Field = Field::from_field_id(5);

/// The name of the fast field that leads from a document to its sample.
pub(crate) const ROW_NAME: &str = "row";

/// How the tokens come about, for whoever reads the engine's files; the engine itself never makes any.
const WORDS: &str = "sayso-words";
const TERMS: &str = "sayso-terms";

/// What separates hosts that are written into one text; it stands in none.
pub(crate) const TERM_SEPARATOR: char = '\n';

/// The one term of the licence field of a sample without a licence; no licence looks like it.
pub(crate) const NO_LICENCE: &str = "\u{0}";

/// The fields of a document. Nothing is stored: a hit leads to its row and the row lies in a shard.
///
/// Only the two fields that take phrases have positions, and only they have lengths, because only they are ranked.
pub(crate) fn schema() -> Schema {
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(WORDS).set_index_option(IndexRecordOption::WithFreqsAndPositions),
    );
    let terms = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(TERMS)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    );
    let mut builder = Schema::builder();
    builder.add_text_field("caption", words.clone());
    builder.add_text_field("creator", words);
    builder.add_text_field("site", terms.clone());
    builder.add_text_field("licence", terms.clone());
    builder.add_text_field("verdict", terms.clone());
    builder.add_text_field("fact", terms);
    builder.add_u64_field(ROW_NAME, NumericOptions::from(FAST));
    builder.build()
}
