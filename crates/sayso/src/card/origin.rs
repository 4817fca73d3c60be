use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::build::Report;
use crate::import::ImportReport;

/// How a dataset came to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CardOrigin {
    /// It was built from crawl files.
    Crawl {
        /// Crawl files that were read.
        inputs: u64,
        /// Bytes of them, as they are stored.
        bytes: u64,
        /// Pages that were read.
        pages: u64,
        /// Candidate pairs, every capture counted.
        pairs: u64,
        /// Pairs that were the same as an earlier one.
        duplicates: u64,
        /// What was wrong with the input, in all.
        damage: u64,
    },
    /// It was imported.
    Tables {
        /// What was imported.
        inputs: Vec<CardInput>,
        /// Bytes of it, as it is stored.
        bytes: u64,
        /// Rows that were read.
        rows: u64,
        /// Rows that were the same as an earlier one.
        duplicates: u64,
        /// Rows that make no pair, by why.
        aside: BTreeMap<String, u64>,
    },
}

/// Tables with the same columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardInput {
    /// How many there are.
    pub files: u64,
    /// The name of the first of them.
    pub first: String,
    /// The published dataset whose columns they have.
    pub dataset: Option<String>,
}

/// What the report of a dataset says of its origin, and of personal data. A report that is gone, or of a version to come,
/// is no error: all else is known without it.
pub(crate) fn origin(dir: &Path) -> (Option<CardOrigin>, BTreeMap<String, u64>) {
    let Ok(text) = fs_err::read(dir.join("report.json")) else { return (None, BTreeMap::new()) };
    if let Ok(report) = serde_json::from_slice::<ImportReport>(&text)
        && report.format == "sayso-import-report"
    {
        let inputs = report.inputs.into_iter().map(|input| CardInput {
            files: input.files,
            first: name_of(&input.first),
            dataset: input.dataset,
        });
        let origin = CardOrigin::Tables {
            inputs: inputs.collect(),
            bytes: report.bytes_read,
            rows: report.rows,
            duplicates: report.duplicates,
            aside: report.aside.iter().map(|(reason, rows)| (reason.to_string(), rows.count)).collect(),
        };
        return (Some(origin), report.personal);
    }
    match serde_json::from_slice::<Report>(&text) {
        Ok(report) if report.format == "sayso-report" => {
            let origin = CardOrigin::Crawl {
                inputs: report.inputs,
                bytes: report.bytes_read,
                pages: report.counts.pages,
                pairs: report.counts.pairs,
                duplicates: report.duplicates,
                damage: report.damage.iter().map(|(_, kind)| kind.count).sum(),
            };
            (Some(origin), report.personal)
        }
        _ => (None, BTreeMap::new()),
    }
}

/// The last part of a path or address: where somebody keeps their files is nobody's business.
fn name_of(path: &str) -> String {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}
