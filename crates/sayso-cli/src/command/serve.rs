use std::io::Write;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sayso::library::Library;
use sayso::models::NamedEmbedder;
use sayso::sql::IS_BUILT;
use sayso::vectors::EmbedQuery;
use sayso_server::{Server, ServerLimits, SqlService};

use super::meaning::hint_for;
use super::models::{choices, hub};
use crate::arguments::Serve;
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Serve) -> anyhow::Result<Outcome> {
    let library = Library::open(&arguments.dirs)?;
    let mut embedders: Vec<Arc<dyn EmbedQuery>> = Vec::new();
    for model in &arguments.model {
        let embedder = NamedEmbedder::open(model, hub().as_ref(), choices(&arguments.choices))?;
        tell(&library, &embedder)?;
        embedders.push(Arc::new(embedder));
    }
    let doors = |server: Server| server.allow_origins(arguments.cors.clone()).answer_to(arguments.host.clone());
    serve_library(library, embedders, arguments.listen, Duration::from_secs(arguments.sql_timeout), doors)
}

/// Says which vectors a net answers for. One that answers for none is no error: its vectors may be made while others
/// are asked, and the server be started again.
fn tell(library: &Library, embedder: &NamedEmbedder) -> std::io::Result<()> {
    let id = embedder.embedder();
    let indexes = library.vector_indexes();
    let own = indexes.iter().filter(|index| index.embedder.agrees_with(id));
    let own: Vec<String> = own.map(|index| format!("{} ({})", harmless(&index.dataset), index.modality)).collect();
    let mut err = std::io::stderr();
    if !own.is_empty() {
        return writeln!(err, "{} answers for {}", id.name(), own.join(", "));
    }
    writeln!(err, "note: no vectors in these datasets were made by `{}` with these weights", id.name())?;
    writeln!(err, "hint: {}", hint_for(id, indexes.iter()))
}

/// How long a question in SQL may take where nobody says.
const SQL_TIME: Duration = Duration::from_secs(10);

/// Serves datasets alone until the program is interrupted.
pub(crate) fn serve(dirs: &[PathBuf], listen: SocketAddr) -> anyhow::Result<Outcome> {
    serve_library(Library::open(dirs)?, Vec::new(), listen, SQL_TIME, |server| server)
}

fn serve_library(
    library: Library,
    embedders: Vec<Arc<dyn EmbedQuery>>,
    listen: SocketAddr,
    sql_time: Duration,
    doors: impl FnOnce(Server) -> Server,
) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut server = doors(Server::bind(listen, library, limits())?.embed_with(embedders));
        if IS_BUILT && !sql_time.is_zero() {
            server = server.ask_in_sql(sql_service(sql_time)?)?;
        }
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

/// Questions in SQL are worked on by this program again, half as many at once as there are cores.
fn sql_service(time: Duration) -> anyhow::Result<SqlService> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let memory_bytes = 256 << 20;
    let arguments = ["sql-worker".to_owned(), "--memory-bytes".to_owned(), memory_bytes.to_string()];
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Ok(SqlService {
        worker: (program, arguments.to_vec()),
        at_once: NonZeroUsize::new(cores / 2).unwrap_or(NonZeroUsize::MIN),
        time,
        memory_bytes,
        answer_bytes: 4 << 20,
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
