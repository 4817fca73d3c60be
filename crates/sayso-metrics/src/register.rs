use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

/// A list of numbers that are all called `sayso_…`, with one that says which program in which role this is.
#[must_use]
pub fn registry(role: &'static str, version: &'static str) -> Registry {
    let mut registry = Registry::with_prefix("sayso");
    registry.register("program", "the program and its role", Info::new([("version", version), ("role", role)]));
    registry
}

/// How long things take, from a millisecond to some nine minutes.
#[must_use]
pub fn seconds() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 3.0, 13))
}
