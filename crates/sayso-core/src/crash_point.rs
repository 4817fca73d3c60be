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

/// A piece of work of this name begins, which a test lets fail: `SAYSO_FAIL_ON="panic NAME"` makes the program panic, and
/// `SAYSO_FAIL_ON="abort NAME"` ends it. Behind the feature `failpoints`; nothing at all without it.
#[inline]
pub fn fail_on(name: &str) {
    #[cfg(feature = "failpoints")]
    counted::begin(name);
    #[cfg(not(feature = "failpoints"))]
    let _ = name;
}

#[cfg(feature = "failpoints")]
mod counted {
    use std::io::Write;
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static PASSED: AtomicU64 = AtomicU64::new(0);
    static LAST: LazyLock<Option<u64>> =
        LazyLock::new(|| std::env::var("SAYSO_CRASH_AT").ok().and_then(|number| number.parse().ok()));

    #[expect(clippy::panic, reason = "what a test asks for")]
    pub(super) fn begin(name: &str) {
        let asked = std::env::var("SAYSO_FAIL_ON").unwrap_or_default();
        match asked.split_once(' ') {
            Some(("panic", of)) if of == name => panic!("on purpose"),
            Some(("abort", of)) if of == name => std::process::abort(),
            _ => {}
        }
    }

    pub(super) fn pass(place: &str) {
        let number = PASSED.fetch_add(1, Ordering::SeqCst) + 1;
        if *LAST == Some(number) {
            let _ = writeln!(std::io::stderr(), "crashed at {place}");
            std::process::abort();
        }
    }
}
