use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

/// Pieces of memory that are kept for whoever needs some next.
const KEPT: usize = 8;

static POOL: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

/// Numbers to compute with meanwhile, in memory that others computed with before: the system would fill new memory with
/// zeros first, which takes as long as what many operations do with it. What stands there is anybody's: write before reading.
pub(super) struct Scratch(Vec<f32>);

impl Scratch {
    /// So many numbers.
    pub(super) fn of(count: usize) -> Self {
        let mut scratch = Self::default();
        scratch.resize(count);
        scratch
    }

    /// As many numbers as that, of which the first stay.
    pub(super) fn resize(&mut self, count: usize) {
        self.0.resize(count, 0.0);
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self(POOL.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default())
    }
}

impl Deref for Scratch {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.0
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        pool.push(std::mem::take(&mut self.0));
        // The widest stay, in the order in which they are taken: the widest first.
        pool.sort_by_key(Vec::capacity);
        if pool.len() > KEPT {
            pool.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Scratch;

    #[test]
    fn it_has_as_many_numbers_as_were_asked_for() {
        let mut some = Scratch::of(100);
        some.fill(1.0);
        some.resize(150);
        assert_eq!((some.len(), some[..100].iter().sum::<f32>()), (150, 100.0));
        drop(some);
        let (some, other) = (Scratch::of(20), Scratch::of(30));
        assert_eq!((some.len(), other.len()), (20, 30));
    }
}
