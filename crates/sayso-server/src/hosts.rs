use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::Response;

use crate::guard::refuse;
use crate::refusal::Refusal;

/// By which names the server may be asked.
///
/// A page on the web can give its own name the address 127.0.0.1 after it was loaded, and then read what a server on the
/// reader's machine answers as if it were its own. Such a request comes with the page's name as its host: a server on a
/// loopback address answers to `localhost`, to addresses, and to the names that it was told, and to no other.
#[derive(Debug)]
pub(crate) struct Hosts {
    is_loopback: bool,
    names: Vec<String>,
}

impl Hosts {
    pub(crate) fn new(address: SocketAddr, names: &[String]) -> Self {
        let names = names.iter().map(|name| plain(name)).collect();
        Self { is_loopback: address.ip().is_loopback(), names }
    }

    fn is_known(&self, host: &str) -> bool {
        let host = plain(host);
        let is_address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
        let is_local = host == "localhost" || host.ends_with(".localhost");
        !self.is_loopback || is_address || is_local || self.names.contains(&host)
    }
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Middleware that turns away what was sent to another name.
pub(crate) async fn check(State(hosts): State<Arc<Hosts>>, request: Request, next: Next) -> Response {
    let said = request.headers().get_all(HOST).iter().map(|host| host.to_str().ok()?.parse::<Authority>().ok());
    let mut said: Vec<Option<Authority>> = said.collect();
    said.extend(request.uri().authority().cloned().map(Some));
    // Who says none is no browser.
    let unknown = said.iter().find(|host| !host.as_ref().is_some_and(|host| hosts.is_known(host.host())));
    match unknown {
        None => next.run(request).await,
        Some(host) => {
            let name = host.as_ref().map_or_else(String::new, |host| host.host().chars().take(80).collect());
            refuse(request.uri(), Refusal::Host { name })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn a_server_on_this_machine_answers_to_its_own_names() {
        let local = Hosts::new(([127, 0, 0, 1], 80).into(), &["Look.example.org".to_owned()]);
        for own in ["localhost", "LOCALHOST.", "a.localhost", "127.0.0.1", "[::1]", "10.0.0.1", "look.example.ORG"] {
            assert!(local.is_known(own), "{own}");
        }
        for other in ["evil.example", "localhost.evil.example", "example.org", "", "127.0.0.1.evil.example"] {
            assert!(!local.is_known(other), "{other}");
        }
        assert!(Hosts::new(([0, 0, 0, 0], 80).into(), &[]).is_known("evil.example"));
    }
}
