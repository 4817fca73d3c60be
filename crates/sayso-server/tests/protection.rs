//! What the server does against hostile clients and hostile pages.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use sayso_core::PolicyName;
use sayso_server::ServerLimits;
use support::{build_dataset, demo_dataset, limits, start, start_as, start_with, warc};

#[test]
fn every_answer_has_the_headers() {
    let server = start();
    for path in
        ["/", "/search?q=red", "/search?q=", "/nothing", "/samples/zz", "/api/v1/datasets", "/api/v1/x", "/healthz"]
    {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self';"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
}

#[test]
fn assets_are_kept_by_browsers() {
    let server = start();
    let home = server.get("/").body;
    for (before, content_type) in
        [("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8"), ("type=\"image/svg+xml\" href=\"", "image/svg+xml")]
    {
        let path = home.split(before).nth(1).unwrap().split('"').next().unwrap();
        let asset = server.get(path);
        assert_eq!((asset.status, asset.header("content-type").as_str()), (200, content_type));
        assert_eq!(asset.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[test]
fn what_nothing_reads_is_turned_away() {
    let server = start();
    let request = |head: &str| {
        let answer = server.send(format!("{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes());
        answer.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(request("GET /healthz HTTP/1.1"), "HTTP/1.1 200 OK");
    assert_eq!(request("HEAD /search?q=red HTTP/1.1"), "HTTP/1.1 200 OK");
    assert_eq!(request("DELETE / HTTP/1.1"), "HTTP/1.1 405 Method Not Allowed");
    assert_eq!(request("POST /api/v1/search HTTP/1.1\r\nContent-Length: 0"), "HTTP/1.1 405 Method Not Allowed");
    assert_eq!(request("POST /search HTTP/1.1\r\nContent-Length: 1000000000"), "HTTP/1.1 413 Payload Too Large");
    assert_eq!(request("GET / HTTP/1.1\r\nTransfer-Encoding: chunked"), "HTTP/1.1 413 Payload Too Large");
    assert_eq!(request(&format!("GET /search?q={} HTTP/1.1", "a".repeat(9_000))), "HTTP/1.1 414 URI Too Long");
    assert!(request(&format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(100_000))).starts_with("HTTP/1.1 431"));
    assert!(request("nonsense").starts_with("HTTP/1.1 400"));
}

#[test]
fn a_client_that_says_nothing_is_let_go() {
    let server = start_with(
        demo_dataset(),
        ServerLimits {
            connections: NonZeroUsize::new(2).unwrap(),
            header_time: Duration::from_millis(300),
            ..limits()
        },
    );
    let started = Instant::now();
    let mut silent: Vec<TcpStream> = (0..2).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    silent[0].write_all(b"GET / HTTP/1.1\r\nHost").unwrap();
    // Both places are taken; the third waits until the silent ones are let go.
    assert_eq!(server.get("/healthz").status, 200);
    for stream in &mut silent {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert!(started.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_busy_connection_ends_too() {
    let server = start_with(demo_dataset(), ServerLimits { connection_time: Duration::from_millis(300), ..limits() });
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // It is kept alive, so only the server's limit ends it before the idle one of ten seconds does.
    let started = Instant::now();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[test]
fn hostile_pages_stay_text() {
    let html = concat!(
        "<!DOCTYPE html><meta charset=utf-8>",
        "<meta name=author content='\"><img src=x onerror=alert(1)>'>",
        "<meta name=robots content='</code></pre><script>alert(2)</script>'>",
        "<link rel=license href='javascript:alert(3)'>",
        "<img src='https://a.example/1.png?\"><script>alert(4)</script>' alt='<script>alert(5)</script> zebra'>",
        "<img src='https://a.example/2.png' alt='{{ 7*7 }} {% raw %} \" onmouseover=\"alert(6) zebra'>",
        "<img src='https://a;script-src/3.png' alt='&#x202e;arbez zebra &lt;/title&gt;'>",
        "<img src='http://192.168.0.1/4.png' alt='قطة سوداء zebra'>",
        "<img src='http://router.local/5.png' alt='zebra near'>",
    );
    let dir = tempfile::tempdir().unwrap();
    let crawl = dir.path().join("hostile.warc");
    std::fs::write(&crawl, warc(&[("https://a.example/'\"><svg onload=alert(7)>", "text/html; charset=utf-8", html)]))
        .unwrap();
    let dataset = build_dataset(&crawl, PolicyName::Record);
    let server = start_with(&dataset, limits());

    let found = server.get("/search?q=zebra");
    let uids: Vec<String> = server.get("/api/v1/search?q=zebra&limit=100").json()["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["sample"]["uid"].as_str().unwrap().to_owned())
        .collect();
    assert!(uids.len() >= 3, "{}", found.body);
    let mut pages = vec![found];
    for uid in &uids {
        pages.push(server.get(&format!("/samples/{uid}")));
        pages.push(server.get(&format!("/samples/{uid}?show=picture")));
    }
    for page in pages {
        assert_eq!(page.status, 200);
        for hostile in
            ["<script", "<svg onload", "<img src=x", " onmouseover=\"", "href=\"javascript:", "href='", "49 "]
        {
            assert!(!page.body.contains(hostile), "{hostile}: {}", page.body);
        }
        assert_eq!(page.body.matches("</title>").count(), 1, "{}", page.body);
        let policy = page.header("content-security-policy");
        assert!(
            !policy.contains("script-src") && !policy.contains("192.168") && !policy.contains("router"),
            "{policy}"
        );
    }
}

/// What a server answers to a request of these lines: the first line, and the rest.
fn asked(server: &support::Running, lines: &str) -> (String, String) {
    let answer = server.send(format!("{lines}\r\nConnection: close\r\n\r\n").as_bytes());
    let (first, rest) = answer.split_once("\r\n").unwrap();
    (first.to_owned(), rest.to_ascii_lowercase())
}

#[test]
fn another_name_is_not_answered_to() {
    let server = start();
    // A page that had its own name lead to this machine would ask like this.
    for path in ["/", "/search?q=red", "/api/v1/search?q=red", "/overview.json", "/knn-service"] {
        let (first, rest) =
            asked(&server, &format!("GET {path} HTTP/1.1\r\nHost: evil.example:{}", server.address.port()));
        assert_eq!(first, "HTTP/1.1 421 Misdirected Request", "{path}");
        assert!(rest.contains("evil.example") && !rest.contains("demo-dataset"), "{path}: {rest}");
    }
    let (first, _) = asked(&server, "GET http://evil.example/ HTTP/1.1\r\nHost: localhost");
    assert_eq!(first, "HTTP/1.1 421 Misdirected Request");
    for own in ["localhost", "127.0.0.1:1", "[::1]:8080", "a.localhost"] {
        assert_eq!(asked(&server, &format!("GET / HTTP/1.1\r\nHost: {own}")).0, "HTTP/1.1 200 OK", "{own}");
    }
    let named = start_as(&[demo_dataset().to_owned()], limits(), |server| {
        server.answer_to(vec!["look.example.org".to_owned()])
    });
    assert_eq!(asked(&named, "GET / HTTP/1.1\r\nHost: look.example.org").0, "HTTP/1.1 200 OK");
    assert_ne!(asked(&named, "GET / HTTP/1.1\r\nHost: evil.example").0, "HTTP/1.1 200 OK");
}

#[test]
fn other_sites_read_the_api_only_where_they_may() {
    let from = |path: &str, origin: &str| format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}");
    let preflight = |path: &str, origin: &str| {
        format!(
            "OPTIONS {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: GET\r\n\
             Access-Control-Request-Headers: content-type"
        )
    };
    let closed = start();
    for path in ["/api/v1/datasets", "/index.json"] {
        let (first, rest) = asked(&closed, &from(path, "https://friend.example"));
        assert!(first.ends_with("200 OK") && !rest.contains("access-control"), "{rest}");
        assert!(asked(&closed, &preflight(path, "https://friend.example")).0.contains("405"));
    }
    let with = |origins: &[&str]| {
        let origins = origins.iter().map(|origin| origin.parse().unwrap()).collect();
        start_as(&[demo_dataset().to_owned()], limits(), |server| server.allow_origins(origins))
    };
    let some = with(&["https://friend.example", "http://localhost:3000"]);
    for path in ["/api/v1/datasets", "/search.json?q=red", "/api/v1/nothing", "/api/v1/search?q="] {
        let (_, rest) = asked(&some, &from(path, "https://friend.example"));
        assert!(rest.contains("access-control-allow-origin: https://friend.example\r\n"), "{path}: {rest}");
        assert!(rest.contains("vary: origin") && !rest.contains("credentials"), "{rest}");
        let (_, rest) = asked(&some, &from(path, "https://friend.example.evil.example"));
        assert!(!rest.contains("access-control") && rest.contains("vary: origin"), "{rest}");
    }
    let (first, rest) = asked(&some, &preflight("/api/v1/search", "http://localhost:3000"));
    assert_eq!(first, "HTTP/1.1 204 No Content");
    assert!(rest.contains("access-control-allow-methods: get, head\r\n") && rest.contains("content-type"), "{rest}");
    assert!(asked(&some, &preflight("/api/v1/search", "https://evil.example")).0.contains("405"));
    // Pages, and what takes pictures, are nobody else's.
    for path in ["/", "/search?q=red", "/healthz", "/indices-list", "/assets/x"] {
        assert!(!asked(&some, &from(path, "https://friend.example")).1.contains("access-control"), "{path}");
    }
    assert!(!asked(&some, &preflight("/knn-service", "https://friend.example")).1.contains("access-control"));
    let all = with(&["*"]);
    let (_, rest) = asked(&all, &from("/api/v1/datasets", "null"));
    assert!(rest.contains("access-control-allow-origin: *\r\n") && !rest.contains("credentials"), "{rest}");
    // To be read by all is not to be asked by any name.
    assert!(
        asked(&all, "GET /api/v1/datasets HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example")
            .0
            .contains("421")
    );
}
