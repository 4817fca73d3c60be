use crate::schema::TERM_SEPARATOR;

/// Appends the terms under which a sample's picture and page are found by `site:`, each once.
///
/// A host `a.b.example.org` is found as itself, as `b.example.org` and as `example.org`, its registrable domain,
/// and not as `org`: a whole top-level domain is nobody's site.
pub(crate) fn push_site_terms(picture: (&str, &str), page: (&str, &str), out: &mut String) {
    let start = out.len();
    push_suffixes(picture, start, out);
    if page.0 != picture.0 {
        push_suffixes(page, start, out);
    }
}

/// The terms under which a sample is found by `site:` whose picture or page lies on this host of this registrable domain.
#[must_use]
pub fn site_terms(host: &str, domain: &str) -> Vec<String> {
    suffixes(host, domain).map(str::to_owned).collect()
}

/// `host` and its parents down to `domain`; only itself where `domain` is none of them.
fn suffixes<'h>(host: &'h str, domain: &str) -> impl Iterator<Item = &'h str> {
    let domain_bytes = if !domain.is_empty() && host.ends_with(domain) { domain.len() } else { host.len() };
    let mut next = (!host.is_empty()).then_some(host);
    std::iter::from_fn(move || {
        let current = next?;
        next = current.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.len() >= domain_bytes);
        Some(current)
    })
}

/// The range of `text`, a host or an absolute URL, that is `site` or ends its host.
pub(crate) fn site_in(text: &str, site: &str) -> Option<std::ops::Range<usize>> {
    let host_start = text.find("://").map_or(0, |scheme| scheme + 3);
    let authority = &text[host_start..];
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    let user_bytes = authority.rfind('@').map_or(0, |at| at + 1);
    let host_and_port = &authority[user_bytes..];
    let is_v6 = host_and_port.starts_with('[');
    let host_bytes = if is_v6 { host_and_port.find(']').map(|at| at + 1) } else { host_and_port.find(':') };
    let host = &host_and_port[..host_bytes.unwrap_or(host_and_port.len())];
    let host_start = host_start + user_bytes;
    let offset = host.len().checked_sub(site.len())?;
    let is_suffix = host.is_char_boundary(offset)
        && host[offset..].eq_ignore_ascii_case(site)
        && (offset == 0 || host.as_bytes()[offset - 1] == b'.');
    is_suffix.then(|| host_start + offset..host_start + host.len())
}

fn push_suffixes((host, domain): (&str, &str), start: usize, out: &mut String) {
    for suffix in suffixes(host, domain) {
        if out[start..].split(TERM_SEPARATOR).any(|known| known == suffix) {
            continue;
        }
        if out.len() > start {
            out.push(TERM_SEPARATOR);
        }
        out.push_str(suffix);
    }
}

#[cfg(test)]
mod tests {
    use super::{push_site_terms, site_in};

    fn terms(picture: (&str, &str), page: (&str, &str)) -> String {
        let mut out = String::from("before");
        push_site_terms(picture, page, &mut out);
        out["before".len()..].replace('\n', " ")
    }

    #[test]
    fn hosts_are_found_by_their_suffixes() {
        let cdn = ("a.b.example.org", "example.org");
        assert_eq!(terms(cdn, cdn), "a.b.example.org b.example.org example.org");
        assert_eq!(
            terms(cdn, ("www.example.org", "example.org")),
            "a.b.example.org b.example.org example.org www.example.org"
        );
        assert_eq!(terms(("x.co.uk", "x.co.uk"), ("", "")), "x.co.uk");
        assert_eq!(terms(("10.0.0.1", "10.0.0.1"), ("localhost", "localhost")), "10.0.0.1 localhost");
        // A domain that does not fit, or is missing, adds nothing.
        assert_eq!(terms(("a.example.org", "example.net"), ("b.example.org", "")), "a.example.org b.example.org");
        assert_eq!(terms(("", ""), ("", "")), "");
    }

    #[test]
    fn the_host_of_a_url_is_shown() {
        let shown = |text: &str, site| site_in(text, site).map(|range| text[range].to_owned());
        assert_eq!(shown("https://Cdn.Example.org/a.jpg", "example.org").as_deref(), Some("Example.org"));
        assert_eq!(shown("https://u@example.org:8080?example.org", "example.org").as_deref(), Some("example.org"));
        assert_eq!(shown("cdn.example.org", "cdn.example.org").as_deref(), Some("cdn.example.org"));
        assert_eq!(shown("http://[::1]:80/", "[::1]").as_deref(), Some("[::1]"));
        assert_eq!(shown("https://notexample.org/", "example.org"), None);
        assert_eq!(shown("https://other.net/example.org", "example.org"), None);
        assert_eq!(shown("é", "a"), None);
    }
}
