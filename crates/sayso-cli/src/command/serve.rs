use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use sayso::build::default_limits;
use sayso::claims::RegistryPlace;
use sayso::dns::{Resolver, TIMEOUT};
use sayso::library::Library;
use sayso::models::NamedEmbedder;
use sayso::online::{AllowPrivate, Online, OnlineOptions, PAUSE};
use sayso::sql::IS_BUILT;
use sayso::vectors::EmbedQuery;
use sayso_lineage::{FILE_LIMITS, load, node_of_dataset};
use sayso_server::{Rate, RegistryLimits, RegistryService, Server, ServerLimits, SqlService};

use super::meaning::hint_for;
use super::models::{choices, hub};
use crate::arguments::{Serve, ServedRegistry};
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
    let keeping = kept_registry(&arguments.keeping)?;
    if let Some(service) = &keeping {
        // The studio writes on the log before the server opens it: what was left over is deleted first.
        service.make_sure()?;
    }
    let studio = super::studio::open(&arguments.studio, arguments.keeping.registry.as_deref())?;
    let graph = super::lineage::open(&arguments.lineage)?;
    let mut nodes = HashMap::new();
    for (dir, summary) in arguments.dirs.iter().zip(library.summaries()) {
        if let Some(node) = node_of_dataset(&graph, dir, &summary.name)? {
            nodes.insert(summary.name, node);
        }
    }
    let doors = |server: Server| {
        let server = server.allow_origins(arguments.cors.clone()).answer_to(arguments.host.clone());
        let mut server = server.show_lineage(graph, nodes);
        if let Some(listen) = arguments.metrics {
            let address = server.measure(listen)?;
            writeln!(std::io::stderr(), "numbers for Prometheus at http://{address}/metrics")?;
        }
        let server = match keeping {
            Some(service) => server.keep_registry(service)?,
            None => server,
        };
        Ok(match studio {
            Some(studio) => server.open_studio(studio),
            None => server,
        })
    };
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
    let graph = load(true, &[], &FILE_LIMITS)?;
    serve_library(Library::open(dirs)?, Vec::new(), listen, SQL_TIME, |server| {
        Ok(server.show_lineage(graph, HashMap::new()))
    })
}

fn serve_library(
    library: Library,
    embedders: Vec<Arc<dyn EmbedQuery>>,
    listen: SocketAddr,
    sql_time: Duration,
    doors: impl FnOnce(Server) -> anyhow::Result<Server>,
) -> anyhow::Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut server = doors(Server::bind(listen, library, limits())?.embed_with(embedders))?;
        if IS_BUILT && !sql_time.is_zero() {
            server = server.ask_in_sql(sql_service(sql_time)?);
        }
        let address = server.address();
        writeln!(std::io::stderr(), "serving http://{address}/ (stop with Ctrl-C)")?;
        if !address.ip().is_loopback() {
            writeln!(std::io::stderr(), "note: other machines can reach this address")?;
        }
        server
            .run(async {
                ended().await;
                // Whoever does not want to wait for what is asked still, and for what is deleted, says so once more.
                tokio::spawn(async {
                    ended().await;
                    std::process::exit(130);
                });
            })
            .await?;
        Ok(Outcome::Done)
    })
}

/// Until somebody at the keyboard or the system ends the program: what is open is closed before it goes.
async fn ended() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

/// A registry that is open to everybody, where one is asked for.
fn kept_registry(arguments: &ServedRegistry) -> anyhow::Result<Option<RegistryService>> {
    let Some(path) = &arguments.registry else { return Ok(None) };
    let online = Online::new(OnlineOptions {
        agent: "sayso".to_owned(),
        limits: default_limits(),
        contact: arguments.contact.clone(),
        allow_private: AllowPrivate::of(&arguments.allow_private),
        pause: PAUSE,
        timeout: Duration::from_secs(15),
        cache: None,
    })?;
    let witnesses = arguments.witness.iter().map(|key| key.parse()).collect::<Result<_, _>>()?;
    Ok(Some(RegistryService {
        place: RegistryPlace::of(path),
        online,
        resolver: arguments.resolver.map(|server| Resolver::at(server, TIMEOUT)),
        public_url: arguments.public_url.clone(),
        witnesses,
        is_behind_proxy: arguments.behind_proxy,
        limits: registry_limits(),
    }))
}

/// What one network may do: as much as somebody with a portfolio needs, and far less than somebody who wants to be a nuisance.
fn registry_limits() -> RegistryLimits {
    let rate = |burst: u32, every: u64| Rate {
        burst: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN),
        every: Duration::from_secs(every),
    };
    RegistryLimits {
        claims: rate(30, 60),
        // Ten a day.
        reports: rate(10, 8_640),
        log_ins: rate(10, 60),
        verifications: rate(10, 60),
        steps: rate(100, 2),
        look_ups: rate(600, 1),
        hidden_a_day: 1_000,
        session_time: Duration::from_secs(12 * 3_600),
        asked_at_once: NonZeroUsize::new(16).unwrap_or(NonZeroUsize::MIN),
    }
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
