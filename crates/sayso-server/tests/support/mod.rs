//! A server over a real dataset, built of the demo's web, on a port of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, reason = "each test file uses its part of the support")]

pub(crate) mod keeping;
pub(crate) mod studio;

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;

use sayso::build::{BuildOptions, build, default_limits};
use sayso::import::{ColumnMap, ImportOptions, import};
use sayso::library::Library;
use sayso_core::{Policy, PolicyName, Purpose, UsageCategory};
use sayso_server::{Server, ServerLimits};

/// The demo's dataset, built once for all tests of a file.
pub(crate) fn demo_dataset() -> &'static Path {
    static DATASET: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    &DATASET
        .get_or_init(|| {
            let dir = tempfile::tempdir().unwrap();
            let crawl = dir.path().join("demo.warc.gz");
            sayso::demo::write_web(std::fs::File::create(&crawl).unwrap()).unwrap();
            let out = build_dataset(&crawl, PolicyName::OptOut);
            (dir, out)
        })
        .1
}

/// Builds the dataset of a crawl file, beside it, for training generative AI.
pub(crate) fn build_dataset(crawl: &Path, policy: PolicyName) -> PathBuf {
    build_for(crawl, Policy::new(policy, Purpose(UsageCategory::TrainGenai)))
}

/// Builds the dataset of a crawl file, beside it.
pub(crate) fn build_for(crawl: &Path, policy: Policy) -> PathBuf {
    let out = crawl.with_file_name("demo-dataset");
    let options = BuildOptions {
        inputs: vec![crawl.display().to_string()],
        robots: Vec::new(),
        prefix: None,
        out: out.clone(),
        policy,
        agent: "saysobot".to_owned(),
        limits: default_limits(),
        threads: NonZeroUsize::new(2).unwrap(),
        memory_bytes: 64 << 20,
        shard_rows: 1 << 20,
        captions: sayso::build::CaptionOptions::default(),
        registry: None,
        kept_out: None,
        features: true,
    };
    build(&options, &AtomicBool::new(false), &|_| {}).unwrap();
    out
}

/// The dataset of a table of these rows, `name` inside `dir`, under a policy that refuses nothing.
pub(crate) fn import_table(dir: &Path, name: &str, rows: &[serde_json::Value]) -> PathBuf {
    let table = dir.join(format!("{name}.jsonl"));
    std::fs::write(&table, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
    let options = ImportOptions {
        as_table: false,
        registry: None,
        kept_out: None,
        inputs: vec![table.display().to_string()],
        out: dir.join(name),
        map: ColumnMap::default(),
        header: None,
        policy: Policy { name: PolicyName::Record, purpose: Purpose(UsageCategory::TrainGenai), own: None },
        agent: "sayso".to_owned(),
        limits: default_limits(),
        threads: NonZeroUsize::new(1).unwrap(),
        memory_bytes: 16 << 20,
        shard_rows: 1_000,
        features: true,
        captions: sayso::build::CaptionOptions::default(),
    };
    import(&options, &AtomicBool::new(false), &|_| {}).unwrap();
    options.out
}

pub(crate) fn limits() -> ServerLimits {
    ServerLimits {
        connections: NonZeroUsize::new(32).unwrap(),
        questions: NonZeroUsize::new(2).unwrap(),
        uri_bytes: 8 << 10,
        picture_bytes: 4 << 20,
        pictures: NonZeroUsize::new(2).unwrap(),
        picture_time: Duration::from_secs(10),
        body_bytes: 1 << 20,
        header_time: Duration::from_secs(10),
        answer_time: Duration::from_secs(10),
        connection_time: Duration::from_secs(60),
    }
}

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) fn start() -> Running {
    start_with(demo_dataset(), limits())
}

pub(crate) fn start_with(dataset: &Path, limits: ServerLimits) -> Running {
    start_as(&[dataset.to_owned()], limits, |server| server)
}

/// A server of several datasets, made as `make` makes it.
pub(crate) fn start_as(datasets: &[PathBuf], limits: ServerLimits, make: impl FnOnce(Server) -> Server) -> Running {
    let library = Library::open(datasets).unwrap();
    let server = make(Server::bind((Ipv4Addr::LOCALHOST, 0).into(), library, limits).unwrap());
    let address = server.address();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let stopped = async {
            let _ = stopped.await;
        };
        runtime.block_on(server.run(stopped)).unwrap();
    });
    Running { address, stop: Some(stop), thread: Some(thread) }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// The header of this name; all its values, if there are several.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" + ")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| unreachable!("{error}: {}", self.body))
    }
}

impl Running {
    pub(crate) fn get(&self, path: &str) -> Answer {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut response = agent.get(format!("http://{}{path}", self.address)).call().unwrap();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        Answer { status: response.status().as_u16(), headers, body: response.body_mut().read_to_string().unwrap() }
    }

    /// Asks with a method, headers and a body.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, String)], body: &[u8]) -> Answer {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let mut response = if method == "GET" {
            agent.run(request.body(()).unwrap()).unwrap()
        } else {
            agent.run(request.body(body).unwrap()).unwrap()
        };
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: response.status().as_u16(), headers, body }
    }

    /// Sends bytes as they are and returns all that comes back until the server closes.
    pub(crate) fn send(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // A server that closes before it has read everything resets the connection; what it said came first.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The uid of the best hit of a query.
    pub(crate) fn first_uid(&self, encoded_query: &str) -> String {
        let found = self.get(&format!("/api/v1/search?q={encoded_query}&limit=1")).json();
        found["hits"][0]["sample"]["uid"].as_str().unwrap().to_owned()
    }
}

/// A crawl of these: address, the header lines from `Content-Type: ` on, body.
pub(crate) fn warc(responses: &[(&str, &str, &str)]) -> String {
    let record = |(number, (url, headers, body)): (usize, &(&str, &str, &str))| {
        let length = body.len();
        let http = format!("HTTP/1.1 200 OK\r\nContent-Type: {headers}\r\nContent-Length: {length}\r\n\r\n{body}");
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n\
             WARC-Date: 2026-03-02T07:40:00Z\r\nWARC-Target-URI: {url}\r\n\
             Content-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
            http.len()
        )
    };
    responses.iter().enumerate().map(record).collect()
}
