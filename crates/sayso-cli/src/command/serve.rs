use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use sayso::library::Library;
use sayso_server::{Server, ServerLimits};

use crate::arguments::Serve;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Serve) -> anyhow::Result<Outcome> {
    serve(&arguments.dirs, arguments.listen)
}

/// Serves until the program is interrupted.
pub(crate) fn serve(dirs: &[PathBuf], listen: SocketAddr) -> anyhow::Result<Outcome> {
    let library = Library::open(dirs)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = Server::bind(listen, library, limits())?;
        let address = server.address();
        writeln!(std::io::stderr(), "serving http://{address}/ (stop with Ctrl-C)")?;
        if !address.ip().is_loopback() {
            writeln!(std::io::stderr(), "note: other machines can reach this address")?;
        }
        server
            .run(async {
                let _ = tokio::signal::ctrl_c().await;
            })
            .await?;
        Ok(Outcome::Done)
    })
}

/// Limits for a laptop that is put on the web: a few hundred readers, and no one of them can hold a question for long.
fn limits() -> ServerLimits {
    let at_least_one = |number: usize| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN);
    ServerLimits {
        connections: at_least_one(512),
        questions: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
        uri_bytes: 8 << 10,
        picture_bytes: 32 << 20,
        pictures: at_least_one(12),
        picture_time: Duration::from_secs(60),
        // A photograph in base64.
        body_bytes: 24 << 20,
        header_time: Duration::from_secs(15),
        answer_time: Duration::from_secs(20),
        connection_time: Duration::from_secs(300),
    }
}
