use std::io::Write;

use sayso::library::{Change, Library, sample_json, sentence, what_would_change};
use sayso_core::Sample;
use serde_json::json;

use crate::arguments::Show;
use crate::exit::Outcome;
use crate::output::harmless;

pub(crate) fn run(arguments: &Show) -> anyhow::Result<Outcome> {
    let library = Library::open(&arguments.dirs)?;
    let mut out = std::io::stdout().lock();
    let Some((dataset, sample)) = library.sample(arguments.uid)? else {
        writeln!(out, "{}", if arguments.json { "null" } else { "not found" })?;
        return Ok(Outcome::No);
    };
    let policy = library.summaries().into_iter().find(|summary| summary.name == dataset).map(|summary| summary.policy);
    let changes = policy.map(|policy| what_would_change(&sample, &policy)).unwrap_or_default();
    if arguments.json {
        let mut json = sample_json(&dataset, &sample);
        json["changes"] = changes.iter().map(change_json).collect();
        serde_json::to_writer_pretty(&mut out, &json)?;
        writeln!(out)?;
    } else {
        text(&mut out, &dataset, &sample)?;
        for (number, change) in changes.iter().enumerate() {
            let name = if number == 0 { "left out if" } else { "or if" };
            writeln!(out, "{name:<14}{}", harmless(&change.to_string()))?;
        }
    }
    Ok(Outcome::Done)
}

/// A change as `--json` prints it: in words, and as data.
pub(crate) fn change_json(change: &Change) -> serde_json::Value {
    json!({ "sentence": change.to_string(), "change": change })
}

fn text(out: &mut impl Write, dataset: &str, sample: &Sample) -> std::io::Result<()> {
    let pair = &sample.pair;
    let mut line = |name: &str, value: Option<String>| match value {
        Some(value) => writeln!(out, "{name:<14}{}", harmless(&value)),
        None => Ok(()),
    };
    line("caption", Some(pair.caption.clone()))?;
    line("found as", Some(pair.caption_origin.to_string()))?;
    line("picture", Some(pair.url.clone()))?;
    line("page", Some(pair.page_url.clone()))?;
    line("captured", pair.captured_at.map(|at| at.to_string()))?;
    line("creator", pair.creator.clone())?;
    line("licence", pair.licence.clone())?;
    line("sha256", pair.sha256.clone())?;
    for (name, value) in &pair.further {
        line(&format!("{name} "), Some(value.clone()))?;
    }
    line("size", pair.width.zip(pair.height).map(|(width, height)| format!("{width} × {height}")))?;
    let record = &pair.record;
    line(
        "record",
        Some(format!("{} at byte {}, {} bytes {}", record.file, record.offset, record.length, record.digest)),
    )?;
    line("dataset", Some(dataset.to_owned()))?;
    line("verdict", Some(format!("{} for {}", sample.verdict().stance, sample.verdict().purpose)))?;
    for reason in &sample.verdict().reasons {
        writeln!(out, "  {}", harmless(&sentence(reason)))?;
        if let Some(evidence) = &reason.evidence {
            writeln!(out, "    {}: {}", harmless(&evidence.place.to_string()), harmless(&evidence.raw))?;
        }
    }
    Ok(())
}
