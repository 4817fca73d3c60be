//! The work of a fetch in lanes, each of which one machine at a time has: whole registrable domains, and so whole hosts.
//!
//! A cluster only prepares. Workers take lanes (`claim.rs`) as long as they have nothing to do, hear what sites say (`hear.rs`),
//! and then ask for pictures (`pictures.rs`), by the code of a fetch on one machine; the realm of a worker (`hand.rs`) are the
//! hosts of its lanes. What leads to another lane is left where it is. Then whoever drives (`drive.rs`) takes all lanes back
//! (`halt.rs`), puts what came of samples into the journals of the parts (`gather.rs`), and fetches the rest as one machine does.
//! Until when hosts rest lies beside (`ledger.rs`). Why it is so stands in decision 44.

#[cfg(feature = "cluster")]
mod beat;
#[cfg(feature = "cluster")]
mod claim;
#[cfg(feature = "cluster")]
mod cuts;
#[cfg(feature = "cluster")]
mod drive;
mod folder;
mod gather;
mod halt;
#[cfg(feature = "cluster")]
mod hand;
#[cfg(feature = "cluster")]
mod hear;
#[cfg(feature = "cluster")]
mod lane;
#[cfg(feature = "cluster")]
mod lay;
mod ledger;
#[cfg(feature = "cluster")]
mod pictures;
#[cfg(feature = "cluster")]
mod settings;
#[cfg(feature = "cluster")]
mod watch;

#[cfg(feature = "cluster")]
pub use self::drive::fetch_on;
pub(super) use self::folder::LanesFolder;
pub(super) use self::gather::gather;
pub(super) use self::halt::halt;
pub(super) use self::ledger::{Known, Ledger};

/// The functions of a fetch.
#[cfg(feature = "cluster")]
pub(crate) fn functions() -> [sayso_cluster::Function; 2] {
    [
        sayso_cluster::Function { name: SITES, label: watch::label, call: hear::call },
        sayso_cluster::Function { name: PICTURES, label: watch::label, call: pictures::call },
    ]
}

#[cfg(feature = "cluster")]
const SITES: &str = "sayso_fetch_sites";
#[cfg(feature = "cluster")]
const PICTURES: &str = "sayso_fetch_pictures";
