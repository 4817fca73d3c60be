use std::future::Future;
use std::sync::{LazyLock, mpsc};

use tokio::runtime::{Builder, Handle, Runtime};

/// What asks the stores. It has threads of its own, so that whoever waits may be a thread of another such engine.
static ASKS: LazyLock<Option<Runtime>> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(2).thread_name("storage").enable_all().build().ok());

/// The threads on which all is asked and answered; `None` where the system gives none.
pub(crate) fn handle() -> Option<&'static Handle> {
    ASKS.as_ref().map(Runtime::handle)
}

/// An answer that is on its way.
pub(crate) struct Coming<T>(mpsc::Receiver<T>);

impl<T> Coming<T> {
    /// Waits for it; `None` where whoever should bring it is gone.
    pub(crate) fn wait(self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// Begins to ask.
pub(crate) fn begin<T: Send + 'static>(asked: impl Future<Output = T> + Send + 'static) -> Coming<T> {
    let (sender, receiver) = mpsc::sync_channel(1);
    if let Some(runtime) = &*ASKS {
        runtime.spawn(async move {
            // Whoever does not wait any more does not want to know.
            let _ = sender.send(asked.await);
        });
    }
    Coming(receiver)
}
