//! A dataset's description in Croissant 1.1 (mlcommons.org/croissant/1.1) with the RAI extension: JSON-LD by which programs
//! find the shards, check them and read their columns, and people what is known of how they came to be.

mod derived;
mod fields;
mod responsible;

use std::path::{Path, PathBuf};

use sayso_dataset::FileEntry;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::card::Card;
use crate::library::{Library, Shelf};
use crate::summary::Measurements;

/// What only a dataset's builder can say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CroissantOptions {
    /// Its title; the folder's name if not given.
    pub title: Option<String>,
    /// What it is and what for.
    pub about: Option<String>,
    /// Where to write to, to have something taken out.
    pub contact: Option<String>,
    /// The licence of the table itself, a name such as `cc-by-4.0` or an address.
    pub licence: Option<String>,
    /// The address at which it can be had.
    pub url: Option<String>,
    /// How to cite it.
    pub citation: Option<String>,
    /// The day on which it was published.
    pub published: Option<String>,
}

/// The name of the one set of records.
const RECORDS: &str = "samples";

/// The name of the set of files that they are in.
const SHARDS: &str = "shards";

/// Describes the dataset in `dir`. The description belongs into that very folder: its paths are relative to it.
pub fn croissant(dir: &Path, options: &CroissantOptions) -> Result<Value, Error> {
    described(dir, options, derived::captured)
}

/// The same of a dataset whose samples were counted.
pub fn croissant_of_measured(
    dir: &Path,
    options: &CroissantOptions,
    measurements: &Measurements,
) -> Result<Value, Error> {
    described(dir, options, |_| Ok(measurements.captured()))
}

