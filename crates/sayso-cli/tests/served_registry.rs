//! `sayso serve --registry` through the front door: other programs, other builders, and people with a browser.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod driven;
mod support;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use driven::{Browser, Running, served, started};
use sayso_registry::log::{KeyKind, SignedNote, SigningKey, cosign};
use serde_json::{Value, json};
use support::{json, said, sayso, text};

const OWN: &str = "https://ana.example.org/art/1.jpg";

/// A dataset with pictures of several sites, and a registry with claims on some of them.
fn set_up(dir: &Path) {
    let rows = [
        (OWN, "a boat by Ana"),
        ("https://b.example.com/2.jpg", "a red house"),
        ("https://c.example.net/3.jpg", "a cat"),
    ];
    let table: String = rows.iter().map(|(url, caption)| format!("{url},{caption}\n")).collect();
    std::fs::write(dir.join("t.csv"), format!("url,caption\n{table}")).unwrap();
    assert!(sayso(&["import", "t.csv", "-o", "set"], dir).status.success());
    claim(&["add", "--subject", "domain:ana.example.org", "--preference", "train-ai=n"], dir);
    claim(&["add", "--subject", "url:https://b.example.com/2.jpg", "--preference", "train-genai=n,search=y"], dir);
    claim(&["add", "--subject", "domain:searched.example", "--preference", "search=n"], dir);
}

fn claim(arguments: &[&str], dir: &Path) -> Output {
    let output = sayso(&[&["claim"], arguments, &["--registry", "r"]].concat(), dir);
    assert!(output.status.success(), "{output:?}");
    output
}

fn serve(dir: &Path, registry: &str, more: &[&str]) -> (String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["serve", "set", "--listen", "127.0.0.1:0", "--registry", registry]).args(more).current_dir(dir);
    served(command)
}

/// What a server answers: the status, some headers, the body.
fn ask(site: &str, path: &str, body: Option<(&str, &str)>) -> (u16, String, Vec<u8>) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let address = format!("{}{path}", site.trim_end_matches('/'));
    let mut answer = match body {
        None => agent.get(address).call().unwrap(),
        Some((kind, body)) => agent.post(address).header("content-type", kind).send(body).unwrap(),
    };
    let headers = format!("{:?}", answer.headers());
    let bytes = answer.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
    (answer.status().as_u16(), headers, bytes)
}

fn ask_json(site: &str, path: &str, body: Option<(&str, &str)>) -> Value {
    let (_, _, bytes) = ask(site, path, body);
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)))
}

/// Which of addresses are opted out, as Spawning's API says.
fn opted_out(site: &str, urls: &[&str]) -> Vec<bool> {
    let answer = ask_json(site, "/api/v2/query/urls/", Some(("text/plain", &urls.join("\n"))));
    let rows = answer["urls"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["url"].as_str().unwrap()).collect::<Vec<_>>(), urls);
    rows.iter().map(|row| row["optOut"].as_bool().unwrap()).collect()
}

