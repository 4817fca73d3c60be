use std::io::Write;
use std::num::NonZeroUsize;

use sayso::check::{CheckOptions, CheckReport, Checked, Moved, check, move_refused};
use sayso::library::sentence;
use sayso_core::{Decision, Policy};
use serde_json::json;

use super::build::interrupt_on_signal;
use super::show::reason_json;
use crate::arguments::Check;
use crate::exit::Outcome;
use crate::output::{harmless, shortened};
use crate::progress::Bar;

/// Bytes of a picture's file that are read: metadata may stand at its end.
const FILE_BYTES: u64 = 256 << 20;

pub(crate) fn run(arguments: &Check) -> anyhow::Result<Outcome> {
    let options = CheckOptions {
        policy: Policy::new(arguments.policy, arguments.purpose),
        threads: arguments.threads.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN),
        file_bytes: FILE_BYTES,
    };
    let interrupt = interrupt_on_signal()?;
    let bar = Bar::new();
    let report = check(&arguments.paths, &options, interrupt, &|done, all| bar.count("checking", done, all));
    bar.done();
    let report = report?;
    let moved = match &arguments.move_refused {
        Some(folder) => move_refused(&report, &arguments.paths, folder)?,
        None => Vec::new(),
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &json_of(&report, &options, &moved))?;
        writeln!(out)?;
    } else {
        table(&mut out, &report, &options, &moved)?;
    }
    Ok(if report.refused() > 0 { Outcome::No } else { Outcome::Done })
}

const fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Admitted => "admitted",
        Decision::Refused => "refused",
    }
}

/// One line a picture, what is refused first.
fn table(out: &mut impl Write, report: &CheckReport, options: &CheckOptions, moved: &[Moved]) -> std::io::Result<()> {
    let mut rows: Vec<&Checked> = report.checked.iter().collect();
    rows.sort_by_key(|checked| checked.decision != Decision::Refused);
    for checked in rows {
        let path = harmless(&checked.path.display().to_string());
        writeln!(out, "{:<9}{:<11}{path}", word(checked.decision), checked.verdict.stance)?;
        if let Some(reason) = checked.verdict.reasons.first().filter(|reason| reason.evidence.is_some()) {
            writeln!(out, "         {}", harmless(&sentence(reason)))?;
        }
        let named = [("by", &checked.creator), ("rights", &checked.rights), ("licence", &checked.licence)];
        for (name, value) in named {
            if let Some(value) = value {
                writeln!(out, "         {name} {}", shortened(value, 100))?;
            }
        }
    }
    let Policy { name, purpose, .. } = options.policy;
    writeln!(
        out,
        "{} pictures for {purpose} under {name}: {} refused; {} other files",
        report.checked.len(),
        report.refused(),
        report.others
    )?;
    if !moved.is_empty() {
        writeln!(out, "{} files moved", moved.len())?;
    }
    Ok(())
}

fn json_of(report: &CheckReport, options: &CheckOptions, moved: &[Moved]) -> serde_json::Value {
    let picture = |checked: &Checked| {
        let reasons: Vec<_> = checked.verdict.reasons.iter().map(reason_json).collect();
        json!({
            "path": checked.path.display().to_string(),
            "decision": word(checked.decision),
            "stance": checked.verdict.stance,
            "reasons": reasons,
            "creator": checked.creator,
            "rights": checked.rights,
            "licence": checked.licence,
            "url": checked.sidecar.url,
            "caption": checked.sidecar.caption,
        })
    };
    let moves: Vec<_> = moved
        .iter()
        .map(|moved| json!({ "from": moved.from.display().to_string(), "to": moved.to.display().to_string() }))
        .collect();
    json!({
        "purpose": options.policy.purpose,
        "policy": options.policy.name,
        "checked": report.checked.len(),
        "refused": report.refused(),
        "other_files": report.others,
        "pictures": report.checked.iter().map(picture).collect::<Vec<_>>(),
        "moved": moves,
    })
}
