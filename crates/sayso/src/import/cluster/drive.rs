use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use sayso_cluster::Cluster;
use sayso_dataset::remove_if_there;

use super::aside::join_asides;
use super::columns::StoredLayout;
use super::look::{SEEN, Seen, ToRead};
use super::read::{ASIDE, RESULTS, ReadInput};
use super::settings::ReadSettings;
use crate::Error;
use crate::build::cluster::{
    Drive, KEYS, PAIRS, Settings, Shown, ToRange, destination, manifest_of, parsed, set_aside, written,
};
use crate::build::{Grounds, Progress, Seconds, SetAside, Stage, digest_of};
use crate::import::aside::AsideReason;
use crate::import::input::{ImportInput, resolve};
use crate::import::lay_out::{LaidOut, lay_out};
use crate::import::options::ImportOptions;
use crate::import::plan::digest;
use crate::import::report::{AsideCount, FORMAT, ImportReport, REPORT_VERSION};
use crate::import::run::ASIDE as ASIDE_FILE;

/// Imports a dataset on a cluster: the same as [`import`](crate::import::import) makes on one machine, byte for byte. What an import
/// finished that was stopped is used; the folder of the dataset, the inputs and the files in `grounds` have to be at the same path
/// on every machine; a dataset may also lie in an object store.
pub fn import_on(
    cluster: &Cluster,
    options: &ImportOptions,
    grounds: &Grounds,
    interrupt: &AtomicBool,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<ImportReport, Error> {
    let inputs = resolve(&options.inputs)?;
    let (writing, plan) = (options.writing(), digest(options, &inputs)?);
    if let Some(report) = destination::finished(&writing, &plan)? {
        return Ok(report);
    }
    let started = Instant::now();
    let destination = destination::open::<ImportReport>(&options.out, &plan)?;
    if let Some(report) = destination.finished_meanwhile(&plan)? {
        return Ok(report);
    }
    let is_lost = || destination.is_lost();
    let drive = Drive::new(cluster, destination.job(), interrupt, &is_lost, progress);
    let settings = Settings::of(&writing, options.features, grounds, destination.place())?;
    let importing = Importing { drive, settings, options, inputs };
    let Found { drive, laid_out, read, set_aside, inputs, bytes } = importing.found()?;
    let seconds = started.elapsed().as_secs_f64();
    let path = destination.dir().join(ASIDE_FILE);
    if read.aside.is_empty() {
        remove_if_there(&path)?;
    } else {
        join_asides(drive.storage.as_ref(), &path)?;
    }
    destination.lay(ASIDE_FILE)?;
    let to_range = ToRange { inputs, pairs: read.pairs, has_sites: false, set_aside: &set_aside };
    let judging = drive.judge(&to_range, options.shard_rows)?;
    let (manifest, indexes) = manifest_of(&drive, &judging, &writing, destination.dir())?;
    let report = ImportReport {
        format: FORMAT.to_owned(),
        version: REPORT_VERSION,
        plan,
        inputs: laid_out.reports,
        left_out: laid_out.left_out,
        rows: read.rows,
        samples: manifest.sample_rows(),
        exclusions: manifest.exclusion_rows(),
        exclusions_by_reason: manifest.exclusions_by_reason.clone(),
        verdicts: judging.verdicts,
        duplicates: judging.duplicates,
        personal: judging.personal,
        aside: read.aside,
        undecoded: read.undecoded,
        set_aside,
        bytes_read: bytes,
        bytes_written: manifest.samples.iter().map(|entry| entry.bytes).sum(),
        seconds: Seconds { extract: seconds, write: started.elapsed().as_secs_f64() - seconds },
    };
    destination.complete(&writing, &report, &manifest, indexes)?;
    Ok(report)
}

/// What all inputs gave together.
#[derive(Default)]
struct Read {
    rows: u64,
    pairs: u64,
    aside: BTreeMap<AsideReason, AsideCount>,
    undecoded: AsideCount,
}

impl Read {
    /// Adds what the next input gave.
    fn add(&mut self, input: ReadInput) {
        self.rows += input.rows;
        self.pairs += input.pairs;
        for (reason, count) in input.aside {
            self.aside.entry(reason).or_default().append(count);
        }
        self.undecoded.append(input.undecoded);
    }
}

/// Why inputs cannot be read, by their numbers.
type Errors = BTreeMap<usize, String>;

/// What was found, and lies there to be judged.
struct Found<'a> {
    /// Drives what lies in the folder of these columns.
    drive: Drive<'a>,
    laid_out: LaidOut,
    read: Read,
    set_aside: Vec<SetAside>,
    /// How many inputs there are, with those.
    inputs: usize,
    bytes: u64,
}

struct Importing<'a> {
    drive: Drive<'a>,
    settings: Settings,
    options: &'a ImportOptions,
    inputs: Vec<ImportInput>,
}

