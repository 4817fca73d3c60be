use std::num::NonZeroUsize;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, bounded};
use sayso_dataset::Dataset;

use super::ask::{Answered, Asker, Job, Step};
use super::book::Book;
use super::client::Client;
use super::desk::Desk;
use super::gate::Gate;
use super::options::FetchOptions;
use super::plan::PartPlan;
use super::settle::{Settled, Settler};
use super::turns::Turns;
use super::warden::Warden;
use crate::Error;
use crate::build::Progress;

/// How often it is looked whether somebody wants it to stop.
const PATIENCE: Duration = Duration::from_millis(100);

/// What is fetched, and how.
pub(super) struct Work<'a> {
    pub(super) options: &'a FetchOptions,
    pub(super) dataset: &'a Dataset,
    pub(super) warden: &'a dyn Warden,
    /// Requests for pictures so far.
    pub(super) requests: &'a AtomicU64,
}

/// Whoever has work done: it is looked at every moment.
pub(super) trait Supply {
    /// Adds parts, if there are more, and takes note of those that are complete. `is_idle` tells that somebody has nothing to
    /// do. Says whether more may come; an error ends the work.
    fn feed(&mut self, desk: &mut Desk<'_>, is_idle: bool) -> Result<bool, Error>;
}

/// All parts are there from the start.
pub(super) struct AllAtOnce<'a> {
    pub(super) interrupt: &'a AtomicBool,
    pub(super) progress: &'a (dyn Fn(Progress) + Sync),
    /// Requests for pictures so far.
    pub(super) requests: &'a AtomicU64,
}

impl Supply for AllAtOnce<'_> {
    fn feed(&mut self, desk: &mut Desk<'_>, _: bool) -> Result<bool, Error> {
        drop(desk.take_completed());
        let requests = Some(self.requests.load(Ordering::Relaxed));
        (self.progress)(Progress { requests, ..desk.progress() });
        if self.interrupt.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(false) }
    }
}

/// Nobody waits for ever for a thread that panicked over what a stranger sent.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Error::Stopped("fetch")))
}

/// Asks for all that is not done yet; the book knows of everything when it returns.
pub(super) fn fetch_all(
    work: &Work<'_>,
    plans: &[PartPlan],
    supply: &mut dyn Supply,
    book: &dyn Book,
) -> Result<(), Error> {
    let Work { options, dataset, warden, requests } = *work;
    let gate = Gate { policy: dataset.manifest().policy() };
    let client = Client::new(options);
    let turns: Turns<Job> = Turns::new(options.manners.connections.get());
    let (asker, settler) =
        (Asker { options, client: &client, gate: &gate, requests }, Settler { options, gate: &gate });
    let (answered_by, answered) = bounded::<Answered>(options.threads.get() * 2);
    let (settled_by, settled) = bounded::<Result<Settled, Error>>(options.threads.get() * 4);
    let threads = |count: NonZeroUsize| 0..count.get();
    std::thread::scope(|scope| {
        for _ in threads(options.manners.hosts) {
            let (answered_by, settled_by) = (answered_by.clone(), settled_by.clone());
            let (asker, turns) = (&asker, &turns);
            scope.spawn(move || {
                while let Some(turn) = turns.next() {
                    let host = turn.host;
                    // Another step may have given the server up.
                    let given_up = turn.given_up.or_else(|| warden.given_up(&host, &turn.job.place().origin()));
                    match guarded(|| asker.step(turn.job, given_up)) {
                        Ok(Step::Again(job, rest)) => turns.again(&host, job, rest),
                        Ok(Step::Elsewhere(job, rest)) => {
                            turns.done(&host, rest);
                            let next = job.place().host().to_owned();
                            let rest = asker.online().rest_at(&next);
                            turns.push(&next, job, rest);
                        }
                        Ok(Step::Done(done)) => {
                            // Whoever was not asked need not rest.
                            let rest = match given_up {
                                Some(_) => Duration::ZERO,
                                None => asker.rest_behind(&host),
                            };
                            if given_up.is_none()
                                && let Some(kind) = turns.learn(&host, &done.server.0, done.server.1)
                            {
                                warden.give_up(&host, &done.server.0, kind);
                            }
                            turns.done(&host, rest);
                            // Nobody takes it any more when it is over.
                            let _ = answered_by.send(done);
                        }
                        Ok(Step::Deferred(part)) => {
                            turns.done(&host, asker.rest_behind(&host));
                            drop(settled_by.send(Ok(Settled { part, rows: Vec::new(), picture: None })));
                        }
                        Err(error) => drop(settled_by.send(Err(error))),
                    }
                }
            });
        }
        for _ in threads(options.threads) {
            let (answered, settled_by, settler) = (answered.clone(), settled_by.clone(), &settler);
            scope.spawn(move || {
                for answered in &answered {
                    if settled_by.send(guarded(|| settler.settle(answered))).is_err() {
                        return;
                    }
                }
            });
        }
        // The channels end when those who send into them have ended.
        drop((answered_by, answered, settled_by));
        let mut desk = Desk::new(options, dataset, &gate, book, plans, &turns);
        let result = (|| {
            loop {
                desk.open_parts()?;
                let may_come = supply.feed(&mut desk, turns.has_idle())?;
                if desk.is_done() && !may_come {
                    return Ok(());
                }
                if let Some(error) = warden.take_failure() {
                    return Err(error);
                }
                match settled.recv_timeout(PATIENCE) {
                    Ok(settled) => desk.take(settled?)?,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Err(Error::Stopped("fetch")),
                }
            }
        })();
        turns.end();
        // What is on the way is had already, and is written down as long as that goes well.
        let mut is_well = matches!(result, Ok(()) | Err(Error::Interrupted));
        for settled in &settled {
            is_well = is_well && settled.and_then(|settled| desk.take(settled)).is_ok();
        }
        // Whoever is told of the end is told of what came last, too; that it ends is known already.
        let _ = supply.feed(&mut desk, false);
        result
    })
}
