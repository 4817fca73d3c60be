use std::sync::Arc;

use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
    SchemaProvider,
};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::SessionStateDefaults;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::object_store::local::LocalFileSystem;
use datafusion::prelude::{SessionConfig, SessionContext};
use url::Url;

use super::{THREADS, table};
use crate::{Mask, SqlDataset, SqlLimits};

/// The name of all datasets together, which nobody has to write.
pub(super) const CATALOG: &str = "sayso";

/// A session that knows the tables of these datasets, and nothing else: no other catalog, no table functions, no formats
/// of files, no store of files but the datasets' folders, and no disk to put anything on.
pub(super) fn open(datasets: &[SqlDataset], limits: &SqlLimits, mask: Option<Mask>) -> Result<SessionContext> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(limits.memory_bytes)))
        .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled))
        .build_arc()?;
    let catalog = Arc::new(MemoryCatalogProvider::new());
    for (number, dataset) in datasets.iter().enumerate() {
        // Below its own folder a store leads nowhere else, and plans show paths inside the dataset alone.
        let store = LocalFileSystem::new_with_prefix(&dataset.dir)?;
        let root = format!("{CATALOG}://d{number}/");
        let url = Url::parse(&root).map_err(|error| DataFusionError::External(Box::new(error)))?;
        runtime.register_object_store(&url, Arc::new(store));
        let schema = Arc::new(MemorySchemaProvider::new());
        for of_dataset in &dataset.tables {
            let table = table::provider(&root, of_dataset, mask)?;
            schema.register_table(of_dataset.name.to_owned(), table)?;
        }
        catalog.register_schema(&dataset.name, schema)?;
    }
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(CATALOG.to_owned(), catalog);
    let state = SessionStateBuilder::new()
        .with_config(config(datasets))
        .with_runtime_env(runtime)
        .with_catalog_list(Arc::new(catalogs))
        .with_expr_planners(SessionStateDefaults::default_expr_planners())
        .with_scalar_functions(SessionStateDefaults::default_scalar_functions())
        .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
        .with_window_functions(SessionStateDefaults::default_window_functions())
        .build();
    Ok(SessionContext::new_with_state(state))
}

fn config(datasets: &[SqlDataset]) -> SessionConfig {
    let first = datasets.first().map_or("none", |dataset| dataset.name.as_str());
    let mut config = SessionConfig::new()
        .with_target_partitions(THREADS)
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(false)
        .with_default_catalog_and_schema(CATALOG, first);
    let options = config.options_mut();
    // `with recursive` has no end of its own.
    options.execution.enable_recursive_ctes = false;
    // Long columns are read of the rows alone that the conditions on short ones leave.
    options.execution.parquet.pushdown_filters = true;
    config
}
