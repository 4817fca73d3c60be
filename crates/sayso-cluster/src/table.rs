use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use datafusion::catalog::MemorySchemaProvider;
use datafusion::common::TableReference;
use datafusion::datasource::TableProvider;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::{DataFusionError, Result};
use datafusion::prelude::SessionContext;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use sayso_storage::is_address;

use crate::ClusterError;

/// A table that a question may name: files of Parquet, at the same path on every machine or in an object store.
#[derive(Debug, Clone)]
pub struct Table {
    /// What stands before the dot, if anything does.
    pub group: Option<String>,
    /// Its name.
    pub name: String,
    /// Its files, or a folder with nothing else in it.
    pub files: Vec<String>,
    /// Its columns; those of the first file if not given.
    pub columns: Option<SchemaRef>,
    /// What it shows instead of all rows of its files: a question about `all_` and its name, and other tables.
    pub shows: Option<String>,
}

impl Table {
    /// The table in a folder, with these columns: to look for them would be to open all files of it.
    #[must_use]
    pub fn of(name: &str, folder: String, columns: SchemaRef) -> Self {
        Self { group: None, name: name.to_owned(), files: vec![folder], columns: Some(columns), shows: None }
    }

    /// Makes a session know it.
    pub(crate) async fn register(&self, context: &SessionContext) -> Result<()> {
        let files = self.read(context).await?;
        let Some(shows) = &self.shows else { return self.add(context, self.name.clone(), files) };
        self.add(context, format!("all_{}", self.name), files)?;
        let shown = context.sql(shows).await?.into_view();
        self.add(context, self.name.clone(), shown)
    }

    fn add(&self, context: &SessionContext, name: String, table: Arc<dyn TableProvider>) -> Result<()> {
        let Some(group) = &self.group else {
            return context.register_table(TableReference::bare(name), table).map(drop);
        };
        let catalogs = context.catalog_names();
        let catalog = catalogs.first().and_then(|name| context.catalog(name));
        let catalog = catalog.ok_or_else(|| DataFusionError::Internal("there is no catalog".to_owned()))?;
        if catalog.schema(group).is_none() {
            catalog.register_schema(group, Arc::new(MemorySchemaProvider::new()))?;
        }
        context.register_table(TableReference::partial(group.clone(), name), table).map(drop)
    }

    async fn read(&self, context: &SessionContext) -> Result<Arc<dyn TableProvider>> {
        let urls = self.files.iter().map(|place| ListingTableUrl::parse(address_of(place)));
        // Text as it lies in memory everywhere else here, and as the engine's own shuffles want it.
        let format = ParquetFormat::new().with_force_view_types(false);
        let options = ListingOptions::new(Arc::new(format)).with_file_extension(".parquet");
        let config =
            ListingTableConfig::new_with_multi_paths(urls.collect::<Result<_>>()?).with_listing_options(options);
        let config = match &self.columns {
            Some(columns) => config.with_schema(Arc::clone(columns)),
            None => config.infer_schema(&context.state()).await?,
        };
        Ok(Arc::new(ListingTable::try_new(config)?))
    }
}

/// A place as the engine wants it: a folder ends with a slash.
fn address_of(place: &str) -> String {
    let is_folder = if is_address(place) { !place.ends_with(".parquet") } else { Path::new(place).is_dir() };
    if is_folder && !place.ends_with('/') { format!("{place}/") } else { place.to_owned() }
}

/// Reads such a file.
pub fn read_table(path: &Path) -> Result<Vec<RecordBatch>, ClusterError> {
    let failed = |error: parquet::errors::ParquetError| ClusterError::file(path)(std::io::Error::other(error));
    let file = File::open(path).map_err(ClusterError::file(path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(failed)?;
    let batches = reader.collect::<Result<Vec<_>, _>>();
    batches.map_err(|error| ClusterError::file(path)(std::io::Error::other(error)))
}

/// Of a table of a thousand files with a few rows each, what makes columns of millions of values small is what costs most.
fn properties() -> WriterProperties {
    let plain = WriterProperties::builder().set_dictionary_enabled(false);
    plain.set_statistics_enabled(EnabledStatistics::None).build()
}

/// Writes a batch as a file of Parquet, as a table that a cluster reads consists of. It has its name once it is whole.
pub fn write_table(path: &Path, batch: &RecordBatch) -> Result<(), ClusterError> {
    let temporary = path.with_extension("tmp");
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder).map_err(ClusterError::file(folder))?;
    }
    let file = File::create(&temporary).map_err(ClusterError::file(&temporary))?;
    let failed = |error: parquet::errors::ParquetError| ClusterError::file(path)(std::io::Error::other(error));
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties())).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    let file = writer.into_inner().map_err(failed)?;
    file.sync_all().map_err(ClusterError::file(&temporary))?;
    fs_err::rename(&temporary, path).map_err(ClusterError::file(path))
}
