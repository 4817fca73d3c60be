use sayso::check::{CheckSummary, Checked, FaultCount, FaultKind};
use sayso_core::{Purpose, Reason, ReasonCode, Stance};

use crate::view::{Badge, Piece, pieces_of_sentence, visible, words};

/// A number with a bar as long as its share.
pub(super) struct Bar {
    pub(super) badge: Badge,
    pub(super) words: Vec<Piece>,
    /// The stable code, where it is one of a reason.
    pub(super) code: Option<String>,
    pub(super) count: String,
    /// Of a hundred.
    pub(super) share: u64,
}

/// How many reasons have a bar.
const REASONS: usize = 20;

impl Bar {
    pub(super) fn of_verdict(stance: Stance, count: u64, all: u64) -> Self {
        let words = match stance {
            Stance::Disallowed => "somebody reserved the use",
            Stance::Unknown => "nothing that can be read was said about the whole of it",
            Stance::Allowed => "somebody granted the use, and nobody reserved it",
        };
        Self::new(stance, words, None, count, all)
    }

    /// The reasons that decided, the most frequent first.
    pub(super) fn of_reasons(summary: &CheckSummary, purpose: Purpose) -> Vec<Self> {
        let mut reasons: Vec<_> = summary.reasons.iter().collect();
        reasons.sort_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
        let bar = |((stance, code), count): (&(Stance, ReasonCode), &u64)| {
            let reason =
                Reason { code: code.clone(), stance: *stance, category: purpose.0, evidence: None, also: Vec::new() };
            Self::new(*stance, &Checked::sentence_of(&reason), Some(code.to_string()), *count, summary.checked)
        };
        reasons.into_iter().take(REASONS).map(bar).collect()
    }

    fn new(stance: Stance, words: &str, code: Option<String>, count: u64, all: u64) -> Self {
        let share = count.saturating_mul(100).checked_div(all).unwrap_or(0);
        let badge = Badge::new(stance);
        // What is there at all has a bar that can be seen.
        let share = if count > 0 { share.max(1) } else { 0 };
        Self { badge, words: pieces_of_sentence(words), code, count: words::number(count), share }
    }
}

/// What was wrong, of one kind.
pub(super) struct FaultView<'a> {
    pub(super) kind: &'a str,
    pub(super) words: &'static str,
    pub(super) count: String,
    /// Places and what was wrong there.
    pub(super) examples: Vec<(String, String)>,
}

impl<'a> FaultView<'a> {
    pub(super) fn new(kind: FaultKind, count: &FaultCount) -> Self {
        let examples = count.examples.iter().map(|fault| (visible(&fault.place), visible(&fault.message))).collect();
        Self { kind: kind.as_str(), words: kind.in_words(), count: words::number(count.count), examples }
    }
}
