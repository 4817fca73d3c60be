//! A real browser, and what it is pointed at.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stderr, reason = "shared by tests that each use a part")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

/// A process that ends with the test.
pub(crate) struct Running(Child);

impl Running {
    /// The number that the system gave it.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A session of the browser, spoken to by the WebDriver protocol (W3C Recommendation).
pub(crate) struct Browser {
    base: String,
    _driver: Running,
}

const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// Starts a headless browser, with script or without; `None` where there is none.
    pub(crate) fn start(script: bool) -> Option<Self> {
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
            "prefs": { "profile.managed_default_content_settings.javascript": if script { 1 } else { 2 } } });
        let capabilities = json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let root = format!("http://127.0.0.1:{port}");
        let session = call("POST", &format!("{root}/session"), &capabilities)?;
        let id = session["value"]["sessionId"].as_str()?.to_owned();
        Some(Self { base: format!("{root}/session/{id}"), _driver: driver })
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        call("GET", &format!("{}{path}", self.base), &Value::Null).unwrap()["value"].clone()
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        call("POST", &format!("{}{path}", self.base), body).unwrap()["value"].clone()
    }

    pub(crate) fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    pub(crate) fn elements(&self, css: &str) -> Vec<String> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }));
        found.as_array().unwrap().iter().map(|element| element[ELEMENT].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn element(&self, css: &str) -> String {
        let found = self.elements(css);
        found.into_iter().next().unwrap_or_else(|| panic!("no `{css}` on {}: {}", self.address(), self.text("body")))
    }

    pub(crate) fn text(&self, css: &str) -> String {
        let element = self.element(css);
        self.get(&format!("/element/{element}/text")).as_str().unwrap().to_owned()
    }

    /// The text of an element that need not be there, nor stay while it is read: a page may just give way to the next.
    pub(crate) fn text_if_there(&self, css: &str) -> Option<String> {
        let element = self.elements(css).into_iter().next()?;
        self.get(&format!("/element/{element}/text")).as_str().map(str::to_owned)
    }

    pub(crate) fn property(&self, css: &str, name: &str) -> Value {
        let element = self.element(css);
        self.get(&format!("/element/{element}/property/{name}"))
    }

    pub(crate) fn click(&self, css: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    pub(crate) fn write(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Waits until the page has an address with this in it: a click returns before the next page is there.
    pub(crate) fn arrive(&self, part: &str) {
        for _ in 0..300 {
            if self.address().contains(part) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert!(self.address().contains(part), "{} has no `{part}` in it", self.address());
    }

    pub(crate) fn address(&self) -> String {
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

/// A browser; `None`, said plainly, where there is none.
pub(crate) fn started(script: bool) -> Option<Browser> {
    let browser = Browser::start(script);
    if browser.is_none() {
        // Where the tests must be complete, a missing browser is a failure and not a skip.
        assert!(std::env::var_os("CI").is_none(), "no chromedriver; scripts/test.sh installs it");
        eprintln!("skipped: no chromedriver");
    }
    browser
}

/// What a command serves: its address, and the process.
pub(crate) fn served(mut command: Command) -> (String, Running) {
    let mut demo = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(demo.0.stderr.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("http://")?.1.split('/').next()?.to_owned()));
    std::thread::spawn(move || lines.for_each(drop));
    (format!("http://{}", address.unwrap()), demo)
}
