use std::io::Write;
use std::path::{Path, PathBuf};

use sayso::build::default_limits;
use sayso::library::sentence;
use sayso::online::{AllowPrivate, Gap, Online, OnlineOptions, TIMEOUT, default_cache};
use sayso::signals::{Examination, ExamineOptions, Source, SourceAt, SourceKind, examine, examine_url};
use sayso_core::{Preference, Reason, Stance, Statement, UsageCategory};
use serde_json::json;

use crate::arguments::{OnlineArguments, Signals};
use crate::exit::Outcome;
use crate::output::{counted, harmless};

/// The address that files are asked about where nobody says another.
const EXAMPLE: &str = "https://example.org/";

pub(crate) fn run(arguments: &Signals) -> anyhow::Result<Outcome> {
    let (urls, paths): (Vec<PathBuf>, Vec<PathBuf>) = arguments.paths.iter().cloned().partition(|path| is_url(path));
    let urls: Vec<String> = urls.iter().map(|url| url.to_string_lossy().into_owned()).collect();
    let options = |asked: &str| ExamineOptions {
        url: arguments.url.clone().unwrap_or_else(|| asked.to_owned()),
        agent: arguments.agent.clone(),
        limits: default_limits(),
    };
    let mut examinations = Vec::new();
    if urls.is_empty() {
        examinations.push(examine(&paths, &options(EXAMPLE))?);
    } else {
        let online = online(&arguments.online, &arguments.agent)?;
        for url in &urls {
            examinations.push(examine_url(url, &paths, &options(url), &online)?);
        }
        warn_of_cache(&online)?;
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &all_json_of(&examinations))?;
        writeln!(out)?;
    } else {
        for (number, examination) in examinations.iter().enumerate() {
            if number > 0 {
                writeln!(out, "\n")?;
            }
            text(&mut out, examination)?;
        }
    }
    Ok(outcome(&examinations))
}

fn is_url(argument: &Path) -> bool {
    let start = |scheme: &str| {
        let text = argument.as_os_str().as_encoded_bytes();
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    start("http://") || start("https://")
}

/// Gets ready to ask sites, as the arguments say.
pub(super) fn online(arguments: &OnlineArguments, agent: &str) -> anyhow::Result<Online> {
    let options = OnlineOptions {
        agent: agent.to_owned(),
        limits: default_limits(),
        contact: arguments.contact.clone(),
        allow_private: AllowPrivate::of(&arguments.allow_private),
        pause: arguments.pause,
        timeout: TIMEOUT,
        cache: arguments.cache.clone(),
    };
    if arguments.no_cache || arguments.cache.is_some() {
        return Ok(Online::new(options)?);
    }
    match Online::new(OnlineOptions { cache: default_cache(), ..options.clone() }) {
        Ok(online) => Ok(online),
        // Nobody asked for that folder; where there can be none, the answers can be had all the same.
        Err(error) => {
            let sentence = error.to_string();
            let sentence = sentence.lines().next().unwrap_or_default();
            writeln!(std::io::stderr(), "warning: answers are not kept: {}", harmless(sentence))?;
            Ok(Online::new(options)?)
        }
    }
}

/// Says so where answers could not be kept: what was said is the same, but all of it will be asked again.
pub(super) fn warn_of_cache(online: &Online) -> std::io::Result<()> {
    match online.cache_failure() {
        Some(failure) => writeln!(std::io::stderr(), "warning: answers could not be kept: {}", harmless(failure)),
        None => Ok(()),
    }
}

fn outcome(examinations: &[Examination]) -> Outcome {
    let gaps = examinations.iter().flat_map(|examination| &examination.gaps);
    let sources = examinations.iter().flat_map(|examination| &examination.sources);
    if gaps.into_iter().any(Gap::is_trouble) {
        Outcome::DoneWithDamage
    } else if sources.into_iter().all(|source| source.statements.is_empty()) {
        Outcome::No
    } else {
        Outcome::Done
    }
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

fn text(out: &mut impl Write, examination: &Examination) -> std::io::Result<()> {
    for source in &examination.sources {
        writeln!(out, "{} ({})", harmless(&source.at.to_string()), source.kind.as_str())?;
        said(out, source)?;
    }
    writeln!(out, "\ntaken together, for {}", harmless(&examination.url))?;
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
    if !examination.gaps.is_empty() {
        writeln!(out, "\nnot learned:")?;
    }
    for gap in &examination.gaps {
        writeln!(out, "  {}", harmless(&gap.to_string()))?;
    }
    if examination.others > 0 {
        writeln!(out, "of no kind that says anything: {}", counted(examination.others, "file"))?;
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

/// One document: of several addresses, what is said of each.
fn all_json_of(examinations: &[Examination]) -> serde_json::Value {
    match examinations {
        [examination] => json_of(examination),
        several => json!({ "examinations": several.iter().map(json_of).collect::<Vec<_>>() }),
    }
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
        let at = match source.at {
            SourceAt::File(_) => "path",
            SourceAt::Url(_) => "url",
        };
        json!({ at: source.at.to_string(), "kind": source.kind.as_str(), "statements": statements })
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
    let gap = |gap: &Gap| json!({ "url": gap.url, "kind": gap.kind.as_str(), "why": gap.why.to_string(), "failure": gap.why.as_str() });
    json!({
        "for": examination.url,
        "sources": examination.sources.iter().map(source).collect::<Vec<_>>(),
        "verdicts": verdicts.collect::<serde_json::Map<_, _>>(),
        "contradictions": contradictions.collect::<Vec<_>>(),
        "missing": examination.missing.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "gaps": examination.gaps.iter().map(gap).collect::<Vec<_>>(),
        "other_files": examination.others,
    })
}