/// Waits until something on the page reads so: a click returns before the next page is there.
fn reads(browser: &Browser, css: &str, words: &str) {
    for _ in 0..300 {
        if browser.text_if_there(css).is_some_and(|text| text.contains(words)) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("`{css}` on {} does not read `{words}`: {}", browser.address(), browser.text("body"));
}

#[test]
fn claims_are_looked_up_and_followed_while_it_runs() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    set_up(dir);
    let (site, _server) = serve(dir, "r", &[]);
    let urls = [
        OWN,
        "http://www.ana.example.org/x",
        "https://b.example.com/2.jpg",
        "https://c.example.net/3.jpg",
        "https://searched.example/",
        "",
        "no address",
    ];
    assert_eq!(opted_out(&site, &urls), [true, true, true, false, false, true, true]);
    let question = json!({ "urls": [OWN, "https://b.example.com/2.jpg", "https://c.example.net/3.jpg"] }).to_string();
    let answer = ask_json(&site, "/api/v1/claims/look-up", Some(("application/json", &question)));
    let head = json(&sayso(&["registry", "head", "--registry", "r", "--json"], dir))["head"].clone();
    assert_eq!(answer["head"], head);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(
        results[0]["says"],
        json!({ "train-ai": "disallowed", "train-genai": "disallowed", "fine-tune": "disallowed" })
    );
    assert_eq!(results[0]["claims"][0]["state"], "asserted");
    assert_eq!((&results[0]["claims"][0]["claim"], &results[0]["claims"][0]["how"]), (&json!(0), &json!("address")));
    assert_eq!((&results[1]["claims"][0]["kind"], &results[1]["says"]["search"]), (&json!("url"), &json!("unknown")));
    assert_eq!(results[2], json!({ "url": "https://c.example.net/3.jpg", "says": {}, "claims": [] }));
    let many = "https://a.example/1.jpg\n".repeat(10_000);
    let answer = ask_json(&site, "/api/v1/claims/look-up", Some(("text/plain", &many)));
    assert_eq!(answer["results"].as_array().unwrap().len(), 10_000);
    for path in ["/api/v1/claims/look-up", "/api/v2/query/urls/"] {
        let (status, _, body) = ask(&site, path, Some(("text/plain", &format!("{many}one more"))));
        assert_eq!(status, 400, "{}", String::from_utf8_lossy(&body));
        let (status, _, _) = ask(&site, path, Some(("text/plain", &"x".repeat(9 << 20))));
        assert_eq!(status, 413);
        assert_eq!(ask(&site, path, Some(("text/plain", ""))).0, 400);
    }

    // What another program does in the registry counts at once: a new claim, a step, an erasure.
    claim(&["add", "--subject", "domain:c.example.net", "--preference", "train-ai=n"], dir);
    claim(&["contest", "0"], dir);
    assert_eq!(opted_out(&site, &urls[..4]), [false, false, true, true]);
    claim(&["uphold", "0"], dir);
    // What is taken out is gone from the running server, and told of.
    assert!(String::from_utf8(ask(&site, "/api/v1/search?q=boat", None).2).unwrap().contains("ana.example.org"));
    let taken = sayso(&["takedown", "set", "--registry", "r", "--claim", "0"], dir);
    assert!(taken.status.success(), "{taken:?}");
    assert!(!String::from_utf8(ask(&site, "/api/v1/search?q=boat", None).2).unwrap().contains("ana.example.org"));
    let removals = ask_json(&site, "/removals.json", None);
    assert_eq!((&removals["removals"][0]["claim"], &removals["removals"][0]["answer"]), (&json!(0), &json!("removed")));
    assert_eq!((&removals["removals"][0]["samples"], removals["median_seconds"].is_u64()), (&json!(1), true));
    claim(&["erase", "1", "--with-subject"], dir);
    assert_eq!(opted_out(&site, &urls[..4]), [true, true, false, true]);
}

#[test]
fn the_log_is_served_as_its_files_are_and_witnesses_sign() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    set_up(dir);
    let rows: String = (0..300).map(|n| format!("domain:a{n}.example.org\n")).collect();
    std::fs::write(dir.join("claims.csv"), format!("subject\n{rows}")).unwrap();
    claim(&["import", "claims.csv", "--preference", "train-ai=n"], dir);
    assert!(sayso(&["registry", "tiles", "tiles", "--registry", "r"], dir).status.success());
    let witness = SigningKey::new("witness.example", KeyKind::Cosignature, &[3; 32]).unwrap();
    let (site, _server) = serve(dir, "r", &["--witness", &witness.public().to_string()]);
    for path in ["tile/0/000", "tile/0/001.p/47", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/47"] {
        let (status, headers, bytes) = ask(&site, &format!("/log/{path}"), None);
        assert_eq!((status, &bytes), (200, &std::fs::read(dir.join("tiles").join(path)).unwrap()), "{path}");
        assert!(headers.contains("immutable") && headers.contains("application/octet-stream"), "{headers}");
    }
    for path in ["tile/0/001", "tile/0/001.p/48", "tile/8/000", "tile/0/1", "tile/..%2f..%2fregistry.key"] {
        assert_eq!(ask(&site, &format!("/log/{path}"), None).0, 404, "{path}");
    }
    let (_, headers, checkpoint) = ask(&site, "/log/checkpoint", None);
    assert!(headers.contains("no-cache") && headers.contains("text/plain"), "{headers}");
    let note = String::from_utf8(checkpoint).unwrap();
    assert_eq!(note, std::fs::read_to_string(dir.join("tiles/checkpoint")).unwrap());

    let mut signed: SignedNote = note.parse().unwrap();
    let stranger = SigningKey::new("stranger.example", KeyKind::Cosignature, &[4; 32]).unwrap();
    signed.signatures.push(cosign(&signed, &stranger, 1_800_000_000).unwrap());
    let send = |note: &SignedNote| ask(&site, "/log/cosignature", Some(("text/plain", &note.to_string()))).0;
    assert_eq!(send(&signed), 400, "whom the server does not know it does not take");
    signed.signatures.push(cosign(&signed, &witness, 1_800_000_000).unwrap());
    assert_eq!(send(&signed), 204);
    let served = String::from_utf8(ask(&site, "/log/checkpoint", None).2).unwrap();
    assert!(served.contains("witness.example") && !served.contains("stranger.example"), "{served}");

    let proof = ask_json(&site, "/api/v1/log/proof/7", None);
    assert_eq!(proof, json(&sayso(&["registry", "proof", "7", "--registry", "r"], dir)));
    let consistency = ask_json(&site, "/api/v1/log/consistency?old=5&new=303", None);
    assert_eq!(consistency, json(&sayso(&["registry", "consistency", "5", "303", "--registry", "r"], dir)));
}

