use std::num::{NonZeroU32, NonZeroUsize};
use std::str::FromStr;
use std::time::Duration;

use crate::AllowedOrigin;

/// How often one client may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// So often at once.
    pub burst: NonZeroU32,
    /// And once more after each such time.
    pub every: Duration,
}

/// The limits under which a registry is open to everybody. All are explicit: there is no `Default`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistryLimits {
    /// Claims that are made.
    pub claims: Rate,
    /// Pictures that are reported.
    pub reports: Rate,
    /// Tokens that are tried.
    pub log_ins: Rate,
    /// Sites that are asked to verify a claim.
    pub verifications: Rate,
    /// Other steps: revoking, erasing, deciding.
    pub steps: Rate,
    /// Lists of addresses that are looked up, and pages of the list of opt-outs.
    pub look_ups: Rate,
    /// Pictures that reports hide in a day before somebody has looked at them.
    pub hidden_a_day: u64,
    /// How long a session lasts.
    pub session_time: Duration,
    /// Sites and resolvers of others that are asked at once to verify claims: each may take its time.
    pub asked_at_once: NonZeroUsize,
}

/// The address under which a server is reached: that of a proxy in front of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no such address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no address of a server\nhint: write `https://example.org`, with a port if need be and without a path"
)]
pub struct PublicUrlError(String);

impl PublicUrl {
    /// Scheme, host and port, as browsers send them.
    pub(crate) fn origin(&self) -> &str {
        &self.0
    }

    /// Whether cookies can be kept to encrypted connections.
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        match rest.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => rest,
        }
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        match given.parse() {
            Ok(AllowedOrigin::Site(origin)) => Ok(Self(origin)),
            _ => Err(PublicUrlError(given.chars().take(80).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::PublicUrl;

    #[test]
    fn a_public_address_is_an_origin() {
        let url: PublicUrl = "https://Example.org:8443/".parse().unwrap();
        assert_eq!((url.origin(), url.host(), url.is_https()), ("https://example.org:8443", "example.org", true));
        let url: PublicUrl = "http://[::1]".parse().unwrap();
        assert_eq!((url.host(), url.is_https()), ("[::1]", false));
        for bad in ["*", "example.org", "https://example.org/x", ""] {
            assert!(bad.parse::<PublicUrl>().is_err(), "{bad}");
        }
    }
}
