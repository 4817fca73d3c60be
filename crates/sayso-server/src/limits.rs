use std::num::NonZeroUsize;
use std::time::Duration;

/// The limits under which requests are read and answered. All are explicit: there is no `Default`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Connections that are open at once; more wait until one ends.
    pub connections: NonZeroUsize,
    /// Questions to the datasets that are answered at once; more wait for their turn.
    pub questions: NonZeroUsize,
    /// Bytes of a request's path and query.
    pub uri_bytes: usize,
    /// Bytes of a picture that is sent to be looked for.
    pub picture_bytes: usize,
    /// Pictures that are taken in at once, each of which lies in memory; more wait for their turn.
    pub pictures: NonZeroUsize,
    /// How long a picture may take to come.
    pub picture_time: Duration,
    /// Bytes of a request's body, where one is read.
    pub body_bytes: usize,
    /// How long a client may take to send a request's headers, and how long a connection may idle.
    pub header_time: Duration,
    /// How long a question may wait for its turn, and how long it may then take.
    pub answer_time: Duration,
    /// How long a connection may stay open, however busy it is.
    pub connection_time: Duration,
}

/// Bytes of the form around a picture.
const FORM_BYTES: usize = 16 << 10;

impl ServerLimits {
    /// Bytes of a request's body that holds a picture in a form.
    pub(crate) fn form_bytes(&self) -> usize {
        self.picture_bytes.saturating_add(FORM_BYTES)
    }
}
