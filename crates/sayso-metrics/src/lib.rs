//! Numbers that say how a running program does, in the text that Prometheus and others read
//! ([OpenMetrics 1.0](https://prometheus.io/docs/specs/om/open_metrics_spec/)).
//!
//! They are handed out at an address of their own, never beside what the public sees. No number says anything of a person:
//! there are no addresses, prompts or words in labels.

mod expose;
mod register;

pub use expose::expose;
pub use prometheus_client::metrics::counter::Counter;
pub use prometheus_client::metrics::family::Family;
pub use prometheus_client::metrics::gauge::Gauge;
pub use prometheus_client::metrics::histogram::Histogram;
pub use prometheus_client::registry::Registry;
pub use register::{registry, seconds};
