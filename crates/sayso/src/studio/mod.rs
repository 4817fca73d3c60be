//! A studio: somebody brings pictures, sees which of them say yes, has a model tuned on those alone and gets the pictures that it
//! makes; then everything is deleted, which stands on a registry's log.
//!
//! [`Studio::open`] takes a folder that nothing else uses, and deletes what a studio that was killed left in it.
//! [`Studio::begin`] opens a session. All that a session is made of lies in one folder: deletion removes that folder, writes a
//! [`Deletion`](sayso_registry::entry::Deletion) and leaves a receipt with whoever brought the pictures. Nothing here serves pages,
//! and nothing here trains: a [`Workshop`] does, in its turn.

mod bring;
mod bundle;
mod check;
mod consent;
mod delete;
mod error;
mod folder;
mod grants;
mod incoming;
mod leftover;
#[cfg(feature = "diffusion")]
mod lesson;
mod line;
mod look;
mod make;
mod network;
mod open;
mod options;
mod own_word;
mod room;
mod serve_files;
mod session;
mod sweep;
mod train;
mod view;
mod work;
#[cfg(feature = "diffusion")]
mod workbench;
mod workshop;

pub use consent::Shown;
pub use delete::Deleting;
pub use error::{StudioError, lasting};
pub use incoming::Incoming;
pub use make::MakeAsked;
pub use network::Network;
pub use open::Studio;
pub use options::{Keeping, StudioLimits, StudioOptions};
pub use serve_files::{FileName, Served};
pub use sweep::Ended;
pub use train::TrainAsked;
pub use view::{
    CheckOutcome, MadeView, MakingView, RefusedPicture, RunStage, RunView, SampleView, SessionView, TakenPicture,
    UploadView,
};
#[cfg(feature = "diffusion")]
pub use workbench::{Workbench, WorkbenchOptions};
pub use workshop::{LossAt, MadeFile, MakeOrder, Progress, TrainOrder, Trained, Workshop};
