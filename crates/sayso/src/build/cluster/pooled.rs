use std::collections::BTreeMap;

use sayso_crawl::blocks::Input;
use sayso_crawl::{Counts, DamageCounts};

use super::EXTRACT;
use super::drive::{Drive, Shown};
use super::extract::{EXTRACTED, Extracted, KEYS, PAIRS, SITES, ToExtract};
use super::rounds::set_aside;
use crate::Error;
use crate::build::input::InputFile;
use crate::build::report::{SetAside, Stage};

/// What all inputs gave together.
#[derive(Default)]
pub(crate) struct Pooled {
    pub(crate) counts: Counts,
    pub(crate) damage: DamageCounts,
    pub(crate) bytes_read: u64,
    pub(crate) has_sites: bool,
    pub(crate) set_aside: Vec<SetAside>,
}

impl Pooled {
    /// Adds what the next input gave.
    fn add(&mut self, extracted: Extracted) {
        self.counts.add(&extracted.counts);
        self.damage.append(extracted.damage);
        self.bytes_read += extracted.bytes_read;
        self.has_sites |= extracted.has_sites;
    }
}

impl Drive<'_> {
    /// Has all inputs read, each into a run of its own.
    pub(crate) fn extract(&self, inputs: &[InputFile]) -> Result<Pooled, Error> {
        let numbers: Vec<usize> = (0..inputs.len()).collect();
        let task = |number: usize| task(number, inputs.get(number).ok_or(Error::Stopped("list of inputs"))?);
        let total = inputs.iter().map(|input| input.bytes).sum::<Option<u64>>();
        let shown = Shown { stage: Stage::Extract, results: EXTRACTED, total, of: read_and_found };
        let (mut pool, mut is_in_order) = (Pooled::default(), true);
        let errors = self.each_input(EXTRACT, &numbers, task, &shown, |extracted: Extracted, round| {
            is_in_order &= round == 0;
            pool.add(extracted);
        })?;
        // What came late belongs between the others, as where a build on one machine tells of it.
        if !is_in_order {
            pool = self.read_again(inputs.len(), &errors)?;
        }
        let name = |number: usize| inputs.get(number).map(|input| input.name().to_owned()).unwrap_or_default();
        pool.set_aside = set_aside(&errors, inputs.len(), name)?;
        for number in errors.keys() {
            // A worker that died over it may have laid down some of it.
            for file in [
                format!("{KEYS}/{number:06}.parquet"),
                format!("{PAIRS}/{number:06}.arrow"),
                format!("{SITES}/{number:06}.rows"),
            ] {
                self.storage.remove(&file)?;
            }
        }
        Ok(pool)
    }

    /// Adds up what lies there of all inputs, in their order; those with an error are left out.
    fn read_again(&self, inputs: usize, errors: &BTreeMap<usize, String>) -> Result<Pooled, Error> {
        let mut pool = Pooled::default();
        for number in (0..inputs).filter(|number| !errors.contains_key(number)) {
            let json = self.storage.read(&format!("{EXTRACTED}/{number:06}.json"))?;
            let json = json.ok_or(Error::Stopped("reading of an input"))?;
            pool.add(super::parsed(&String::from_utf8_lossy(&json))?);
        }
        Ok(pool)
    }
}

/// What a worker needs to know of an input.
fn task(number: usize, input: &InputFile) -> Result<String, Error> {
    let name = input.name().to_owned();
    let Some(place) = input.place.absolute().map_err(Error::file(&name))? else {
        let message = "other machines cannot read it\nhint: write it to a file, or leave out --cluster".to_owned();
        return Err(Error::Input { input: name, message });
    };
    super::written(&ToExtract { number, place, name, bytes: input.bytes, robots_only: input.robots_only })
}

fn read_and_found(result: &str) -> (u64, u64) {
    super::parsed::<Extracted>(result).map_or((0, 0), |extracted| (extracted.bytes_read, extracted.counts.pairs))
}
