//! What the signals of one page or picture say together.

use sayso_core::{Place, Preference, RecordLocator, Signal, SignalKind, Speaker, Stance, Statement, UsageCategory};

use crate::agents::AgentTable;
use crate::codes;
use crate::read::{is_reservation, read, settle_content_usage_lines};

/// Reads all signals found about one page or picture, and settles what they say about each other.
///
/// There is one statement for each signal, in the same order. Two vocabularies have rules across signals:
/// TDMRep's later places supersede earlier ones and its policy belongs to a reservation; several `Content-Usage` lines of
/// one answer are one field, so that a later value counts, and a line which cannot be read leaves no grant in the others.
/// Signals of one answer have to stand in their order, therefore.
#[must_use]
pub fn statements(signals: &[Signal], agents: &AgentTable, builder_agent: &str) -> Vec<Statement> {
    let read = |signal: &Signal| Statement::new(signal.clone(), read(signal, agents, builder_agent));
    let mut statements: Vec<_> = signals.iter().map(read).collect();
    // A later place supersedes an earlier one of the same answer only: another capture, or another page on which the
    // same picture stands, cannot take back what this one reserved.
    let answers: Vec<_> = statements
        .iter()
        .filter(|statement| statement.signal.kind == SignalKind::Tdmrep)
        .map(|statement| (side(statement.signal.speaker), statement.signal.record.clone()))
        .collect();
    for (number, answer) in answers.iter().enumerate() {
        if !answers.iter().take(number).any(|earlier| earlier == answer) {
            settle_tdmrep(&mut statements, answer.0, answer.1.as_ref());
        }
    }
    distrust_cut_grants(&mut statements);
    settle_content_usage_lines(&mut statements);
    statements
}

/// Settles what one answer says against the files of its site, whose statements stand in `statements` beside its own.
///
/// TDMRep's sequence is file, header, HTML, embedded: a value in the answer supersedes the one in `tdmrep.json`. Only for
/// the statements of a single page and picture: what one page says takes nothing back that the site reserved on another.
pub fn settle_site_files(statements: &mut [Statement]) {
    for (site, own) in [(Speaker::PageSite, Speaker::Page), (Speaker::PictureSite, Speaker::Picture)] {
        let sets = |statement: &Statement| statement.preferences.iter().any(|p| p.stance != Stance::Unknown);
        let is_answered = statements.iter().any(|statement| {
            let signal = &statement.signal;
            signal.kind == SignalKind::Tdmrep && signal.speaker == own && rank(&signal.place) > 0 && sets(statement)
        });
        let is_file = |signal: &Signal| {
            signal.kind == SignalKind::Tdmrep && signal.speaker == site && matches!(signal.place, Place::File { .. })
        };
        for statement in statements.iter_mut().filter(|statement| is_answered && is_file(&statement.signal)) {
            for preference in statement.preferences.iter_mut().filter(|p| p.stance != Stance::Unknown) {
                (preference.stance, preference.code) = (Stance::Unknown, codes::TDM_SUPERSEDED.clone());
            }
        }
    }
}

/// A page and its site speak in one TDMRep sequence, the picture and its site in another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Page,
    Picture,
}

fn side(speaker: Speaker) -> Side {
    match speaker {
        Speaker::Page | Speaker::PageSite => Side::Page,
        Speaker::Picture | Speaker::PictureSite | Speaker::Claimant => Side::Picture,
    }
}

/// The place of a TDMRep signal in the sequence file, header, HTML: the later, the stronger.
fn rank(place: &Place) -> u8 {
    match place {
        Place::RobotsTxt { .. } | Place::Element { .. } | Place::File { .. } | Place::Registry { .. } => 0,
        Place::Header { .. } => 1,
        Place::Meta { .. } => 2,
        Place::Embedded { .. } => 3,
    }
}

fn settle_tdmrep(statements: &mut [Statement], of: Side, record: Option<&RecordLocator>) {
    let is_tdmrep = |statement: &Statement| {
        let signal = &statement.signal;
        signal.kind == SignalKind::Tdmrep && side(signal.speaker) == of && signal.record.as_ref() == record
    };
    // A value other than 0 or 1 is unset, and absence never resets: neither takes part.
    let sets = |statement: &&Statement| {
        is_tdmrep(statement) && statement.preferences.iter().any(|preference| preference.stance != Stance::Unknown)
    };
    let strongest = statements.iter().filter(sets).map(|statement| rank(&statement.signal.place)).max();
    let policy = statements.iter().any(|statement| is_tdmrep(statement) && !is_reservation(&statement.signal));
    let mut reserved = false;
    for statement in statements.iter_mut().filter(|statement| is_tdmrep(statement)) {
        let superseded = strongest.is_some_and(|strongest| rank(&statement.signal.place) < strongest);
        for preference in &mut statement.preferences {
            match preference.stance {
                Stance::Unknown => {}
                _ if superseded => {
                    (preference.stance, preference.code) = (Stance::Unknown, codes::TDM_SUPERSEDED.clone());
                }
                Stance::Disallowed => {
                    reserved = true;
                    if policy {
                        preference.code = codes::TDM_RESERVED_POLICY.clone();
                    }
                }
                Stance::Allowed => {}
            }
        }
    }
    // TDMRep: without a reservation a policy says nothing.
    for statement in
        statements.iter_mut().filter(|statement| reserved && is_tdmrep(statement) && !is_reservation(&statement.signal))
    {
        let (category, code) = (UsageCategory::DataMining, codes::TDM_POLICY.clone());
        statement.preferences = vec![Preference { category, stance: Stance::Unknown, code }];
    }
}

