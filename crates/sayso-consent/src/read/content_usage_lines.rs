use sayso_core::{Place, Preference, RecordLocator, SignalKind, Speaker, Stance, Statement};

use super::read_content_usage;
use crate::codes;
use crate::structured_field::parse_dictionary;

/// Settles what the lines of one `Content-Usage` header field say about each other.
///
/// All lines of a field in one answer are one dictionary, joined by commas in their order (RFC 9651, section 4.2), and of
/// a label that stands in several of them the last value counts (draft-ietf-aipref-vocab-08, section 6.5.1). That is not
/// the combining of several statements (its section 5.1), where any `n` counts: those are fields of other answers, meta
/// elements and robots.txt.
///
/// A field that does not parse says nothing by the RFC. Here what its readable lines reserve still counts, since whoever
/// sent them did not mean to be used; what they grant does not.
pub(crate) fn settle_content_usage_lines(statements: &mut [Statement]) {
    let mut fields: Vec<Field> = Vec::new();
    for (at, signal) in statements.iter().map(|statement| &statement.signal).enumerate() {
        if signal.kind != SignalKind::ContentUsage || !matches!(signal.place, Place::Header { .. }) {
            continue;
        }
        match fields.iter_mut().find(|field| field.speaker == signal.speaker && field.record == signal.record) {
            Some(field) => field.lines.push(at),
            None => {
                fields.push(Field { speaker: signal.speaker, record: signal.record.clone(), lines: vec![at] });
            }
        }
    }
    for field in fields.iter().filter(|field| field.lines.len() > 1) {
        settle(statements, &field.lines);
    }
}

/// A field of one answer, and which statements are its lines.
struct Field {
    speaker: Speaker,
    record: Option<RecordLocator>,
    lines: Vec<usize>,
}

fn settle(statements: &mut [Statement], lines: &[usize]) {
    let raw: Vec<_> = lines.iter().filter_map(|&at| statements.get(at)).map(|line| line.signal.raw.as_str()).collect();
    let joined = raw.join(", ");
    let whole = parse_dictionary(joined.as_bytes()).is_ok().then(|| read_content_usage(joined.as_bytes()));
    for &at in lines {
        for preference in statements.get_mut(at).into_iter().flat_map(|line| &mut line.preferences) {
            settle_preference(preference, whole.as_deref());
        }
    }
}

/// Gives one line's preference what the whole field, if it can be read, leaves of it.
fn settle_preference(preference: &mut Preference, whole: Option<&[Preference]>) {
    let is_same = |other: &&Preference| other.category == preference.category;
    let in_whole = whole.and_then(|whole| whole.iter().find(is_same)).map_or(Stance::Unknown, |other| other.stance);
    match (preference.stance, in_whole) {
        (Stance::Allowed, Stance::Unknown) => {
            (preference.stance, preference.code) = (Stance::Unknown, codes::CONTENT_USAGE_UNREADABLE.clone());
        }
        // Only a later value for the same label makes the whole less restrictive than its part.
        (Stance::Disallowed, Stance::Allowed | Stance::Unknown) if whole.is_some() => {
            (preference.stance, preference.code) = (Stance::Unknown, codes::CONTENT_USAGE_SUPERSEDED.clone());
        }
        (Stance::Unknown, Stance::Allowed) => preference.code = codes::CONTENT_USAGE_SUPERSEDED.clone(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use sayso_core::{RecordLocator, Signal, Speaker};

    use crate::agents::AgentTable;
    use crate::headers::{header_signal, meta_signal};
    use crate::statements;

    fn header(value: &str) -> Signal {
        header_signal(Speaker::Page, "Content-Usage", value.as_bytes(), 1000).unwrap()
    }

    fn shown(signals: &[Signal]) -> Vec<String> {
        let statements = statements(signals, AgentTable::builtin(), "saysobot");
        let show = |p: &sayso_core::Preference| format!("{}={} {}", p.category, p.stance, p.code);
        statements.iter().map(|s| s.preferences.iter().map(show).collect::<Vec<_>>().join(" + ")).collect()
    }

    const GRANTED: &str = "train-ai=allowed content-usage-granted";
    const RESERVED: &str = "train-ai=disallowed content-usage-reserved";
    const SUPERSEDED: &str = "train-ai=unknown content-usage-superseded";
    const UNREADABLE: &str = "train-ai=unknown content-usage-unreadable";

    #[test]
    fn the_last_line_with_a_label_counts() {
        let (no, yes) = (header("train-ai=n"), header("train-ai=y"));
        assert_eq!(shown(&[no.clone(), yes.clone()]), [SUPERSEDED, GRANTED]);
        assert_eq!(shown(&[yes.clone(), no.clone()]), [GRANTED, RESERVED]);
        assert_eq!(shown(&[no.clone(), header("train-ai")]), [SUPERSEDED, UNREADABLE]);
        assert_eq!(shown(&[header("train-ai=x"), yes.clone()]), [SUPERSEDED, GRANTED]);
        assert_eq!(shown(&[no.clone(), header("search=y")]), [RESERVED, "search=allowed content-usage-granted"]);
        // Two labels of one category are two preferences: the most restrictive counts.
        assert_eq!(shown(&[header("ai=n"), yes.clone()])[0], "train-ai=disallowed content-usage-old-reserved");
        assert_eq!(shown(&[header("ai=x"), yes]), [UNREADABLE, UNREADABLE]);
    }

    #[test]
    fn a_broken_field_leaves_reservations_only() {
        for broken in ["search=", "search=y,", "Search=y", ""] {
            assert_eq!(shown(&[header("train-ai=y"), header(broken)])[0], UNREADABLE, "{broken}");
            assert_eq!(shown(&[header("train-ai=n"), header(broken)])[0], RESERVED, "{broken}");
        }
    }

    #[test]
    fn only_lines_of_one_answer_are_one_field() {
        let (no, yes) = (header("train-ai=n"), header("train-ai=y"));
        let meta = meta_signal(Speaker::Page, "content-usage", "train-ai=n", 1000).unwrap();
        assert_eq!(shown(&[meta, yes.clone()]), [RESERVED, GRANTED]);
        assert_eq!(shown(&[Signal { speaker: Speaker::Picture, ..no.clone() }, yes.clone()]), [RESERVED, GRANTED]);
        let record = RecordLocator { file: "a.warc".into(), offset: 0, length: 1, digest: String::new() };
        assert_eq!(shown(&[Signal { record: Some(record), ..no }, yes]), [RESERVED, GRANTED]);
    }
}
