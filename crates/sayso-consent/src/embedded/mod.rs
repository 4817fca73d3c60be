//! What a picture's own file says: XMP, EXIF, IPTC-IIM and C2PA manifests.
//!
//! [`packets`] takes the metadata out of the file's container, [`signals`] makes signals of what speaks of consent, and
//! [`read_embedded_signal`] reads one of them, whenever that is. [`read_embedded`] does all three.
//!
//! Nothing in a file is believed about its own size: lengths are checked against the bytes that are there, pieces are
//! put together and texts inflated up to a limit, and where bytes are missing nothing that is left grants anything.

mod c2pa;
mod container;
mod data_mining;
mod exif;
mod iim;
mod licence;
mod numbers;
mod reading;
mod signal;
mod text;
mod write;
mod xmp;

use sayso_core::{Signal, Statement};

pub use c2pa::{TRAINING_MINING, training_entries};
pub use container::{ExtendedXmp, Packet, Packets, packets};
pub use reading::People;
pub use signal::read_embedded_signal;
pub use write::{Inscription, WriteError, data_mining_term, write_embedded};

/// What bounds the reading of a file's metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmbeddedLimits {
    /// Bytes of one packet, as it stands in the file, put together of pieces or inflated.
    pub packet_bytes: usize,
    /// Packets of one kind in a file.
    pub packets: usize,
    /// Depth of elements in XML and of values in an assertion.
    pub depth: usize,
    /// Bytes of one signal's raw evidence.
    pub signal_bytes: u64,
}

/// What a picture's own file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedded {
    /// What speaks of consent, one statement a signal.
    pub statements: Vec<Statement>,
    /// Who made the picture: `dc:creator`, else IIM's by-line, else EXIF's artist. Several stand between semicolons.
    pub creator: Option<String>,
    /// The rights notice: `dc:rights`, else IIM's copyright notice, else EXIF's copyright.
    pub rights: Option<String>,
    /// The licence: `xmpRights:WebStatement`, else `cc:license`. It is an address, or what its writer took for one.
    pub licence: Option<String>,
    /// How whoever made it, or licenses it, is reached by what they wrote themselves: e-mail addresses and pages.
    pub contacts: Vec<String>,
    /// Whom the picture shows, by its metadata: nobody is recognised.
    pub people: People,
    /// Whether the file holds a C2PA manifest store, readable or not.
    pub has_c2pa: bool,
}

/// Reads everything that a picture's file says.
#[must_use]
pub fn read_embedded(bytes: &[u8], limits: &EmbeddedLimits) -> Embedded {
    let reading = reading::read(bytes, limits);
    let state = |signal: Signal| {
        let preferences = read_embedded_signal(&signal);
        Statement::new(signal, preferences)
    };
    Embedded {
        statements: reading.signals.into_iter().map(state).collect(),
        creator: reading.creator,
        rights: reading.rights,
        licence: reading.licence,
        contacts: reading.contacts,
        people: reading.people,
        has_c2pa: reading.has_c2pa,
    }
}

/// The signals in a picture's file, to be kept now and read later by [`read_embedded_signal`].
#[must_use]
pub fn signals(bytes: &[u8], limits: &EmbeddedLimits) -> Vec<Signal> {
    reading::read(bytes, limits).signals
}
