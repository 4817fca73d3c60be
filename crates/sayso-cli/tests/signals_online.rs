//! `sayso signals URL`: sites of this test's own, on 127.0.0.1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../../sayso/tests/sites/mod.rs"]
mod sites;

mod support;

use std::path::Path;
use std::process::{Command, Output};

use support::json;

use sites::{Site, html, nothing, reply, text};

fn signals(arguments: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.arg("signals").args(arguments).args(["--allow-private", "--pause", "0"]);
    // A proxy that the environment names is not asked: it would look at private addresses for others.
    let proxy = [
        ("http_proxy", "http://127.0.0.1:9/"),
        ("HTTP_PROXY", "http://127.0.0.1:9/"),
        ("ALL_PROXY", "http://127.0.0.1:9/"),
    ];
    command.envs(proxy).env("XDG_CACHE_HOME", dir.join("caches")).current_dir(dir).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn a_site() -> Site {
    Site::of(vec![
        ("/robots.txt", text("User-agent: *\nDisallow: /closed\nContent-Usage: train-ai=n\n")),
        ("/ai.txt", html("<html>not found</html>")),
        (
            "/",
            reply(
                200,
                "Content-Type: text/html\r\nContent-Usage: train-ai=y\r\n",
                "<meta name=robots content='noai\u{1b}[31m'>",
            ),
        ),
        ("/a.jpg", reply(200, "Content-Type: image/jpeg\r\nX-Robots-Tag: noai\r\n", "no picture")),
        ("/closed", html("nobody should see this")),
    ])
}

#[test]
fn an_address_is_told_what_its_site_says() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    let url = site.url("/");
    let output = signals(&[&url], dir.path());
    let said = told(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains('\u{1b}'), "a terminal gets nothing to obey");
    for line in [
        format!("{url}robots.txt (robots-txt)\n  robots.txt line 3, group *: Content-Usage: train-ai=n\n"),
        format!("{url} (http-answer)\n"),
        format!("taken together, for {url}\n"),
        "contradiction on train-ai: the reservation counts".to_owned(),
        "not there: tdmrep, ai-txt, rsl".to_owned(),
    ] {
        assert!(said.contains(&line), "{line}\n{said}");
    }
    assert!(!said.contains("not learned"), "{said}");
    assert!(dir.path().join("caches/sayso/answers-v1").is_dir());
    let before = site.asked().len();
    let report = json(&signals(&[&url, "--json"], dir.path()));
    assert_eq!(site.asked().len(), before, "the answers of today are kept");
    assert_eq!(
        (&report["for"], &report["verdicts"]["train-ai"]["stance"]),
        (&url.as_str().into(), &"disallowed".into())
    );
    assert_eq!(report["sources"][0]["url"], format!("{url}robots.txt"));
    signals(&[&url, "--no-cache"], dir.path());
    assert!(site.asked().len() > before);
}

#[test]
fn what_was_not_looked_at_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    let url = site.url("/closed");
    let output = signals(&[&url], dir.path());
    let said = told(&output);
    let line = format!(
        "not learned:\n  {url}: not looked at, since its robots.txt keeps `sayso` out (line 2: Disallow: /closed)"
    );
    assert!(said.contains(&line), "{said}");
    assert_eq!(output.status.code(), Some(0));
    assert!(!site.paths().contains(&"/closed".to_owned()));

    let gone = signals(&[&site.url("/gone")], dir.path());
    assert!(told(&gone).contains("/gone: it is not there"), "{}", told(&gone));
    let broken = Site::start(|asked| if asked.path == "/" { html("") } else { reply(503, "Retry-After: 60\r\n", "") });
    let output = signals(&[&broken.url("/"), "--json"], dir.path());
    assert_eq!(output.status.code(), Some(3));
    let report = json(&output);
    let gaps: Vec<_> = report["gaps"].as_array().unwrap().iter().map(|gap| gap["failure"].as_str().unwrap()).collect();
    assert_eq!(gaps, ["status", "unreachable", "unreachable", "forbidden"]);
    // Nothing is known to be missing, and neither is an RSL document that robots.txt might name.
    assert_eq!(report["missing"], serde_json::json!([]));
    // Nothing is said anywhere: the answer is no. Nothing at all is there: that is no answer.
    let silent = Site::start(|asked| if asked.path == "/" { html("") } else { nothing() });
    assert_eq!(signals(&[&silent.url("/")], dir.path()).status.code(), Some(1));
    assert_eq!(signals(&[&silent.url("/gone")], dir.path()).status.code(), Some(3));
}

