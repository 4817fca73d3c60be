//! Claims in a registry: where it lies, making many at once, verifying them, and what they say of a picture.

mod describe;
mod ground;
mod import;
mod place;
mod portfolio;
mod rows;
mod say;
mod verify;

pub use describe::{claim_json, history_json};
pub use ground::{Ground, Grounded};
pub use import::{ImportOptions, ImportReport, Imported, RejectedClaim, import_claims};
pub use place::RegistryPlace;
pub use portfolio::claims_of_pictures;
pub use rows::{Otherwise, claims_of_table};
pub use say::statements_of;
pub use verify::{Ways, instructions, verify_online, way_of};
