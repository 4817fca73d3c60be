use std::sync::atomic::AtomicBool;

use sayso_crawl::{Counts, DamageCounts};

use super::extract::{extract, merge_runs};
use super::facts::Facts;
use super::input::resolve_inputs;
use super::options::BuildOptions;
use super::plan::{Workshop, digest};
use super::report::Progress;
use super::run::FAN_IN;
use super::write::site_store;
use crate::Error;

/// What the files of sites say that lie in some crawls, and what was met on the way.
pub(crate) struct ReadFacts {
    pub(crate) facts: Facts,
    pub(crate) counts: Counts,
    pub(crate) damage: DamageCounts,
    /// Holds the facts on disk, and locks the dataset's folder for as long as it is there.
    workshop: Workshop,
}

impl ReadFacts {
    /// Reads the crawls that `options.robots` names, for the dataset in `options.out`.
    pub(crate) fn read(
        options: &BuildOptions,
        interrupt: &AtomicBool,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self, Error> {
        let workshop = Workshop::open(&options.out)?;
        let inputs = resolve_inputs(&options.robots, options.prefix.as_deref(), true)?;
        let mut journal = workshop.journal(&digest(options, &inputs)?)?;
        let pool = extract(options, &inputs, &workshop, &mut journal, interrupt, progress)?;
        merge_runs(&workshop, &mut journal, FAN_IN)?;
        let store = site_store(&workshop, &journal, pool.sites)?;
        let facts = Facts::new(store, &options.agent, options.limits);
        Ok(Self { facts, counts: journal.counts, damage: journal.damage, workshop })
    }

    /// Removes what was kept on disk.
    pub(crate) fn clear(self) -> Result<(), Error> {
        drop(self.facts);
        self.workshop.clear()
    }
}
