use sayso_core::{Pair, RecordLocator, Signal, Speaker, Timestamp};

/// The record in which a pair's signal stands, and when that was captured.
///
/// What the page itself says stands in the pair's own record, which is then not repeated beside the signal.
pub(crate) fn origin_of<'a>(signal: &'a Signal, pair: &'a Pair) -> (Option<&'a RecordLocator>, Option<Timestamp>) {
    if signal.record.is_none() && signal.speaker == Speaker::Page {
        return (Some(&pair.record), signal.captured_at.or(pair.captured_at));
    }
    (signal.record.as_ref(), signal.captured_at)
}