impl<'a> Importing<'a> {
    /// Has all inputs looked at and read, but for those that are to be set aside.
    fn found(self) -> Result<Found<'a>, Error> {
        let (mut errors, seen) = self.look()?;
        let mut laid_out = self.lay_out(&errors, &seen)?;
        loop {
            let layout = StoredLayout::of(&laid_out.layout)?;
            let (drive, numbers) = (self.drive_of(&layout)?, self.numbers(&errors, &laid_out));
            let (unread, read) = self.read(&drive, &numbers)?;
            let is_complete = unread.is_empty();
            for number in unread.keys() {
                // A worker that died over it may have laid down some of it.
                for file in [
                    format!("{KEYS}/{number:06}.parquet"),
                    format!("{PAIRS}/{number:06}.arrow"),
                    format!("{ASIDE}/{number:06}.jsonl"),
                ] {
                    drive.storage.remove(&file)?;
                }
            }
            errors.extend(unread);
            let set_aside = set_aside(&errors, self.inputs.len(), |number| self.name(number))?;
            if !is_complete {
                laid_out = self.lay_out(&errors, &seen)?;
            }
            // Without what is set aside, samples may have other columns: then the others are read again into those.
            if is_complete || StoredLayout::of(&laid_out.layout)? == layout {
                let numbers = self.numbers(&errors, &laid_out);
                let bytes = numbers.iter().filter_map(|number| self.inputs.get(*number)?.bytes).sum();
                let inputs = self.inputs.len();
                return Ok(Found { drive, laid_out, read, set_aside, inputs, bytes });
            }
        }
    }

    fn name(&self, number: usize) -> String {
        self.inputs.get(number).map(|input| input.name.clone()).unwrap_or_default()
    }

    /// Has the columns of all inputs looked at.
    fn look(&self) -> Result<(Errors, BTreeMap<usize, Seen>), Error> {
        let storage = self.drive.storage.as_ref();
        self.drive.clear_tries()?;
        self.settings.save(storage)?;
        ReadSettings::of(self.options, None).save(storage)?;
        let numbers: Vec<usize> = (0..self.inputs.len()).collect();
        let shown = Shown { stage: Stage::Extract, results: SEEN, total: None, of: |_| (0, 0) };
        let mut all = BTreeMap::new();
        let errors = self.drive.each_input(
            super::LOOK,
            &numbers,
            |number| self.task(number),
            &shown,
            |seen: Seen, _| {
                all.insert(seen.place(), seen);
            },
        )?;
        // Where none can be looked at, there is nothing to decide on.
        set_aside(&errors, self.inputs.len(), |number| self.name(number))?;
        Ok((errors, all))
    }

    /// Decides on the columns of those that are not set aside.
    fn lay_out(&self, errors: &Errors, seen: &BTreeMap<usize, Seen>) -> Result<LaidOut, Error> {
        let left = self.left(errors);
        let mut inputs = left.iter().filter_map(|number| self.inputs.get(*number)).cloned().collect();
        let mut numbers = left.iter();
        let missing = || Error::Stopped("look at an input");
        lay_out(self.options, &mut inputs, |_| {
            numbers.next().and_then(|number| seen.get(number)).ok_or_else(missing)?.looked()
        })
    }

    /// The numbers of the inputs that are not set aside.
    fn left(&self, errors: &Errors) -> Vec<usize> {
        (0..self.inputs.len()).filter(|number| !errors.contains_key(number)).collect()
    }

    /// The numbers of those that are read: tables that are none of pairs are not.
    fn numbers(&self, errors: &Errors, laid_out: &LaidOut) -> Vec<usize> {
        let left = self.left(errors);
        laid_out.places.iter().filter_map(|place| left.get(*place).copied()).collect()
    }

    /// Drives in a folder of these columns: what was read into others is of no use to them.
    fn drive_of(&self, layout: &StoredLayout) -> Result<Drive<'a>, Error> {
        let digest = digest_of(layout)?;
        let drive = self.drive.within(&format!("columns-{}", digest.get(..16).unwrap_or(&digest)))?;
        drive.clear_tries()?;
        self.settings.save(drive.storage.as_ref())?;
        ReadSettings::of(self.options, Some(layout.clone())).save(drive.storage.as_ref())?;
        Ok(drive)
    }

    fn read(&self, drive: &Drive<'_>, numbers: &[usize]) -> Result<(Errors, Read), Error> {
        let total = numbers.iter().map(|number| self.inputs.get(*number)?.bytes).sum::<Option<u64>>();
        let shown = Shown { stage: Stage::Extract, results: RESULTS, total, of: bytes_and_pairs };
        let mut inputs = BTreeMap::new();
        let errors = drive.each_input(
            super::READ,
            numbers,
            |number| self.task(number),
            &shown,
            |input: ReadInput, _| {
                inputs.insert(input.number, input);
            },
        )?;
        let mut read = Read::default();
        inputs.into_values().for_each(|input| read.add(input));
        Ok((errors, read))
    }

    /// What workers need to know of an input.
    fn task(&self, number: usize) -> Result<String, Error> {
        let input = self.inputs.get(number).ok_or(Error::Stopped("list of inputs"))?;
        let input = input.absolute().map_err(Error::file(&input.name))?;
        written(&ToRead { number, input })
    }
}

fn bytes_and_pairs(result: &str) -> (u64, u64) {
    parsed::<ReadInput>(result).map_or((0, 0), |read| (read.bytes, read.pairs))
}
