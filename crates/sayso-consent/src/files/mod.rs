//! Files by which a site speaks for many of its addresses, and the places where they are found.
//!
//! * [`TdmrepFile`]: `/.well-known/tdmrep.json` of TDMRep;
//! * [`AiTxt`]: `/ai.txt` of Spawning;
//! * [`Rsl`]: a document of Really Simple Licensing, which [`rsl_link`] and [`license_lines`] find.
//!
//! All of them are bytes in, statements out: whoever fetched a file says in whose name it speaks, and asks it about
//! addresses of that site only. A file that is longer than its limit, or that is not what its name promises, is one
//! statement of doubt and grants nothing.

mod ai_txt;
mod found;
mod license_lines;
mod markup;
mod rsl;
mod rsl_link;
mod tdmrep;

pub use ai_txt::AiTxt;
pub use license_lines::{LicenseLine, license_lines, license_urls};
pub use rsl::Rsl;
pub use rsl_link::rsl_link;
pub use tdmrep::TdmrepFile;
