//! From the packets of a file to its signals and to the names in it.

use std::collections::BTreeSet;

use sayso_core::{Place, Signal, SignalKind, Speaker};

use super::EmbeddedLimits;
use super::c2pa::{UNREADABLE, assertions, canonical};
use super::container::{Packet, Packets, is_svg, packets};
use super::exif::read_exif;
use super::iim::read_iim;
use super::licence;
use super::numbers::offset_in;
use super::signal::{self, SignalPath};
use super::xmp::{Field, Property, Value, Xmp, read_xmp};

/// Values of `plus:DataMining` that are kept: there ought to be one.
const DATA_MINING_VALUES: usize = 8;

/// Licences that are kept: there ought to be one.
const LICENCES: usize = 8;

/// A text, and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) text: String,
    pub(super) at: Option<(u64, u64)>,
}

impl Found {
    /// Several texts as one, between semicolons.
    pub(super) fn join(parts: &[Self]) -> Option<Self> {
        let first = parts.first()?;
        let at = if parts.len() == 1 { first.at } else { None };
        let text = parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("; ");
        Some(Self { text, at })
    }
}

/// All that is read of a file.
pub(super) struct Reading {
    pub(super) signals: Vec<Signal>,
    pub(super) creator: Option<String>,
    pub(super) rights: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) contacts: Vec<String>,
    pub(super) people: People,
    pub(super) has_c2pa: bool,
}

/// Whom the metadata say that a picture shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Their names, each once.
    pub names: Vec<String>,
    /// Whether a face is marked, with a name or without.
    pub has_faces: bool,
}

impl People {
    /// Whether anybody is said to be shown.
    #[must_use]
    pub fn is_anybody(&self) -> bool {
        self.has_faces || !self.names.is_empty()
    }
}

/// Reads a file.
pub(super) fn read(bytes: &[u8], limits: &EmbeddedLimits) -> Reading {
    let packets = packets(bytes, limits);
    let xmp = XmpOfFile::read(&packets, limits);
    let mut signals = Signals { limits: *limits, signals: Vec::new() };
    signals.add_data_mining(&xmp);
    for broken in &xmp.broken {
        signals.add(SignalKind::Iptc, signal::XMP_PACKET, broken);
    }
    let (exif, iim) = (read_exif(&packets.exif), read_iim(&packets.iim));
    let first = |of: [(SignalPath, Option<Found>); 3]| of.into_iter().find_map(|(path, found)| Some((path, found?)));
    let creator = first([
        (signal::DC_CREATOR, xmp.joined(Property::Creator, None)),
        (signal::IIM_BY_LINE, iim.by_line),
        (signal::EXIF_ARTIST, exif.artist),
    ]);
    let mut all_rights = xmp.all(signal::DC_RIGHTS, Property::Rights);
    all_rights.extend(iim.copyright.clone().map(|found| (signal::IIM_COPYRIGHT, found)));
    all_rights.extend(exif.copyright.clone().map(|found| (signal::EXIF_COPYRIGHT, found)));
    let rights = first([
        (signal::DC_RIGHTS, xmp.in_default_language(Property::Rights)),
        (signal::IIM_COPYRIGHT, iim.copyright),
        (signal::EXIF_COPYRIGHT, exif.copyright),
    ]);
    let licensor = xmp.joined(Property::Licensor, Some(Field::LicensorName));
    let licensor = licensor.or_else(|| xmp.joined(Property::Licensor, Some(Field::LicensorUrl)));
    let others = [
        (signal::LICENSOR, licensor),
        (signal::USAGE_TERMS, xmp.in_default_language(Property::UsageTerms)),
        (signal::OTHER_CONSTRAINTS, xmp.in_default_language(Property::OtherConstraints)),
    ];
    let others: Vec<_> = others.into_iter().filter_map(|(path, found)| Some((path, found?))).collect();
    // Terms that stand there in one language only are terms, too.
    let mut prose = xmp.all(signal::USAGE_TERMS, Property::UsageTerms);
    prose.extend(xmp.all(signal::OTHER_CONSTRAINTS, Property::OtherConstraints));
    for (path, found) in creator.iter().chain(&rights).cloned().chain(others) {
        signals.add(SignalKind::Iptc, path, &found);
    }
    signals.add_licences(&xmp, prose, all_rights);
    for store in &packets.c2pa {
        signals.add_store(store);
    }
    let licence = xmp.joined(Property::WebStatement, None).or_else(|| xmp.joined(Property::Licence, None));
    Reading {
        signals: signals.signals,
        creator: creator.map(|(_, found)| found.text),
        rights: rights.map(|(_, found)| found.text),
        licence: licence.map(|found| found.text),
        contacts: xmp.contacts(iim.contact),
        people: xmp.people(),
        has_c2pa: !packets.c2pa.is_empty(),
    }
}

