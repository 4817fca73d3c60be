use std::io::{BufWriter, Write};
use std::path::Path;

use sayso::export::{
    ExportFormat, ExportOptions, ExportReport, QuickwitOptions, export_to_file, export_to_quickwit, export_to_writer,
};
use sayso::library::Library;

use crate::arguments::{Export, ExportTo};
use crate::exit::Outcome;
use crate::output::{counted, harmless};

pub(crate) fn run(arguments: Export) -> anyhow::Result<Outcome> {
    let library = Library::open(&arguments.dirs)?;
    if let Some((ExportTo::Quickwit, dir)) = arguments.to.zip(arguments.out.as_deref()) {
        let (query, limit, mask_personal) = (arguments.query, arguments.limit, arguments.mask_personal);
        let report = export_to_quickwit(&library, &QuickwitOptions { query, limit, mask_personal }, dir)?;
        return tell(&report);
    }
    let format = arguments.format.or_else(|| arguments.out.as_deref().and_then(by_ending)).unwrap_or(ExportFormat::Csv);
    let options = ExportOptions {
        format,
        columns: arguments.columns,
        query: arguments.query,
        limit: arguments.limit,
        mask_personal: arguments.mask_personal,
    };
    let report = match &arguments.out {
        Some(file) => export_to_file(&library, &options, file)?,
        None if format == ExportFormat::Parquet => {
            anyhow::bail!("Parquet is not written to standard output\nhint: name a file with -o")
        }
        None => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            let report = export_to_writer(&library, &options, &mut out)?;
            out.flush()?;
            report
        }
    };
    tell(&report)
}

fn tell(report: &ExportReport) -> anyhow::Result<Outcome> {
    if let Some(file) = &report.file {
        writeln!(
            std::io::stderr(),
            "{} in {}",
            counted(report.samples, "sample"),
            harmless(&file.display().to_string())
        )?;
    }
    Ok(if report.samples > 0 { Outcome::Done } else { Outcome::No })
}

fn by_ending(file: &Path) -> Option<ExportFormat> {
    match file.extension()?.to_str()? {
        "csv" => Some(ExportFormat::Csv),
        "tsv" => Some(ExportFormat::Tsv),
        "jsonl" | "ndjson" => Some(ExportFormat::JsonLines),
        "parquet" => Some(ExportFormat::Parquet),
        "txt" => Some(ExportFormat::Urls),
        _ => None,
    }
}
