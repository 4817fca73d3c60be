//! An answer as the cache keeps it: `docs/specs/cache.md`.

use sayso_core::{Sha256, Signal, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::answer::{Answer, Body, Flaw};

const FORMAT: &str = "sayso-answer";
const VERSION: u32 = 1;

/// Which reader made the signals of a picture: another may find more in it.
const READER: &str = env!("CARGO_PKG_VERSION");

/// The first line of an entry.
#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    url: String,
    fetched_at: Timestamp,
    status: u16,
    headers: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flaw: Option<Flaw>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<Picture>,
    body_bytes: u64,
    /// SHA-256 of the body in hexadecimal.
    body_sha256: String,
}

#[derive(Serialize, Deserialize)]
struct Picture {
    reader: String,
    signals: Vec<Signal>,
}

/// The entry of an answer: a line of JSON, its SHA-256 before it, and the body behind it.
pub(super) fn to_bytes(url: &str, answer: &Answer) -> Result<Vec<u8>, serde_json::Error> {
    let picture = match &answer.body {
        Body::Bytes(_) => None,
        Body::Picture(signals) => Some(Picture { reader: READER.to_owned(), signals: signals.clone() }),
    };
    let body = answer.bytes();
    let head = serde_json::to_vec(&Head {
        format: FORMAT.to_owned(),
        version: VERSION,
        url: url.to_owned(),
        fetched_at: answer.fetched_at,
        status: answer.status,
        headers: answer.headers.clone(),
        flaw: answer.flaw,
        picture,
        body_bytes: body.len() as u64,
        body_sha256: sha256(body),
    })?;
    let mut bytes = sha256(&head).into_bytes();
    bytes.push(b' ');
    bytes.extend_from_slice(&head);
    bytes.push(b'\n');
    bytes.extend_from_slice(body);
    Ok(bytes)
}

/// The answer in an entry for `url`; `None` where the entry is damaged, of another version or of another address.
pub(super) fn from_bytes(url: &str, bytes: &[u8]) -> Option<Answer> {
    let newline = memchr::memchr(b'\n', bytes)?;
    let (line, body) = (bytes.get(..newline)?, bytes.get(newline + 1..)?);
    let (digest, head) = line.split_at_checked(64)?;
    let head_bytes = head.strip_prefix(b" ")?;
    if digest != sha256(head_bytes).as_bytes() {
        return None;
    }
    let head: Head = serde_json::from_slice(head_bytes).ok()?;
    let is_ours = head.format == FORMAT && head.version == VERSION && head.url == url;
    if !is_ours || head.body_bytes != body.len() as u64 || head.body_sha256 != sha256(body) {
        return None;
    }
    let body = match head.picture {
        None => Body::Bytes(body.into()),
        Some(picture) if picture.reader == READER => Body::Picture(picture.signals),
        Some(_) => return None,
    };
    Some(Answer { status: head.status, headers: head.headers, body, flaw: head.flaw, fetched_at: head.fetched_at })
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256(sha2::Sha256::digest(bytes).into()).to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use sayso_core::{Signal, Speaker, Timestamp};

    use super::{Answer, Body, Flaw, from_bytes, to_bytes};

    const URL: &str = "https://example.org/a.jpg";

    fn answers() -> [Answer; 2] {
        let signal = Signal::of_header(Speaker::Picture, "X-Robots-Tag", b"noai \"\xc3\xa4\"", 100).unwrap();
        let headers =
            vec![("content-type".to_owned(), "text/html".to_owned()), ("etag".to_owned(), "\"é\n\"".to_owned())];
        let page = Answer {
            status: 200,
            headers,
            body: Body::Bytes(b"a\nb\0\xff"[..].into()),
            flaw: Some(Flaw::Cut { limit_bytes: 5 }),
            fetched_at: Timestamp::from_micros(1_700_000_000_123_456),
        };
        [Answer { body: Body::Picture(vec![signal]), flaw: None, ..page.clone() }, page]
    }

    #[test]
    fn an_entry_comes_back_as_it_was() {
        for answer in answers() {
            assert_eq!(from_bytes(URL, &to_bytes(URL, &answer).unwrap()), Some(answer));
        }
    }

    #[test]
    fn no_byte_can_change_without_notice() {
        for answer in answers() {
            let good = to_bytes(URL, &answer).unwrap();
            for at in 0..good.len() {
                let mut bad = good.clone();
                bad[at] ^= 1;
                assert_eq!(from_bytes(URL, &bad), None, "byte {at}");
                assert_eq!(from_bytes(URL, &good[..at]), None, "cut at {at}");
            }
            assert_eq!(from_bytes("https://example.org/b.jpg", &good), None);
            assert_eq!(from_bytes(URL, &[&good[..], b"x"].concat()), None);
        }
    }

    #[test]
    fn an_entry_of_version_1_is_read_as_long_as_there_is_version_1() {
        let entry = include_bytes!("testdata/answer-v1");
        let answer = from_bytes("https://example.org/robots.txt", entry).unwrap();
        assert_eq!((answer.status, answer.bytes()), (200, &b"User-agent: *\nDisallow: /\n"[..]));
        assert_eq!(answer.header("etag"), Some("\"v1\""));
        assert_eq!(answer.fetched_at.to_string(), "2026-11-22T06:00:00Z");
    }
}