#[test]
fn other_builders_judge_by_its_list() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    set_up(dir);
    let (site, server) = serve(dir, "r", &[]);
    let site = site.trim_end_matches('/').to_owned();
    let check = |site: &str, more: &[&str]| {
        let all = ["check", OWN, "--registry", site, "--allow-private", "--cache", "kept", "--json"];
        sayso(&[&all[..], more].concat(), dir)
    };
    let refused = sayso(&["check", OWN, "--registry", &site, "--json"], dir);
    assert_eq!((refused.status.code(), said(&refused).contains("is not public")), (Some(2), true), "{refused:?}");
    let first = check(&site, &[]);
    let key = json(&sayso(&["registry", "head", "--registry", "r", "--json"], dir))["key"].as_str().unwrap().to_owned();
    assert!(said(&first).contains(&key) && said(&first).contains("1 claim on addresses"), "{first:?}");
    let reason = |output: &Output| json(output)["pictures"][0]["reasons"][0]["code"].clone();
    assert_eq!(reason(&first), "claim-reserved");
    let head = |dir: &Path| json(&sayso(&["registry", "head", "--registry", "r", "--json"], dir))["head"].clone();
    assert_eq!(json(&first)["registry_head"], head(dir));
    claim(&["revoke", "0"], dir);
    let second = check(&site, &[]);
    assert!(!said(&second).contains("from now on"), "{second:?}");
    assert_eq!((reason(&second), json(&second)["registry_head"].clone()), (json!("no-statement"), head(dir)));
    assert_eq!(reason(&check(&site, &["--registry-key", &key])), "no-statement");

    // The signed list itself.
    let (_, headers, list) = ask(&site, "/opt-outs?since=3", None);
    let list = String::from_utf8(list).unwrap();
    assert!(headers.contains("application/jsonl") && list.lines().count() == 2, "{list}");
    assert!(list.contains("\"revoked\"") && list.contains("sayso opt-outs 1"));
    assert!(
        !ask(&site, "/opt-outs", None).2.windows(13).any(|window| window == b"b.example.com"),
        "addresses are not told"
    );
    assert_eq!(ask(&site, "/opt-outs?since=99", None).0, 404);

    // Another log at the same address: under its own key, and under the same key as one that does not go on.
    let address = site.strip_prefix("http://").unwrap().to_owned();
    drop(server);
    let at = |registry: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
        command.args(["serve", "set", "--listen", &address, "--registry", registry]).current_dir(dir);
        served(command)
    };
    assert!(
        sayso(&["claim", "add", "--registry", "q", "--subject", "domain:x.example", "--preference", "train-ai=n"], dir)
            .status
            .success()
    );
    let (_, other) = at("q");
    let told = check(&site, &[]);
    assert_eq!(
        (
            told.status.code(),
            said(&told).contains("does not have")
                || said(&told).contains("no signature")
                || said(&told).contains("forks")
        ),
        (Some(2), true),
        "{told:?}"
    );
    drop(other);
    std::fs::create_dir(dir.join("s")).unwrap();
    std::fs::copy(dir.join("r/registry.key"), dir.join("s/registry.key")).unwrap();
    for n in 0..6 {
        let subject = format!("domain:y{n}.example");
        assert!(
            sayso(&["claim", "add", "--registry", "s", "--subject", &subject, "--preference", "train-ai=n"], dir)
                .status
                .success()
        );
    }
    let (_, forked) = at("s");
    let told = check(&site, &[]);
    assert_eq!((told.status.code(), said(&told).contains("the log forks")), (Some(2), true), "{told:?}");
    drop(forked);
    assert_eq!(check(&site, &[]).status.code(), Some(2), "nobody answers");
}

