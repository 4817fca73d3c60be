//! Sayso's pages and JSON API: one search box under "Have I been trained?", and a page for every sample.
//!
//! [`Server::bind`] takes an address and a [`sayso::library::Library`]; [`Server::run`] serves until it is told to
//! stop. The pages are made here and work without script. They load nothing from the sites that they list until the
//! reader asks for it, and what is looked up is neither logged nor kept.
//!
//! [`CheckReport`], [`CopiesReport`], [`CardReport`] and [`SummaryReport`] are pages for a file, in the same words and the same style.
//!
//! No type of the web framework below leaves this crate.

mod api;
mod assets;
mod connections;
mod cors;
mod desk;
mod error;
mod evidence;
mod guard;
mod headers;
mod hosts;
mod limits;
mod lineage;
mod lingering;
mod measured;
mod pages;
mod personal;
mod refusal;
mod registry;
mod report;
mod router;
mod server;
mod sql;
mod studio;
mod suffix;
mod view;

pub use cors::{AllowedOrigin, OriginError};
pub use error::ServerError;
pub use limits::ServerLimits;
pub use registry::{PublicUrl, PublicUrlError, Rate, RegistryLimits, RegistryService};
pub use report::{
    CardReport, Chart, CheckReport, CopiesNumbers, CopiesReport, LossPoint, OnTheWay, PortfolioReport, SummaryReport,
    TrainingReport,
};
pub use router::{Address, Opened, addresses_of};
pub use server::Server;
pub use sql::SqlService;
