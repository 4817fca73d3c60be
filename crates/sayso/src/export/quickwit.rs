//! An index of [Quickwit](https://quickwit.io/docs/configuration/index-config): its configuration, and its documents.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use sayso_crawl::{host_of, registrable_domain};
use sayso_dataset::{FEATURES, write_atomically};
use serde_json::{Map, Value};

use super::run::beside;
use super::{ExportReport, json};
use crate::Error;
use crate::library::Library;

/// The file that says what the fields are.
const CONFIGURATION: &str = "index-config.yaml";
/// The file of a sample a line.
const DOCUMENTS: &str = "documents.ndjson";

/// Which samples become documents.
#[derive(Debug, Clone)]
pub struct QuickwitOptions {
    /// The query whose hits are wanted; all samples where there is none.
    pub query: Option<String>,
    /// Samples at most.
    pub limit: u64,
    /// Whether personal data in texts is masked.
    pub mask_personal: bool,
}

/// What Quickwit makes of a field.
#[derive(Debug, Clone, Copy)]
enum Mapping {
    /// Words of any script, in an order that phrases ask for, and of a length that ranking asks for.
    Words,
    /// A whole value that is looked for and counted.
    Name,
    /// Several of them.
    Names,
    /// A whole value of which each sample has its own: looked for, and not worth counting.
    Key,
    Number,
    Score,
    Time,
    /// Handed out, and not looked for.
    Kept,
}

/// The columns that Quickwit is told of, in the order in which it lists them.
const FIELDS: [(&str, Mapping); 31] = [
    ("uid", Mapping::Key),
    ("url", Mapping::Key),
    ("caption", Mapping::Words),
    (SITE, Mapping::Names),
    ("domain", Mapping::Name),
    ("page_url", Mapping::Key),
    ("caption_origin", Mapping::Name),
    ("captured_at", Mapping::Time),
    ("captures", Mapping::Number),
    ("creator", Mapping::Words),
    ("creator_origin", Mapping::Name),
    ("licence", Mapping::Name),
    ("language", Mapping::Name),
    ("width", Mapping::Number),
    ("height", Mapping::Number),
    ("picture_bytes", Mapping::Number),
    ("sha256", Mapping::Key),
    ("pdq", Mapping::Key),
    ("pdq_quality", Mapping::Number),
    ("verdict", Mapping::Name),
    ("reason", Mapping::Name),
    (REASONS, Mapping::Kept),
    (RECORD, Mapping::Kept),
    ("similarity", Mapping::Score),
    ("punsafe", Mapping::Score),
    ("pwatermark", Mapping::Score),
    ("aesthetic", Mapping::Score),
    ("fetch", Mapping::Name),
    ("fetched_at", Mapping::Time),
    ("etag", Mapping::Kept),
    ("last_modified", Mapping::Kept),
];

/// The hosts of picture and page with all their parents down to the registrable domain, so that `site:` finds what it finds here.
const SITE: &str = "site";
/// Both are nested. Quickwit gets them as texts, since nobody looks for what is in them.
const REASONS: &str = "reasons";
const RECORD: &str = "record";
/// Where columns of imported tables go, which may be called anything.
const MORE: &str = "more";
/// A number of a collection that nobody reads any more.
const LEFT_OUT: [&str; 2] = [FEATURES, "cc2dataset_uid"];

/// Writes the configuration of an index and its documents into a folder, which is made where it is not there.
pub fn export_to_quickwit(library: &Library, options: &QuickwitOptions, dir: &Path) -> Result<ExportReport, Error> {
    fs_err::create_dir_all(dir).map_err(Error::file(dir))?;
    let names: Vec<String> = library.columns().into_iter().filter(|name| !LEFT_OUT.contains(&name.as_str())).collect();
    let file = dir.join(DOCUMENTS);
    let samples = beside(&file, |out| {
        let mut out = BufWriter::with_capacity(1 << 18, out);
        let samples = library.each_batch(options.query.as_deref(), options.limit, &mut |batch| {
            for row in 0..batch.num_rows() {
                let document = document(batch, &names, row, options.mask_personal)?;
                serde_json::to_writer(&mut out, &document).map_err(|error| Error::file(&file)(error.into()))?;
                out.write_all(b"\n").map_err(Error::file(&file))?;
            }
            Ok(())
        })?;
        out.flush().map_err(Error::file(&file))?;
        Ok(samples)
    })?;
    let name = library.summaries().into_iter().map(|summary| summary.name).collect::<Vec<_>>().join("-");
    write_atomically(&dir.join(CONFIGURATION), configuration(&index_id(&name)).as_bytes())?;
    Ok(ExportReport { file: Some(dir.to_owned()), samples })
}

