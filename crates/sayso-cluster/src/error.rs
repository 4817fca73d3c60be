use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a cluster does not do what it is asked.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// It is no address of a scheduler.
    #[error("`{given}` is no address of a cluster\nhint: such as df://127.0.0.1:50050")]
    Address {
        /// What was given.
        given: String,
    },
    /// A role would listen to everybody, and let everybody in.
    #[error(
        "{listen} can be reached from elsewhere, and there is no secret\nhint: set SAYSO_CLUSTER_SECRET to the same words for all roles, or listen on 127.0.0.1"
    )]
    Open {
        /// Where it would listen.
        listen: String,
    },
    /// Nobody can listen there.
    #[error(
        "cannot listen on {listen}: {source}\nhint: another program may listen there already; --listen chooses another place"
    )]
    Listen {
        /// Where.
        listen: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The scheduler does not answer.
    #[error(
        "the scheduler at {address} does not answer\nhint: start it with `sayso cluster scheduler`, and run the same command again: what is finished is kept"
    )]
    Unreachable {
        /// Where it should be.
        address: String,
    },
    /// The scheduler refuses whoever asks.
    #[error("the scheduler at {address} refuses: {message}")]
    Refused {
        /// Where it is.
        address: String,
        /// Why, with a hint.
        message: String,
    },
    /// The scheduler went away while it worked for somebody.
    #[error(
        "the scheduler at {address} is gone\nhint: start it and its workers, and run the same command again: it goes on from what is finished"
    )]
    Gone {
        /// Where it was.
        address: String,
    },
    /// All workers went away.
    #[error("no worker is left\nhint: start workers, and run the same command again: it goes on from what is finished")]
    NoWorkers,
    /// A function cannot do its work.
    #[error("a worker could not go on: {message}")]
    Function {
        /// What it said.
        message: String,
    },
    /// The engine failed.
    #[error("the cluster failed: {message}\nhint: run the same command again: it goes on from what is finished")]
    Engine {
        /// What it said.
        message: String,
    },
    /// A file cannot be read or written.
    #[error("cannot use `{}`: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Whoever asked does not want to know any more.
    #[error("interrupted")]
    Interrupted,
}

impl ClusterError {
    pub(crate) fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::File { file, source }
    }

    pub(crate) fn engine(error: impl std::fmt::Display) -> Self {
        Self::Engine { message: one_line(&error.to_string()) }
    }
}

/// The start of what the engine says, on one line.
pub(crate) fn one_line(text: &str) -> String {
    const MOST: usize = 600;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default()),
        None => words,
    }
}
