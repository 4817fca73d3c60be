use std::io;
use std::time::Duration;

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
    /// As many are open from one network as there may be.
    #[error(
        "{sessions} {} open from your network, which is the most at once\nhint: delete one, or try again in {}; nothing was taken in",
        if *sessions == 1 { "session is" } else { "sessions are" },
        lasting(*wait)
    )]
    Network {
        /// Sessions that may be open.
        sessions: usize,
        /// When the first of them is over, if nobody comes back to it.
        wait: Duration,
    },
    /// The studio is closing.
    #[error("the studio is closing, and what is in it is deleted\nhint: try again when the server is back")]
    Closing,
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
            // Nothing but the end of a session cuts its own check short.
            Error::Cancelled => Self::Over,
            error => Self::Inside(error),
        }
    }
}

/// A time to wait, which is rather too long than too short.
#[must_use]
pub fn lasting(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    let (count, unit) = match seconds {
        0..=119 => (seconds.max(1), "second"),
        120..=7_199 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3_600), "hour"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::lasting;

    #[test]
    fn nobody_comes_back_too_early() {
        let said = |millis| lasting(Duration::from_millis(millis));
        assert_eq!([said(0), said(1_001), said(119_001)], ["1 second", "2 seconds", "2 minutes"].map(str::to_owned));
        assert_eq!([said(121_000), said(7_199_500)], ["3 minutes", "2 hours"].map(str::to_owned));
    }
}
