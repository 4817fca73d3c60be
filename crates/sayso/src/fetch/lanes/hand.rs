use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sayso_crawl::host_of;

use super::cuts::Cuts;
use super::lane::Lane;
use crate::Error;
use crate::fetch::book::{Begun, Book, Pages};
use crate::fetch::journal::{Journal, Line};
use crate::fetch::keep::PartStore;
use crate::fetch::kind::FetchKind;
use crate::fetch::part::Part;
use crate::fetch::plan::PartPlan;
use crate::fetch::warden::Warden;
use crate::online::{Realm, Rests};

/// The lanes that a task has in hand: it asks their hosts and no others.
#[derive(Debug)]
pub(super) struct Hand {
    cuts: Cuts,
    lanes: RwLock<HashMap<usize, Arc<Lane>>>,
}

impl Hand {
    pub(super) fn new(cuts: Cuts) -> Self {
        Self { cuts, lanes: RwLock::default() }
    }

    pub(super) fn get(&self, lane: usize) -> Option<Arc<Lane>> {
        self.lanes.read().unwrap_or_else(PoisonError::into_inner).get(&lane).map(Arc::clone)
    }

    pub(super) fn add(&self, lane: Arc<Lane>) {
        self.lanes.write().unwrap_or_else(PoisonError::into_inner).insert(lane.number, lane);
    }

    pub(super) fn remove(&self, lane: usize) -> Option<Arc<Lane>> {
        self.lanes.write().unwrap_or_else(PoisonError::into_inner).remove(&lane)
    }

    /// All of them, in their order.
    pub(super) fn all(&self) -> Vec<Arc<Lane>> {
        let mut all: Vec<_> =
            self.lanes.read().unwrap_or_else(PoisonError::into_inner).values().map(Arc::clone).collect();
        all.sort_by_key(|lane| lane.number);
        all
    }

    fn of_host(&self, host: &str) -> Option<Arc<Lane>> {
        self.get(self.cuts.of_host(host))
    }

    fn of_plan(&self, plan: &PartPlan) -> Result<Arc<Lane>, Error> {
        self.get(plan.lane).ok_or(Error::Stopped("fetch of a lane"))
    }
}

impl Realm for Hand {
    fn enter(&self, host: &str) -> Option<Arc<dyn Rests>> {
        self.of_host(host).map(|lane| Arc::clone(&lane.ledger) as Arc<dyn Rests>)
    }
}

impl Warden for Hand {
    fn given_up(&self, host: &str, origin: &str) -> Option<FetchKind> {
        self.of_host(host)?.ledger.given_up(origin)
    }

    fn give_up(&self, host: &str, origin: &str, kind: FetchKind) {
        debug_assert_eq!(self.cuts.of_host(host), self.cuts.of_host(&host_of(origin)), "a server is at its host");
        if let Some(lane) = self.of_host(host) {
            lane.ledger.give_up(origin, kind);
        }
    }

    fn take_failure(&self) -> Option<Error> {
        self.all().iter().find_map(|lane| lane.ledger.take_failure())
    }
}

/// The journals of lanes, beside those of parts.
pub(super) struct LanesBook<'a> {
    pub(super) hand: &'a Hand,
    /// What came of an earlier start.
    pub(super) journal: &'a Journal,
}

impl Book for LanesBook<'_> {
    fn begin(&self, part: &Arc<Part>) -> Result<Begun, Error> {
        let (plan, lane) = (&part.plan, self.hand.of_plan(&part.plan)?);
        let mut known = self.journal.known(plan.number)?;
        known.extend(lane.known(plan.number));
        // A lane's stretch begins behind other rows of the part.
        let skip = u32::try_from(plan.skip).unwrap_or(u32::MAX);
        let known = known.into_iter().filter_map(|(row, is_had)| Some((row.checked_sub(skip)?, is_had))).collect();
        lane.begin(part);
        Ok(Begun { pages: Box::new(LanePages { lane, number: plan.number, skip }), store: None, known })
    }

    fn complete(&self, part: &Arc<Part>, _: Box<dyn Pages>, _: Option<PartStore>) -> Result<(), Error> {
        self.hand.of_plan(&part.plan)?.complete(part);
        Ok(())
    }

    fn count(&self, plan: &PartPlan, done: u64, had: u64) {
        if let Some(lane) = self.hand.get(plan.lane) {
            lane.count(0, done, had);
        }
    }
}

/// A stretch of a part in a lane's journal.
struct LanePages {
    lane: Arc<Lane>,
    number: u32,
    skip: u32,
}

impl Pages for LanePages {
    fn write(&mut self, lines: Vec<Line>) -> Result<(), Error> {
        let lines = lines.into_iter().map(|line| Line { row: line.row + self.skip, ..line }).collect();
        self.lane.write(self.number, lines)
    }
}
