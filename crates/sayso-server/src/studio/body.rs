use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use sayso::studio::Served;
use tokio::task::JoinHandle;

/// Bytes that are read at once: whoever reads slowly holds no more in memory, and no thread.
const PIECE: usize = 64 << 10;

/// A file that is read while it is sent.
pub(crate) struct FileBody {
    served: Served,
    sent: u64,
    /// The piece that is being read.
    reading: Option<JoinHandle<io::Result<Vec<u8>>>>,
}

impl FileBody {
    pub(crate) const fn new(served: Served) -> Self {
        Self { served, sent: 0, reading: None }
    }
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        if this.is_end_stream() {
            return Poll::Ready(None);
        }
        let reading = this.reading.get_or_insert_with(|| {
            let (served, at) = (this.served.clone(), this.sent);
            tokio::task::spawn_blocking(move || served.read_at(at, PIECE))
        });
        let read = ready!(Pin::new(reading).poll(cx));
        this.reading = None;
        // What breaks off is shorter than was said: the connection ends, and nobody takes it for whole.
        let piece = read.map_err(io::Error::other).and_then(|piece| piece);
        Poll::Ready(Some(piece.map(|piece| {
            this.sent += piece.len() as u64;
            Frame::data(Bytes::from(piece))
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.sent >= self.served.length
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.served.length.saturating_sub(self.sent))
    }
}