fn described(
    dir: &Path,
    options: &CroissantOptions,
    captured: impl FnOnce(&Shelf) -> Result<Option<(i64, i64)>, Error>,
) -> Result<Value, Error> {
    let card = Card::of(dir)?;
    let library = Library::open(&[PathBuf::from(dir)])?;
    let missing = || Error::Input { input: dir.display().to_string(), message: "it is no dataset".to_owned() };
    let shelf = library.shelves.first().ok_or_else(missing)?;
    let manifest = shelf.dataset.manifest();
    let shards = &manifest.samples;
    let fields = fields::Fields::of(&shelf.dataset.schema());
    let mut description = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            description.insert(name.to_owned(), value);
        }
    };
    put("@context", context());
    put("@type", json!("sc:Dataset"));
    put("conformsTo", json!(["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]));
    put("name", json!(options.title.as_ref().unwrap_or(&card.name)));
    put("description", json!(responsible::about(&card, options, fields.left_out(), shelf.dataset.removed().len())));
    put("license", json!(licence(options)));
    put("version", json!(format!("{}.0.0", card.snapshot)));
    put("identifier", json!(format!("sayso:{}-{}", card.snapshot, card.root)));
    put("isLiveDataset", json!(false));
    put("url", json!(options.url));
    put("citeAs", json!(options.citation));
    put("datePublished", json!(options.published));
    put("keywords", json!(["image-text pairs", "consent", "sayso"]));
    put("usageInfo", responsible::usage(&card));
    put("prov:wasDerivedFrom", derived::sources(&card));
    put("prov:wasGeneratedBy", derived::activity(&card));
    let mut files: Vec<Value> = shards.iter().map(|entry| file(entry, "samples")).collect();
    files.extend(
        manifest
            .exclusions
            .iter()
            .map(|entry| file(entry, "pairs that were refused: their uid and the code of the reason")),
    );
    files.extend(
        manifest
            .tombstones
            .iter()
            .map(|entry| file(entry, "samples that were removed since: whoever reads shards leaves them out")),
    );
    if !shards.is_empty() {
        // Which files count is what the manifest says, not what lies in a folder.
        let names: Vec<String> = shards.iter().map(|entry| pattern(&entry.file)).collect();
        files.push(json!({
            "@type": "cr:FileSet", "@id": SHARDS, "name": SHARDS, "description": "all shards of samples",
            "encodingFormat": PARQUET, "includes": names,
        }));
        put(
            "recordSet",
            json!([{
                "@type": "cr:RecordSet", "@id": RECORDS, "name": RECORDS,
                "description": "one record for each pair of picture and caption, with its verdict",
                "key": {"@id": fields::id("uid")},
                "field": fields.values(),
            }]),
        );
    }
    put("distribution", json!(files));
    for (name, value) in responsible::properties(&card, options, captured(shelf)?.map(derived::instants)) {
        put(name, value);
    }
    Ok(Value::Object(description))
}

const PARQUET: &str = "application/x-parquet";

fn file(entry: &FileEntry, what: &str) -> Value {
    json!({
        "@type": "cr:FileObject", "@id": entry.file, "name": entry.file, "description": what,
        "contentUrl": entry.file, "contentSize": format!("{} B", entry.bytes),
        "encodingFormat": PARQUET, "sha256": entry.sha256,
    })
}

/// A name as a pattern that nothing else fits.
fn pattern(file: &str) -> String {
    let mut pattern = String::with_capacity(file.len());
    for char in file.chars() {
        if matches!(char, '*' | '?' | '[') {
            pattern.extend(['[', char, ']']);
        } else {
            pattern.push(char);
        }
    }
    pattern
}

/// The licence of the table: by its address, where its name is known.
fn licence(options: &CroissantOptions) -> String {
    let Some(name) = &options.licence else {
        return "Of the table nothing was stated; each sample states its own in the column `licence`.".to_owned();
    };
    let creative = |path: &str| format!("https://creativecommons.org/{path}/");
    let lower = name.trim().to_ascii_lowercase();
    match lower.strip_prefix("cc0-").or_else(|| (lower == "cc0").then_some("1.0")) {
        Some(version) => return creative(&format!("publicdomain/zero/{version}")),
        None if lower == "pdm-1.0" => return creative("publicdomain/mark/1.0"),
        None => {}
    }
    match lower.strip_prefix("cc-").and_then(|rest| rest.rsplit_once('-')) {
        Some((kind, version)) if version.starts_with(|first: char| first.is_ascii_digit()) => {
            creative(&format!("licenses/{kind}/{version}"))
        }
        _ => name.clone(),
    }
}

/// Names that mean what Croissant's namespace has under the same name.
const NAMES: [&str; 27] = [
    "arrayShape",
    "citeAs",
    "column",
    "containedIn",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isArray",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
];

/// The names that Croissant 1.1 gives things, as it lists them, and those of provenance.
fn context() -> Value {
    let mut context = json!({
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "cr": "http://mlcommons.org/croissant/",
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "description": {"@container": "@language"},
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "name": {"@container": "@language"},
        "prov": "http://www.w3.org/ns/prov#",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "sc": "https://schema.org/",
        "subField": "cr:subField",
        "transform": "cr:transform",
    });
    if let Some(context) = context.as_object_mut() {
        context.extend(NAMES.iter().map(|name| ((*name).to_owned(), json!(format!("cr:{name}")))));
    }
    context
}

#[cfg(test)]
mod tests {
    use super::{CroissantOptions, licence, pattern};

    #[test]
    fn licences_have_addresses_where_they_are_known() {
        let of =
            |name: &str| licence(&CroissantOptions { licence: Some(name.to_owned()), ..CroissantOptions::default() });
        assert_eq!(of("cc-by-4.0"), "https://creativecommons.org/licenses/by/4.0/");
        assert_eq!(of("CC-BY-NC-SA-3.0"), "https://creativecommons.org/licenses/by-nc-sa/3.0/");
        assert_eq!(of("cc0-1.0"), "https://creativecommons.org/publicdomain/zero/1.0/");
        assert_eq!(of("odc-by"), "odc-by");
        assert_eq!(of("https://example.org/terms"), "https://example.org/terms");
    }

    #[test]
    fn a_name_fits_itself_alone() {
        assert_eq!(pattern("samples/00000.parquet"), "samples/00000.parquet");
        assert_eq!(pattern("samples/a*[b]?.parquet"), "samples/a[*][[]b][?].parquet");
    }
}
