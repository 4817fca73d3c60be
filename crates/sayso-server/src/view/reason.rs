use sayso::library::sentence;
use sayso_core::{Pair, Reason, Signal, Stance, Timestamp};

use super::words::{self, Moment};
use super::{Badge, Piece, RecordView, pieces_of_sentence, visible};
use crate::evidence::origin_of;

/// One reason of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReasonView {
    pub(crate) badge: Badge,
    /// Whether it speaks for or against the use: what only stands beside it needs no sign.
    pub(crate) takes_side: bool,
    pub(crate) sentence: Vec<Piece>,
    pub(crate) code: String,
    pub(crate) category: &'static str,
    pub(crate) evidence: Option<EvidenceView>,
}

/// The signal that a reason rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EvidenceView {
    pub(crate) raw: String,
    pub(crate) is_cut: bool,
    pub(crate) kind: &'static str,
    pub(crate) speaker: &'static str,
    pub(crate) place: String,
    pub(crate) at_bytes: Option<String>,
    pub(crate) captured: Option<Moment>,
    pub(crate) record: Option<RecordView>,
}

impl ReasonView {
    pub(crate) fn new(reason: &Reason, pair: &Pair) -> Self {
        Self::with(reason, reason.evidence.as_ref().map(|signal| EvidenceView::new(signal, pair)))
    }

    /// A reason that speaks of no pair.
    pub(crate) fn alone(reason: &Reason) -> Self {
        Self::with(reason, reason.evidence.as_ref().map(|signal| EvidenceView::of(signal, None, signal.captured_at)))
    }

    fn with(reason: &Reason, evidence: Option<EvidenceView>) -> Self {
        Self {
            badge: Badge::new(reason.stance),
            takes_side: reason.stance != Stance::Unknown,
            sentence: pieces_of_sentence(&sentence(reason)),
            code: reason.code.to_string(),
            category: reason.category.as_str(),
            evidence,
        }
    }
}

impl EvidenceView {
    fn new(signal: &Signal, pair: &Pair) -> Self {
        let (record, captured_at) = origin_of(signal, pair);
        Self::of(signal, record.map(RecordView::new), captured_at)
    }

    fn of(signal: &Signal, record: Option<RecordView>, captured_at: Option<Timestamp>) -> Self {
        Self {
            raw: visible(&signal.raw),
            is_cut: signal.is_cut(),
            kind: words::of_kind(signal.kind),
            speaker: words::of_speaker(signal.speaker),
            place: visible(&signal.place.to_string()),
            at_bytes: signal.at_bytes.map(|(start, end)| format!("{}–{}", words::number(start), words::number(end))),
            captured: captured_at.map(Moment::new),
            record,
        }
    }
}
