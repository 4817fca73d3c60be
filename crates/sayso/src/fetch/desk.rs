//! Where parts are begun, what comes of their samples is written down, and parts are completed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sayso_dataset::Dataset;

use super::ask::{Job, of_address};
use super::client::Trouble;
use super::gate::Gate;
use super::journal::{Journal, Line, PartJournal};
use super::keep::PartStore;
use super::kind::FetchKind;
use super::options::FetchOptions;
use super::outcome::Outcome;
use super::part::Part;
use super::plan::{PartPlan, Parts};
use super::said::Said;
use super::settle::Settled;
use super::turns::Turns;
use crate::Error;
use crate::build::{Progress, Stage};
use crate::online::Target;

/// A part that is worked on.
struct OpenPart {
    part: Arc<Part>,
    journal: PartJournal,
    store: Option<PartStore>,
    /// Rows of which the journal knows.
    known: Vec<bool>,
    /// Groups that are still on their way.
    left: usize,
}

pub(super) struct Desk<'a> {
    options: &'a FetchOptions,
    dataset: &'a Dataset,
    gate: &'a Gate,
    journal: &'a Journal,
    turns: &'a Turns<Job>,
    parts: Parts,
    open: HashMap<u32, OpenPart>,
    open_bytes: usize,
    total: u64,
    done: u64,
    had: u64,
}

/// Parts that are worked on at the same time: each has its files open.
const MAX_OPEN: usize = 256;

