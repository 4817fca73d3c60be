//! Somebody with a cookie who visits a studio over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

/// Somebody, with what their browser keeps.
pub(crate) struct Guest {
    site: String,
    pub(crate) cookie: String,
    /// The token of this session's forms.
    pub(crate) form: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Guest {
    pub(crate) fn new(site: &str) -> Self {
        Self { site: site.to_owned(), cookie: String::new(), form: String::new() }
    }

    /// The same somebody at another address of the same server.
    pub(crate) fn at(&mut self, site: &str) -> &mut Self {
        site.clone_into(&mut self.site);
        self
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], None)
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&[], path, fields)
    }

    pub(crate) fn post_from(&mut self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_as(&[("origin", origin), ("sec-fetch-site", "cross-site")], path, fields)
    }

    fn post_as(&mut self, headers: &[(&str, &str)], path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.form.clone();
        let fields = [("form", form.as_str())].into_iter().chain(fields.iter().copied());
        let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        let body: Vec<String> = fields.map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let kind = ("content-type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[&[kind][..], headers].concat(), Some(body.join("&").into_bytes()))
    }

    /// Sends pictures as a browser does.
    pub(crate) fn bring(&mut self, pictures: &[(&str, Vec<u8>)]) -> Answer {
        let mut body =
            format!("--edge\r\ncontent-disposition: form-data; name=\"form\"\r\n\r\n{}\r\n", self.form).into_bytes();
        for (name, bytes) in pictures {
            let head = format!(
                "--edge\r\ncontent-disposition: form-data; name=\"pictures\"; filename=\"{}\"\r\ncontent-type: image/png\r\n\r\n",
                name.replace('\\', "\\\\")
            );
            body.extend(head.as_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--edge--\r\n");
        let kind = ("content-type", "multipart/form-data; boundary=edge");
        self.ask("POST", "/studio/pictures", &[kind], Some(body))
    }

    /// Asks for a page until these words stand on it.
    pub(crate) fn until(&mut self, path: &str, words: &str) -> String {
        for _ in 0..1_200 {
            let page = self.get(path).text();
            if page.contains(words) {
                return page;
            }
            assert!(!page.contains("It came to nothing"), "{page}");
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("`{words}` never came: {}", self.get(path).text());
    }

    fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let uri = format!("{}{path}", self.site);
        let mut request = ureq::http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        let mut response = match body {
            None => agent.run(request.body(()).unwrap()).unwrap(),
            Some(body) => agent.run(request.body(body).unwrap()).unwrap(),
        };
        let headers = response.headers().iter();
        let headers: Vec<(String, String)> =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        let answer = Answer { status: response.status().as_u16(), headers, bytes };
        let set = answer.header("set-cookie");
        if let Some(pair) = set.split(';').next().filter(|pair| pair.starts_with("sayso-studio=")) {
            pair.clone_into(&mut self.cookie);
        }
        answer
    }
}

/// What stands between two texts.
pub(crate) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no `{before}` in {text}")).1;
    rest.split_once(after).unwrap_or_else(|| panic!("no `{after}` in {rest}")).0
}
