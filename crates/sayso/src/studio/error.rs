use std::io;

use crate::Error;

/// Why a studio does not do what it is asked for.
#[derive(Debug, thiserror::Error)]
pub enum StudioError {
    /// There is no such session any more.
    #[error("this session is over, and what was in it is deleted\nhint: begin another one")]
    Over,
    /// Too many are open.
    #[error(
        "{sessions} people are at work in this studio, and there is no room for more\nhint: come back in a while; nothing was taken in"
    )]
    Full {
        /// Sessions that may be open.
        sessions: usize,
    },
    /// Too many trainings wait.
    #[error("{waiting} trainings and drawings wait already\nhint: try again in a while")]
    Line {
        /// How many may wait.
        waiting: usize,
    },
    /// There are as many pictures as there may be.
    #[error("a session holds at most {most} pictures\nhint: take some out first")]
    Pictures {
        /// The most.
        most: usize,
    },
    /// A picture is too large, or all of them together are.
    #[error("`{name}` is too large: {most_bytes} bytes are the most {of}\nhint: bring a smaller copy")]
    TooLarge {
        /// What it is called.
        name: String,
        /// The limit.
        most_bytes: u64,
        /// Of what.
        of: &'static str,
    },
    /// A file is no picture that is taken.
    #[error("`{name}` is not taken: {why}\nhint: bring JPEG, PNG or WebP")]
    NotTaken {
        /// What it is called.
        name: String,
        /// Why.
        why: String,
    },
    /// What was asked for cannot be.
    #[error("{message}")]
    Asked {
        /// What is wrong, with its hint.
        message: String,
    },
    /// Something of the session is at work.
    #[error("the studio is at work for you already\nhint: wait until it is done, or stop it")]
    Busy,
    /// The disk is full.
    #[error("there is no room left for this\nhint: tell whoever runs the studio; what you brought before is as it was")]
    NoRoom,
    /// Something is wrong on the studio's side.
    #[error("{0}")]
    Inside(Error),
}

impl StudioError {
    pub(super) fn asked(message: impl Into<String>) -> Self {
        Self::Asked { message: message.into() }
    }
}

impl From<Error> for StudioError {
    fn from(error: Error) -> Self {
        match error {
            Error::File { source, .. } if is_full(&source) => Self::NoRoom,
            error => Self::Inside(error),
        }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
