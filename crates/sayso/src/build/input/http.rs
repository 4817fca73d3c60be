use std::io::{self, Read};
use std::time::Duration;

use sayso_crawl::blocks::Input;
use ureq::Agent;

/// A file behind an http or https address, streamed; after a break it goes on where it was.
pub(crate) struct HttpInput {
    url: String,
    agent: Agent,
    pub(crate) bytes: Option<u64>,
}

/// Tries for one stretch of bytes before the input counts as unreadable.
const TRIES: u32 = 6;

/// How Sayso names itself to servers.
const USER_AGENT: &str = concat!("sayso/", env!("CARGO_PKG_VERSION"), " (dataset builder; reads crawl archives)");

fn agent() -> Agent {
    Agent::config_builder()
        .user_agent(USER_AGENT)
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        // Crawl files are compressed as files; a transport encoding on top would shift every offset.
        .accept_encoding("identity")
        .http_status_as_error(false)
        .build()
        .into()
}

impl HttpInput {
    /// Asks the server whether it has the file, and how large it is.
    pub(crate) fn open(url: &str) -> io::Result<Self> {
        let agent = agent();
        let response = agent.head(url).call().map_err(io::Error::other)?;
        // Some servers refuse HEAD; the first GET will tell.
        let bytes = response.headers().get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        if matches!(response.status().as_u16(), 404 | 410 | 401 | 403) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("the server says {}", response.status())));
        }
        Ok(Self { url: url.to_owned(), agent, bytes: bytes.filter(|bytes| *bytes > 0) })
    }

    /// A file of which somebody asked already whether it is there.
    pub(super) fn known(url: &str, bytes: Option<u64>) -> Self {
        Self { url: url.to_owned(), agent: agent(), bytes }
    }

    /// The whole of a small file, such as a list.
    pub(super) fn read_all(url: &str, limit_bytes: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        Self::open(url)?.open_at(0)?.take(limit_bytes).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Input for HttpInput {
    fn name(&self) -> &str {
        &self.url
    }

    fn open_at(&self, offset: u64) -> io::Result<Box<dyn Read + Send>> {
        let mut stream = HttpStream {
            url: self.url.clone(),
            agent: self.agent.clone(),
            at: offset,
            end: self.bytes,
            body: None,
            tries: 0,
        };
        stream.connect()?;
        Ok(Box::new(stream))
    }
}

struct HttpStream {
    url: String,
    agent: Agent,
    at: u64,
    end: Option<u64>,
    body: Option<Box<dyn Read + Send>>,
    tries: u32,
}

impl HttpStream {
    fn connect(&mut self) -> io::Result<()> {
        let mut request = self.agent.get(&self.url);
        if self.at > 0 {
            request = request.header("Range", format!("bytes={}-", self.at));
        }
        let response = request.call().map_err(io::Error::other)?;
        let status = response.status().as_u16();
        let mut body: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
        match status {
            206 => {}
            // The server ignores ranges: read over what is known already.
            200 => drop(io::copy(&mut (&mut body).take(self.at), &mut io::sink())?),
            // The range starts at the end of the file.
            416 => body = Box::new(io::empty()),
            _ => return Err(io::Error::other(format!("the server says {status}"))),
        }
        self.body = Some(body);
        Ok(())
    }
}

impl Read for HttpStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let result = match &mut self.body {
                Some(body) => body.read(buffer),
                None => match self.connect() {
                    Ok(()) => continue,
                    Err(error) => Err(error),
                },
            };
            match result {
                // An end before the known end is a break like any other.
                Ok(0) if !buffer.is_empty() && self.end.is_some_and(|end| self.at < end) => {}
                Ok(read) => {
                    self.at += read as u64;
                    self.tries = 0;
                    return Ok(read);
                }
                Err(error) if self.tries >= TRIES => return Err(error),
                Err(_) => {}
            }
            if self.tries >= TRIES {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "the server keeps ending the transfer too early",
                ));
            }
            self.body = None;
            std::thread::sleep(Duration::from_millis(250 << self.tries));
            self.tries += 1;
        }
    }
}
