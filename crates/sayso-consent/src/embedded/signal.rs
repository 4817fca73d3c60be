//! Which signals a file gives, and how one of them is read.

use sayso_core::{Place, Preference, Signal, SignalKind, Stance, UsageCategory};

use super::c2pa::read_training;
use super::data_mining::read_data_mining;
use crate::codes;
use crate::read::{Preferences, read_licence};

/// What holds a signal, and the property in it.
pub(super) type SignalPath = (&'static str, &'static str);

pub(super) const DATA_MINING: SignalPath = ("XMP", "plus:DataMining");
/// A packet that is not XML to its end.
pub(super) const XMP_PACKET: SignalPath = ("XMP", "packet");
pub(super) const DC_CREATOR: SignalPath = ("XMP", "dc:creator");
pub(super) const DC_RIGHTS: SignalPath = ("XMP", "dc:rights");
pub(super) const LICENSOR: SignalPath = ("XMP", "plus:Licensor");
pub(super) const USAGE_TERMS: SignalPath = ("XMP", "xmpRights:UsageTerms");
pub(super) const LICENCE: SignalPath = ("XMP", "cc:license");
pub(super) const WEB_STATEMENT: SignalPath = ("XMP", "xmpRights:WebStatement");
pub(super) const OTHER_CONSTRAINTS: SignalPath = ("XMP", "plus:OtherConstraints");
pub(super) const IIM_BY_LINE: SignalPath = ("IPTC", "By-line");
pub(super) const IIM_COPYRIGHT: SignalPath = ("IPTC", "Copyright Notice");
pub(super) const EXIF_ARTIST: SignalPath = ("EXIF", "Artist");
pub(super) const EXIF_COPYRIGHT: SignalPath = ("EXIF", "Copyright");
/// A manifest store that cannot be read as far as its assertions.
pub(super) const MANIFEST_STORE: SignalPath = ("C2PA", "manifest store");

/// Those that name who holds the rights.
const RIGHTS: &[SignalPath] =
    &[DC_CREATOR, DC_RIGHTS, LICENSOR, IIM_BY_LINE, IIM_COPYRIGHT, EXIF_ARTIST, EXIF_COPYRIGHT];

/// Reads a signal that [`signals`](super::signals) found, by nothing but what stands in it.
///
/// Terms in prose (`xmpRights:UsageTerms`, `plus:OtherConstraints`) are kept, and read only as far as they are a licence.
#[must_use]
pub fn read_embedded_signal(signal: &Signal) -> Vec<Preference> {
    let Place::Embedded { container, path } = &signal.place else { return Vec::new() };
    let place = (container.as_str(), path.as_str());
    let mut preferences = Preferences::default();
    match signal.kind {
        SignalKind::Cawg => return read_training(&signal.raw),
        SignalKind::Licence => return read_licence(signal),
        SignalKind::Iptc if place == DATA_MINING => return read_data_mining(&signal.raw),
        SignalKind::Iptc if place == XMP_PACKET => {
            preferences.add(UsageCategory::DataMining, Stance::Unknown, codes::IPTC_UNREADABLE);
        }
        SignalKind::Iptc if RIGHTS.contains(&place) => {
            preferences.add_all(UsageCategory::ALL, Stance::Unknown, codes::RIGHTS_STATED);
        }
        _ => {}
    }
    preferences.into_vec()
}