/// What all the XMP of a file says together.
struct XmpOfFile {
    values: Vec<(Value, Option<(u64, u64)>)>,
    /// The start of each packet that is not XML to its end.
    broken: Vec<Found>,
    /// Whether some of it may be missing, so that what is there grants nothing.
    incomplete: bool,
}

impl XmpOfFile {
    fn read(packets: &Packets<'_>, limits: &EmbeddedLimits) -> Self {
        let mut all = Self { values: Vec::new(), broken: Vec::new(), incomplete: packets.incomplete };
        for packet in &packets.xmp {
            all.add(packet, read_xmp(packet, limits.depth));
        }
        let named = |(value, _): &(Value, _)| (value.property == Property::HasExtendedXmp).then(|| value.text.clone());
        // Each is read once, however often it is asked for.
        let wanted: BTreeSet<String> = all.values.iter().filter_map(named).collect();
        for guid in wanted {
            let mut missing = true;
            // A part that nobody asks for is a remnant (XMP part 3, section 1.1.3.1).
            for extended in packets.extended_xmp.iter().filter(|extended| extended.guid == guid) {
                missing &= !extended.whole;
                all.add(&extended.packet, read_xmp(&extended.packet, limits.depth));
            }
            all.incomplete |= missing;
        }
        all
    }

    fn add(&mut self, packet: &Packet<'_>, xmp: Xmp) {
        self.incomplete |= xmp.broken || xmp.incomplete;
        // Most broken XML is a drawing that has no RDF, and so nothing to say.
        if xmp.broken && (xmp.has_rdf || !is_svg(&packet.bytes)) {
            let text = String::from_utf8_lossy(packet.bytes.get(..64).unwrap_or(&packet.bytes)).into_owned();
            self.broken.push(Found { text, at: packet.at.map(|at| (at, at + packet.bytes.len() as u64)) });
        }
        self.values.extend(xmp.values.into_iter().map(|value| {
            let at = packet.at.zip(value.at).map(|(base, (start, end))| (base + start as u64, base + end as u64));
            (value, at)
        }));
    }

    fn found(&self, property: Property) -> impl Iterator<Item = (&Value, Found)> {
        let of = self.values.iter().filter(move |(value, _)| value.property == property && !value.text.is_empty());
        of.map(|(value, at)| (value, Found { text: value.text.clone(), at: *at }))
    }

    /// How the creator or the licensor is reached, the creator's own first, each way once.
    fn contacts(&self, iim: Option<Found>) -> Vec<String> {
        let of = |property, field| {
            self.found(property).filter(move |(value, _)| value.field == Some(field)).map(|(_, found)| found.text)
        };
        let all = of(Property::CreatorContact, Field::ContactEmail)
            .chain(of(Property::CreatorContact, Field::ContactUrl))
            .chain(of(Property::Licensor, Field::LicensorEmail))
            .chain(of(Property::Licensor, Field::LicensorUrl))
            .chain(iim.map(|found| found.text));
        let mut contacts: Vec<String> = Vec::new();
        for contact in all {
            if !contacts.contains(&contact) {
                contacts.push(contact);
            }
        }
        contacts
    }

