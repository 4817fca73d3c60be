use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::online::CheckedNames;

/// Network addresses that were looked up and checked a moment ago: the library asks for them before every request, also
/// where it then goes on with a connection that is open.
#[derive(Debug)]
pub(super) struct RememberedNames {
    names: CheckedNames,
    known: Mutex<HashMap<String, (Instant, Vec<SocketAddr>)>>,
}

/// How long an address counts without another look-up.
const FRESH: Duration = Duration::from_secs(60);

/// Hosts that are remembered.
const KEPT: usize = 4096;

impl RememberedNames {
    pub(super) fn new(names: CheckedNames) -> Self {
        Self { names, known: Mutex::default() }
    }
}

impl Resolver for RememberedNames {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let key = format!("{}://{}", uri.scheme_str().unwrap_or_default(), uri.authority().map_or("", |a| a.as_str()));
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(&key).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, addresses)| addresses.clone());
        if let Some(addresses) = known {
            let mut resolved = self.empty();
            addresses.into_iter().for_each(|address| resolved.push(address));
            return Ok(resolved);
        }
        let resolved = self.names.resolve(uri, config, timeout)?;
        let mut known = lock();
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, (Instant::now(), resolved.iter().copied().collect()));
        Ok(resolved)
    }
}
