use std::sync::atomic::AtomicBool;

use sayso_crawl::{Counts, DamageCounts};

use super::extract::{SITE_BYTES, extract};
use super::facts::Facts;
use super::input::all_inputs;
use super::merge_runs::{FAN_IN, merge_runs};
use super::options::BuildOptions;
use super::plan::{Journal, Workshop, digest};
use super::report::Progress;
use super::sitestore::{Row, write_rows};
use super::write::site_store;
use crate::Error;

/// What the files of sites say, in some crawls and from elsewhere, and what was met on the way.
pub(crate) struct ReadFacts {
    pub(crate) facts: Facts,
    pub(crate) counts: Counts,
    pub(crate) damage: DamageCounts,
    /// Holds the facts on disk, and locks the dataset's folder for as long as it is there.
    workshop: Workshop,
}

/// Takes a fact that is not from a crawl.
pub(crate) type TakeRow<'a> = &'a mut dyn FnMut(Row) -> Result<(), Error>;

impl ReadFacts {
    /// Reads the crawls that `options.robots` names, for the dataset in `options.out`, and what `others` has besides; of those
    /// that `options.inputs` names all but the pairs.
    pub(crate) fn read(
        workshop: Workshop,
        options: &BuildOptions,
        others: &mut dyn FnMut(TakeRow<'_>) -> Result<(), Error>,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self, Error> {
        let mut inputs = all_inputs(options)?;
        inputs.iter_mut().for_each(|input| input.keeps_pairs = false);
        let mut journal: Journal = workshop.journal(&digest(options, &inputs)?)?;
        let mut pool = extract(options, &inputs, &workshop, &mut journal, interrupt, progress)?;
        let mut bytes = pool.sites.iter().map(size).sum();
        others(&mut |row| {
            bytes += size(&row);
            pool.sites.push(row);
            if bytes >= SITE_BYTES {
                bytes = 0;
                spill(&workshop, &mut journal, &mut pool.sites)?;
            }
            Ok(())
        })?;
        merge_runs(&workshop, &mut journal, FAN_IN)?;
        let store = site_store(&workshop, &journal, pool.sites)?;
        let facts = Facts::new(store, &options.agent, options.limits);
        Ok(Self { facts, counts: journal.counts, damage: journal.damage, workshop })
    }

    /// The facts alone, with what keeps them there.
    pub(crate) fn into_facts(self) -> (Facts, Workshop) {
        (self.facts, self.workshop)
    }

    /// Removes what was kept on disk.
    pub(crate) fn clear(self) -> Result<(), Error> {
        drop(self.facts);
        self.workshop.clear()
    }
}

fn size((key, value): &Row) -> usize {
    key.len() + value.len()
}

/// Writes rows to a run of their own. No journal on disk names it: what others say is asked of them again.
fn spill(workshop: &Workshop, journal: &mut Journal, rows: &mut Vec<Row>) -> Result<(), Error> {
    let name = format!("sites-others-{}.rows", journal.site_runs.len());
    let mut rows = std::mem::take(rows);
    rows.sort_unstable();
    write_rows(&workshop.dir.join(&name), rows.into_iter().map(Ok))?;
    journal.site_runs.push(name);
    Ok(())
}