#[test]
fn the_package_datadiligence_asks_it() {
    let Some(python) = std::env::var_os("SAYSO_DATADILIGENCE") else {
        eprintln!("skipped: scripts/interop_datadiligence.sh installs what this asks with");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    set_up(dir);
    let (site, _server) = serve(dir, "r", &[]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/ask_datadiligence.py");
    let address = format!("{}/api/v2/query/urls/", site.trim_end_matches('/'));
    let mut asking =
        Command::new(python).arg(script).arg(address).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut urls: Vec<String> = (0..20).map(|n| format!("https://free.example/{n}.jpg")).collect();
    urls.insert(7, OWN.to_owned());
    urls.insert(0, "https://b.example.com/2.jpg".to_owned());
    asking.stdin.take().unwrap().write_all(urls.join("\n").as_bytes()).unwrap();
    let output = asking.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let found: Value = serde_json::from_str(text(&output).lines().last().unwrap()).unwrap();
    let allowed: Vec<bool> = urls.iter().map(|url| url.contains("free.example")).collect();
    let kept: Vec<&String> = urls.iter().filter(|url| url.contains("free.example")).collect();
    assert_eq!(found["ready"], true);
    assert_eq!(found["is_allowed"], json!(allowed));
    assert_eq!(found["is_allowed_async"], json!(allowed));
    assert_eq!(found["filter_allowed"], json!(kept));
    assert_eq!(found["one"], json!([false]));
}

#[test]
fn somebody_claims_follows_and_reports_in_a_browser() {
    let Some(browser) = started(false) else { return };
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    set_up(dir);
    let (site, _server) = serve(dir, "r", &[]);
    let site = site.trim_end_matches('/').to_owned();
    // Two clicks from a result, without script.
    browser.open(&format!("{site}/search?q=cat"));
    browser.click("a[href^='/claim?uid=']");
    reads(&browser, "h1", "This is mine");
    browser.click("main form button");
    reads(&browser, "h1", "Claimed");
    let token = browser.text("pre");
    assert_eq!(opted_out(&site, &["https://c.example.net/3.jpg"]), [true]);
    browser.click("main a.button");
    reads(&browser, "main", "https://c.example.net/3.jpg");
    browser.click("form[action$='/challenge'] button");
    reads(&browser, "pre", "/.well-known/sayso-claim");
    browser.click("form[action$='/revoke'] button");
    reads(&browser, "main", "It is taken back");
    assert_eq!(opted_out(&site, &["https://c.example.net/3.jpg"]), [false]);

    // Another browser has the token, and the first one has nothing that is told in an address.
    let number = browser.address().split("/claims/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert!(!browser.address().contains(&token));
    let other = Browser::start(false).unwrap();
    other.open(&format!("{site}/claims/{number}"));
    assert!(!other.text("main").contains("c.example.net"), "addresses are told to nobody else");
    other.write("#token", &token);
    other.click("form[action$='/follow'] button");
    reads(&other, "main", "c.example.net");

    // A report hides at once; an operator decides.
    browser.open(&format!("{site}/search?q=house"));
    browser.click(".hit h2 a");
    browser.arrive("/samples/");
    browser.click("a[href^='/report/']");
    browser.arrive("/report/");
    browser.click("#reason-medical");
    browser.click("main form button");
    reads(&browser, "h1", "It is hidden");
    for path in ["/search?q=house", "/api/v1/search?q=house"] {
        let (_, _, body) = ask(&site, path, None);
        assert!(!String::from_utf8(body).unwrap().contains("b.example.com"), "{path}");
    }
    let token = text(&sayso(&["registry", "operator", "add", "Ben", "--registry", "r"], dir));
    other.open(&format!("{site}/operator"));
    other.write("#token", token.trim());
    other.click("form[action='/operator/login'] button");
    reads(&other, "main", "medical");
    other.click("button[value=dismiss]");
    reads(
        &other,
        "main",
        "Nothing.\nReported and still shown\nLooked at before, or more than are hidden in a day.\nNothing.",
    );
    let (_, _, body) = ask(&site, "/api/v1/search?q=house", None);
    assert!(String::from_utf8(body).unwrap().contains("b.example.com"));
    browser.open(&format!("{site}/removals"));
    reads(&browser, "main", "shown again");
    assert!(sayso(&["registry", "operator", "remove", "Ben", "--registry", "r"], dir).status.success());
    other.open(&format!("{site}/operator"));
    reads(&other, "main", "Log in");
}

#[test]
fn no_page_has_serious_barriers() {
    // As in `overview.rs`: axe-core from npm, and SAYSO_AXE=package/axe.min.js.
    let Some(axe) = std::env::var_os("SAYSO_AXE") else {
        eprintln!("skipped: SAYSO_AXE names no axe.min.js");
        return;
    };
    let Some(browser) = started(true) else { return };
    let axe = std::fs::read_to_string(axe).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    set_up(dir);
    let (site, _server) = serve(dir, "r", &[]);
    let site = site.trim_end_matches('/').to_owned();
    let barriers = |at: &str| {
        for (width, height) in [(1200, 1300), (360, 780)] {
            browser.post("/window/rect", &json!({"width": width, "height": height}));
            browser.post("/execute/sync", &json!({"script": axe, "args": []}));
            let run = "const done = arguments[arguments.length - 1]; axe.run().then(found => done(found.violations.map(one => \
                       [one.impact, one.id, one.nodes.map(node => node.html).slice(0, 3)])));";
            let found = browser.post("/execute/async", &json!({"script": run, "args": []}));
            let found = found.as_array().unwrap_or_else(|| panic!("{at}: {found}"));
            let serious: Vec<_> = found.iter().filter(|one| one[0] == "serious" || one[0] == "critical").collect();
            assert!(serious.is_empty(), "{at} at {width}: {serious:?}");
            let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
            let wide = browser.post("/execute/sync", &json!({"script": wide, "args": []}));
            assert_eq!(wide, 0, "{at} at {width} scrolls sideways");
            if let Some(folder) = std::env::var_os("SAYSO_SHOTS") {
                let png = browser.get("/screenshot");
                std::fs::write(Path::new(&folder).join(format!("{at}-{width}.b64")), png.as_str().unwrap()).unwrap();
            }
        }
    };
    browser.open(&format!("{site}/search?q=cat"));
    barriers("search");
    browser.click("a[href^='/claim?uid=']");
    reads(&browser, "h1", "This is mine");
    barriers("claim");
    browser.click("main form button");
    reads(&browser, "h1", "Claimed");
    barriers("claimed");
    browser.click("main a.button");
    browser.arrive("/claims/");
    barriers("claim-held");
    browser.click("form[action$='/challenge'] button");
    reads(&browser, "pre", "sayso-claim=");
    barriers("challenge");
    browser.open(&format!("{site}/claims/1"));
    barriers("claim-of-others");
    browser.open(&format!("{site}/search?q=house"));
    browser.click(".hit h2 a");
    browser.arrive("/samples/");
    barriers("sample");
    browser.click("a[href^='/report/']");
    browser.arrive("/report/");
    barriers("report");
    browser.write("#words", "It is my kitchen, and I never put it anywhere.");
    browser.click("main form button");
    reads(&browser, "h1", "It is hidden");
    barriers("reported");
    claim(&["contest", "0"], dir);
    let token = text(&sayso(&["registry", "operator", "add", "Ben Okafor", "--registry", "r"], dir));
    browser.open(&format!("{site}/operator"));
    barriers("log-in");
    browser.write("#token", token.trim());
    browser.click("form[action='/operator/login'] button");
    reads(&browser, "h1", "What waits for you");
    barriers("queue");
    browser.click("button[value=uphold]");
    reads(&browser, "main", "Hidden here, and still in the dataset");
    barriers("upheld");
    browser.open(&format!("{site}/operator/trail"));
    barriers("trail");
    browser.open(&format!("{site}/removals"));
    barriers("removals");
    browser.open(&format!("{site}/claims/999"));
    barriers("no-claim");
}
