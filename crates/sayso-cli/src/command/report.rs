use std::io::Write;
use std::path::{Path, PathBuf};

use sayso::summary::Measurements;
use serde::Serialize;

use super::report_file::{ReportFile, end_on_signal};
use super::{cluster, report_card, report_croissant, report_portfolio, report_summary};
use crate::arguments::{Report, ReportFormat, ReportKind};
use crate::exit::Outcome;
use crate::output::harmless;
use crate::progress::Bar;

pub(crate) fn run(arguments: Report) -> anyhow::Result<Outcome> {
    if arguments.form_template {
        std::io::stdout().lock().write_all(sayso::summary::FORM_TEMPLATE.as_bytes())?;
        return Ok(Outcome::Done);
    }
    if let Some(file) = &arguments.check_summary {
        return report_summary::check_filed(file, arguments.json);
    }
    // What belongs to another kind would be passed over in silence.
    let is_summary = arguments.kind == ReportKind::EuSummary;
    let is_croissant = arguments.kind == ReportKind::Croissant;
    let is_portfolio = arguments.kind == ReportKind::Portfolio;
    let is_of_dataset = !is_summary && !is_portfolio;
    let of_portfolio = &arguments.portfolio;
    for (is_given, option, is_right) in [
        (arguments.form.is_some(), "form", is_summary),
        (arguments.small_provider, "small-provider", is_summary),
        (arguments.url.is_some(), "url", is_croissant),
        (arguments.citation.is_some(), "citation", is_croissant),
        (arguments.published.is_some(), "published", is_croissant),
        (arguments.about.is_some(), "about", is_of_dataset),
        (arguments.title.is_some(), "title", is_of_dataset),
        (arguments.licence.is_some(), "licence", is_of_dataset),
        (arguments.contact.is_some(), "contact", is_of_dataset),
        (!of_portfolio.pictures.is_empty(), "pictures", is_portfolio),
        (of_portfolio.claims.registry.is_some(), "registry", is_portfolio),
        (of_portfolio.distance.is_some(), "distance", is_portfolio),
        (of_portfolio.limit.is_some(), "limit", is_portfolio),
        (of_portfolio.threads.is_some(), "threads", is_portfolio),
    ] {
        if is_given && !is_right {
            anyhow::bail!("`--{option}` belongs to another kind of report\nhint: see `sayso report --help`");
        }
    }
    anyhow::ensure!(
        arguments.elsewhere.cluster.is_none() || is_summary || is_croissant,
        "a cluster counts for eu-summary and croissant alone: a card is made of indexes, and what a portfolio holds stays on this machine\nhint: leave out --cluster"
    );
    // Whoever waits for others goes on from what they finished, and says so.
    let is_counted_elsewhere = arguments.elsewhere.cluster.is_some();
    // A portfolio is looked for step by step, and stops between two; all others hold nothing that stopping at once could spoil.
    if !is_portfolio && !is_counted_elsewhere {
        end_on_signal()?;
    }
    match arguments.kind {
        ReportKind::Card => report_card::run(arguments),
        ReportKind::EuSummary => report_summary::run(&arguments),
        ReportKind::Croissant => report_croissant::run(arguments),
        ReportKind::Portfolio => report_portfolio::run(&arguments),
    }
}

/// The one dataset of a report that is on one.
pub(super) fn only_one(dirs: &[PathBuf]) -> anyhow::Result<&Path> {
    match dirs {
        [dir] => Ok(dir),
        _ => anyhow::bail!("this kind of report is on one dataset\nhint: make one for each"),
    }
}

/// The form that somebody asked for, by name or by the file's ending.
pub(super) fn format_of(arguments: &Report, otherwise: ReportFormat) -> ReportFormat {
    let by_ending = arguments.out.as_deref().and_then(by_ending);
    if arguments.json { ReportFormat::Json } else { arguments.format.or(by_ending).unwrap_or(otherwise) }
}

fn by_ending(file: &Path) -> Option<ReportFormat> {
    match file.extension()?.to_str()? {
        "md" | "markdown" => Some(ReportFormat::Markdown),
        "html" | "htm" => Some(ReportFormat::Html),
        "json" | "jsonld" => Some(ReportFormat::Json),
        _ => None,
    }
}

/// Writes a report for programs to where it was asked for.
pub(super) fn written_as_json(report: &impl Serialize, arguments: &Report, what: &str) -> anyhow::Result<Outcome> {
    match &arguments.out {
        None => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            serde_json::to_writer_pretty(&mut out, report)?;
            writeln!(out)?;
            out.flush()?;
        }
        Some(file) => {
            ReportFile::create(file, &arguments.dirs)?.complete(|out| {
                serde_json::to_writer_pretty(&mut *out, report)?;
                writeln!(out)
            })?;
            said(what, file)?;
        }
    }
    Ok(Outcome::Done)
}

/// What was counted of samples by a cluster, where one is to count; a bar shows how far it is.
pub(super) fn counted_elsewhere(arguments: &Report) -> anyhow::Result<Option<Measurements>> {
    let Some(counting) = cluster::counting(&arguments.elsewhere)? else { return Ok(None) };
    let bar = Bar::new();
    let measured = counting.measured(&arguments.dirs, &|progress| bar.show(progress));
    bar.done();
    measured.map(Some)
}

/// Says where a report is.
pub(super) fn said(what: &str, file: &Path) -> std::io::Result<()> {
    writeln!(std::io::stderr(), "{what} is in {}", harmless(&file.display().to_string()))
}
