//! Questions in SQL to a server: the page and the API, against readers who mean well and those who do not.
#![cfg(feature = "sql")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod driven;
mod questions;
mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use driven::{Running, served};
use questions::{ENDLESS, REFUSED, doubling, imported, imported_as};
use serde_json::{Value, json};

/// What a server answered: the status, its headers, the body.
struct Answer {
    status: u16,
    headers: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

fn serve(dir: &Path, more: &[&str]) -> (String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", "set", "--listen", "127.0.0.1:0"]).args(more).current_dir(dir);
    served(command)
}

fn get(address: &str) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut answer = agent.get(address).call().unwrap();
    let headers = format!("{:?}", answer.headers());
    Answer { status: answer.status().as_u16(), headers, body: answer.body_mut().read_to_string().unwrap() }
}

fn encoded(question: &str) -> String {
    question
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || byte == b'-' {
                (byte as char).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

fn api(site: &str, question: &str, more: &str) -> Answer {
    get(&format!("{site}/api/v1/sql?q={}{more}", encoded(question)))
}

fn page(site: &str, question: &str) -> Answer {
    get(&format!("{site}/sql?q={}", encoded(question)))
}

/// Sends bytes and returns the first line that comes back.
fn raw(site: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(site.trim_start_matches("http://")).unwrap();
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_question_is_a_page_json_and_csv() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    imported_as(dir.path(), "other");
    let (site, _server) = serve(dir.path(), &["other"]);
    let question = "select domain, count(*) as n, max(width) as wide from samples group by domain order by domain";
    let answer = api(&site, question, "").json();
    assert_eq!(
        answer["columns"],
        json!([{"name": "domain", "kind": "text"}, {"name": "n", "kind": "int64"}, {"name": "wide", "kind": "uint32"}])
    );
    assert_eq!(answer["rows"][0], json!(["one.example", 100, 594]));
    assert_eq!(
        (&answer["dataset"], &answer["is_cut"], &answer["query"]),
        (&json!("set"), &json!(false), &json!(question))
    );
    let csv = api(&site, question, "&format=csv");
    assert!(csv.body.starts_with("domain,n,wide\r\none.example,100,594\r\n"), "{}", csv.body);
    assert!(csv.headers.contains("text/csv") && csv.headers.contains("attachment"), "{}", csv.headers);
    let cut = api(&site, "select url from samples order by url", "&limit=3").json();
    assert_eq!((cut["rows"].as_array().unwrap().len(), &cut["is_cut"]), (3, &json!(true)));
    let joined = "select count(*) from samples a join set.samples b on a.uid = b.uid";
    let answer = api(&site, joined, "&dataset=other").json();
    assert_eq!((&answer["dataset"], &answer["rows"]), (&json!("other"), &json!([[300]])));

    let shown = page(&site, question);
    assert_eq!(shown.status, 200);
    for part in [
        "<h2 id=\"answer\">3 rows</h2>",
        "<th scope=\"col\" class=\"number\"><bdi>n</bdi></th>",
        "<td class=\"number\">594</td>",
        "&#34;other&#34;.samples",
    ] {
        assert!(shown.body.contains(part), "no `{part}` in {}", shown.body);
    }
    assert!(shown.headers.contains("default-src 'none'") && shown.headers.contains("noindex"), "{}", shown.headers);
    // What the examples and the page's links ask is answered.
    let first = get(&format!("{site}/sql"));
    let links: Vec<String> = first
        .body
        .split("<a href=\"/sql?q=")
        .skip(1)
        .map(|link| link.split('"').next().unwrap().replace("&#38;", "&"))
        .collect();
    assert_eq!(links.len(), 9);
    for link in links {
        let answer = get(&format!("{site}/sql?q={link}"));
        assert!(answer.status == 200 && answer.body.contains("id=\"answer\""), "{link}: {}", answer.body);
    }
    let description = get(&format!("{site}/api/v1/openapi.json")).json();
    assert!(description["paths"]["/api/v1/sql"]["get"]["parameters"].as_array().is_some_and(|all| all.len() == 4));
}

#[test]
fn what_is_personal_or_hostile_reaches_nobody() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let (site, _server) = serve(dir.path(), &[]);
    let question = "select caption, reverse(caption), substr(caption, 10), upper(caption), caption || note, note from samples where url like '%/8.jpg' or url like '%/9.jpg'";
    for body in [api(&site, question, "").body, api(&site, question, "&format=csv").body, page(&site, question).body] {
        let body = body.to_lowercase();
        for part in ["ana8", "8ana", "bo9", "9ob", "901820", "028109"] {
            assert!(!body.contains(part), "`{part}` in {body}");
        }
        assert!(body.contains("[e-mail]"), "{body}");
    }
    // Nor is it found out by what it is compared with, matched by or sorted as.
    for condition in [
        "caption like '%ana8%'",
        "strpos(caption, '90182') > 0",
        "note like '%bo9@%'",
        "regexp_like(caption, '[a-z0-9]+@')",
    ] {
        let answer = api(&site, &format!("select count(*) from samples where {condition}"), "").json();
        assert_eq!(answer["rows"], json!([[0]]), "{condition}");
    }
    // Put together of parts that are none by themselves.
    let answer = api(&site, "select concat('me', '@', 'example', '.org')", "").json();
    assert_eq!(answer["rows"], json!([["[e-mail]"]]));

    let hostile = page(
        &site,
        "select url, caption, caption as \"<script>alert(2)</script>\" from samples where url like '%/7.jpg'",
    );
    assert!(hostile.body.contains("&#60;script&#62;alert(1)") && hostile.body.contains("⟨U+202E⟩"), "{}", hostile.body);
    assert!(!hostile.body.contains("<script"), "{}", hostile.body);
    assert!(!hostile.body.contains("<img"), "nothing is loaded from elsewhere");
    let problem = page(&site, "select \"</textarea><script>alert(3)</script>\" from samples");
    assert_eq!(problem.status, 400);
    assert!(problem.body.contains("That has no answer") && !problem.body.contains("<script"), "{}", problem.body);
    let csv = api(&site, "select caption from samples where url like '%/7.jpg'", "&format=csv");
    assert!(csv.body.contains("\r\n'=cmd"), "{}", csv.body);
}

#[test]
fn refusals_have_a_code_and_no_path() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let (site, _server) = serve(dir.path(), &[]);
    let place = dir.path().to_str().unwrap().trim_start_matches('/').to_owned();
    for (question, says) in REFUSED {
        let answer = api(&site, question, "");
        assert_eq!(answer.status, 400, "{question}: {}", answer.body);
        let error = &answer.json()["error"];
        assert!(["sql-refused", "bad-sql"].contains(&error["code"].as_str().unwrap()), "{question}: {error}");
        assert!(error["message"].as_str().unwrap().contains(says), "{question}: {error}");
        assert!(!answer.body.contains(&place), "{question}: {error}");
    }
    for (question, more, status, code) in [
        ("", "", 400, "bad-sql"),
        ("select 1 / 0", "", 400, "sql-failed"),
        ("select 1", "&dataset=none", 404, "no-dataset"),
        ("select 1", "&format=xml", 400, "bad-parameter"),
        ("select 1", "&limit=10001", 400, "bad-parameter"),
        ("select length(repeat('x', 2000000000))", "", 400, "sql-memory"),
        ("select repeat('x', 6000000)", "", 400, "sql-long-row"),
        (&doubling(), "", 400, "sql-memory"),
        (&format!("select {}1{}", "(".repeat(900), ")".repeat(900)), "", 400, "bad-sql"),
        (&format!("select {}1", "1-".repeat(2_050)), "", 400, "sql-too-long"),
    ] {
        let answer = api(&site, question, more);
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str().unwrap()),
            (status, code),
            "{}",
            answer.body
        );
        assert!(answer.json()["error"]["hint"].is_string(), "{}", answer.body);
    }
    let plan = api(&site, "explain analyze select caption from samples where domain = 'one.example'", "").body;
    assert!(plan.contains("samples/00000.parquet") && !plan.contains(&place), "{plan}");
    let long = format!("GET /sql?q={} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "x".repeat(1 << 20));
    let said = raw(&site, &long);
    assert!(said.starts_with("HTTP/1.1 4"), "{said}");
    for (request, status) in [
        ("POST /sql HTTP/1.1\r\nContent-Length: 0", "405"),
        ("POST /api/v1/sql HTTP/1.1\r\nContent-Length: 10", "413"),
        ("DELETE /api/v1/sql HTTP/1.1", "405"),
        ("GET /sql?q=select+1&q=select+2 HTTP/1.1", "400"),
        ("GET /sql?q=%ff%fe HTTP/1.1", "400"),
    ] {
        let said = raw(&site, &format!("{request}\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {said}");
    }
    // It still answers.
    assert_eq!(api(&site, "select 1", "").json()["rows"], json!([[1]]));

    // A file that cannot be read is the log's to say.
    let shard = dir.path().join("set/samples/00000.parquet");
    std::fs::remove_file(&shard).unwrap();
    let answer = api(&site, "select max(uid) from samples", "");
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str().unwrap()), (500, "internal"));
    assert!(!answer.body.contains(&place), "{}", answer.body);
}

