use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pieces of memory that are kept for whoever needs some next.
const KEPT: usize = 8;

static POOL: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

fn pool() -> MutexGuard<'static, Vec<Vec<f32>>> {
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Numbers to compute with meanwhile, in memory that others computed with before: the system would fill new memory with
/// zeros first, which takes as long as what many operations do with it. What stands there is anybody's: write before reading.
#[derive(Default)]
pub(super) struct Scratch {
    /// As long as it ever was: what is cut off would be filled with zeros when it is wanted again.
    piece: Vec<f32>,
    count: usize,
}

impl Scratch {
    /// So many numbers.
    pub(super) fn of(count: usize) -> Self {
        let mut scratch = Self::default();
        scratch.resize(count);
        scratch
    }

    /// So many numbers from now on.
    pub(super) fn resize(&mut self, count: usize) {
        if self.piece.len() < count {
            // The narrowest that is wide enough, so that wide ones stay for those who need them, and not all become wide.
            let mut pool = pool();
            let wide_enough = pool.iter().position(|piece| piece.len() >= count);
            let found = match wide_enough {
                Some(place) => Some(pool.remove(place)),
                None if self.piece.is_empty() => pool.pop(),
                None => None,
            };
            if let Some(found) = found {
                keep(&mut pool, std::mem::replace(&mut self.piece, found));
            }
        }
        if self.piece.len() < count {
            self.piece.resize(count, 0.0);
        }
        self.count = count;
    }
}

/// Keeps a piece among the others, the narrowest first; of too many the narrowest goes.
fn keep(pool: &mut Vec<Vec<f32>>, piece: Vec<f32>) {
    if piece.is_empty() {
        return;
    }
    let place = pool.partition_point(|other| other.len() < piece.len());
    pool.insert(place, piece);
    if pool.len() > KEPT {
        pool.remove(0);
    }
}

impl Deref for Scratch {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        self.piece.get(..self.count).unwrap_or_default()
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        self.piece.get_mut(..self.count).unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        keep(&mut pool(), std::mem::take(&mut self.piece));
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Scratch, keep};

    #[test]
    fn it_has_as_many_numbers_as_were_asked_for() {
        let mut some = Scratch::of(100);
        for count in [150, 20, 0, 70] {
            some.resize(count);
            assert_eq!(some.len(), count);
        }
        drop(some);
        let (some, other) = (Scratch::of(20), Scratch::of(30));
        assert_eq!((some.len(), other.len()), (20, 30));
    }

    #[test]
    fn the_widest_are_kept() {
        let mut pool = Vec::new();
        for width in [5, 0, 3, 9, 1, 7, 2, 8, 4, 6, 10] {
            keep(&mut pool, vec![0.0; width]);
        }
        let widths: Vec<usize> = pool.iter().map(Vec::len).collect();
        assert!(widths.is_sorted() && widths.len() == KEPT && widths.first() == Some(&3), "{widths:?}");
    }
}
