use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::client::SpawnedReqwestConnector;
use object_store::{ClientConfigKey, ObjectStore, RetryConfig};

use crate::wait::handle;
use crate::{Address, StorageError};

/// Stores by their buckets: connections are kept.
static STORES: LazyLock<Mutex<HashMap<String, Arc<dyn ObjectStore>>>> = LazyLock::new(Mutex::default);

/// How long a store that fails is asked again.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often.
const TRIES: usize = 6;

/// The store that a bucket is in, as the environment says.
pub fn store_of(bucket: &str) -> Result<Arc<dyn ObjectStore>, StorageError> {
    let mut stores = STORES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(store) = stores.get(bucket) {
        return Ok(Arc::clone(store));
    }
    let address = Address { bucket: bucket.to_owned(), path: String::new() };
    let retry = RetryConfig { max_retries: TRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
    let stopped = || StorageError::Store {
        address: address.to_string(),
        message: "the system gives no threads to ask it with".to_owned(),
    };
    // Connections belong to our own threads, whoever asks first. Those of another engine might wait for one of its threads, which
    // waits for us.
    let connector = SpawnedReqwestConnector::new(handle().ok_or_else(stopped)?.clone());
    let client = AmazonS3ConfigKey::Client;
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_http_connector(connector)
        .with_config(client(ClientConfigKey::UserAgent), concat!("sayso/", env!("CARGO_PKG_VERSION")))
        .with_config(client(ClientConfigKey::ConnectTimeout), "10 seconds")
        // For a part of an upload or a stretch of a file: more takes several requests.
        .with_config(client(ClientConfigKey::Timeout), "120 seconds")
        .with_retry(retry)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .build()
        .map_err(|error| StorageError::of(&address, &error))?;
    let store: Arc<dyn ObjectStore> = Arc::new(store);
    stores.insert(bucket.to_owned(), Arc::clone(&store));
    Ok(store)
}
