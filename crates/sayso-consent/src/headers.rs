//! From a response header or a meta element to a signal.

use sayso_core::{Signal, SignalKind, Speaker};

/// Whether a response header of this name can carry a signal.
///
/// Asked of every header of a crawl: a name of another length costs one comparison, and nothing is allocated.
#[must_use]
pub fn relevant(name: &str) -> bool {
    SignalKind::of_header(name).is_some()
}

/// The signal that a response header carries, `None` where its name carries none.
///
/// A header that comes several times is as many signals; [`statements`](crate::statements) puts them together.
#[must_use]
pub fn header_signal(speaker: Speaker, name: &str, value: &[u8], signal_bytes: u64) -> Option<Signal> {
    Signal::of_header(speaker, name, value, signal_bytes)
}

/// The signal that a meta element carries, `None` where it carries none.
///
/// `name` is the element's `name`, or its `http-equiv` where it repeats a header.
#[must_use]
pub fn meta_signal(speaker: Speaker, name: &str, content: &str, signal_bytes: u64) -> Option<Signal> {
    Signal::of_meta(speaker, name, content, signal_bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use sayso_core::{Place, SignalKind, Speaker};

    use super::{header_signal, meta_signal, relevant};

    #[test]
    fn names_are_known_whatever_their_case() {
        for name in ["X-Robots-Tag", "x-robots-tag", "TDM-Reservation", "tdm-policy", "content-usage", "Content-signal"]
        {
            assert!(relevant(name), "{name}");
        }
        for name in ["", "Content-Type", "X-Robots-Tags", "robots", "content-usagé"] {
            assert!(!relevant(name), "{name}");
        }
    }

    #[test]
    fn a_signal_keeps_what_was_written() {
        let signal = header_signal(Speaker::Picture, "X-ROBOTS-tag", b" noai ", 100).unwrap();
        assert_eq!(signal.place, Place::Header { name: "X-ROBOTS-tag".to_owned() });
        assert_eq!((signal.raw.as_str(), signal.kind), ("noai", SignalKind::XRobotsTag));
        assert_eq!(header_signal(Speaker::Picture, "Server", b"noai", 100), None);

        let signal = meta_signal(Speaker::Page, "GPTBot", "noindex", 100).unwrap();
        assert_eq!((signal.raw.as_str(), signal.kind), ("noindex", SignalKind::MetaRobots));
        assert_eq!(meta_signal(Speaker::Page, "viewport", "width=device-width", 100), None);
    }
}
