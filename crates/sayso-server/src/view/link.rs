use url::{Host, Url};

/// An address at another site, as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutsideLink {
    /// Where a link leads; `None` where following it would not be safe.
    pub(crate) href: Option<String>,
    /// The address as it was found.
    pub(crate) text: String,
    /// The host, or the whole address where it has none.
    pub(crate) host: String,
}

/// Where a picture can be loaded from, once the reader asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PictureSource {
    /// The picture's address.
    pub(crate) src: String,
    /// Scheme, host and port, in characters that a Content-Security-Policy can hold.
    pub(crate) origin: String,
    /// The host, to tell the reader who will learn of it.
    pub(crate) host: String,
}

impl OutsideLink {
    /// The link to a foreign address. Only `http` and `https` are ever followed.
    pub(crate) fn new(address: &str) -> Self {
        let url = web_address(address);
        let host = url.as_ref().and_then(Url::host_str).unwrap_or(address).to_owned();
        Self { href: url.map(String::from), text: address.to_owned(), host }
    }
}

impl PictureSource {
    /// The source of the picture at this address; `None` where a page should not load it.
    ///
    /// A caption's author chooses the address. Names that a reader's own network may answer to are left out, or a
    /// page could make a reader's browser knock at the reader's router. So is every host with a character that a
    /// policy reads as more than a name: `https://a;script-src` is a host to the URL standard.
    pub(crate) fn new(address: &str) -> Option<Self> {
        let url = web_address(address)?;
        let Some(Host::Domain(host)) = url.host() else { return None };
        let is_plain =
            host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte));
        let host = host.to_owned();
        let top = host.trim_end_matches('.').rsplit_once('.').map(|(_, top)| top)?;
        let is_near =
            ["arpa", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost"].contains(&top);
        if !is_plain || is_near {
            return None;
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self { origin: format!("{}://{host}{port}", url.scheme()), src: url.into(), host })
    }
}

/// The address, if a browser may be sent there: on the web, at a host, and without a user's name in front of it,
/// which only serves to make one host look like another.
fn web_address(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (is_web && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::{OutsideLink, PictureSource};

    #[test]
    fn only_the_web_is_linked() {
        for hostile in [
            "javascript:alert(1)",
            " javascript:alert(1)",
            "JAVASCRIPT:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
            "file:///etc/passwd",
            "//example.org/a",
            "/search?q=x",
            "https://bank.example@evil.example/",
            "",
        ] {
            let link = OutsideLink::new(hostile);
            assert_eq!(link.href, None, "{hostile}");
            assert_eq!(link.text, hostile);
            assert_eq!(PictureSource::new(hostile), None, "{hostile}");
        }
        let link = OutsideLink::new("https://example.org/a b.jpg?\"><script>");
        assert_eq!(link.href.as_deref(), Some("https://example.org/a%20b.jpg?%22%3E%3Cscript%3E"));
        assert_eq!(link.host, "example.org");
    }

    #[test]
    fn a_picture_names_one_origin() {
        let origin = |address| PictureSource::new(address).map(|source| source.origin);
        assert_eq!(origin("https://Example.org/a.jpg").as_deref(), Some("https://example.org"));
        assert_eq!(origin("http://example.org:8080/a.jpg").as_deref(), Some("http://example.org:8080"));
        assert_eq!(origin("https://müller.example/a").as_deref(), Some("https://xn--mller-kva.example"));
    }

    #[test]
    fn no_address_can_widen_the_policy() {
        for hostile in [
            "https://a;script-src/x",
            "https://a.example;img-src/x",
            "https://a.example,b.example/x",
            "https://*.example/x",
            "https://*/x",
            "https://'unsafe-inline'.example/x",
            "https://[::1]/x",
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "http://192.168.0.1/reboot.gif",
            "http://router/reboot.gif",
            "http://printer.local/a.gif",
            "http://localhost:8080/a.gif",
            "http://a.localhost/a.gif",
            "http://localhost./a.gif",
        ] {
            assert_eq!(PictureSource::new(hostile), None, "{hostile}");
        }
    }
}
