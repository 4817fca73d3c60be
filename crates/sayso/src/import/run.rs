use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use sayso_dataset::remove_if_there;

use super::aside::AsideFile;
use super::gather::gather;
use super::input::{ImportInput, resolve};
use super::layout::{InputColumns, InputLayout, Layout};
use super::options::ImportOptions;
use super::plan::{ImportJournal, digest};
use super::read::open;
use super::report::{ImportReport, InputReport, REPORT_VERSION};
use super::table::Position;
use crate::Error;
use crate::build::{FAN_IN, Pool, Progress, Seconds, Workshop, complete, finished, merge_runs, write};

/// The file of rows that became no sample.
const ASIDE: &str = "aside.jsonl";

/// Imports a dataset, or goes on with an import that was stopped, or finds it imported already.
///
/// When `interrupt` becomes true, it stops at the next place from which it can go on.
pub fn import(
    options: &ImportOptions,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport, Error> {
    let mut inputs = resolve(&options.inputs)?;
    let plan = digest(options, &inputs)?;
    if let Some(report) = finished(&options.writing(), &plan)? {
        return Ok(report);
    }
    let workshop = Workshop::open(&options.out)?;
    let mut journal: ImportJournal = workshop.journal(&plan)?;
    let LaidOut { layouts, layout, reports, left_out } = lay_out(options, &mut inputs, &workshop.dir)?;
    let (bytes, rows) = journal.aside_file;
    let aside_path = options.out.join(ASIDE);
    let mut aside = AsideFile::open(&aside_path, bytes, rows)?;
    let (started, seconds_before) = (Instant::now(), journal.read_seconds);
    let shelf =
        super::gather::Shelf { options, inputs: &inputs, layouts: &layouts, layout: &layout, workshop: &workshop };
    let batches = gather(&shelf, &mut journal, &mut aside, interrupt, progress)?;
    let read_seconds = started.elapsed().as_secs_f64() + seconds_before;
    drop(aside);
    if journal.aside.is_empty() {
        remove_if_there(&aside_path)?;
    }
    let started = Instant::now();
    merge_runs(&workshop, &mut journal, FAN_IN)?;
    let pool = Pool { batches, sites: Vec::new() };
    let written = write(&options.writing(), &workshop, &journal, pool, interrupt, progress)?;
    let report = ImportReport {
        format: FORMAT.to_owned(),
        version: REPORT_VERSION,
        plan,
        inputs: reports,
        left_out,
        rows: journal.rows,
        samples: written.manifest.sample_rows(),
        exclusions: written.manifest.exclusion_rows(),
        exclusions_by_reason: written.manifest.exclusions_by_reason.clone(),
        verdicts: written.verdicts,
        duplicates: written.duplicates,
        personal: written.personal,
        aside: journal.aside.clone(),
        undecoded: journal.undecoded.clone(),
        bytes_read: inputs.iter().filter_map(|input| input.bytes).sum(),
        bytes_written: written.manifest.samples.iter().map(|entry| entry.bytes).sum(),
        seconds: Seconds { extract: read_seconds, write: started.elapsed().as_secs_f64() },
    };
    complete(&options.out, &report, &written.manifest, workshop)?;
    Ok(report)
}

const FORMAT: &str = "sayso-import-report";

/// What the columns of all inputs become.
struct LaidOut {
    layouts: Vec<InputLayout>,
    layout: Layout,
    reports: Vec<InputReport>,
    /// Tables of folders that are none of pairs.
    left_out: Vec<String>,
}

/// Looks at the columns of every input before any is read: samples have one schema. A table that lies in a folder among
/// others and has neither addresses nor captions is left out, and told.
fn lay_out(options: &ImportOptions, inputs: &mut Vec<ImportInput>, spool: &Path) -> Result<LaidOut, Error> {
    let (mut layouts, mut layout, mut reports) = (Vec::new(), Layout::default(), Vec::<InputReport>::new());
    let (mut taken, mut left_out, mut last_fault) = (Vec::new(), Vec::new(), None);
    for input in inputs.drain(..) {
        let table = open(&input, options.header, Position::default(), spool)?;
        let schema = table.schema();
        let is_table = options.as_table && !input.has_pictures();
        let columns = InputColumns { map: &options.map, has_pictures: input.has_pictures(), is_table };
        let found = match InputLayout::of(&schema, table.dataset(), &columns) {
            Ok(found) => found,
            Err(message) => {
                let fault = Error::Input { input: input.name.clone(), message };
                if input.is_named {
                    return Err(fault);
                }
                left_out.push(input.name);
                last_fault = Some(fault);
                continue;
            }
        };
        layout.add(&found, &schema);
        let report = found.report(&input.name, &schema);
        let same = |known: &&mut InputReport| {
            (&known.dataset, &known.roles, &known.kept) == (&report.dataset, &report.roles, &report.kept)
        };
        match reports.iter_mut().find(same) {
            Some(known) => known.files += 1,
            None => reports.push(report),
        }
        layouts.push(found);
        // What was read of it to know its columns is read again.
        input.read.store(0, Ordering::Relaxed);
        taken.push(input);
    }
    *inputs = taken;
    match last_fault.filter(|_| inputs.is_empty()) {
        Some(fault) => Err(fault),
        None => Ok(LaidOut { layouts, layout, reports, left_out }),
    }
}
