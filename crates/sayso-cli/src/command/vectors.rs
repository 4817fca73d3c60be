use std::io::Write;
use std::num::NonZeroUsize;

use sayso::models::NamedEmbedder;
use sayso::vectors::{ImportOptions, ImportReport, MakeOptions, import, make, stored_vectors};
use sayso_core::Modality;
use serde_json::json;

use super::build::interrupt_on_signal;
use super::models::{choices, hub};
use super::threads;
use crate::arguments::{Vectors, VectorsCommand, VectorsImport, VectorsList, VectorsMake};
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Vectors) -> anyhow::Result<Outcome> {
    match &arguments.command {
        VectorsCommand::Import(arguments) => run_import(arguments),
        VectorsCommand::Make(arguments) => run_make(arguments),
        VectorsCommand::List(arguments) => run_list(arguments),
    }
}

fn run_import(arguments: &VectorsImport) -> anyhow::Result<Outcome> {
    let options = ImportOptions {
        dir: arguments.dir.clone(),
        folder: arguments.folder.clone(),
        name: arguments.model.clone(),
        weights_sha256: arguments.weights_sha256.clone(),
        memory_bytes: arguments.memory.saturating_mul(1 << 20),
        threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
    };
    let report = import(&options)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report_json(&report))?;
        writeln!(out)?;
    } else {
        text(&mut out, &report)?;
    }
    let found = report.counts.iter().any(|counts| counts.added + counts.known > 0);
    Ok(match (report.has_damage(), found) {
        (true, _) => Outcome::DoneWithDamage,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::No,
    })
}

fn report_json(report: &ImportReport) -> serde_json::Value {
    let unusable: Vec<_> = report
        .unusable
        .iter()
        .map(|(file, why)| json!({ "file": file.display().to_string(), "message": why }))
        .collect();
    json!({ "embedder": report.embedder, "counts": report.counts, "added": report.added(), "unusable": unusable })
}

fn text(out: &mut impl Write, report: &ImportReport) -> std::io::Result<()> {
    for counts in &report.counts {
        writeln!(
            out,
            "{}: {} vectors added; {} rows by uid, {} by url and caption, {} by url alone",
            counts.modality, counts.added, counts.by_uid, counts.by_url_and_caption, counts.by_url
        )?;
        writeln!(
            out,
            "  {} of {} rows have no sample here, {} no direction; {} vectors were there; {} samples have none",
            counts.without_sample, counts.rows, counts.without_direction, counts.known, counts.samples_without
        )?;
    }
    for (file, why) in &report.unusable {
        writeln!(out, "not used: {}: {}", harmless(&file.display().to_string()), harmless(why))?;
    }
    Ok(())
}

fn run_make(arguments: &VectorsMake) -> anyhow::Result<Outcome> {
    if arguments.modality != Modality::Text {
        anyhow::bail!(
            "vectors are made of captions alone: a dataset has no pictures\n\
             hint: make those of pictures with clip-retrieval, and bring them in with `sayso vectors import`"
        );
    }
    let embedder = NamedEmbedder::open(&arguments.model, hub().as_ref(), choices(&arguments.choices))?;
    let options = MakeOptions {
        dir: arguments.dir.clone(),
        memory_bytes: arguments.memory.saturating_mul(1 << 20),
        threads: threads(arguments.threads),
    };
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let bar = Bar::new();
    let report = make(&options, &embedder, interrupt_on_signal()?, &|progress| {
        bar.count("embedding", size(progress.done), size(progress.samples));
    });
    bar.done();
    let report = report?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        writeln!(
            out,
            "{} {}: {} added, of {}; {} there before",
            report.embedder.name(),
            report.modality,
            counted(report.added, "vector"),
            counted(report.embedded, "caption"),
            counted(report.known, "vector"),
        )?;
    }
    Ok(if report.samples == 0 { Outcome::No } else { Outcome::Done })
}

fn run_list(arguments: &VectorsList) -> anyhow::Result<Outcome> {
    // A folder that is no dataset has none either, and that is an error.
    sayso::rejudge::policy_of(&arguments.dir)?;
    let stored = stored_vectors(&arguments.dir)?;
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let list: Vec<_> = stored
            .iter()
            .map(|stored| json!({ "embedder": stored.embedder(), "modality": stored.modality(), "vectors": stored.rows() }))
            .collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "vectors": list }))?;
        writeln!(out)?;
    } else {
        for stored in &stored {
            let (embedder, weights) = (stored.embedder(), stored.embedder().weights_sha256().unwrap_or("unknown"));
            writeln!(
                out,
                "{} {}: {} vectors of {} components, weights {weights}",
                embedder.name(),
                stored.modality(),
                stored.rows(),
                embedder.dimension()
            )?;
        }
    }
    Ok(if stored.is_empty() { Outcome::No } else { Outcome::Done })
}
