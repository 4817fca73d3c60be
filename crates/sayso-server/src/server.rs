use std::collections::HashMap;
use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::middleware;
use sayso::library::Library;
use sayso::studio::Studio;
use sayso::vectors::EmbedQuery;
use sayso_lineage::{Graph, NodeIx};

use crate::desk::Desk;
use crate::hosts::Hosts;
use crate::lineage::LineageDesk;
use crate::measured::{self, Asked};
use crate::registry::RegistryDesk;
use crate::sql::SqlDesk;
use crate::studio::StudioDesk;
use crate::{AllowedOrigin, RegistryService, ServerError, ServerLimits, SqlService, connections, router};

/// A server that listens, and serves once it is run.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    library: Library,
    limits: ServerLimits,
    embedders: Vec<Arc<dyn EmbedQuery>>,
    origins: Vec<AllowedOrigin>,
    hosts: Vec<String>,
    sql: Option<SqlDesk>,
    registry: Option<RegistryDesk>,
    lineage: Option<Arc<LineageDesk>>,
    studio: Option<StudioDesk>,
    asked: Option<Asked>,
}

impl Server {
    /// Listens on `address`; port 0 means any that is free. Connections wait until [`Server::run`].
    pub fn bind(address: SocketAddr, library: Library, limits: ServerLimits) -> Result<Self, ServerError> {
        let bound = |source| ServerError::Bind { address, source };
        let listener = TcpListener::bind(address).map_err(bound)?;
        listener.set_nonblocking(true).map_err(bound)?;
        let address = listener.local_addr().map_err(bound)?;
        let (embedders, origins, hosts) = (Vec::new(), Vec::new(), Vec::new());
        let (sql, registry, lineage, studio, asked) = (None, None, None, None, None);
        Ok(Self {
            listener,
            address,
            library,
            limits,
            embedders,
            sql,
            registry,
            lineage,
            studio,
            asked,
            origins,
            hosts,
        })
    }

    /// Lets indexes of vectors be asked in words and by picture, with the embedders that made them.
    #[must_use]
    pub fn embed_with(mut self, embedders: Vec<Arc<dyn EmbedQuery>>) -> Self {
        self.embedders = embedders;
        self
    }

    /// Lets scripts on pages of these sites read the API. Without, no page but its own can: a server on this machine would
    /// else be open to every page that its owner looks at.
    #[must_use]
    pub fn allow_origins(mut self, origins: Vec<AllowedOrigin>) -> Self {
        self.origins = origins;
        self
    }

    /// Names by which a server on a loopback address is asked beside `localhost`, such as that of a proxy in front of it.
    #[must_use]
    pub fn answer_to(mut self, hosts: Vec<String>) -> Self {
        self.hosts = hosts;
        self
    }

    /// Shows who fed whom, with alarms; `datasets` says which node a dataset is, by the dataset's name.
    #[must_use]
    pub fn show_lineage(mut self, graph: Graph, datasets: HashMap<String, NodeIx>) -> Self {
        self.lineage = Some(Arc::new(LineageDesk::new(graph, datasets)));
        self
    }

    /// Lets the datasets be asked in SQL.
    #[must_use]
    pub fn ask_in_sql(mut self, service: SqlService) -> Self {
        self.sql = Some(SqlDesk::new(service));
        self
    }

    /// Opens a registry to everybody: claims are made, followed and looked up, and pictures reported.
    pub fn keep_registry(mut self, service: RegistryService) -> Result<Self, sayso::Error> {
        self.hosts.extend(service.public_url.as_ref().map(|url| url.host().to_owned()));
        self.registry = Some(RegistryDesk::open(service, &self.limits)?);
        Ok(self)
    }

    /// Opens a studio to everybody, which needs a registry to write its deletions on. It is closed when the server stops.
    #[must_use]
    pub fn open_studio(mut self, studio: Studio) -> Self {
        let is_https = self.registry.as_ref().is_some_and(RegistryDesk::is_https);
        self.studio = Some(StudioDesk::new(studio, is_https, &self.limits));
        self
    }

    /// Hands out numbers for Prometheus at an address of their own, which is not for the public. Gives that address.
    pub fn measure(&mut self, listen: SocketAddr) -> Result<SocketAddr, ServerError> {
        let mut registry = sayso_metrics::registry("server", env!("CARGO_PKG_VERSION"));
        self.asked = Some(Asked::new(&mut registry));
        sayso_metrics::expose(registry, listen).map_err(|source| ServerError::Bind { address: listen, source })
    }

    /// The address that it listens on, with the port that it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready, then finishes what was asked before. Needs a Tokio runtime with time and I/O.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServerError> {
        let Self {
            listener,
            address,
            library,
            limits,
            embedders,
            sql,
            registry,
            lineage,
            studio,
            asked,
            origins,
            hosts,
        } = self;
        let unusable = |source| ServerError::Accept { address, source };
        let listener = tokio::net::TcpListener::from_std(listener).map_err(unusable)?;
        let doors = router::Doors { origins: origins.into(), hosts: Arc::new(Hosts::new(address, &hosts)) };
        let studio_bytes = studio.as_ref().filter(|_| registry.is_some()).map(StudioDesk::body_bytes);
        let opened = router::Opened { has_registry: registry.is_some(), studio_bytes };
        let closing = studio.clone();
        let desk = Desk::new(library, embedders, sql, registry, &limits).with_lineage(lineage).with_studio(studio);
        // Before anybody asks: what was hidden stays so.
        desk.hide_reported().map_err(|source| ServerError::Hide { source })?;
        let router = router::router(desk, limits, doors, opened);
        let router = match asked {
            Some(asked) => router.layer(middleware::from_fn_with_state(asked, measured::count)),
            None => router,
        };
        // Nobody is taken in any more and steps end from the moment on that it is to stop; what was asked before is answered, and only then
        // is what was brought deleted.
        let shutdown = {
            let studio = closing.clone();
            async move {
                shutdown.await;
                if let Some(studio) = studio {
                    studio.studio().end_soon();
                }
            }
        };
        let served = connections::serve(listener, router, limits, shutdown).await.map_err(unusable);
        if let Some(studio) = closing {
            // What was brought is deleted before the server is gone, and the log says so.
            studio.close().await;
        }
        served
    }
}
