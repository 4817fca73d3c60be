use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sayso::card::Card;
use sayso_server::CardReport;

use super::report_file::ReportFile;
use crate::arguments::{Report, ReportFormat, ReportKind};
use crate::exit::Outcome;
use crate::output::harmless;

/// Bytes of a builder's own words.
const ABOUT_BYTES: u64 = 1 << 20;

pub(crate) fn run(arguments: Report) -> anyhow::Result<Outcome> {
    let ReportKind::Card = arguments.kind;
    let about = arguments.about.as_deref().map(own_words).transpose()?;
    let card = Card::of(&arguments.dir)?;
    if arguments.json {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &card)?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    let report = CardReport {
        card: &card,
        title: arguments.title,
        about,
        contact: arguments.contact,
        licence: arguments.licence,
    };
    let by_ending = arguments.out.as_deref().and_then(by_ending);
    let format = arguments.format.or(by_ending).unwrap_or(ReportFormat::Markdown);
    let Some(file) = arguments.out else {
        let text = match format {
            ReportFormat::Markdown => report.markdown(None)?,
            ReportFormat::Html => report.html()?,
        };
        std::io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(Outcome::Done);
    };
    let out = ReportFile::create(&file, std::slice::from_ref(&arguments.dir))?;
    let text = match format {
        ReportFormat::Markdown => report.markdown(Some(&charts(&report, &file)?))?,
        ReportFormat::Html => report.html()?,
    };
    out.complete(|out| out.write_all(text.as_bytes()))?;
    writeln!(std::io::stderr(), "the card is in {}", harmless(&file.display().to_string()))?;
    Ok(Outcome::Done)
}

/// Writes the charts into a folder beside the card, and gives its name.
fn charts(report: &CardReport<'_>, file: &Path) -> anyhow::Result<String> {
    let name = file.file_stem().and_then(|stem| stem.to_str()).with_context(|| {
        format!("`{}` is no name that a link can have\nhint: name the file in UTF-8", file.display())
    })?;
    // A link in Markdown ends at a space or a bracket, and begins anew at a percent sign.
    let safe: String =
        name.chars().map(|char| if char.is_alphanumeric() || "-_.".contains(char) { char } else { '-' }).collect();
    let folder = format!("{safe}-charts");
    let path: PathBuf = file.with_file_name(&folder);
    fs_err::create_dir_all(&path)?;
    for chart in report.charts()? {
        ReportFile::create(&path.join(&chart.file), &[])?.complete(|out| out.write_all(chart.svg.as_bytes()))?;
    }
    Ok(folder)
}

/// What the builder says of the dataset.
fn own_words(file: &Path) -> anyhow::Result<String> {
    let bytes = fs_err::metadata(file)?.len();
    if bytes > ABOUT_BYTES {
        anyhow::bail!("`{}` has more than {ABOUT_BYTES} bytes\nhint: name a text about the dataset", file.display());
    }
    Ok(fs_err::read_to_string(file)?.trim().to_owned())
}

fn by_ending(file: &Path) -> Option<ReportFormat> {
    match file.extension()?.to_str()? {
        "md" | "markdown" => Some(ReportFormat::Markdown),
        "html" | "htm" => Some(ReportFormat::Html),
        _ => None,
    }
}
