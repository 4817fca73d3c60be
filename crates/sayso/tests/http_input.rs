//! Crawls behind addresses: streamed, and read on where the server broke off. The server is this test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crawl::{gzip, members, pages, wat};
use sayso_core::{PolicyName, Sample};

/// How a server answers for one file.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// Everything asked for, in one go.
    Kind,
    /// Breaks the connection after this many bytes, and goes on from where it is asked to.
    Breaks(usize),
    /// Breaks the connection, and always starts anew: each time it comes a little further.
    IgnoresRange(usize),
    /// Says neither how long the file is nor anything to HEAD.
    Terse,
    /// Breaks off at the same place for good.
    Ends(usize),
}

struct File {
    path: &'static str,
    bytes: Vec<u8>,
    manner: Manner,
}

struct Server {
    address: String,
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn start(files: Vec<File>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (files, count) = (Arc::new(files), Arc::clone(&requests));
        // It ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (files, count) = (Arc::clone(&files), Arc::clone(&count));
                std::thread::spawn(move || drop(answer(stream, &files, &count)));
            }
        });
        Self { address, requests }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

fn answer(mut stream: TcpStream, files: &[File], requests: &AtomicUsize) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut lines = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let Some((method, path)) = head.first().and_then(|line| line.split_once(' ')) else { return Ok(()) };
    let path = path.split(' ').next().unwrap();
    let number = requests.fetch_add(1, Ordering::Relaxed);
    let Some(file) = files.iter().find(|file| file.path == path) else {
        return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let length = file.bytes.len();
    if method == "HEAD" {
        return match file.manner {
            Manner::Terse => {
                write!(stream, "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            }
            _ => write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"),
        };
    }
    let range = head.iter().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("range: bytes=")?.strip_suffix('-')?.parse::<usize>().ok()
    });
    let honours = !matches!(file.manner, Manner::IgnoresRange(_));
    let start = range.filter(|_| honours).unwrap_or(0);
    if start >= length && start > 0 {
        return write!(stream, "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
    match (start, file.manner) {
        (_, Manner::Terse) => write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?,
        (0, _) => write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?,
        _ => write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {start}-{}/{length}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            length - 1,
            length - start
        )?,
    }
    let end = match file.manner {
        Manner::Kind | Manner::Terse => length,
        Manner::Breaks(after) => length.min(start + after),
        Manner::IgnoresRange(after) => length.min(after * (number + 1)),
        Manner::Ends(at) => length.min(at.max(start)),
    };
    stream.write_all(&file.bytes[start..end])
}

fn build(inputs: &[String], prefix: Option<&str>, out: &Path) -> Result<sayso::build::Report, sayso::Error> {
    let mut options = support::options(&[], out, PolicyName::Record);
    options.inputs = inputs.to_vec();
    options.prefix = prefix.map(str::to_owned);
    support::run(&options)
}

/// Samples as they are but for the name of the file they came from.
fn samples(out: &Path) -> Vec<Sample> {
    let mut samples = support::samples(out);
    samples.iter_mut().for_each(|sample| sample.pair.record.file = "".into());
    samples
}

#[test]
fn a_crawl_behind_an_address_is_the_crawl() {
    let dir = tempfile::tempdir().unwrap();
    let records = pages(0..3000);
    for (form, bytes) in [("members", members(&records).concat()), ("stream", gzip(&records.concat()))] {
        let local = dir.path().join(format!("{form}.warc.gz"));
        std::fs::write(&local, &bytes).unwrap();
        let expected = dir.path().join(form);
        build(&[local.to_string_lossy().into_owned()], None, &expected).unwrap();
        let expected = samples(&expected);
        assert_eq!(expected.len(), 9000);
        let part = bytes.len() / 3 + 1;
        for (name, manner) in [
            ("kind", Manner::Kind),
            ("breaks", Manner::Breaks(part)),
            ("ignores ranges", Manner::IgnoresRange(part)),
            ("terse", Manner::Terse),
        ] {
            let server = Server::start(vec![File { path: "/x.warc.gz", bytes: bytes.clone(), manner }]);
            let out = dir.path().join(format!("{form} {name}"));
            let report = build(&[server.url("/x.warc.gz")], None, &out).unwrap();
            assert!(report.damage.is_empty(), "{form} {name}: {:?}", report.damage);
            assert!(samples(&out) == expected, "{form} {name}");
            let is_broken = matches!(manner, Manner::Breaks(_) | Manner::IgnoresRange(_));
            assert!(!is_broken || server.requests.load(Ordering::Relaxed) >= 3, "{form} {name}: it was not broken off");
        }
    }
}

#[test]
fn a_list_of_paths_with_a_prefix() {
    let dir = tempfile::tempdir().unwrap();
    let file = |range: std::ops::Range<usize>| -> Vec<u8> { range.flat_map(|page| gzip(&wat(page))).collect() };
    let list = gzip(b"crawl-data/one.wat.gz\ncrawl-data/two.wat.gz\n");
    let server = Server::start(vec![
        File { path: "/wat.paths.gz", bytes: list.clone(), manner: Manner::Kind },
        File { path: "/crawl-data/one.wat.gz", bytes: file(0..50), manner: Manner::Breaks(3000) },
        File { path: "/crawl-data/two.wat.gz", bytes: file(50..100), manner: Manner::Kind },
    ]);
    let prefix = server.url("/");
    let local = dir.path().join("wat.paths.gz");
    std::fs::write(&local, &list).unwrap();
    let mut found = Vec::new();
    for (name, input) in [("far", server.url("/wat.paths.gz")), ("near", local.to_string_lossy().into_owned())] {
        let out = dir.path().join(name);
        let report = build(&[input], Some(&prefix), &out).unwrap();
        assert_eq!((report.inputs, report.counts.pages), (2, 100));
        crawl::assert_pages(name, &out, 0..100);
        found.push(samples(&out));
    }
    assert!(found[0] == found[1]);
    // Without its prefix, a path is no address.
    let error = build(&[local.to_string_lossy().into_owned()], None, &dir.path().join("none")).unwrap_err().to_string();
    assert!(error.contains("--prefix"), "{error}");
}

#[test]
fn what_is_not_there_or_never_comes_whole_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let records = pages(0..3000);
    let server = Server::start(vec![
        File { path: "/x.warc.gz", bytes: gzip(&records.concat()), manner: Manner::Ends(900_000) },
        File { path: "/missing.paths", bytes: b"nowhere.warc.gz\n".to_vec(), manner: Manner::Kind },
    ]);
    for (inputs, prefix) in
        [(server.url("/nowhere.warc.gz"), None), (server.url("/missing.paths"), Some(server.url("/")))]
    {
        let error = build(&[inputs], prefix.as_deref(), &dir.path().join("missing")).unwrap_err().to_string();
        assert!(error.contains("404") && error.contains("\nhint: "), "{error}");
    }
    let error =
        build(&["http://127.0.0.1:9/x.warc.gz".to_owned()], None, &dir.path().join("refused")).unwrap_err().to_string();
    assert!(error.contains("\nhint: "), "{error}");
    // The part that came is not taken for the whole, however it is compressed.
    let out = dir.path().join("half");
    let error = build(&[server.url("/x.warc.gz")], None, &out).unwrap_err().to_string();
    assert!(error.starts_with("cannot read `http://") && error.contains("\nhint: "), "{error}");
    assert!(!out.join("CURRENT").exists());
}
