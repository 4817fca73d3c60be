use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use sayso_dataset::{Dataset, Stamp};

use crate::Error;

/// The dataset that this process worked on last: each task is of one shard, and all shards' ends are read to open it.
static LAST: LazyLock<Mutex<Option<Arc<Dataset>>>> = LazyLock::new(Mutex::default);

/// Opens a dataset, whose snapshot has to be that of this root.
pub(crate) fn opened(dir: &str, root: &str) -> Result<Arc<Dataset>, Error> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(dataset) = &*last
        && dataset.dir() == Path::new(dir)
        && dataset.manifest().root == root
        && Stamp::of(Path::new(dir)) == dataset.stamp()
    {
        return Ok(Arc::clone(dataset));
    }
    let dataset = Arc::new(Dataset::open(Path::new(dir))?);
    if dataset.manifest().root != root {
        let message = "it has another snapshot by now\nhint: run the same command again".to_owned();
        return Err(Error::Input { input: dir.to_owned(), message });
    }
    *last = Some(Arc::clone(&dataset));
    Ok(dataset)
}