/// A signal that was cut to a limit may have lost the very words that take a grant back: it grants nothing.
fn distrust_cut_grants(statements: &mut [Statement]) {
    for statement in statements.iter_mut().filter(|statement| statement.signal.is_cut()) {
        for preference in statement.preferences.iter_mut().filter(|preference| preference.stance == Stance::Allowed) {
            preference.stance = Stance::Unknown;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use sayso_core::{Signal, Speaker};

    use super::statements;
    use crate::agents::AgentTable;
    use crate::headers::{header_signal, meta_signal};

    fn header(name: &str, value: &str) -> Signal {
        header_signal(Speaker::Page, name, value.as_bytes(), 1000).unwrap()
    }

    fn meta(name: &str, value: &str) -> Signal {
        meta_signal(Speaker::Page, name, value, 1000).unwrap()
    }

    fn shown(signals: &[Signal]) -> Vec<String> {
        let statements = statements(signals, AgentTable::builtin(), "saysobot");
        let show = |p: &sayso_core::Preference| format!("{}={} {}", p.category, p.stance, p.code);
        statements.iter().map(|s| s.preferences.iter().map(show).collect::<Vec<_>>().join(" + ")).collect()
    }

    #[test]
    fn the_later_place_supersedes_the_earlier() {
        let superseded = "data-mining=unknown tdm-superseded";
        let reserved = "data-mining=disallowed tdm-reserved";
        let granted = "data-mining=allowed tdm-granted";
        let (one, zero) = (header("tdm-reservation", "1"), header("tdm-reservation", "0"));
        assert_eq!(shown(&[one.clone(), meta("tdm-reservation", "0")]), [superseded, granted]);
        assert_eq!(shown(&[meta("tdm-reservation", "1"), zero.clone()]), [reserved, superseded]);
        // An unset value resets nothing.
        assert_eq!(
            shown(&[one.clone(), meta("tdm-reservation", "no")]),
            [reserved, "data-mining=unknown tdm-unreadable"]
        );
        // In one place neither supersedes the other, and the judge takes the reservation.
        assert_eq!(shown(&[one.clone(), zero]), [reserved, granted]);
        // The picture's own response is another sequence.
        let picture = header_signal(Speaker::Picture, "tdm-reservation", b"0", 10).unwrap();
        assert_eq!(shown(&[one, picture]), [reserved, granted]);
    }

    #[test]
    fn an_answer_supersedes_the_file_of_its_own_site() {
        let file = crate::files::TdmrepFile::parse(br#"[{"location":"/","tdm-reservation":1}]"#, 1000, 1000);
        let settled = |own: &[Signal], site: Speaker| {
            let mut all = statements(own, AgentTable::builtin(), "saysobot");
            all.extend(file.statements(site, "/a.html"));
            super::settle_site_files(&mut all);
            all.last().unwrap().preferences[0].code.to_string()
        };
        let zero = header("tdm-reservation", "0");
        assert_eq!(settled(std::slice::from_ref(&zero), Speaker::PageSite), "tdm-superseded");
        assert_eq!(settled(&[], Speaker::PageSite), "tdm-reserved");
        assert_eq!(settled(&[header("tdm-reservation", "2")], Speaker::PageSite), "tdm-reserved");
        assert_eq!(settled(&[zero], Speaker::PictureSite), "tdm-reserved");
    }

    #[test]
    fn a_policy_belongs_to_a_reservation() {
        let policy = header("tdm-policy", "https://example.org/policy.json");
        assert_eq!(shown(std::slice::from_ref(&policy)), [""]);
        assert_eq!(
            shown(&[header("tdm-reservation", "1"), policy.clone()]),
            ["data-mining=disallowed tdm-reserved-policy", "data-mining=unknown tdm-policy"]
        );
        assert_eq!(shown(&[header("tdm-reservation", "0"), policy]), ["data-mining=allowed tdm-granted", ""]);
    }
}