#[test]
fn several_addresses_and_files_together() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    std::fs::create_dir(dir.path().join("mine")).unwrap();
    std::fs::write(dir.path().join("mine/tdmrep.json"), r#"[{"location":"*","tdm-reservation":1}]"#).unwrap();
    let (page, picture) = (site.url("/"), site.url("/a.jpg"));
    let report = json(&signals(&[&page, "mine", &picture, "--json"], dir.path()));
    let examinations = report["examinations"].as_array().unwrap();
    let kinds = |number: usize| -> Vec<&str> {
        examinations[number]["sources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|source| source["kind"].as_str().unwrap())
            .collect()
    };
    assert_eq!(
        (kinds(0), kinds(1)),
        (vec!["robots-txt", "http-answer", "tdmrep"], vec!["robots-txt", "http-answer", "tdmrep"])
    );
    assert_eq!(examinations[1]["for"], picture);
    assert_eq!(examinations[1]["sources"][1]["statements"][0]["signal"]["speaker"], "picture");
    assert_eq!(examinations[1]["sources"][2]["path"], "mine/tdmrep.json");
    let said = told(&signals(&[&page, &picture], dir.path()));
    assert!(
        said.contains(&format!("taken together, for {page}\n"))
            && said.contains(&format!("taken together, for {picture}\n"))
    );
    // Another address of the same site may be meant.
    let report = json(&signals(&[&page, "--for", &site.url("/closed/x"), "--json"], dir.path()));
    assert_eq!(report["verdicts"]["data-mining"]["stance"], "disallowed");
}

#[test]
fn without_a_place_for_a_cache_the_answers_can_be_had() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    std::fs::write(dir.path().join("caches"), "no folder").unwrap();
    let output = signals(&[&site.url("/")], dir.path());
    assert_eq!(output.status.code(), Some(0));
    let warning = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(warning.starts_with("warning: answers are not kept: cannot use `"), "{warning}");
    // A place that somebody names must be one.
    assert_eq!(signals(&[&site.url("/"), "--cache", "caches"], dir.path()).status.code(), Some(2));
}

#[test]
fn addresses_that_are_not_asked_are_errors() {
    let dir = tempfile::tempdir().unwrap();
    let site = a_site();
    let error = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .arg("signals")
            .args(arguments)
            .env("XDG_CACHE_HOME", dir.path())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (arguments, says) in [
        (vec![site.url("/")], "its network address 127.0.0.1 is not public (this machine)\nhint: "),
        (vec!["http://2130706433/".to_owned()], "its network address 127.0.0.1 is not public (this machine)\nhint: "),
        (vec!["https://user:secret@example.org/".to_owned()], "with a name or a password in it is not asked\nhint: "),
        (vec!["http://".to_owned()], "it is no address: "),
        (vec![site.url("/"), "--for".to_owned(), "https://example.org/".to_owned()], "it lies on another site than "),
    ] {
        let message = error(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(message.starts_with("error: cannot use the input `") && message.contains(says), "{message}");
        assert!(message.contains("\nhint: "), "{message}");
    }
    assert_eq!(site.paths(), [""; 0]);
    for arguments in
        [&["http://example.org/", "--pause", "-1"][..], &["http://example.org/", "--cache", "a", "--no-cache"]]
    {
        assert!(error(arguments).starts_with("error: "), "{arguments:?}");
    }
}
