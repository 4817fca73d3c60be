//! Where parts are begun, what comes of their samples is written down, and parts are completed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sayso_dataset::Dataset;

use super::ask::{Job, of_address};
use super::book::{Begun, Book, Pages};
use super::client::Trouble;
use super::gate::Gate;
use super::journal::Line;
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
    pages: Box<dyn Pages>,
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
    book: &'a dyn Book,
    turns: &'a Turns<Job>,
    parts: Parts,
    open: HashMap<(u32, usize), OpenPart>,
    open_bytes: usize,
    /// Parts that are complete, until somebody asks for them.
    completed: Vec<PartPlan>,
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
        book: &'a dyn Book,
        plans: &[PartPlan],
        turns: &'a Turns<Job>,
    ) -> Self {
        let total = plans.iter().map(|plan| plan.rows as u64).sum();
        let (open, parts, completed) = (HashMap::new(), Parts::new(plans), Vec::new());
        Self { options, dataset, gate, book, turns, parts, open, open_bytes: 0, completed, total, done: 0, had: 0 }
    }

    /// Adds parts that are to be begun.
    #[cfg(feature = "cluster")]
    pub(super) fn add(&mut self, plans: &[PartPlan]) {
        self.total += plans.iter().map(|plan| plan.rows as u64).sum::<u64>();
        self.parts.add(plans);
    }

    /// Whether there is room for more parts than are to be begun.
    #[cfg(feature = "cluster")]
    pub(super) fn has_room(&self) -> bool {
        let is_small = self.open.len() < MAX_OPEN && self.open_bytes < self.options.memory_bytes;
        self.parts.is_empty() && (self.open.is_empty() || is_small)
    }

    /// The parts that were completed since this was asked.
    pub(super) fn take_completed(&mut self) -> Vec<PartPlan> {
        std::mem::take(&mut self.completed)
    }

    pub(super) fn is_done(&self) -> bool {
        self.open.is_empty() && self.parts.is_empty()
    }

    pub(super) fn progress(&self) -> Progress {
        Progress {
            stage: Stage::Fetch,
            done: self.done,
            total: Some(self.total),
            found: self.had,
            files: None,
            requests: None,
        }
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
        let Begun { pages, store, known: written } = self.book.begin(&part)?;
        let (mut known, mut done, mut had) = (vec![false; plan.rows], 0, 0);
        for (row, is_had) in written {
            if let Some(slot) = known.get_mut(row as usize) {
                done += u64::from(!*slot);
                had += u64::from(!*slot && is_had);
                *slot = true;
            }
        }
        let mut open = OpenPart { part: Arc::clone(&part), pages, store, known, left: 0 };
        let mut jobs = Vec::new();
        for group in 0..part.groups() {
            let rows = part.rows_of(group);
            if open.known.get(rows.clone()).is_none_or(|known| known.iter().all(|known| *known)) {
                continue;
            }
            if self.is_fresh(&part, group) {
                done += rows.len() as u64;
                continue;
            }
            match self.job(&part, group)? {
                Ok(job) => jobs.push(job),
                Err(trouble) => done += open.refuse(self.gate, group, &trouble, self.options)?,
            }
        }
        self.count(&plan, done, had);
        open.left = jobs.len();
        self.open_bytes += part.bytes();
        if jobs.is_empty() {
            return self.complete(open);
        }
        self.open.insert(plan.key(), open);
        for job in jobs {
            let host = job.place().host().to_owned();
            let rest = self.options.online.rest_at(&host);
            self.turns.push(&host, job, rest);
        }
        Ok(())
    }

    fn count(&mut self, plan: &PartPlan, done: u64, had: u64) {
        self.done += done;
        self.had += had;
        self.book.count(plan, done, had);
    }

    /// Whether what was learned of a picture before is young enough to count.
    fn is_fresh(&self, part: &Part, group: usize) -> bool {
        let Some((kind, at)) = part.before(group).filter(|_| self.options.keep.is_none()) else { return false };
        self.options.manners.is_fresh(kind, at, self.options.online.now())
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
        let key = part.plan.key();
        let Some(open) = self.open.get_mut(&key) else { return Ok(()) };
        let (mut lines, mut had) = (Vec::new(), 0);
        for (row, outcome, is_kept) in rows {
            if open.known.get(row).copied().unwrap_or(true) {
                continue;
            }
            let kept = match (&mut open.store, &picture) {
                (Some(store), Some(picture)) if is_kept => Some(store.add(&part, row, &outcome, picture)?),
                _ => None,
            };
            had += u64::from(outcome.kind.is_had());
            lines.push(Line { row: u32::try_from(row).unwrap_or(u32::MAX), outcome, kept });
        }
        let count = lines.len() as u64;
        open.write(lines)?;
        open.left = open.left.saturating_sub(1);
        let is_complete = open.left == 0;
        self.count(&part.plan, count, had);
        match is_complete.then(|| self.open.remove(&key)).flatten() {
            Some(open) => self.complete(open),
            None => Ok(()),
        }
    }

    fn complete(&mut self, open: OpenPart) -> Result<(), Error> {
        let OpenPart { part, pages, store, .. } = open;
        self.book.complete(&part, pages, store)?;
        self.parts.done(&part.plan);
        self.completed.push(part.plan);
        self.open_bytes = self.open_bytes.saturating_sub(part.bytes());
        Ok(())
    }
}

impl OpenPart {
    fn write(&mut self, lines: Vec<Line>) -> Result<(), Error> {
        for line in &lines {
            if let Some(slot) = self.known.get_mut(line.row as usize) {
                *slot = true;
            }
        }
        if lines.is_empty() { Ok(()) } else { self.pages.write(lines) }
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
        let count = lines.len() as u64;
        self.write(lines)?;
        Ok(count)
    }
}
