//! Pictures that are sent to be looked for: what is read of them, and what is not.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use sayso_server::ServerLimits;
use support::{demo_dataset, limits, start, start_with};

/// A request with a form of one field.
fn form(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\r\n");
    post("multipart/form-data; boundary=x", &[head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat())
}

fn post(content_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /match HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn what_is_no_picture_is_refused_with_a_page() {
    let server = start();
    for (request, status, words) in [
        (form("picture", b"<html>"), 422, "cannot be read"),
        (form("picture", b""), 422, "cannot be read"),
        (
            form("picture", &b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x02"[..]),
            422,
            "cannot be read",
        ),
        (form("other", b"x"), 422, "no picture was sent"),
        (post("text/plain", b"x"), 422, "no picture was sent"),
        (post("multipart/form-data; boundary=x", b"--x\r\nnonsense"), 422, "no picture was sent"),
        (form("picture", &vec![0; 5 << 20]), 413, "too large"),
    ] {
        let answer = server.send(&request);
        let start = String::from_utf8_lossy(&request[..request.len().min(220)]).into_owned();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{start}\n{answer}");
        assert!(answer.to_lowercase().contains(words) && answer.contains("<html lang"), "{start}\n{answer}");
    }
}

/// The answer to what is sent by a client that then neither sends nor hangs up, and the end of the connection.
fn answer_to_unfinished(server: &support::Running, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(sent).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_is_too_large_is_refused_before_it_is_there() {
    // Nobody is waited for: an hour is longer than this test is patient.
    let hour = Duration::from_secs(3600);
    let server = start_with(
        demo_dataset(),
        ServerLimits { picture_time: hour, answer_time: hour, header_time: hour, ..limits() },
    );
    let head = |path: &str, length: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n{length}\r\n\r\n"
        )
    };
    let said_so = head("/match", "Content-Length: 100000000");
    // It is not sent on either where a client asks first, as curl does.
    let asked_first = head("/match", "Content-Length: 100000000\r\nExpect: 100-continue");
    for request in [said_so, asked_first] {
        let answer = answer_to_unfinished(&server, request.as_bytes());
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("too large"), "{answer}");
    }
    let answer = answer_to_unfinished(&server, head("/knn-service", "Content-Length: 100000000").as_bytes());
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body-too-long"), "{answer}");
    // Who does not say how long it is, is told at the limit.
    let start = "--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n";
    let mut chunked = head("/match", "Transfer-Encoding: chunked").into_bytes();
    for chunk in [start.as_bytes(), &vec![0; 5 << 20]] {
        chunked.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend(chunk);
        chunked.extend(b"\r\n");
    }
    let answer = answer_to_unfinished(&server, &chunked);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("too large"), "{answer}");
    // And who sends it all before it listens hears the answer, too.
    let answer = server.send(&form("picture", &vec![0; 40 << 20]));
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[test]
fn hashes_in_the_address_are_read_strictly() {
    let server = start();
    let hash = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
    let eight = [hash; 8].join(",");
    let nine = [hash; 9].join(",");
    for (query, status) in [
        (format!("pdq={hash}"), 200),
        (format!("pdq={eight}&quality=100"), 200),
        (format!("pdq={nine}"), 400),
        (format!("pdq={hash},"), 400),
        ("pdq=".to_owned(), 400),
        (format!("pdq={hash}&quality=-1"), 400),
        (format!("pdq={hash}&pdq={hash}"), 400),
    ] {
        assert_eq!(server.get(&format!("/match?{query}")).status, status, "{query}");
    }
    let plain = server.get(&format!("/match?pdq={hash}&quality=12"));
    assert!(plain.body.contains("Too little to see"), "{}", plain.body);
}

#[test]
fn the_one_page_with_a_script_allows_its_own_alone() {
    let server = start();
    let page = server.get("/match");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let script = page.body.split("<script type=\"module\" src=\"").nth(1).unwrap().split('"').next().unwrap();
    let script = server.get(script);
    assert_eq!((script.status, script.header("content-type").as_str()), (200, "text/javascript; charset=utf-8"));
    assert!(server.get("/").header("content-security-policy").contains("default-src 'none'"));
    assert!(!server.get("/").header("content-security-policy").contains("script-src"));
    assert!(
        server.send(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx").starts_with("HTTP/1.1 413")
    );
}
