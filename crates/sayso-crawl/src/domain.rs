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

fn authority_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    rest.get(..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())).unwrap_or(rest)
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
    use super::{host_of, origin_of, registrable_domain};

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
