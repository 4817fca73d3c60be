use std::io::Write;
use std::path::Path;

use anyhow::Context;
use sayso::summary::{Complaint, EuSummary, Form, check, check_file};
use sayso_server::SummaryReport;
use serde_json::json;

use super::report::{counted_elsewhere, format_of, said, written_as_json};
use super::report_file::ReportFile;
use crate::arguments::{Report, ReportFormat};
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(super) fn run(arguments: &Report) -> anyhow::Result<Outcome> {
    let form = arguments.form.as_deref().map(Form::read).transpose()?.unwrap_or_default();
    let summary = match counted_elsewhere(arguments)? {
        Some(measured) => EuSummary::of_measured(measured, &form, arguments.small_provider)?,
        None => EuSummary::of(&arguments.dirs, &form, arguments.small_provider)?,
    };
    let complaints = check(&serde_json::to_value(&summary)?)?;
    let format = format_of(arguments, ReportFormat::Markdown);
    if format == ReportFormat::Json {
        written_as_json(&summary, arguments, "the summary")?;
    } else {
        write_page(&summary, format, arguments)?;
    }
    if !complaints.is_empty() {
        let mut out = std::io::stderr().lock();
        writeln!(out, "{} of it want another look:", counted(complaints.len(), "place"))?;
        complaints.iter().try_for_each(|complaint| writeln!(out, "  {}", in_a_line(complaint)))?;
        writeln!(out, "hint: fill in a form (`sayso report --form-template`) and give it with --form")?;
    }
    Ok(Outcome::Done)
}

fn write_page(summary: &EuSummary, format: ReportFormat, arguments: &Report) -> anyhow::Result<()> {
    let mut report = SummaryReport { summary, domains_file: None };
    let Some(file) = &arguments.out else {
        let text = if format == ReportFormat::Html { report.html()? } else { report.markdown()? };
        std::io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(());
    };
    let out = ReportFile::create(file, &arguments.dirs)?;
    let mut files = Vec::new();
    if report.has_more_domains() {
        let name = file.file_stem().and_then(|stem| stem.to_str()).with_context(|| {
            format!("`{}` is no name that a page can say\nhint: name the file in UTF-8", file.display())
        })?;
        let name = format!("{name}-domains.csv");
        let list = ReportFile::create(&file.with_file_name(&name), &[])?;
        files.push(list.holding(|out| report.write_domains(out))?);
        report.domains_file = Some(name);
    }
    let text = if format == ReportFormat::Html { report.html()? } else { report.markdown()? };
    files.push(out.holding(|out| out.write_all(text.as_bytes()))?);
    ReportFile::complete_all(files)?;
    said("the summary", file)?;
    Ok(())
}

/// Looks through a summary that somebody filed.
pub(super) fn check_filed(file: &Path, as_json: bool) -> anyhow::Result<Outcome> {
    let complaints = check_file(file)?;
    let mut out = std::io::stdout().lock();
    if as_json {
        let report = json!({
            "format": "sayso-summary-check",
            "version": 1,
            "complaints": complaints,
        });
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else if complaints.is_empty() {
        writeln!(out, "it is complete, and does not contradict itself")?;
    } else {
        complaints.iter().try_for_each(|complaint| writeln!(out, "{}", in_a_line(complaint)))?;
    }
    Ok(if complaints.is_empty() { Outcome::Done } else { Outcome::No })
}

fn in_a_line(complaint: &Complaint) -> String {
    let place = if complaint.place.is_empty() { "/" } else { &complaint.place };
    harmless(&format!("{place}: {}", complaint.message))
}
