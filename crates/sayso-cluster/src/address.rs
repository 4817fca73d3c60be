use std::fmt;
use std::str::FromStr;

use crate::ClusterError;

/// Where the scheduler of a cluster listens, written `df://HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterAddress {
    host: String,
    port: u16,
}

impl ClusterAddress {
    /// The address of a scheduler on this host and port.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port }
    }

    /// The same as the engine wants it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}:{}", self.host, self.port)
    }
}

impl FromStr for ClusterAddress {
    type Err = ClusterError;

    /// Reads `df://HOST:PORT`, or `HOST:PORT` alone.
    fn from_str(text: &str) -> Result<Self, ClusterError> {
        let refused = || ClusterError::Address { given: text.to_owned() };
        let plain = text.strip_prefix("df://").unwrap_or(text);
        let plain = plain.strip_suffix('/').unwrap_or(plain);
        let (host, port) = plain.rsplit_once(':').ok_or_else(refused)?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(refused)?;
        // The parser of addresses knows which hosts there can be, those of IPv6 in brackets.
        let url = url::Url::parse(&format!("http://{host}:{port}/")).map_err(|_| refused())?;
        let is_host_alone = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        match url.host_str() {
            Some(host) if is_host_alone && url.query().is_none() => Ok(Self::new(host, port)),
            _ => Err(refused()),
        }
    }
}

impl fmt::Display for ClusterAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "df://{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::ClusterAddress;

    #[test]
    fn an_address_has_a_host_and_a_port_and_nothing_else() {
        for (given, shown) in [
            ("df://127.0.0.1:50050", "df://127.0.0.1:50050"),
            ("node7:1", "df://node7:1"),
            ("df://[::1]:9/", "df://[::1]:9"),
        ] {
            assert_eq!(given.parse::<ClusterAddress>().unwrap().to_string(), shown);
        }
        for given in
            ["", "df://", "df://node", "df://node:0", "df://node:70000", "df://a@b:1", "http://node:1", "df://n/x:1"]
        {
            assert!(given.parse::<ClusterAddress>().is_err(), "{given}");
        }
    }
}
