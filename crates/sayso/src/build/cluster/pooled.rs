use std::collections::BTreeMap;

use sayso_crawl::blocks::Input;
use sayso_crawl::{Counts, DamageCounts};

use super::EXTRACT;
use super::drive::{Drive, Shown};
use super::extract::{EXTRACTED, Extracted, KEYS, PAIRS, SITES, ToExtract};
use crate::Error;
use crate::build::input::InputFile;
use crate::build::report::{SetAside, Stage};

/// What all inputs gave together.
#[derive(Default)]
pub(super) struct Pooled {
    pub(super) counts: Counts,
    pub(super) damage: DamageCounts,
    pub(super) bytes_read: u64,
    pub(super) has_sites: bool,
    pub(super) set_aside: Vec<SetAside>,
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

/// How often an input is tried that cannot be read: the second time perhaps by another machine.
const ROUNDS: usize = 2;

impl Drive<'_> {
    /// Has all inputs read, each into a run of its own.
    pub(super) fn extract(&self, inputs: &[InputFile]) -> Result<Pooled, Error> {
        let tasks = inputs.iter().enumerate().map(|(number, input)| task(number, input));
        let tasks = tasks.collect::<Result<Vec<_>, _>>()?;
        let total = inputs.iter().map(|input| input.bytes).sum::<Option<u64>>();
        let shown = Shown { stage: Stage::Extract, results: EXTRACTED, total, of: read_and_found };
        let (mut pool, mut errors) = (Pooled::default(), BTreeMap::new());
        self.each_shown(EXTRACT, &tasks, &shown, |made| {
            let mut extracted: Extracted = super::parsed(made)?;
            match extracted.error.take() {
                Some(error) => drop(errors.insert(extracted.number, error)),
                None => pool.add(extracted),
            }
            Ok(())
        })?;
        let mut is_in_order = true;
        for _ in 1..ROUNDS {
            if errors.is_empty() {
                break;
            }
            let round: Vec<String> = errors.keys().filter_map(|number| tasks.get(*number).cloned()).collect();
            self.each_shown(EXTRACT, &round, &shown, |made| {
                let Extracted { number, error, .. } = super::parsed(made)?;
                match error {
                    Some(error) => drop(errors.insert(number, error)),
                    None => {
                        errors.remove(&number);
                        is_in_order = false;
                    }
                }
                Ok(())
            })?;
        }
        // What came late belongs between the others, as where a build on one machine tells of it.
        if !is_in_order {
            pool = self.read_again(inputs.len(), &errors)?;
        }
        self.set_aside(inputs, errors, pool)
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

    /// Leaves out what cannot be read, unless that is everything.
    fn set_aside(
        &self,
        inputs: &[InputFile],
        errors: BTreeMap<usize, String>,
        mut pool: Pooled,
    ) -> Result<Pooled, Error> {
        for (number, error) in errors {
            let input = inputs.get(number).map(|input| input.name().to_owned()).unwrap_or_default();
            pool.set_aside.push(SetAside { input, error });
            // A worker that died over it may have laid down some of it.
            for file in [
                format!("{KEYS}/{number:06}.parquet"),
                format!("{PAIRS}/{number:06}.arrow"),
                format!("{SITES}/{number:06}.rows"),
            ] {
                self.storage.remove(&file)?;
            }
        }
        match pool.set_aside.first() {
            // A dataset of nothing helps nobody.
            Some(SetAside { input, error }) if pool.set_aside.len() == inputs.len() => Err(Error::Input {
                input: input.clone(),
                message: format!(
                    "{error}, and no other can be read either\nhint: every machine needs the inputs at the same path"
                ),
            }),
            _ => Ok(pool),
        }
    }
}

/// What a worker needs to know of an input.
fn task(number: usize, input: &InputFile) -> Result<String, Error> {
    let name = input.name().to_owned();
    let Some(place) = input.place.absolute().map_err(Error::file(&name))? else {
        let message = "other machines cannot read it\nhint: write it to a file, or build without --cluster".to_owned();
        return Err(Error::Input { input: name, message });
    };
    super::written(&ToExtract { number, place, name, bytes: input.bytes, robots_only: input.robots_only })
}

fn read_and_found(result: &str) -> (u64, u64) {
    super::parsed::<Extracted>(result).map_or((0, 0), |extracted| (extracted.bytes_read, extracted.counts.pairs))
}
