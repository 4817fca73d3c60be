use std::net::SocketAddr;

/// Why no text records were found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DnsFailure {
    /// There are none, says whoever was asked.
    #[error("there is no such record")]
    Absent,
    /// No record can have this name.
    #[error("it is no name that a record can have")]
    Name,
    /// The question cannot be sent, or its answer not be waited for.
    #[error("the resolver {server} cannot be asked: {why}")]
    Unreachable {
        /// Who was asked.
        server: SocketAddr,
        /// What the system said.
        why: String,
    },
    /// Nobody answered in time.
    #[error("the resolver {server} did not answer in time")]
    Silent {
        /// Who was asked.
        server: SocketAddr,
    },
    /// The answer is an error.
    #[error("the resolver {server} says {code}")]
    Refused {
        /// Who was asked.
        server: SocketAddr,
        /// The error's name.
        code: String,
    },
    /// The answer is none that can be read.
    #[error("what the resolver {server} answers cannot be used: {why}")]
    Unreadable {
        /// Who was asked.
        server: SocketAddr,
        /// What is wrong with it.
        why: &'static str,
    },
}

impl DnsFailure {
    /// Whether nothing is there, which asking somebody else, or once more, does not change.
    #[must_use]
    pub const fn is_absence(&self) -> bool {
        matches!(self, Self::Absent | Self::Name)
    }
}
