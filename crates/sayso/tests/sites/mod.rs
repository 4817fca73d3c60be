//! Sites on 127.0.0.1 that answer as a test says, and remember what they were asked.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by tests that each use a part")]

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a site answers.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Manner {
    /// All of it, with its length.
    Whole,
    /// Nothing at all, until the other side is gone.
    Silent,
    /// Half of the body, and then the connection ends.
    BreaksOff,
    /// The body again and again, without end.
    Endless,
    /// Headers without end.
    EndlessHead,
    /// The body a byte at a time, with a rest behind each.
    Drips,
    /// A length of this many bytes, whatever the body has.
    Claims(usize),
}

/// What a site was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) head: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let is_it = |line: &&str| line.split(':').next().unwrap().eq_ignore_ascii_case(name);
        self.head.lines().find(is_it).map(|line| line.split_once(':').unwrap().1.trim())
    }
}

pub(crate) fn reply(status: u16, headers: &str, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, headers: headers.to_owned(), body: body.into(), manner: Manner::Whole }
}

pub(crate) fn nothing() -> Reply {
    reply(404, "", "")
}

pub(crate) fn text(body: &str) -> Reply {
    reply(200, "Content-Type: text/plain\r\n", body)
}

pub(crate) fn html(body: &str) -> Reply {
    reply(200, "Content-Type: text/html\r\n", body)
}

pub(crate) fn leads_to(url: &str) -> Reply {
    reply(302, &format!("Location: {url}\r\n"), "")
}

pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Site {
    /// A site that answers with `answer`; it ends with the test's process.
    pub(crate) fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", answer)
    }

    /// As [`Self::start`], at an address of its own.
    pub(crate) fn start_at(at: &str, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                std::thread::spawn(move || drop(serve(stream, &*answer, &log)));
            }
        });
        Self { address, asked }
    }

    /// A site with these files, and 404 for all others.
    pub(crate) fn of(files: Vec<(&'static str, Reply)>) -> Self {
        Self::start(move |asked| {
            files.iter().find(|(path, _)| *path == asked.path).map_or_else(nothing, |(_, reply)| reply.clone())
        })
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Asked) -> Reply, log: &Mutex<Vec<Asked>>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while lines.read_line(&mut head)? > 0 && !head.ends_with("\r\n\r\n") {}
    let Some(path) = head.split(' ').nth(1).map(str::to_owned) else { return Ok(()) };
    let head = head.split_once("\r\n").unwrap().1.trim_end().to_owned();
    let asked = Asked { path, head };
    log.lock().unwrap().push(asked.clone());
    let Reply { status, headers, body, manner } = answer(&asked);
    if manner == Manner::Silent {
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        return lines.read_line(&mut String::new()).map(drop);
    }
    if manner == Manner::EndlessHead {
        write!(stream, "HTTP/1.1 200 Whatever\r\n")?;
        for number in 0_u64.. {
            write!(stream, "X-{number}: {number}\r\n")?;
        }
    }
    let length = match manner {
        Manner::Endless => String::new(),
        Manner::Claims(length) => format!("Content-Length: {length}\r\n"),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    write!(stream, "HTTP/1.1 {status} Whatever\r\n{headers}{length}Connection: close\r\n\r\n")?;
    match manner {
        Manner::BreaksOff => stream.write_all(&body[..body.len() / 2]),
        Manner::Endless => loop {
            stream.write_all(&body)?;
        },
        Manner::EndlessHead => unreachable!("it never came to an end"),
        Manner::Drips => body.iter().try_for_each(|byte| {
            std::thread::sleep(Duration::from_millis(100));
            stream.write_all(&[*byte])
        }),
        Manner::Whole | Manner::Silent | Manner::Claims(_) => stream.write_all(&body),
    }
}
