use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sayso_core::fail_on;

use super::folder::{LanesFolder, Step};
use super::hand::Hand;
use super::lane::Lane;
use super::lay::Laid;
use super::settings::{SETTINGS, Settings};
use super::watch::{Share, Watch};
use crate::Error;
use crate::fetch::options::FetchOptions;
use crate::online::Realm;

/// Takes lanes for a task, one after the other, as long as it has nothing to do.
pub(super) struct Claims {
    pub(super) hand: Arc<Hand>,
    pub(super) settings: Settings,
    pub(super) options: FetchOptions,
    folder: LanesFolder,
    step: Step,
    watch: Watch,
    /// Where the next lane is looked for: each task begins somewhere else.
    next: usize,
    lanes: usize,
    /// Lanes through which the step is, as far as that was seen.
    done: HashSet<usize>,
    claimed: Option<Instant>,
    saved: Instant,
    /// Whether the last look found a lane.
    found: bool,
    /// Whether a lane is worked on that ended workers, and nothing beside it.
    is_alone: bool,
}

/// Between two lanes that a task takes: so that others, who begin at the same time, get as many.
const SPACING: Duration = Duration::from_millis(100);

/// Between two looks where none was free: one of somebody who died may have become so.
const LOOK: Duration = Duration::from_secs(5);

/// Between two times at which it is laid down how far lanes are.
const SAVE: Duration = Duration::from_secs(1);

/// Lanes that a task has in hand at most: each takes three open files.
const IN_HAND: usize = 64;

/// Workers that may die over a lane, until nobody takes it any more.
pub(super) const DEATHS: usize = 3;

impl Claims {
    /// Gets ready to take lanes; `None` where none is left.
    pub(super) fn open(share: &Share, step: Step) -> Result<Option<Self>, Error> {
        let folder = LanesFolder::of(share.dir.as_ref());
        let mut watch = Watch::new(folder.clone(), share.run.clone(), step);
        watch.look()?;
        let (Some(laid), Some(settings)) = (Laid::open(&folder)?, folder.read::<Settings>(SETTINGS)?) else {
            return Err(Error::Interrupted);
        };
        let (lanes, hand) = (laid.cuts.lanes(), Arc::new(Hand::new(laid.cuts)));
        let options = settings.options(Arc::clone(&hand) as Arc<dyn Realm>)?;
        let mut claims = Self {
            hand,
            settings,
            options,
            folder,
            step,
            watch,
            next: share.number % lanes,
            lanes,
            done: HashSet::new(),
            claimed: None,
            saved: Instant::now(),
            found: true,
            is_alone: false,
        };
        Ok(claims.claim()?.then_some(claims))
    }

    /// Whether whoever has nothing to do may wait for another lane.
    pub(super) fn may_find(&self) -> bool {
        self.found && !self.is_alone
    }

    /// Takes another lane, where it is time for one; `None` where it is not, or none is free.
    pub(super) fn more(&mut self) -> Result<Option<Arc<Lane>>, Error> {
        let spacing = if self.found { SPACING } else { LOOK };
        let is_full = self.hand.all().len() >= IN_HAND;
        if self.is_alone || is_full || self.claimed.is_some_and(|claimed| claimed.elapsed() < spacing) {
            return Ok(None);
        }
        self.found = self.claim()?;
        Ok(if self.found { self.last() } else { None })
    }

    /// The lane that was taken last.
    pub(super) fn last(&self) -> Option<Arc<Lane>> {
        self.hand.get((self.next + self.lanes - 1) % self.lanes)
    }

    /// Looks whether the work is still wanted, and lays down how far it is.
    pub(super) fn look(&mut self) -> Result<(), Error> {
        if self.saved.elapsed() >= SAVE {
            self.hand.all().iter().try_for_each(|lane| lane.save())?;
            self.saved = Instant::now();
        }
        self.watch.goes_on()
    }

    /// The step is through with a lane.
    pub(super) fn done(&mut self, lane: usize) -> Result<(), Error> {
        self.done.insert(lane);
        self.is_alone = false;
        self.hand.remove(lane).map_or(Ok(()), |lane| lane.close(Some(self.step)))
    }

    /// Ends work in all lanes that are still in hand.
    pub(super) fn close(&mut self) -> Result<(), Error> {
        self.hand.all().iter().try_for_each(|lane| {
            self.hand.remove(lane.number);
            lane.close(None)
        })
    }

    /// Takes the next lane that is free.
    fn claim(&mut self) -> Result<bool, Error> {
        self.claimed = Some(Instant::now());
        for _ in 0..self.lanes {
            let lane = self.next;
            self.next = (self.next + 1) % self.lanes;
            if self.done.contains(&lane) || self.hand.get(lane).is_some() {
                continue;
            }
            if self.is_done(lane) {
                continue;
            }
            let deaths = Lane::tries(&self.folder, lane)?.len();
            // One over which two died is worked on by itself: so it is found out which of those that they had it was.
            let wants_alone = deaths + 1 >= DEATHS;
            if deaths >= DEATHS || (wants_alone && !self.hand.all().is_empty()) {
                continue;
            }
            let Some(lock) = self.folder.lock(lane)? else { continue };
            // Whoever drives may have taken it back, and whoever had it may have come to an end.
            self.watch.look()?;
            if self.is_done(lane) {
                continue;
            }
            let now = self.options.online.now();
            let opened = Lane::open(&self.folder, lane, lock, self.settings.pause, now)?;
            self.is_alone = wants_alone;
            self.hand.add(Arc::new(opened));
            fail_on(&format!("lane {lane:05}"));
            return Ok(true);
        }
        Ok(false)
    }

    fn is_done(&mut self, lane: usize) -> bool {
        let is_done = Lane::is_done(&self.folder, lane, self.step);
        if is_done {
            self.done.insert(lane);
        }
        is_done
    }
}
