use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::ServerLimits;
use crate::lingering::Lingering;
use crate::registry::Peer;

/// After an error of the system that concerns no single connection, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// Accepts and serves connections until `shutdown` is ready, then lets those that are open finish.
///
/// The loop is our own because the framework's has no limit on connections and none on the time in which headers
/// arrive: a few hundred silent clients would keep everybody else out.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ServerLimits,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let all = u32::try_from(limits.connections.get()).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(limits.connections.get().min(Semaphore::MAX_PERMITS)));
    let (closing, is_closing) = watch::channel(false);
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.map_err(io::Error::other)?;
            listener.accept().await.map(|(stream, from)| (stream, from.ip(), place))
        };
        tokio::select! {
            () = &mut shutdown => break,
            accepted = next => match accepted {
                Ok((stream, from, place)) => {
                    let router = Router::new().fallback_service(router.clone()).layer(Extension(Peer(from)));
                    let is_closing = is_closing.clone();
                    tokio::spawn(async move {
                        let _place = place;
                        serve_one(stream, router, limits, is_closing).await;
                    });
                }
                Err(error) if concerns_one_client(&error) => {}
                Err(error) if is_hopeless(&error) => return Err(error),
                Err(error) => {
                    tracing::warn!("could not accept a connection: {error}");
                    tokio::time::sleep(PAUSE).await;
                }
            },
        }
    }
    // Whoever comes now is told at once, and does not wait for what is asked still.
    drop(listener);
    // Nobody listens any more if every connection is gone, which is fine.
    let _ = closing.send(true);
    let finish = limits.answer_time * 2;
    let _ = tokio::time::timeout(finish, places.acquire_many(all)).await;
    Ok(())
}

/// Serves one connection to its end, its limit or the server's end.
async fn serve_one(stream: TcpStream, router: Router, limits: ServerLimits, mut is_closing: watch::Receiver<bool>) {
    let mut builder = http1::Builder::new();
    // Room for the longest address that is answered and the headers that a browser sends.
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.uri_bytes.max(8 << 10) * 2);
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Lingering::new(stream)), service));
    tokio::select! {
        // A client that goes away or sends nonsense is its own affair.
        _ = connection.as_mut() => return,
        () = tokio::time::sleep(limits.connection_time) => {}
        _ = is_closing.changed() => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(limits.answer_time * 2, connection).await;
}

fn concerns_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn is_hopeless(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected)
}
