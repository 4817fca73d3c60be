use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What `work` makes of each of `units`, in their order, by many threads that each keep a buffer. `None` where a thread
/// stopped.
pub(crate) fn in_order<U: Send, T: Send>(
    units: Vec<U>,
    threads: NonZeroUsize,
    work: &(dyn Fn(U, &mut Vec<u8>) -> T + Sync),
) -> Vec<Option<T>> {
    let next = AtomicUsize::new(0);
    let mut made: Vec<Mutex<Option<T>>> = Vec::new();
    made.resize_with(units.len(), Mutex::default);
    let units: Vec<Mutex<Option<U>>> = units.into_iter().map(|unit| Mutex::new(Some(unit))).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(units.len()) {
            scope.spawn(|| {
                let mut buffer = Vec::new();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(unit), Some(place)) = (units.get(at), made.get(at)) else { return };
                    let Some(unit) = unit.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
                    let result = work(unit, &mut buffer);
                    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                }
            });
        }
    });
    made.into_iter().map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner)).collect()
}
