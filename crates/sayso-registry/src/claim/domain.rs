use std::net::IpAddr;

use url::Host;

use super::refusal::{Refusal, RefusalCode};

/// Names that lead nowhere outside of somebody's own network (RFC 6761, RFC 7686, RFC 9476, and what is usual).
const LOCAL: [&str; 9] =
    ["localhost", "local", "localdomain", "internal", "intranet", "home.arpa", "lan", "onion", "invalid"];

/// Labels of a name that are looked up: a name has 253 bytes.
const MAX_LABELS: usize = 127;

/// Reads the name of a host as everybody writes it: in ASCII, in lower case, without a dot at its end.
///
/// Not whose it is: a public suffix is a host, too.
pub fn readable_host(text: &str, given: &str) -> Result<String, Refusal> {
    let no = |code| Err(Refusal::new(code, given));
    if text.contains('*') {
        return no(RefusalCode::Wildcard);
    }
    let Ok(host) = Host::parse(text) else {
        return no(if text.parse::<IpAddr>().is_ok() { RefusalCode::IpAddress } else { RefusalCode::Malformed });
    };
    let Host::Domain(name) = host else { return no(RefusalCode::IpAddress) };
    let name = name.strip_suffix('.').unwrap_or(&name).to_owned();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
    };
    if name.len() > 253 || !name.split('.').all(is_label) {
        return no(RefusalCode::Malformed);
    }
    if LOCAL.iter().any(|local| name.strip_suffix(local).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))) {
        return no(RefusalCode::LocalName);
    }
    Ok(name)
}

/// Refuses names under which everybody can have one, by the public suffix list, the private ones with it: `github.io`.
pub(super) fn own(name: String, given: &str) -> Result<String, Refusal> {
    if psl::domain_str(&name).is_some() { Ok(name) } else { Err(Refusal::new(RefusalCode::PublicSuffix, given)) }
}

/// A host and the names above it, as long as somebody can own them.
pub fn parents(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |name| name.split_once('.').map(|(_, rest)| rest))
        .take(MAX_LABELS)
        .take_while(|name| name.contains('.'))
}
