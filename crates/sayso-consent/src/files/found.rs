use std::ops::Range;
use std::sync::Arc;

use sayso_core::{Place, Preference, ReasonCode, Signal, SignalKind, Speaker, Stance, Statement, UsageCategory};

use crate::read::Preferences;

/// A kind of file: its vocabulary and the name under which it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileKind {
    pub(super) kind: SignalKind,
    pub(super) name: &'static str,
}

/// Where something stands in a file, and its evidence.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// What is counted: `line`, `entry`, `content`.
    part: &'static str,
    /// Which of them, from 1; `None` where the file as a whole is meant, and what is shown is its start.
    number: Option<u32>,
    /// Shared, since one line may hold many rules.
    raw: Arc<str>,
    at_bytes: (u64, u64),
}

impl Found {
    /// The evidence at `at` of a file; bytes outside of it are none.
    pub(super) fn new(file: &[u8], at: Range<usize>, part: &'static str, number: u32, signal_bytes: u64) -> Self {
        let raw = Signal::raw_of(file.get(at.clone()).unwrap_or_default(), signal_bytes).into();
        Self { part, number: Some(number), raw, at_bytes: (at.start as u64, at.end as u64) }
    }

    /// The start of a file that cannot be read.
    pub(super) fn whole(file: &[u8], signal_bytes: u64) -> Self {
        let raw = Signal::raw_of(file, signal_bytes).into();
        Self { part: "start", number: None, raw, at_bytes: (0, file.len() as u64) }
    }

    pub(super) fn number(&self) -> u32 {
        self.number.unwrap_or(0)
    }

    /// The statement that this evidence makes.
    pub(super) fn statement(&self, file: FileKind, speaker: Speaker, preferences: Vec<Preference>) -> Statement {
        let at = self.number.map_or_else(|| self.part.to_owned(), |number| format!("{} {number}", self.part));
        let place = Place::File { name: file.name.to_owned(), at };
        let raw = self.raw.as_ref().to_owned();
        let at_bytes = Some(self.at_bytes);
        let signal = Signal { kind: file.kind, speaker, place, raw, at_bytes, record: None, captured_at: None };
        Statement::new(signal, preferences)
    }

    /// The statement that something stands here which cannot be read.
    pub(super) fn doubt(
        &self,
        file: FileKind,
        speaker: Speaker,
        categories: &[UsageCategory],
        code: &ReasonCode,
    ) -> Statement {
        let mut preferences = Preferences::default();
        preferences.add_all(categories, Stance::Unknown, code);
        self.statement(file, speaker, preferences.into_vec())
    }
}
