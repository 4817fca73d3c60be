/// A place between two steps that are durable each for itself, at which a test ends the process as a power cut would: without
/// unwinding, and without anything being put away. Behind the feature `failpoints`; nothing at all without it.
///
/// `SAYSO_CRASH_AT=5` ends it at the fifth place that it comes by, and says which that was.
#[inline]
pub fn crash_point(place: &str) {
    #[cfg(feature = "failpoints")]
    counted::pass(place);
    #[cfg(not(feature = "failpoints"))]
    let _ = place;
}

#[cfg(feature = "failpoints")]
mod counted {
    use std::io::Write;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static PASSED: AtomicU64 = AtomicU64::new(0);
    static LAST: LazyLock<Option<u64>> =
        LazyLock::new(|| std::env::var("SAYSO_CRASH_AT").ok().and_then(|number| number.parse().ok()));

    pub(super) fn pass(place: &str) {
        let number = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
        if *LAST == Some(number) {
            let _ = writeln!(std::io::stderr(), "crashed at {place}");
            std::process::abort();
        }
    }
}
