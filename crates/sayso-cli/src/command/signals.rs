use std::io::Write;

use sayso::build::default_limits;
use sayso::library::sentence;
use sayso::signals::{Examination, ExamineOptions, Source, SourceKind, examine};
use sayso_core::{Preference, Reason, Stance, Statement, UsageCategory};
use serde_json::json;

use crate::arguments::Signals;
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Signals) -> anyhow::Result<Outcome> {
    let options =
        ExamineOptions { url: arguments.url.clone(), agent: arguments.agent.clone(), limits: default_limits() };
    let examination = examine(&arguments.paths, &options)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &json_of(&examination))?;
        writeln!(out)?;
    } else {
        text(&mut out, &examination, &options)?;
    }
    let says_nothing = examination.sources.iter().all(|source| source.statements.is_empty());
    Ok(if says_nothing { Outcome::No } else { Outcome::Done })
}

/// The preferences of a statement as reasons, which have words.
fn reasons(statement: &Statement) -> Vec<Reason> {
    let reason = |preference: &Preference| Reason {
        also: Vec::new(),
        code: preference.code.clone(),
        stance: preference.stance,
        category: preference.category,
        evidence: Some(statement.signal.clone()),
    };
    statement.preferences.iter().map(reason).collect()
}

fn text(out: &mut impl Write, examination: &Examination, options: &ExamineOptions) -> std::io::Result<()> {
    for source in &examination.sources {
        writeln!(out, "{} ({})", harmless(&source.path.display().to_string()), source.kind.as_str())?;
        said(out, source)?;
    }
    writeln!(out, "\ntaken together, for {}", harmless(&options.url))?;
    for verdict in &examination.verdicts {
        let reason = verdict.reasons.first().map(sentence).unwrap_or_default();
        writeln!(out, "  {:<12} {:<11} {}", verdict.purpose, verdict.stance, harmless(&reason))?;
    }
    for contradiction in &examination.contradictions {
        writeln!(out, "\ncontradiction on {}: the reservation counts", contradiction.category)?;
        for statement in [&contradiction.grants, &contradiction.reserves] {
            writeln!(out, "  {}: {}", harmless(&statement.signal.place.to_string()), harmless(&statement.signal.raw))?;
        }
    }
    let is_picture = |source: &Source| source.kind == SourceKind::Picture;
    if !examination.missing.is_empty() && !examination.sources.iter().all(is_picture) {
        let missing: Vec<_> = examination.missing.iter().map(|kind| kind.as_str()).collect();
        writeln!(out, "\nnot there: {}", missing.join(", "))?;
    }
    if examination.others > 0 {
        writeln!(out, "{} other files say nothing by their kind", examination.others)?;
    }
    Ok(())
}

fn said(out: &mut impl Write, source: &Source) -> std::io::Result<()> {
    if source.statements.is_empty() {
        return writeln!(out, "  says nothing");
    }
    for statement in &source.statements {
        writeln!(out, "  {}: {}", harmless(&statement.signal.place.to_string()), harmless(&statement.signal.raw))?;
        // What is said of several uses for one reason is said once.
        let reasons = reasons(statement);
        for (number, reason) in reasons.iter().enumerate() {
            let is_same = |other: &&Reason| other.code == reason.code && other.stance == reason.stance;
            if reasons.iter().take(number).any(|other| is_same(&other)) {
                continue;
            }
            let uses: Vec<_> = reasons.iter().filter(is_same).map(|same| same.category.to_string()).collect();
            let mark = match reason.stance {
                Stance::Allowed => "yes",
                Stance::Disallowed => "no",
                Stance::Unknown => "?",
            };
            let uses = if uses.len() == UsageCategory::ALL.len() { "every use".to_owned() } else { uses.join(", ") };
            writeln!(out, "    {mark:<4}{uses:<12} {}", harmless(&sentence(reason)))?;
        }
    }
    Ok(())
}

fn json_of(examination: &Examination) -> serde_json::Value {
    let statement = |statement: &Statement| {
        let preferences: Vec<_> = reasons(statement)
            .iter()
            .map(|reason| {
                json!({
                    "category": reason.category, "stance": reason.stance, "code": reason.code,
                    "sentence": sentence(reason),
                })
            })
            .collect();
        json!({ "signal": statement.signal, "preferences": preferences })
    };
    let source = |source: &Source| {
        let statements: Vec<_> = source.statements.iter().map(statement).collect();
        json!({ "path": source.path.display().to_string(), "kind": source.kind.as_str(), "statements": statements })
    };
    let verdicts = examination.verdicts.iter().map(|verdict| {
        let reason = verdict.reasons.first().map(sentence);
        (verdict.purpose.to_string(), json!({ "stance": verdict.stance, "reason": reason }))
    });
    let contradictions = examination.contradictions.iter().map(|contradiction| {
        json!({
            "category": contradiction.category,
            "grants": statement(&contradiction.grants),
            "reserves": statement(&contradiction.reserves),
        })
    });
    json!({
        "sources": examination.sources.iter().map(source).collect::<Vec<_>>(),
        "verdicts": verdicts.collect::<serde_json::Map<_, _>>(),
        "contradictions": contradictions.collect::<Vec<_>>(),
        "missing": examination.missing.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "other_files": examination.others,
    })
}
