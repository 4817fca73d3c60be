use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, StatusCode};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Hands out numbers at `/metrics` for as long as the program runs, on a thread of their own: a program that has too much to
/// do is the one that somebody wants to see. Gives the address, with the port that it was given.
pub fn expose(registry: Registry, listen: SocketAddr) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let registry = Arc::new(registry);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let router = Router::new().route("/metrics", get(move || answer(Arc::clone(&registry))));
    std::thread::Builder::new().name("metrics".to_owned()).spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, router).await
        })
    })?;
    Ok(address)
}

type Answer = (StatusCode, [(HeaderName, &'static str); 1], String);

async fn answer(registry: Arc<Registry>) -> Answer {
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => (StatusCode::OK, [(CONTENT_TYPE, KIND)], text),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, [(CONTENT_TYPE, "text/plain")], String::new()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use crate::{Counter, expose, registry, seconds};

    #[test]
    fn numbers_are_handed_out_as_they_are_now() {
        let mut registry = registry("test", "1.2.3");
        let (things, took) = (Counter::<u64>::default(), seconds());
        registry.register("things", "things that were done", things.clone());
        registry.register("thing_seconds", "how long one took", took.clone());
        let address = expose(registry, "127.0.0.1:0".parse().unwrap()).unwrap();
        things.inc_by(3);
        took.observe(0.002);
        let mut answer = ureq::get(format!("http://{address}/metrics")).call().unwrap();
        assert_eq!(answer.headers()["content-type"], super::KIND);
        let text = answer.body_mut().read_to_string().unwrap();
        for line in [
            "sayso_program_info{version=\"1.2.3\",role=\"test\"} 1",
            "# TYPE sayso_things counter",
            "sayso_things_total 3",
            "sayso_thing_seconds_count 1",
            "sayso_thing_seconds_bucket{le=\"0.003\"} 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|there| there == line), "{line} is not in {text}");
        }
        assert!(ureq::get(format!("http://{address}/")).call().is_err());
        // A second program cannot take the place.
        assert!(expose(crate::registry("test", "1.2.3"), address).is_err());
    }
}
