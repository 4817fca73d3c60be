use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sayso::card::Card;
use sayso_server::CardReport;

use super::report::{format_of, only_one, written_as_json};
use super::report_file::ReportFile;
use crate::arguments::{Report, ReportFormat};
use crate::exit::Outcome;
use crate::output::harmless;

/// Bytes of a builder's own words.
const ABOUT_BYTES: u64 = 1 << 20;

pub(super) fn run(arguments: Report) -> anyhow::Result<Outcome> {
    let dir = only_one(&arguments.dirs)?;
    let about = arguments.about.as_deref().map(own_words).transpose()?;
    let card = Card::of(dir)?;
    let format = format_of(&arguments, ReportFormat::Markdown);
    if format == ReportFormat::Json {
        return written_as_json(&card, &arguments, "the card");
    }
    let report = CardReport {
        card: &card,
        title: arguments.title,
        about,
        contact: arguments.contact,
        licence: arguments.licence,
    };
    let Some(file) = arguments.out else {
        let text = match format {
            ReportFormat::Html => report.html()?,
            _ => report.markdown(None)?,
        };
        std::io::stdout().lock().write_all(text.as_bytes())?;
        return Ok(Outcome::Done);
    };
    let out = ReportFile::create(&file, &arguments.dirs)?;
    // The card and its charts are one report: they get their names together, or not at all.
    let mut files = Vec::new();
    let text = match format {
        ReportFormat::Html => report.html()?,
        _ => report.markdown(Some(&charts(&report, &file, &mut files)?))?,
    };
    files.push(out.holding(|out| out.write_all(text.as_bytes()))?);
    ReportFile::complete_all(files)?;
    writeln!(std::io::stderr(), "the card is in {}", harmless(&file.display().to_string()))?;
    Ok(Outcome::Done)
}

/// Writes the charts into a folder beside the card, and gives its name.
fn charts(report: &CardReport<'_>, file: &Path, files: &mut Vec<ReportFile>) -> anyhow::Result<String> {
    let name = file.file_stem().and_then(|stem| stem.to_str()).with_context(|| {
        format!("`{}` is no name that a link can have\nhint: name the file in UTF-8", file.display())
    })?;
    // A link in Markdown ends at a space or a bracket, and begins anew at a percent sign.
    let safe: String =
        name.chars().map(|char| if char.is_alphanumeric() || "-_.".contains(char) { char } else { '-' }).collect();
    let folder = format!("{safe}-charts");
    let path: PathBuf = file.with_file_name(&folder);
    ReportFile::create_folder(&path)?;
    for chart in report.charts()? {
        files.push(
            ReportFile::create(&path.join(&chart.file), &[])?.holding(|out| out.write_all(chart.svg.as_bytes()))?,
        );
    }
    Ok(folder)
}

/// What the builder says of the dataset.
pub(super) fn own_words(file: &Path) -> anyhow::Result<String> {
    let bytes = fs_err::metadata(file)?.len();
    if bytes > ABOUT_BYTES {
        anyhow::bail!("`{}` has more than {ABOUT_BYTES} bytes\nhint: name a text about the dataset", file.display());
    }
    Ok(fs_err::read_to_string(file)?.trim().to_owned())
}
