use std::collections::BTreeSet;

/// Whose addresses in private networks and on this machine may be asked.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum AllowPrivate {
    /// Nobody's: what anybody's site needs.
    Nobody,
    /// Those of these hosts, by their names or addresses as a URL writes them.
    Hosts(BTreeSet<String>),
    /// Everybody's: for trying on one's own machine.
    Everybody,
}

impl AllowPrivate {
    /// The hosts of a list, in which `*` stands for all.
    #[must_use]
    pub fn of(hosts: &[String]) -> Self {
        if hosts.iter().any(|host| host == "*") {
            Self::Everybody
        } else if hosts.is_empty() {
            Self::Nobody
        } else {
            Self::Hosts(hosts.iter().map(|host| bare(host).to_ascii_lowercase()).collect())
        }
    }

    /// Whether this host may have a private address.
    #[must_use]
    pub fn allows(&self, host: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Hosts(hosts) => hosts.contains(&bare(host).to_ascii_lowercase()),
            Self::Everybody => true,
        }
    }
}

/// An IPv6 address stands in brackets in a URL and nowhere else.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::AllowPrivate;

    #[test]
    fn a_host_is_allowed_by_its_name_alone() {
        let of = |hosts: &[&str]| AllowPrivate::of(&hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>());
        let named = of(&["intranet.example", "[::1]", "10.0.0.1"]);
        for host in ["intranet.example", "INTRANET.example", "::1", "[::1]", "10.0.0.1"] {
            assert!(named.allows(host), "{host}");
        }
        for host in ["example", "www.intranet.example", "10.0.0.2", ""] {
            assert!(!named.allows(host), "{host}");
            assert!(of(&["*"]).allows(host) && !of(&[]).allows(host), "{host}");
        }
    }
}
