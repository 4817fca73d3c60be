use std::path::Path;
use std::sync::atomic::Ordering;

use arrow_schema::SchemaRef;

use super::input::ImportInput;
use super::layout::{InputColumns, InputLayout, Layout};
use super::options::ImportOptions;
use super::read::open;
use super::report::InputReport;
use super::table::Position;
use crate::Error;

/// What the columns of all inputs become.
pub(super) struct LaidOut {
    pub(super) layouts: Vec<InputLayout>,
    pub(super) layout: Layout,
    pub(super) reports: Vec<InputReport>,
    /// Tables of folders that are none of pairs.
    pub(super) left_out: Vec<String>,
    /// Which of the inputs are left, by their places before.
    #[cfg_attr(not(feature = "cluster"), expect(dead_code, reason = "whoever has inputs read elsewhere needs it"))]
    pub(super) places: Vec<usize>,
}

/// What a table says of itself before its rows are read.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    pub(super) schema: SchemaRef,
    /// The published dataset that has no header and such rows.
    pub(super) dataset: Option<String>,
}

/// Looks at the columns of an input. `spool` is the folder for what must be had whole before it can be read.
pub(super) fn look_at(input: &ImportInput, header: Option<bool>, spool: &Path) -> Result<Looked, Error> {
    let table = open(input, header, Position::default(), spool)?;
    let looked = Looked { schema: table.schema(), dataset: table.dataset().map(str::to_owned) };
    drop(table);
    // What was read of it to know its columns is read again.
    input.read.store(0, Ordering::Relaxed);
    Ok(looked)
}

/// Decides on the columns of every input before any is read: samples have one schema. A table that lies in a folder among others
/// and has neither addresses nor captions is left out, and told.
pub(super) fn lay_out(
    options: &ImportOptions,
    inputs: &mut Vec<ImportInput>,
    mut look: impl FnMut(&ImportInput) -> Result<Looked, Error>,
) -> Result<LaidOut, Error> {
    let (mut layouts, mut layout, mut reports) = (Vec::new(), Layout::default(), Vec::<InputReport>::new());
    let (mut taken, mut places, mut left_out, mut last_fault) = (Vec::new(), Vec::new(), Vec::new(), None);
    for (place, input) in inputs.drain(..).enumerate() {
        let Looked { schema, dataset } = look(&input)?;
        let found = match of_input(options, &input, &schema, dataset.as_deref()) {
            Ok(found) => found,
            Err(fault) if input.is_named => return Err(fault),
            Err(fault) => {
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
        places.push(place);
        taken.push(input);
    }
    *inputs = taken;
    match last_fault.filter(|_| inputs.is_empty()) {
        Some(fault) => Err(fault),
        None => Ok(LaidOut { layouts, layout, reports, left_out, places }),
    }
}

/// What the columns of one input become; the error says what it lacks.
pub(super) fn of_input(
    options: &ImportOptions,
    input: &ImportInput,
    schema: &SchemaRef,
    dataset: Option<&str>,
) -> Result<InputLayout, Error> {
    let is_table = options.as_table && !input.has_pictures();
    let columns = InputColumns { map: &options.map, has_pictures: input.has_pictures(), is_table };
    InputLayout::of(schema, dataset, &columns).map_err(|message| Error::Input { input: input.name.clone(), message })
}