fn document(batch: &RecordBatch, names: &[String], row: usize, is_masked: bool) -> Result<Value, Error> {
    let mut document = Map::new();
    let mut more = Map::new();
    let Value::Object(object) = json::object(batch, names, row, is_masked)? else { return Ok(Value::Null) };
    for (name, value) in object {
        if matches!(name.as_str(), REASONS | RECORD) {
            document.insert(name, Value::String(value.to_string()));
        } else if FIELDS.iter().any(|(known, _)| *known == name) && name != SITE {
            document.insert(name, value);
        } else {
            more.insert(name, value);
        }
    }
    let text = |name: &str| {
        let column = batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>());
        column.map_or("", |column| column.value(row))
    };
    let hosts = (host_of(text("url")), host_of(text("page_url")));
    document.insert(SITE.to_owned(), sites(&hosts.0, &hosts.1).into());
    if !more.is_empty() {
        document.insert(MORE.to_owned(), Value::Object(more));
    }
    Ok(Value::Object(document))
}

fn sites(picture: &str, page: &str) -> Vec<String> {
    let of = |host: &str| sayso_index::site_terms(host, registrable_domain(host));
    let mut sites = of(picture);
    for site in of(page) {
        if !sites.contains(&site) {
            sites.push(site);
        }
    }
    sites
}

/// A name as Quickwit takes it: letters, digits, `-` and `_`, three of them at least, the first a letter.
fn index_id(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let name: String = name.chars().map(plain).take(200).collect();
    match name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.len() > 2 {
        true => name,
        false => format!("sayso-{name}"),
    }
}

fn configuration(index_id: &str) -> String {
    let mut yaml = format!(
        "# An index of Quickwit 0.7 or later: https://quickwit.io/docs/configuration/index-config\n\
         #   quickwit index create --index-config {CONFIGURATION}\n\
         #   quickwit index ingest --index {index_id} --input-path {DOCUMENTS}\n\
         version: 0.7\n\
         index_id: {index_id}\n\
         doc_mapping:\n  mode: lenient\n  tag_fields: [verdict]\n  field_mappings:\n"
    );
    for (name, mapping) in FIELDS {
        let _ = writeln!(yaml, "    - name: {name}\n{}", mapping.yaml());
    }
    let _ = write!(
        yaml,
        "    # Columns of imported tables: more.NAME:VALUE.\n\
         \x20   - name: {MORE}\n      type: json\n      tokenizer: raw\n      fast: true\n\
         search_settings:\n  default_search_fields: [caption, creator]\n"
    );
    yaml
}

impl Mapping {
    fn yaml(self) -> Cow<'static, str> {
        let text = |kind: &str, more: &str| Cow::Owned(format!("      type: {kind}\n      tokenizer: raw{more}"));
        match self {
            Self::Words => {
                "      type: text\n      tokenizer: chinese_compatible\n      record: position\n      fieldnorms: true"
                    .into()
            }
            Self::Name => text("text", "\n      fast: true"),
            Self::Names => text("array<text>", "\n      fast: true"),
            Self::Key => text("text", ""),
            Self::Number => "      type: u64\n      fast: true".into(),
            Self::Score => "      type: f64\n      fast: true".into(),
            Self::Time => {
                "      type: datetime\n      input_formats: [rfc3339]\n      fast: true\n      fast_precision: seconds"
                    .into()
            }
            Self::Kept => "      type: text\n      indexed: false".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{configuration, index_id, sites};

    #[test]
    fn names_are_those_that_quickwit_takes() {
        assert_eq!(index_id("my-dataset"), "my-dataset");
        assert_eq!(index_id("2024 Übersicht"), "sayso-2024--bersicht");
        assert_eq!(index_id("a"), "sayso-a");
    }

    #[test]
    fn a_sample_has_the_sites_by_which_it_is_found_here() {
        assert_eq!(
            sites("img.cdn.example.co.uk", "example.org"),
            ["img.cdn.example.co.uk", "cdn.example.co.uk", "example.co.uk", "example.org"]
        );
        assert_eq!(sites("example.org", "example.org"), ["example.org"]);
        assert!(sites("", "").is_empty());
    }

    #[test]
    fn every_field_is_configured_once() {
        let yaml = configuration("x");
        let names: Vec<&str> = yaml.lines().filter_map(|line| line.trim().strip_prefix("- name: ")).collect();
        let mut distinct = names.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((names.len(), distinct.len()), (32, 32));
    }
}
