use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::Schema;
use sayso_core::Uid;
use sayso_dataset::{Dataset, FEATURES, ListedTable};
use sayso_sql::{SqlDataset, SqlTable};

use crate::Error;
use crate::library::{Library, dataset_names};

/// Columns of text that say nothing about persons but what every page shows as it is: addresses, digests, verdicts. All
/// other text is masked where everybody may ask.
const UNMASKED: [&str; 16] = [
    "uid",
    "url_uid",
    "file",
    "log",
    "url",
    "domain",
    "page_url",
    "caption_origin",
    "creator_origin",
    "sha256",
    "pdq",
    "verdict",
    "reason",
    "reasons",
    "record",
    "cc2dataset_uid",
];

/// The tables of the datasets in these folders, ready to be asked. Indexes are neither needed nor looked at.
pub fn open_datasets(dirs: &[PathBuf]) -> Result<Vec<SqlDataset>, Error> {
    open_but(dirs, &[])
}

/// The same, as if they did not hold these samples.
pub(super) fn open_but(dirs: &[PathBuf], hidden: &[Uid]) -> Result<Vec<SqlDataset>, Error> {
    let open = |(dir, name): (&PathBuf, String)| Ok(tables(name, &Dataset::open(dir)?, hidden)?);
    dirs.iter().zip(dataset_names(dirs)).map(open).collect()
}

/// The tables of a library's datasets.
pub fn tables_of(library: &Library) -> Result<Vec<SqlDataset>, Error> {
    let open = |shelf: &crate::library::Shelf| Ok(tables(shelf.name.clone(), &shelf.dataset, &[])?);
    library.shelves.iter().map(open).collect()
}

fn tables(name: String, dataset: &Dataset, hidden: &[Uid]) -> Result<SqlDataset, sayso_dataset::DatasetError> {
    let mut removed = hidden.to_vec();
    if !dataset.removed().is_empty() {
        dataset.each_tombstone(|stone| removed.push(stone.uid))?;
    }
    removed.sort_unstable();
    let removed = Arc::from(removed);
    let tables = dataset.listing()?.into_iter().map(|listed| table(listed, &removed, dataset.samples())).collect();
    Ok(SqlDataset { name, dir: dataset.dir().to_owned(), tables })
}

/// A table without the pictures' features: bytes that nothing can be asked of.
fn table(listed: ListedTable, removed: &Arc<[Uid]>, samples: u64) -> SqlTable {
    let fields = listed.schema.fields().iter().filter(|field| field.name() != FEATURES).cloned();
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let (rows, removed) = match listed.name {
        "samples" => (samples, Arc::clone(removed)),
        _ => (listed.rows, Arc::default()),
    };
    SqlTable { name: listed.name, files: listed.files, rows, schema, unmasked: &UNMASKED, removed }
}