#[test]
fn a_server_may_answer_no_sql() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let (site, _server) = serve(dir.path(), &["--sql-timeout", "0"]);
    let answer = api(&site, "select 1", "");
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str().unwrap()), (501, "no-sql"));
    assert_eq!(page(&site, "select 1").status, 501);
}

#[test]
fn time_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let (site, _server) = serve(dir.path(), &["--sql-timeout", "2"]);
    for question in [ENDLESS, "select max(levenshtein(repeat(caption, 8000), repeat(caption, 8001))) from samples"] {
        let answer = api(&site, question, "");
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str().unwrap()),
            (503, "too-slow"),
            "{}",
            answer.body
        );
    }
    assert_eq!(page(&site, ENDLESS).status, 503);
}

/// The processes that work for one.
#[cfg(target_os = "linux")]
fn workers(server: u32) -> usize {
    let parent = |entry: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // What stands before the last parenthesis is the name, in which anything may be.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        (fields.next()? != "Z").then(|| fields.next()?.parse::<u32>().ok())?
    };
    std::fs::read_dir("/proc").unwrap().flatten().filter_map(parent).filter(|parent| *parent == server).count()
}

/// Waits until there are as many; the question alone would take longer than any test.
#[cfg(target_os = "linux")]
fn wait_for(server: u32, number: usize) {
    for _ in 0..600 {
        if workers(server) == number {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{} processes, and not {number}", workers(server));
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_who_leaves_ends_the_question() {
    let dir = tempfile::tempdir().unwrap();
    imported(dir.path());
    let (site, server) = serve(dir.path(), &["--sql-timeout", "3600"]);
    let mut reader = TcpStream::connect(site.trim_start_matches("http://")).unwrap();
    write!(reader, "GET /api/v1/sql?q={} HTTP/1.1\r\nHost: localhost\r\n\r\n", encoded(ENDLESS)).unwrap();
    wait_for(server.id(), 1);
    drop(reader);
    wait_for(server.id(), 0);
    assert_eq!(api(&site, "select 1", "").json()["rows"], json!([[1]]), "the place is free again");
}
