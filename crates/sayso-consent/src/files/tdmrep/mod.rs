//! `/.well-known/tdmrep.json`: the TDM Reservation Protocol's file on the origin server.

mod elements;
mod entry;

use sayso_core::{Preference, SignalKind, Speaker, Stance, Statement, UsageCategory};

use super::found::{FileKind, Found};
use super::markup::without_mark;
use crate::codes;
use crate::robots::pattern::{Pattern, normalised};
use elements::elements;
use entry::{Reservation, read_entry};

const FILE: FileKind = FileKind { kind: SignalKind::Tdmrep, name: "/.well-known/tdmrep.json" };
const SPOKEN_OF: &[UsageCategory] = &[UsageCategory::DataMining];

/// A tdmrep.json file, read (TDMRep, W3C community group report of 10 May 2024, section 5.2).
#[derive(Debug, Clone)]
pub struct TdmrepFile {
    /// The patterns of all entries, normalised, one after the other.
    patterns: Vec<u8>,
    entries: Vec<Entry>,
    /// The first entry that does not say where it applies: it may be about any address.
    unplaced: Option<Found>,
    /// The start of a file that is no array of JSON.
    unreadable: Option<Found>,
}

#[derive(Debug, Clone)]
struct Entry {
    pattern: Pattern,
    reservation: Reservation,
    found: Found,
}

impl TdmrepFile {
    /// Reads a tdmrep.json. Nothing is an error: what cannot be read makes a statement of doubt.
    ///
    /// A file of more than `limit_bytes` is not read at all, since half a JSON text is none. `signal_bytes` of an
    /// entry are kept as evidence.
    #[must_use]
    pub fn parse(file: &[u8], limit_bytes: u64, signal_bytes: u64) -> Self {
        let mut read = Self { patterns: Vec::new(), entries: Vec::new(), unplaced: None, unreadable: None };
        let json = without_mark(file);
        // The check of the whole keeps nothing and does not recurse, so neither long keys nor deep nesting cost.
        let is_array = serde_json::from_slice::<Vec<serde::de::IgnoredAny>>(json).is_ok();
        if file.len() as u64 > limit_bytes || !is_array {
            read.unreadable = Some(Found::whole(file, signal_bytes));
            return read;
        }
        let mark = file.len() - json.len();
        for (at, number) in elements(json).zip(1..) {
            let entry = read_entry(json.get(at.clone()).unwrap_or_default());
            let found = || Found::new(file, at.start + mark..at.end + mark, "entry", number, signal_bytes);
            match entry {
                Some(entry) => {
                    let pattern = Pattern::add(entry.location.as_bytes(), &mut read.patterns);
                    read.entries.push(Entry { pattern, reservation: entry.reservation, found: found() });
                }
                None if read.unplaced.is_none() => read.unplaced = Some(found()),
                None => {}
            }
        }
        read
    }

    /// What the file says of `path_and_query`.
    ///
    /// The first entry whose pattern matches decides, whatever stands behind it (section 5.2); if its reservation is
    /// neither 0 nor 1 it sets nothing, and later entries do not take its place. An entry that does not say where it
    /// applies may have been that first one: it leaves no grant behind it.
    #[must_use]
    pub fn statements(&self, speaker: Speaker, path_and_query: &str) -> Vec<Statement> {
        if let Some(found) = &self.unreadable {
            return vec![found.doubt(FILE, speaker, SPOKEN_OF, codes::TDM_UNREADABLE)];
        }
        let path = normalised(path_and_query);
        let decides = self.entries.iter().find(|entry| entry.pattern.matches(&self.patterns, &path));
        let is_before = |found: &&Found| decides.is_none_or(|entry| found.number() < entry.found.number());
        let unplaced = self.unplaced.as_ref().filter(is_before);
        let doubt = unplaced.map(|found| found.doubt(FILE, speaker, SPOKEN_OF, codes::TDM_UNREADABLE));
        let decided = decides.map(|entry| {
            let (stance, code) = match entry.reservation {
                Reservation::Reserved { policy: false } => (Stance::Disallowed, codes::TDM_RESERVED),
                Reservation::Reserved { policy: true } => (Stance::Disallowed, codes::TDM_RESERVED_POLICY),
                Reservation::Granted if unplaced.is_none() => (Stance::Allowed, codes::TDM_GRANTED),
                Reservation::Granted | Reservation::Unset => (Stance::Unknown, codes::TDM_UNREADABLE),
            };
            let preference = Preference { category: UsageCategory::DataMining, stance, code: code.clone() };
            entry.found.statement(FILE, speaker, vec![preference])
        });
        doubt.into_iter().chain(decided).collect()
    }
}
