//! The demo's pages in a real browser: a reader types, clicks and reads, with script switched off.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A session of the browser, spoken to by the WebDriver protocol (W3C Recommendation).
struct Browser {
    base: String,
    _driver: Running,
}

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Starts a headless browser; `None` where there is none.
    fn start() -> Option<Self> {
        let driver = ["chromedriver", "/usr/bin/chromedriver"].into_iter().find_map(|program| {
            Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()
        });
        let mut driver = Running(driver?);
        let mut lines = BufReader::new(driver.0.stdout.take()?).lines();
        // It says which port it took: "... was started successfully on port 12345."
        let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let port = line.split("successfully on port ").nth(1)?.trim_end_matches('.');
            port.parse::<u16>().ok()
        })?;
        std::thread::spawn(move || lines.for_each(drop));
        let options = json!({ "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1200,1300"],
            "prefs": { "profile.managed_default_content_settings.javascript": 2 } });
        let capabilities = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let root = format!("http://127.0.0.1:{port}");
        let session = call("POST", &format!("{root}/session"), &capabilities)?;
        let id = session["value"]["sessionId"].as_str()?.to_owned();
        Some(Self { base: format!("{root}/session/{id}"), _driver: driver })
    }

    fn get(&self, path: &str) -> Value {
        call("GET", &format!("{}{path}", self.base), &Value::Null).unwrap()["value"].clone()
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        call("POST", &format!("{}{path}", self.base), body).unwrap()["value"].clone()
    }

    fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    fn elements(&self, css: &str) -> Vec<String> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }));
        found.as_array().unwrap().iter().map(|element| element[ELEMENT].as_str().unwrap().to_owned()).collect()
    }

    fn element(&self, css: &str) -> String {
        let found = self.elements(css);
        found.into_iter().next().unwrap_or_else(|| panic!("no `{css}` on {}: {}", self.address(), self.text("body")))
    }

    fn text(&self, css: &str) -> String {
        let element = self.element(css);
        self.get(&format!("/element/{element}/text")).as_str().unwrap().to_owned()
    }

    fn property(&self, css: &str, name: &str) -> Value {
        let element = self.element(css);
        self.get(&format!("/element/{element}/property/{name}"))
    }

    fn click(&self, css: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    fn write(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    fn address(&self) -> String {
        self.get("/url").as_str().unwrap_or_default().to_owned()
    }
}

fn call(method: &str, url: &str, body: &Value) -> Option<Value> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let answer = match method {
        "GET" => agent.get(url).call(),
        _ => agent.post(url).header("Content-Type", "application/json").send(body.to_string()),
    };
    let text = answer.ok()?.body_mut().read_to_string().ok()?;
    serde_json::from_str(&text).ok()
}

/// The demo, served on a free port: its address, and the process.
fn demo(dir: &std::path::Path) -> (String, Running) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.args(["demo", "--listen", "127.0.0.1:0", "-o"]).arg(dir.join("demo"));
    let mut demo = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stderr.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("http://")?.1.split('/').next()?.to_owned()));
    std::thread::spawn(move || lines.for_each(drop));
    (format!("http://{}", address.unwrap()), demo)
}

#[test]
fn a_reader_asks_and_reads_why() {
    let Some(browser) = Browser::start() else {
        // Where the tests must be complete, a missing browser is a failure and not a skip.
        assert!(std::env::var_os("CI").is_none(), "no chromedriver; scripts/test.sh installs it");
        eprintln!("skipped: no chromedriver");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let (site, _demo) = demo(dir.path());

    browser.open(&site);
    assert!(browser.text("h1").contains("Have I been trained?"), "{}", browser.text("body"));
    browser.write("input[name=q]", "hills");
    browser.click("form button");
    assert!(browser.address().contains("/search?q=hills"), "{}", browser.address());
    assert_eq!(browser.text("mark").to_lowercase(), "hills");
    assert!(browser.text("main").contains("thornwick.example"));
    assert!(browser.elements("img").is_empty(), "nothing is loaded from the listed sites");

    browser.click("main a[href^='/samples/']");
    let sample = browser.text("main");
    for word in ["thornwick.example", "unknown", "train-genai", "opt-out"] {
        assert!(sample.contains(word), "no `{word}` in {sample}");
    }
    assert!(browser.elements("img").is_empty());
    browser.click("a[href*='show=picture']");
    assert!(
        browser.property("main img", "src").as_str().unwrap().contains("thornwick.example"),
        "the reader asked for it"
    );

    browser.open(&format!("{site}/search?q=verdict%3Aallowed"));
    browser.click("main a[href^='/samples/']");
    assert!(browser.text("main").contains("train-ai=y"), "the evidence stands there word for word");

    browser.open(&format!("{site}/search?q=nobodyeverwrotethis"));
    assert!(browser.elements("main a[href^='/samples/']").is_empty());
    browser.open(&format!("{site}/search?q=%22unclosed"));
    assert!(!browser.text("main").is_empty());
}
