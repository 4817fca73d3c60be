use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use sayso::Error::Cancelled;
use sayso::claims::RegistryPlace;
use sayso::library::Library;
use sayso::matching::{MatchInput, MatchOptions, Thumbnails, count_inputs};
use sayso::portfolio::{Numbers, Portfolio, PortfolioOptions, gather};
use sayso::receipts::keys_of;
use sayso_registry::log::NoteKey;
use sayso_server::PortfolioReport;

use super::build::interrupt_on_signal;
use super::report::{format_of, said, written_as_json};
use super::report_file::ReportFile;
use super::{grounds, threads};
use crate::arguments::{PortfolioArguments, Report, ReportFormat};
use crate::exit::Outcome;
use crate::progress::Bar;

pub(super) fn run(arguments: &Report) -> anyhow::Result<Outcome> {
    let of = &arguments.portfolio;
    let inputs = inputs(&of.pictures)?;
    let format = format_of(arguments, ReportFormat::Markdown);
    // Before there is a file that could stay.
    let interrupt = interrupt_on_signal()?;
    // Whether it can be written is found out before the work.
    let file = match (&arguments.out, format) {
        (Some(file), ReportFormat::Html | ReportFormat::Markdown) => Some((file, report_file(file, arguments)?)),
        (Some(file), ReportFormat::Json) => {
            drop(report_file(file, arguments)?);
            None
        }
        (None, _) => None,
    };
    let library = Library::open(&arguments.dirs)?;
    let ground = grounds(&of.claims, None)?;
    let builder_keys = of.key.iter().map(|key| keys_of(key)).collect::<Result<Vec<_>, _>>()?.concat();
    let thumbnails = if format == ReportFormat::Html { Thumbnails::OfAll } else { Thumbnails::None };
    let options = PortfolioOptions {
        library: &library,
        inputs,
        matching: MatchOptions { distance: of.distance(), limit: of.limit(), thumbnails },
        threads: threads(of.threads),
        ground: ground.as_deref(),
        registry: of.claims.registry.as_ref().map(|registry| registry.display().to_string()),
        claims: of.claim.clone(),
        receipts: of.receipts.clone(),
        builder_keys,
        keys_named: of.key.clone(),
        registry_keys: registry_key(of)?.into_iter().collect(),
    };
    let bar = Bar::new();
    let all = count_inputs(&options.inputs);
    let portfolio = gather(&options, interrupt, &|progress| bar.matched_of(progress, all));
    bar.done();
    let portfolio = portfolio?;
    let report = PortfolioReport { portfolio: &portfolio };
    match (format, file) {
        (ReportFormat::Json, _) => {
            written_as_json(&portfolio, arguments, "the report")?;
        }
        (_, Some((name, file))) => {
            let written = file.complete(|out| write(&report, format, out, interrupt, &bar));
            bar.done();
            // That it was stopped is no fault of the file.
            written.map_err(|error| if interrupt.load(Relaxed) { Cancelled.into() } else { error })?;
            said("the report", name)?;
        }
        (_, None) => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            write(&report, format, &mut out, interrupt, &Bar::hidden())?;
            out.flush()?;
        }
    }
    Ok(outcome(&portfolio))
}

fn write(
    report: &PortfolioReport<'_>,
    format: ReportFormat,
    out: &mut dyn Write,
    interrupt: &AtomicBool,
    bar: &Bar,
) -> std::io::Result<()> {
    if format == ReportFormat::Html {
        return report.write_html(out, interrupt, &|done, all| bar.count("writing", done, all));
    }
    out.write_all(report.markdown()?.as_bytes())
}

/// The file for the report, which is none of what it is made of.
fn report_file(file: &Path, arguments: &Report) -> anyhow::Result<ReportFile> {
    let of = &arguments.portfolio;
    let inputs = [&arguments.dirs[..], &of.pictures, &of.receipts].concat();
    ReportFile::create(file, &inputs)
}

fn inputs(pictures: &[PathBuf]) -> anyhow::Result<Vec<MatchInput>> {
    if pictures.is_empty() {
        anyhow::bail!(
            "no pictures were named\nhint: name yours with --pictures: files, folders, tars, or files of hashes"
        );
    }
    let input = |path: &PathBuf| match path.as_os_str() == "-" {
        true => MatchInput::read("-", std::io::stdin().lock()),
        false => Ok(MatchInput::Path(path.clone())),
    };
    Ok(pictures.iter().map(input).collect::<Result<_, _>>()?)
}

/// The key of the registry's log: that of a registry here is known.
fn registry_key(of: &PortfolioArguments) -> anyhow::Result<Option<NoteKey>> {
    if let Some(key) = &of.claims.registry_key {
        return Ok(Some(key.clone()));
    }
    let place = of.claims.registry.as_deref().map(RegistryPlace::of).filter(RegistryPlace::is_there);
    Ok(place.map(|place| place.open()).transpose()?.map(|registry| registry.identity().key.clone()))
}

fn outcome(portfolio: &Portfolio) -> Outcome {
    match &portfolio.numbers {
        Numbers { bad: 1.., .. } => Outcome::DoneWithDamage,
        numbers if numbers.is_anything() => Outcome::Done,
        _ => Outcome::No,
    }
}
