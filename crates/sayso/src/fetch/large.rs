use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Bytes of a body that anybody may hold.
pub(super) const SMALL_BYTES: u64 = 2 << 20;

/// Bodies beyond that which are held at the same time: of dozens of requests each might bring the largest file.
const AT_ONCE: usize = 4;

/// Lets few large bodies into memory at a time.
#[derive(Debug)]
pub(super) struct LargeBodies {
    free: Mutex<usize>,
    freed: Condvar,
}

/// The right to hold a large body.
#[derive(Debug)]
pub(super) struct Large(Arc<LargeBodies>);

impl LargeBodies {
    pub(super) fn new() -> Self {
        Self { free: Mutex::new(AT_ONCE), freed: Condvar::new() }
    }

    /// Waits until there is room. Whoever holds is bound by the time for a request and by decoding, which ends.
    pub(super) fn hold(self: &Arc<Self>) -> Large {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Large(Arc::clone(self))
    }
}

impl Drop for Large {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
