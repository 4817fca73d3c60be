use std::path::PathBuf;
use std::sync::Arc;

use arrow_schema::Schema;
use sayso_dataset::{Dataset, FEATURES, ListedTable};
use sayso_sql::{SqlDataset, SqlTable};

use crate::Error;
use crate::library::{Library, dataset_names};

/// Columns of text that say nothing about persons but what every page shows as it is: addresses, digests, verdicts. All
/// other text is masked where everybody may ask.
const UNMASKED: [&str; 13] = [
    "uid",
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
    let open = |(dir, name): (&PathBuf, String)| Ok(tables(name, &Dataset::open(dir)?)?);
    dirs.iter().zip(dataset_names(dirs)).map(open).collect()
}

/// The tables of a library's datasets.
pub fn tables_of(library: &Library) -> Result<Vec<SqlDataset>, Error> {
    let open = |shelf: &crate::library::Shelf| Ok(tables(shelf.name.clone(), &shelf.dataset)?);
    library.shelves.iter().map(open).collect()
}

fn tables(name: String, dataset: &Dataset) -> Result<SqlDataset, sayso_dataset::DatasetError> {
    let tables = dataset.listing()?.into_iter().map(table).collect();
    Ok(SqlDataset { name, dir: dataset.dir().to_owned(), tables })
}

/// A table without the pictures' features: bytes that nothing can be asked of.
fn table(listed: ListedTable) -> SqlTable {
    let fields = listed.schema.fields().iter().filter(|field| field.name() != FEATURES).cloned();
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    SqlTable { name: listed.name, files: listed.files, rows: listed.rows, schema, unmasked: &UNMASKED }
}