    /// Regions of other types than faces may have names, too: those of a pet, of a bar code.
    fn people(&self) -> People {
        let mut people = People::default();
        let types = self.found(Property::Regions).filter(|(value, _)| value.field == Some(Field::Type));
        let types: Vec<String> = types.map(|(_, found)| found.text).collect();
        people.has_faces = types.iter().any(|kind| kind.eq_ignore_ascii_case("face"));
        let is_all_faces = people.has_faces && types.iter().all(|kind| kind.eq_ignore_ascii_case("face"));
        for (value, found) in self.found(Property::PersonShown).chain(self.found(Property::Regions)) {
            let is_name = match value.property {
                Property::Regions => is_all_faces && value.field == Some(Field::Name),
                _ => value.field.is_none() || value.field == Some(Field::Name),
            };
            if is_name && !people.names.contains(&found.text) {
                people.names.push(found.text);
            }
        }
        people
    }

    fn joined(&self, property: Property, field: Option<Field>) -> Option<Found> {
        let of = self.found(property).filter(|(value, _)| value.field == field);
        Found::join(&of.map(|(_, found)| found).collect::<Vec<_>>())
    }

    /// Every value of a property, in all languages and packets.
    fn all(&self, path: SignalPath, property: Property) -> Vec<(SignalPath, Found)> {
        self.found(property).map(|(_, found)| (path, found)).collect()
    }

    fn in_default_language(&self, property: Property) -> Option<Found> {
        let default = self.found(property).find(|(value, _)| value.is_default);
        default.or_else(|| self.found(property).next()).map(|(_, found)| found)
    }
}

struct Signals {
    limits: EmbeddedLimits,
    signals: Vec<Signal>,
}

impl Signals {
    fn add(&mut self, kind: SignalKind, (container, path): (&str, &str), found: &Found) {
        self.signals.push(Signal {
            kind,
            speaker: Speaker::Picture,
            place: Place::Embedded { container: container.to_owned(), path: path.to_owned() },
            raw: Signal::raw_of(found.text.as_bytes(), self.limits.signal_bytes),
            at_bytes: found.at,
            record: None,
            captured_at: None,
        });
    }

    fn add_data_mining(&mut self, xmp: &XmpOfFile) {
        let mut values = xmp.values.iter().filter(|(value, _)| value.property == Property::DataMining);
        let kept: Vec<_> = values.by_ref().take(DATA_MINING_VALUES).collect();
        let incomplete = xmp.incomplete || values.next().is_some();
        for (value, at) in kept {
            let start = self.signals.len();
            self.add(SignalKind::Iptc, signal::DATA_MINING, &Found { text: value.text.clone(), at: *at });
            for signal in self.signals.iter_mut().skip(start).filter(|signal| incomplete && !signal.is_cut()) {
                signal.raw.push(Signal::CUT_MARK);
            }
        }
    }

    /// Where more may be stated than was read, none of them grants anything.
    fn add_licences(&mut self, xmp: &XmpOfFile, prose: Vec<(SignalPath, Found)>, rights: Vec<(SignalPath, Found)>) {
        let of = |property| xmp.found(property).map(|(_, found)| found).collect::<Vec<_>>();
        let stated = licence::stated(of(Property::Licence), of(Property::WebStatement), prose, rights);
        let incomplete = xmp.incomplete || stated.len() > LICENCES;
        let start = self.signals.len();
        for (path, found) in stated.iter().take(LICENCES) {
            self.add(SignalKind::Licence, *path, found);
        }
        for signal in self.signals.iter_mut().skip(start).filter(|signal| incomplete && !signal.is_cut()) {
            signal.raw.push(Signal::CUT_MARK);
        }
    }

    fn add_store(&mut self, store: &Packet<'_>) {
        let place = |inner: &[u8]| {
            let at = store.at.zip(offset_in(&store.bytes, inner)).map(|(at, offset)| at + offset as u64);
            at.map(|at| (at, at + inner.len() as u64))
        };
        let Ok(assertions) = assertions(&store.bytes) else {
            let found = Found { text: UNREADABLE.to_owned(), at: place(&store.bytes) };
            return self.add(SignalKind::Cawg, signal::MANIFEST_STORE, &found);
        };
        for assertion in assertions.iter().take(self.limits.packets) {
            let text = canonical(assertion.content, self.limits.depth);
            let at = assertion.content.and_then(|content| place(content.bytes()));
            self.add(SignalKind::Cawg, ("C2PA", assertion.label), &Found { text, at });
        }
    }
}
