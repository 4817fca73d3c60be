//! An S3-compatible server on this machine, written by others (`s3s-fs`), for tests; it can be made slow, moody or full.
#![allow(dead_code, clippy::unwrap_used, reason = "tests, each of which uses some of it")]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s::{Body, HttpError, HttpResponse};
use tempfile::TempDir;

pub(crate) const KEY: &str = "a-key";
pub(crate) const SECRET: &str = "a-secret";

/// What is wrong with the store.
#[derive(Debug, Default)]
pub(crate) struct Mood {
    /// Every so many requests one fails with "come back later"; 0 for none.
    pub fails_every: AtomicU64,
    /// Milliseconds that every request takes longer.
    pub slow: AtomicU64,
    /// Whether nothing more can be laid down.
    pub full: AtomicBool,
    /// Requests so far.
    pub asked: AtomicU64,
    /// Those of them that were failed.
    pub failed: AtomicU64,
}

pub(crate) struct Store {
    /// Where the buckets lie.
    pub root: TempDir,
    pub mood: Arc<Mood>,
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Store {
    /// Starts a store with one bucket.
    pub(crate) fn start(bucket: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(bucket)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = builder.build();
        let mood = Arc::new(Mood::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let moody = Arc::clone(&mood);
        runtime.spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { continue };
                let (service, mood) = (service.clone(), Arc::clone(&moody));
                let answer = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                    let (service, mood) = (service.clone(), Arc::clone(&mood));
                    async move {
                        if let Some(no) = mood.answer(request.method().as_str()).await {
                            return Ok::<HttpResponse, HttpError>(no);
                        }
                        hyper::service::Service::call(&service, request).await
                    }
                });
                tokio::spawn(async move {
                    let _ = Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), answer).await;
                });
            }
        });
        Self { root, mood, address, _runtime: runtime }
    }

    /// What has to stand in the environment of whoever asks.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        [
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Where a file of a bucket lies on disk.
    pub(crate) fn path(&self, file: &str) -> std::path::PathBuf {
        self.root.path().join(Path::new(file))
    }
}

impl Mood {
    async fn answer(&self, method: &str) -> Option<HttpResponse> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        let slow = self.slow.load(Ordering::Relaxed);
        if slow > 0 {
            tokio::time::sleep(Duration::from_millis(slow)).await;
        }
        let fails_every = self.fails_every.load(Ordering::Relaxed);
        let status: u16 = if fails_every > 0 && asked.is_multiple_of(fails_every) {
            503
        } else if self.full.load(Ordering::Relaxed) && matches!(method, "PUT" | "POST") {
            // What MinIO says of a full disk.
            507
        } else {
            return None;
        };
        self.failed.fetch_add(1, Ordering::Relaxed);
        let mut response = HttpResponse::new(Body::empty());
        *response.status_mut() = status.try_into().unwrap();
        Some(response)
    }
}