impl<'a> Desk<'a> {
    pub(super) fn new(
        options: &'a FetchOptions,
        dataset: &'a Dataset,
        gate: &'a Gate,
        journal: &'a Journal,
        plans: &[PartPlan],
        turns: &'a Turns<Job>,
    ) -> Self {
        let total = plans.iter().map(|plan| plan.rows as u64).sum();
        let (open, parts) = (HashMap::new(), Parts::new(plans));
        Self { options, dataset, gate, journal, turns, parts, open, open_bytes: 0, total, done: 0, had: 0 }
    }

    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty() && self.parts.is_empty()
    }

    pub(super) fn progress(&self) -> Progress {
        Progress { stage: Stage::Fetch, done: self.done, total: Some(self.total), found: self.had, files: None }
    }

    /// Begins parts as long as there is memory for them; one at least.
    pub(super) fn open_parts(&mut self) -> Result<(), Error> {
        while self.open.len() < MAX_OPEN && (self.open.is_empty() || self.open_bytes < self.options.memory_bytes) {
            let Some(plan) = self.parts.next() else { return Ok(()) };
            self.begin(plan)?;
        }
        Ok(())
    }

    fn begin(&mut self, plan: PartPlan) -> Result<(), Error> {
        let part = Arc::new(Part::read(self.dataset, plan)?);
        let mut lines = self.journal.lines(plan.number)?;
        let mut store = None;
        if let Some(keep) = &self.options.keep
            && !PartStore::is_complete(keep, &part)
        {
            let (opened, whole) = PartStore::open(keep, &part, self.options.part_rows.get(), &lines)?;
            lines.truncate(whole);
            store = Some(opened);
        }
        let journal = self.journal.append(plan.number, lines.len())?;
        let mut known = vec![false; plan.rows];
        for line in &lines {
            if let Some(slot) = known.get_mut(line.row as usize) {
                *slot = true;
                self.done += 1;
                self.had += u64::from(line.outcome.kind.is_had());
            }
        }
        let mut open = OpenPart { part: Arc::clone(&part), journal, store, known, left: 0 };
        let mut jobs = Vec::new();
        for group in 0..part.groups() {
            let rows = part.rows_of(group);
            if open.known.get(rows.clone()).is_none_or(|known| known.iter().all(|known| *known)) {
                continue;
            }
            if self.is_fresh(&part, group) {
                self.done += rows.len() as u64;
                continue;
            }
            match self.job(&part, group)? {
                Ok(job) => jobs.push(job),
                Err(trouble) => self.done += open.refuse(self.gate, group, &trouble, self.options)?,
            }
        }
        open.left = jobs.len();
        self.open_bytes += part.bytes();
        if jobs.is_empty() {
            return self.complete(open);
        }
        self.open.insert(plan.number, open);
        for job in jobs {
            let host = job.place().host().to_owned();
            self.turns.push(&host, job);
        }
        Ok(())
    }

    /// Whether what was learned of a picture before is young enough to count.
    fn is_fresh(&self, part: &Part, group: usize) -> bool {
        let Some((kind, at)) = part.before(group).filter(|_| self.options.keep.is_none()) else { return false };
        let age = self.options.online.now().as_micros().saturating_sub(at.as_micros());
        let max_age = i64::try_from(self.options.manners.max_age.as_micros()).unwrap_or(i64::MAX);
        !kind.is_passing() && (0..max_age).contains(&age)
    }

    /// The job of asking for a group, or why it is not asked for.
    fn job(&self, part: &Arc<Part>, group: usize) -> Result<Result<Job, Trouble>, Error> {
        if !self.gate.opens(part, group, &Said::default())? {
            let message = "its verdict is disallowed".to_owned();
            return Ok(Err(Trouble { kind: FetchKind::Disallowed, message }));
        }
        let target = Target::parse(part.url_of(group), &self.options.online.options.allow_private);
        let target = target.map_err(|failure| of_address(&failure));
        Ok(target.map(|target| {
            let page_sites = self.page_sites(part, group, &target);
            Job::new(part, group, target, page_sites)
        }))
    }

    /// The sites of a group's pages, each once, without the picture's own, which is asked anyway.
    fn page_sites(&self, part: &Part, group: usize, target: &Target) -> Vec<Target> {
        let mut origins = HashSet::from([target.origin()]);
        let mut sites = Vec::new();
        for row in part.rows_of(group) {
            // An address that is not asked has no site that could be.
            if let Ok(page) = Target::parse(part.page_url(row), &self.options.online.options.allow_private)
                && origins.insert(page.origin())
            {
                sites.push(page);
            }
        }
        sites
    }

    /// Writes down what came of a group.
    pub(super) fn take(&mut self, settled: Settled) -> Result<(), Error> {
        let Settled { part, rows, picture, .. } = settled;
        let number = part.plan.number;
        let Some(open) = self.open.get_mut(&number) else { return Ok(()) };
        let mut lines = Vec::new();
        for (row, outcome, is_kept) in rows {
            if open.known.get(row).copied().unwrap_or(true) {
                continue;
            }
            let kept = match (&mut open.store, &picture) {
                (Some(store), Some(picture)) if is_kept => Some(store.add(&part, row, &outcome, picture)?),
                _ => None,
            };
            self.had += u64::from(outcome.kind.is_had());
            lines.push(Line { row: u32::try_from(row).unwrap_or(u32::MAX), outcome, kept });
        }
        open.write(&lines)?;
        self.done += lines.len() as u64;
        open.left = open.left.saturating_sub(1);
        if open.left == 0
            && let Some(open) = self.open.remove(&number)
        {
            self.complete(open)?;
        }
        Ok(())
    }

    fn complete(&mut self, open: OpenPart) -> Result<(), Error> {
        open.journal.sync()?;
        if let Some(store) = open.store {
            store.finish(&open.part, &self.journal.lines(open.part.plan.number)?)?;
        }
        self.parts.done(&open.part.plan);
        self.open_bytes = self.open_bytes.saturating_sub(open.part.bytes());
        Ok(())
    }
}

impl OpenPart {
    fn write(&mut self, lines: &[Line]) -> Result<(), Error> {
        for line in lines {
            if let Some(slot) = self.known.get_mut(line.row as usize) {
                *slot = true;
            }
        }
        self.journal.write(lines)
    }

    /// Writes down of a group that it is not asked for; returns of how many samples.
    fn refuse(&mut self, gate: &Gate, group: usize, trouble: &Trouble, options: &FetchOptions) -> Result<u64, Error> {
        let mut lines = Vec::new();
        for row in self.part.rows_of(group) {
            if self.known.get(row).copied().unwrap_or(true) {
                continue;
            }
            let judged = gate.judge(&self.part, row, &Said::default())?;
            let outcome = Outcome {
                kind: trouble.kind,
                message: trouble.message.clone(),
                at: options.online.now(),
                facts: None,
                etag: None,
                last_modified: None,
                ruling: judged.ruling,
                refused: judged.refused,
            };
            lines.push(Line { row: u32::try_from(row).unwrap_or(u32::MAX), outcome, kept: None });
        }
        self.write(&lines)?;
        Ok(lines.len() as u64)
    }
}
