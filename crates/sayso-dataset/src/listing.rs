use std::path::Path;

use arrow_schema::{Schema, SchemaRef};

use crate::dataset::open_shard;
use crate::exclusions::exclusion_schema;
use crate::retire::place_of;
use crate::{Dataset, DatasetError, FileEntry};

/// A table of a snapshot, for programs that read its files themselves.
#[derive(Debug, Clone)]
pub struct ListedTable {
    /// `samples`, `exclusions` or `tombstones`.
    pub name: &'static str,
    /// Where its files lie now: paths inside the folder, with slashes, in order.
    pub files: Vec<String>,
    /// Rows of all files.
    pub rows: u64,
    /// The columns.
    pub schema: SchemaRef,
}

impl Dataset {
    /// The tables of the snapshot: its samples and exclusions, and its tombstones where there are any.
    pub fn listing(&self) -> Result<Vec<ListedTable>, DatasetError> {
        let manifest = self.manifest();
        let mut tables = vec![
            self.listed("samples", &manifest.samples, self.schema()),
            self.listed("exclusions", &manifest.exclusions, exclusion_schema()),
        ];
        if let Some(first) = manifest.tombstones.first() {
            let (_, metadata) = open_shard(&place_of(self.dir(), &first.file))?;
            // Metadata of the file is nothing of its columns.
            let schema = SchemaRef::new(Schema::new(metadata.schema().fields().clone()));
            tables.push(self.listed("tombstones", &manifest.tombstones, schema));
        }
        Ok(tables)
    }

    fn listed(&self, name: &'static str, entries: &[FileEntry], schema: SchemaRef) -> ListedTable {
        let files = entries.iter().map(|entry| place_inside(self.dir(), &entry.file)).collect();
        ListedTable { name, files, rows: entries.iter().map(|entry| entry.rows).sum(), schema }
    }
}

/// Where a file of the snapshot lies now, as a path inside the folder with slashes.
fn place_inside(dir: &Path, file: &str) -> String {
    let place = place_of(dir, file);
    let inside = place.strip_prefix(dir).unwrap_or(Path::new(file));
    let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
