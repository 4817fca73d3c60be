use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use sayso::library::Library;
use sayso::sql::tables_of;
use sayso::vectors::EmbedQuery;

use crate::desk::Desk;
use crate::hosts::Hosts;
use crate::sql::SqlDesk;
use crate::{AllowedOrigin, ServerError, ServerLimits, SqlService, connections, router};

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
}

impl Server {
    /// Listens on `address`; port 0 means any that is free. Connections wait until [`Server::run`].
    pub fn bind(address: SocketAddr, library: Library, limits: ServerLimits) -> Result<Self, ServerError> {
        let bound = |source| ServerError::Bind { address, source };
        let listener = TcpListener::bind(address).map_err(bound)?;
        listener.set_nonblocking(true).map_err(bound)?;
        let address = listener.local_addr().map_err(bound)?;
        let (embedders, origins, hosts) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { listener, address, library, limits, embedders, sql: None, origins, hosts })
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

    /// Lets the datasets be asked in SQL.
    pub fn ask_in_sql(mut self, service: SqlService) -> Result<Self, sayso::Error> {
        self.sql = Some(SqlDesk::new(service, tables_of(&self.library)?));
        Ok(self)
    }

    /// The address that it listens on, with the port that it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is ready, then finishes what was asked before. Needs a Tokio runtime with time and I/O.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Result<(), ServerError> {
        let Self { listener, address, library, limits, embedders, sql, origins, hosts } = self;
        let unusable = |source| ServerError::Accept { address, source };
        let listener = tokio::net::TcpListener::from_std(listener).map_err(unusable)?;
        let doors = router::Doors { origins: origins.into(), hosts: Arc::new(Hosts::new(address, &hosts)) };
        let router = router::router(Desk::new(library, embedders, sql, &limits), limits, doors);
        connections::serve(&listener, router, limits, shutdown).await.map_err(unusable)
    }
}
