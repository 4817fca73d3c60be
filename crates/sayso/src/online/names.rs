use std::fmt::Debug;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::address::why_not_public;
use super::failure::Failure;
use super::private::AllowPrivate;
use super::target::not_public;

/// Finds the network addresses of hosts. Tests bring one of their own.
pub trait Names: Debug + Send + Sync + 'static {
    /// The addresses of a host, which may be written as an address itself.
    fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The machine's own way to find addresses.
#[derive(Debug, Clone, Copy)]
pub struct SystemNames;

impl Names for SystemNames {
    fn addresses(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok((host, port).to_socket_addrs()?.collect())
    }
}

/// Looks a host up once and checks every address that comes of it. What it returns is what is connected to: no second
/// look-up comes between, whatever the name's owner answers to that one.
#[derive(Debug, Clone)]
pub(crate) struct CheckedNames {
    pub(crate) names: Arc<dyn Names>,
    pub(crate) allow_private: Arc<AllowPrivate>,
}

/// The most addresses of one host that are tried.
const MAX_ADDRESSES: usize = 8;

/// A refusal on its way through a library that has its own errors.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RefusedAddress(pub(super) Failure);

impl CheckedNames {
    /// The addresses of a host, all of them public.
    fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ureq::Error> {
        let mut addresses = self.names.addresses(host, port).map_err(|_| ureq::Error::HostNotFound)?;
        // A host of which one address is private is up to something, or set up wrongly: none of the others is tried.
        let private = addresses.iter().find_map(|address| Some((address.ip(), why_not_public(address.ip())?)));
        if let Some((address, why)) = private.filter(|_| !self.allow_private.allows(host)) {
            return Err(ureq::Error::Other(Box::new(RefusedAddress(not_public(address, why)))));
        }
        addresses.truncate(MAX_ADDRESSES);
        if addresses.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(addresses) }
    }
}

impl Resolver for CheckedNames {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().ok_or(ureq::Error::HostNotFound)?;
        // An IPv6 address stands in brackets in a URL and nowhere else.
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).to_owned();
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let (send, receive) = mpsc::sync_channel(1);
        let checked = self.clone();
        // The system's look-up knows no timeout. Where it takes too long, its thread ends when it does.
        std::thread::Builder::new().name("names".to_owned()).spawn(move || {
            let _ = send.send(checked.addresses(&host, port));
        })?;
        let addresses = match receive.recv_timeout(*timeout.after) {
            Ok(addresses) => addresses?,
            Err(mpsc::RecvTimeoutError::Timeout) => return Err(ureq::Error::Timeout(timeout.reason)),
            Err(mpsc::RecvTimeoutError::Disconnected) => return Err(ureq::Error::HostNotFound),
        };
        let mut resolved = self.empty();
        for address in addresses {
            resolved.push(address);
        }
        Ok(resolved)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io;
    use std::net::{IpAddr, SocketAddr};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{AllowPrivate, CheckedNames, Names};

    /// Answers each look-up with the next of these, as somebody does who wants the check to see another address than
    /// the connection.
    #[derive(Debug)]
    struct Rebinding {
        answers: Vec<Vec<&'static str>>,
        lookups: AtomicUsize,
    }

    impl Names for Rebinding {
        fn addresses(&self, _: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            let answer = &self.answers[self.lookups.fetch_add(1, Ordering::Relaxed)];
            Ok(answer.iter().map(|address| SocketAddr::new(address.parse::<IpAddr>().unwrap(), port)).collect())
        }
    }

    #[test]
    fn what_was_checked_is_what_is_connected_to() {
        let names = Arc::new(Rebinding {
            answers: vec![vec!["9.9.9.9"], vec!["127.0.0.1"], vec!["9.9.9.9", "::ffff:10.0.0.1"], vec![]],
            lookups: AtomicUsize::new(0),
        });
        let checked = CheckedNames { names: names.clone(), allow_private: Arc::new(AllowPrivate::Nobody) };
        let addresses = checked.addresses("a.example", 81).unwrap();
        assert_eq!(addresses, ["9.9.9.9:81".parse().unwrap()]);
        assert_eq!(names.lookups.load(Ordering::Relaxed), 1, "one look-up for one connection");
        for why in
            ["127.0.0.1 is not public (this machine)", "::ffff:10.0.0.1 is not public (private)", "host not found"]
        {
            let error = checked.addresses("a.example", 81).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
        assert_eq!(names.lookups.load(Ordering::Relaxed), 4);
    }
}
