//! Who fed whom: the chain from a crawl to an app as a graph that people can read and machines can check.
//!
//! A node (organisation, crawl, dataset, model, adapter, app, paper, run) is one TOML file with its edges and its sources
//! ([`read_node`], [`node_to_toml`]). [`load`] brings the files together, those that come with Sayso and those of one's own,
//! and refuses them all where one is wrong. [`check`] raises alarms: rules that look along the edges for what was laundered.
//!
//! Files are read, and nothing else is done with the outside: no network, no clock.

mod date;
mod error;
mod file;
mod format;
mod graph;
mod json;
mod licence;
mod load;
mod names;
mod node;
mod person_name;
mod picture;
mod rules;

pub use date::{Date, DateError};
pub use error::{Fault, LineageError};
pub use file::{FILE_LIMITS, FileLimits, node_to_toml, read_node};
pub use format::{
    Card, CardKind, FORMAT_LIMITS, FormatLimits, ReadAt, SafetensorsNode, card_of_node, header_length, read_card,
    read_cyclonedx, read_provenance, read_safetensors_header, read_spdx, to_cyclonedx, to_spdx,
};
pub use graph::{Graph, Link, LinkIx, NodeIx, Path, Step};
pub use json::{alarm_json, link_json, node_json, path_json};
pub use licence::{Licence, Terms};
pub use load::{DATASET_NODE_FILE, load, node_of_dataset};
pub use names::{Basis, Consent, EdgeKind, NodeKind, Sector, Standing, StatedPurpose};
pub use node::{Edge, IdError, Node, NodeId, Person, Removal, Source};
pub use person_name::PersonNames;
pub use picture::{Hrefs, Picture, Style};
pub use rules::{
    Alarm, AlarmGroup, Found, RULE_LIMITS, RULES, Rule, RuleLimits, Severity, check, check_nodes, grouped, rule,
};

/// A link as a sentence: who, how, whom, when, and how sure it is.
#[must_use]
pub fn sentence_of(graph: &Graph, link: LinkIx) -> String {
    picture::sentence(graph, &graph.link(link))
}
