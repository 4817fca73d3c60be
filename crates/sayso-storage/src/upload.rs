use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, WriteMultipart};

use crate::{Address, StorageError};

/// Bytes of a part: ten thousand of them may make a file.
const PART_BYTES: u64 = 16 << 20;
/// Bytes of a part of a file that would have too many of those.
const LARGE_PART_BYTES: u64 = 256 << 20;
const PARTS: u64 = 10_000;
/// Parts that are on their way at once.
const AT_ONCE: usize = 4;

/// Lays down a file. Only the last request makes it be there.
pub(crate) async fn upload(
    store: &dyn ObjectStore,
    path: &object_store::path::Path,
    address: &Address,
    from: &Path,
) -> Result<u64, StorageError> {
    let failed = |error: object_store::Error| StorageError::of(address, &error);
    let unread = |source| StorageError::File { file: from.to_owned(), source };
    let mut file = fs_err::File::open(from).map_err(unread)?;
    let bytes = file.metadata().map_err(unread)?.len();
    if bytes <= PART_BYTES {
        let mut whole = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
        file.read_to_end(&mut whole).map_err(unread)?;
        store.put(path, Bytes::from(whole).into()).await.map_err(failed)?;
        return Ok(bytes);
    }
    let part_bytes = if bytes / PART_BYTES < PARTS { PART_BYTES } else { LARGE_PART_BYTES };
    let upload = store.put_multipart(path).await.map_err(failed)?;
    let mut parts = WriteMultipart::new_with_chunk_size(upload, usize::try_from(part_bytes).unwrap_or(usize::MAX));
    loop {
        let mut part = Vec::new();
        let read = file.by_ref().take(part_bytes).read_to_end(&mut part);
        let waited = match read {
            Ok(0) => break,
            Ok(_) => parts.wait_for_capacity(AT_ONCE).await.map_err(failed),
            Err(source) => Err(unread(source)),
        };
        if let Err(error) = waited {
            // What was sent is kept, and paid for, until somebody says that it is not wanted.
            let _ = parts.abort().await;
            return Err(error);
        }
        parts.put(Bytes::from(part));
    }
    parts.finish().await.map_err(failed)?;
    Ok(bytes)
}
