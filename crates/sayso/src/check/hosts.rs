use std::collections::{HashMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What waits to be asked, by host: many hosts at the same time, and each of them one question after the other.
///
/// A table in the order of its sites would otherwise bind every worker to one site, which is slow, and rude to it.
pub(super) struct HostQueue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// Questions by host; a host that is being asked stands here even with none.
    waiting: HashMap<String, VecDeque<T>>,
    /// Hosts that can be asked now.
    ready: VecDeque<String>,
    is_closed: bool,
}

impl<T> HostQueue<T> {
    pub(super) fn new() -> Self {
        let state = State { waiting: HashMap::new(), ready: VecDeque::new(), is_closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    pub(super) fn push(&self, host: String, question: T) {
        let mut state = self.lock();
        if let Some(waiting) = state.waiting.get_mut(&host) {
            waiting.push_back(question);
            return;
        }
        state.waiting.insert(host.clone(), VecDeque::from([question]));
        state.ready.push_back(host);
        self.changed.notify_one();
    }

    /// The next question to a host that nobody is asking; `None` once nobody wants the
    /// answers any more. The host is the caller's until [`HostQueue::done`].
    pub(super) fn next(&self) -> Option<(String, T)> {
        let mut state = self.lock();
        loop {
            if let Some(host) = state.ready.pop_front() {
                if let Some(question) = state.waiting.get_mut(&host).and_then(VecDeque::pop_front) {
                    return Some((host, question));
                }
                state.waiting.remove(&host);
            } else if state.is_closed {
                return None;
            } else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    /// The host can be asked again.
    pub(super) fn done(&self, host: String) {
        let mut state = self.lock();
        if state.waiting.get(&host).is_some_and(|waiting| !waiting.is_empty()) {
            state.ready.push_back(host);
            self.changed.notify_one();
        } else {
            state.waiting.remove(&host);
        }
    }

    /// Nobody wants the answers any more: those who ask may go.
    pub(super) fn abandon(&self) {
        let mut state = self.lock();
        state.is_closed = true;
        state.ready.clear();
        // Questions may be bound to more than memory; they are let go outside the lock.
        let waiting = std::mem::take(&mut state.waiting);
        drop(state);
        drop(waiting);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::HostQueue;

    #[test]
    fn a_host_is_asked_one_question_at_a_time() {
        let queue = HostQueue::new();
        for (host, question) in [("a", 1), ("a", 2), ("a", 3), ("b", 4)] {
            queue.push(host.to_owned(), question);
        }
        assert_eq!(queue.next(), Some(("a".to_owned(), 1)));
        // The second question to `a` waits for the answer to the first.
        assert_eq!(queue.next(), Some(("b".to_owned(), 4)));
        queue.done("a".to_owned());
        assert_eq!(queue.next(), Some(("a".to_owned(), 2)));
        queue.done("a".to_owned());
        assert_eq!(queue.next(), Some(("a".to_owned(), 3)));
        queue.push("a".to_owned(), 5);
        queue.abandon();
        assert_eq!(queue.next(), None);
        queue.done("a".to_owned());
        assert_eq!(queue.next(), None);
    }
}
