use std::sync::atomic::{AtomicU64, Ordering};

use sayso_cluster::Failure;

use super::claim::Claims;
use super::folder::Step;
use super::hand::LanesBook;
use super::lane::Lane;
use super::watch::Share;
use crate::Error;
use crate::build::cluster::{failure, opened, parsed};
use crate::fetch::desk::Desk;
use crate::fetch::journal::Journal;
use crate::fetch::work::{Supply, Work, fetch_all};

pub(super) fn call(what: &str, _: &str) -> Result<String, Failure> {
    run(what).map(|()| String::new()).map_err(|error| failure(&error))
}

fn run(what: &str) -> Result<(), Error> {
    let share = parsed::<Share>(what)?;
    let Some(mut claims) = Claims::open(&share, Step::Pictures)? else { return Ok(()) };
    let worked = work(&mut claims);
    let closed = claims.close();
    worked.and(closed)
}

fn work(claims: &mut Claims) -> Result<(), Error> {
    let (hand, options) = (claims.hand.clone(), claims.options.clone());
    let dir = claims.settings.dir().to_owned();
    let dataset = opened(&dir.to_string_lossy(), &claims.settings.root)?;
    let journal = Journal::of(&dir);
    let requests = AtomicU64::new(0);
    let work = Work { options: &options, dataset: &dataset, warden: hand.as_ref(), requests: &requests };
    let book = LanesBook { hand: &hand, journal: &journal };
    fetch_all(&work, &[], &mut Taken { claims, is_begun: false }, &book)
}

/// Lanes as they are taken.
struct Taken<'a> {
    claims: &'a mut Claims,
    /// Whether the first lane, which is there from the start, was begun with.
    is_begun: bool,
}

impl Supply for Taken<'_> {
    fn feed(&mut self, desk: &mut Desk<'_>, is_idle: bool) -> Result<bool, Error> {
        for plan in desk.take_completed() {
            let lane = self.claims.hand.get(plan.lane);
            if lane.is_some_and(|lane| lane.left.fetch_sub(1, Ordering::Relaxed) == 1) {
                self.claims.done(plan.lane)?;
            }
        }
        self.claims.look()?;
        if !self.is_begun {
            self.is_begun = true;
            if let Some(lane) = self.claims.last() {
                self.begin(desk, &lane)?;
            }
        }
        if is_idle
            && desk.has_room()
            && let Some(lane) = self.claims.more()?
        {
            self.begin(desk, &lane)?;
        }
        Ok(self.claims.may_find())
    }
}

impl Taken<'_> {
    fn begin(&mut self, desk: &mut Desk<'_>, lane: &Lane) -> Result<(), Error> {
        let parts = lane.parts()?;
        if parts.is_empty() {
            return self.claims.done(lane.number);
        }
        desk.add(&parts);
        Ok(())
    }
}
