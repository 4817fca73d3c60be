//! Claims in a registry: where it lies, making many at once, verifying them, and what they say of a picture.

mod describe;
mod ground;
mod import;
mod kept_list;
mod place;
mod portfolio;
mod remote;
mod rows;
mod say;
mod verify;
mod verify_dns;

pub use describe::{claim_json, history_json};
pub(crate) use ground::find_in;
pub use ground::{Ground, Grounded};
pub use import::{ImportOptions, ImportReport, Imported, RejectedClaim, import_claims};
pub use place::RegistryPlace;
pub use portfolio::claims_of_pictures;
pub use remote::{RemoteOptions, RemoteReport};
pub use rows::{Otherwise, claims_of_table};
pub use say::statements_of;
pub use verify::{Shown, Ways, instructions, look_online, verify_by, verify_online, way_of};
pub use verify_dns::{ByDns, look_in_dns, record_names, verify_by_dns};
