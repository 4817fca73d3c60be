use crate::creator::is_portfolio_host;

/// The host of an absolute http or https URL, in lower case, without port and user.
///
/// Reads the text as it stands and allocates only where the host has capitals: it is asked for every pair.
#[must_use]
pub fn host_of(url: &str) -> std::borrow::Cow<'_, str> {
    let authority = authority_of(url);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or(host, |(inside, _)| inside),
        None => host
            .rsplit_once(':')
            .filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(host, |(host, _)| host),
    };
    let host = host.trim_end_matches('.');
    if host.bytes().any(|byte| byte.is_ascii_uppercase()) { host.to_ascii_lowercase().into() } else { host.into() }
}

/// Scheme, host and port of an absolute URL: what one robots.txt speaks for (RFC 9309, section 2.3).
#[must_use]
pub fn origin_of(url: &str) -> String {
    let (scheme, _) = url.split_once("://").unwrap_or(("http", ""));
    let scheme = scheme.to_ascii_lowercase();
    let authority = authority_of(url);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    format!("{scheme}://{}", authority.strip_suffix(default_port).unwrap_or(&authority))
}

/// Path and query of an absolute URL, as robots.txt and its like speak of them.
#[must_use]
pub fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find(['/', '?']).and_then(|at| rest.get(at..)).unwrap_or("/");
    path.split('#').next().unwrap_or("/")
}

fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.get(..rest.bytes().position(ends_authority).unwrap_or(rest.len())).unwrap_or(rest)
}

fn ends_authority(byte: u8) -> bool {
    matches!(byte, b'/' | b'?' | b'#' | b'\\')
}

/// What was found out about the host of one URL, for the next: a page's pictures mostly come from one or two hosts.
#[derive(Debug, Default)]
pub(crate) struct LastHost {
    /// Scheme and authority as the URL wrote them.
    start: String,
    domain: String,
    is_portfolio: bool,
}

impl LastHost {
    /// Turns to the host of `url`.
    pub(crate) fn turn_to(&mut self, url: &str) -> &Self {
        let is_same = !self.start.is_empty()
            && url.strip_prefix(&self.start).is_some_and(|rest| rest.bytes().next().is_none_or(ends_authority));
        if !is_same {
            let authority = authority_of(url);
            self.start.clear();
            self.start.push_str(url.get(..url.find("://").map_or(0, |at| at + 3) + authority.len()).unwrap_or(""));
            let host = host_of(url);
            self.domain.clear();
            self.domain.push_str(registrable_domain(&host));
            self.is_portfolio = is_portfolio_host(&host);
        }
        self
    }

    /// The host's registrable domain.
    pub(crate) fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether addresses at the host may name accounts.
    pub(crate) fn is_portfolio(&self) -> bool {
        self.is_portfolio
    }
}

/// The registrable domain of a host by the public suffix list; the host itself where it has none, as an IP address.
#[must_use]
pub fn registrable_domain(host: &str) -> &str {
    // An address of digits would be taken for a name under an unknown suffix.
    let is_address = host.contains(':')
        || host.rsplit('.').next().is_some_and(|label| label.bytes().all(|byte| byte.is_ascii_digit()));
    if is_address { host } else { psl::domain_str(host).unwrap_or(host) }
}

#[cfg(test)]
mod tests {
    use super::{LastHost, host_of, origin_of, path_of, registrable_domain};

    #[test]
    fn hosts_are_cut_out() {
        for (url, host) in [
            ("https://www.Example.org/a", "www.example.org"),
            ("http://user:pass@h.example:8080?x", "h.example"),
            ("http://[2001:db8::1]:80/", "2001:db8::1"),
            ("http://a.example.", "a.example"),
            ("http://", ""),
            ("nonsense", ""),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
    }

    #[test]
    fn what_is_known_of_one_host_is_not_taken_for_another() {
        let mut last = LastHost::default();
        for url in [
            "https://a.example.org/x",
            "https://a.example.org",
            "https://a.example.org.evil.example/x",
            "https://a.example.org:80/x",
            "https://a.example.org@b.example.com/x",
            "https://www.flickr.com/photos/x",
            "https://www.flickr.com?x",
            "",
            "nonsense",
            "https://b.example",
        ] {
            let last = last.turn_to(url);
            let host = host_of(url);
            let expected = (registrable_domain(&host), host.contains("flickr"));
            assert_eq!((last.domain(), last.is_portfolio()), expected, "{url}");
        }
    }

    #[test]
    fn paths_are_what_robots_txt_speaks_of() {
        for (url, path) in
            [("https://a.example/b/c?d#e", "/b/c?d"), ("https://a.example", "/"), ("https://a.example?x", "?x")]
        {
            assert_eq!(path_of(url), path, "{url}");
        }
    }

    #[test]
    fn origins_name_what_a_robots_txt_speaks_for() {
        assert_eq!(origin_of("HTTPS://u@Example.org:443/a"), "https://example.org");
        assert_eq!(origin_of("http://example.org:8080/a"), "http://example.org:8080");
    }

    #[test]
    fn domains_follow_the_public_suffix_list() {
        for (host, domain) in [
            ("www.example.co.uk", "example.co.uk"),
            ("a.b.example.org", "example.org"),
            ("someone.github.io", "someone.github.io"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("localhost", "localhost"),
            ("amber-amber0.example", "amber-amber0.example"),
        ] {
            assert_eq!(registrable_domain(host), domain, "{host}");
        }
    }
}
