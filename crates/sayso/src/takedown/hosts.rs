use std::collections::HashSet;

use sayso_registry::claim::SubjectKind;
use sayso_registry::lookup::ClaimIndex;

/// The hosts that claims speak of: what lies elsewhere need not be taken apart to know that none holds for it.
pub(super) struct Hosts<'a> {
    /// `None` where claims speak of more than hosts.
    hosts: Option<HashSet<&'a str>>,
}

/// The host that was asked last, and what came of it: pictures and pages of one host stand together.
#[derive(Default)]
pub(super) struct LastHost<'b> {
    last: Option<(&'b str, bool)>,
}

impl<'a> Hosts<'a> {
    /// Those of all claims but the ones on what a picture looks like, and on files.
    pub(super) fn of(claims: &'a ClaimIndex) -> Self {
        let of_address = claims
            .iter()
            .map(|claim| &claim.subject)
            .filter(|subject| !matches!(subject.kind(), SubjectKind::Pdq | SubjectKind::Sha256));
        // An account is told by more than a host.
        Self { hosts: of_address.map(|subject| subject.host()).collect() }
    }

    /// Whether a claim may hold for an address. Where it says no, none does.
    pub(super) fn may_hold<'b>(&self, address: &'b str, last: &mut LastHost<'b>) -> bool {
        let Some(hosts) = &self.hosts else { return true };
        let Some(host) = plain_host(address) else { return true };
        match last.last {
            Some((known, found)) if known == host => found,
            _ => {
                let mut parents = std::iter::successors(Some(host), |name| name.split_once('.').map(|(_, rest)| rest));
                let found = parents.any(|name| hosts.contains(name));
                last.last = Some((host, found));
                found
            }
        }
    }
}

/// The host of an address that is written as the URL standard writes it; `None` of any other, which has to be parsed.
fn plain_host(address: &str) -> Option<&str> {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    let (host, behind) = rest.split_at_checked(end)?;
    // What looks like a port may be a password.
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    let is_port = |port: &str| port.bytes().take_while(|byte| *byte != b'/').all(|byte| byte.is_ascii_digit());
    let host = host.strip_suffix('.').unwrap_or(host);
    // A number can be written in many ways, and a name in Unicode be written in ASCII only by whoever knows how.
    let is_name = host.bytes().all(is_plain) && host.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_number = host.rsplit('.').next().is_some_and(|last| last.starts_with(|first: char| first.is_ascii_digit()));
    (is_name && !is_number && behind.strip_prefix(':').is_none_or(is_port)).then_some(host)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::plain_host;

    #[test]
    fn only_what_is_written_plainly_is_not_parsed() {
        for (address, host) in [
            ("https://example.org/a.jpg", Some("example.org")),
            ("http://a.b.example.org:8080/x", Some("a.b.example.org")),
            ("http://example.org", Some("example.org")),
            ("http://example.org.?q", Some("example.org")),
            ("https://xn--bcher-kva.example/", Some("xn--bcher-kva.example")),
            ("https://Example.org/", None),
            ("HTTPS://example.org/", None),
            ("https:/example.org/", None),
            ("https:\\\\example.org/", None),
            ("https://bücher.example/", None),
            ("https://user@example.org/", None),
            ("https://user:7@example.org/", None),
            ("https://exa\tmple.org/", None),
            ("https://example.org\\@other.org/", None),
            ("https://10.0.0.1/", None),
            ("https://0x7f.1/", None),
            ("https://a.0x7f/", None),
            ("https://%65xample.org/", None),
            ("file:a.jpg", None),
            ("", None),
        ] {
            assert_eq!(plain_host(address), host, "{address}");
        }
        // What is taken as it stands is what a parser makes of it.
        for address in ["https://example.org/a.jpg", "http://a.b.example.org:8080/x", "http://example.org.?q"] {
            let parsed = url::Url::parse(address).unwrap();
            assert_eq!(parsed.host_str().unwrap().trim_end_matches('.'), plain_host(address).unwrap());
        }
    }
}
