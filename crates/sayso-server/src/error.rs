use std::io;
use std::net::SocketAddr;

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}\nhint: {}", hint_of(source))]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// What was reported cannot be hidden, so nothing is shown.
    #[error("cannot hide what was reported: {source}")]
    Hide {
        /// Why.
        source: sayso::Error,
    },
    /// The listener that was bound cannot be used any more.
    #[error("cannot accept connections on `{address}`: {source}\nhint: start the server again")]
    Accept {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

fn hint_of(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "something else listens there; choose another port, or 0 for any that is free",
        io::ErrorKind::AddrNotAvailable => "the address is not one of this machine; 127.0.0.1 always is",
        io::ErrorKind::PermissionDenied => "ports below 1024 need a permission of their own; choose a higher one",
        _ => "choose another address or port",
    }
}
