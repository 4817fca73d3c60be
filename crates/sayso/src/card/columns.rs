use arrow_schema::{DataType, FieldRef};

use super::CardColumn;

/// What the columns hold that Sayso itself writes. `docs/specs/dataset.md` has them in full.
const MEANINGS: [(&str, &str); 32] = [
    ("uid", "the pair's identity: 128 bits of BLAKE3 over address and caption, in hexadecimal"),
    ("url", "the picture's address"),
    ("caption", "the text that goes with it, as found"),
    ("domain", "the registrable domain of the address"),
    ("page_url", "the page on which the pair was found"),
    ("caption_origin", "where the caption was found"),
    ("captured_at", "when that page was captured"),
    ("captures", "in how many records the same pair was seen"),
    ("creator", "who made the picture, where that is stated"),
    ("creator_origin", "how the creator became known"),
    ("licence", "the licence as it is stated: a short name, or the address of its text"),
    ("width", "width in pixels"),
    ("height", "height in pixels"),
    ("picture_bytes", "size of the picture's file"),
    ("sha256", "SHA-256 of the picture's file"),
    ("pdq", "the picture's perceptual hash (PDQ)"),
    ("pdq_quality", "PDQ's quality of that hash, from 0 to 100"),
    ("verdict", "allowed, unknown or disallowed, for the purpose of the dataset"),
    ("reason", "the code of the reason that decided"),
    ("reasons", "all reasons with their evidence, as JSON"),
    ("record", "where the page's record lies: file, offset, length and digest"),
    ("cc2dataset_uid", "the identity that cc2dataset gives the same pair"),
    ("features", "places of the picture by which parts of it are found"),
    ("language", "the caption's language, as stated or as told by its words"),
    ("similarity", "how near picture and caption are to CLIP"),
    ("punsafe", "how probable it is that the picture is not safe for work, to a classifier"),
    ("pwatermark", "how probable it is that the picture bears a watermark, to a classifier"),
    ("aesthetic", "how beautiful a predictor took the picture to be"),
    ("fetch", "what became of the picture when it was asked for"),
    ("fetched_at", "when the picture was asked for"),
    ("etag", "the entity tag of the picture's last answer"),
    ("last_modified", "when the picture was last changed, as its server says"),
];

/// A column, with what it holds where Sayso writes it.
pub(super) fn described(field: &FieldRef) -> CardColumn {
    CardColumn { name: field.name().clone(), r#type: in_words(field.data_type()), meaning: meaning_of(field.name()) }
}

/// What a column holds that Sayso writes; `None` of others.
pub(crate) fn meaning_of(column: &str) -> Option<&'static str> {
    MEANINGS.iter().find(|(name, _)| *name == column).map(|(_, meaning)| *meaning)
}

/// A type as people who read tables call it.
fn in_words(kind: &DataType) -> String {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "string".to_owned(),
        DataType::Boolean => "bool".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::Struct(_) => "struct".to_owned(),
        kind if kind.is_list() => "list".to_owned(),
        kind => kind.to_string().to_ascii_lowercase(),
    }
}
