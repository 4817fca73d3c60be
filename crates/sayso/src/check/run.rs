//! From inputs to answers: one thread finds, some read, many ask, and the caller's own takes the answers in the order
//! of the inputs. No more than a window of them is on the way at any time.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::CheckOptions;
use super::ask::AskSite;
use super::checked::{Checked, Grounds};
use super::draft::{Draft, Drafted, draft};
use super::fault::{Fault, FaultKind};
use super::hosts::HostQueue;
use super::source::{CheckInput, Source, TableColumns, Unit, read, sources};
use super::summary::CheckSummary;
use crate::Error;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

/// How far a check is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckProgress {
    /// What was checked.
    pub done: u64,
    /// How much there is to check; `None` while it is still being found.
    pub all: Option<u64>,
    /// How many are refused.
    pub refused: u64,
}

/// Units that are on the way at the same time, for each thread that reads.
const WINDOW: usize = 64;

/// The same for each host that can be asked. It is wide, so that a table in the order of its sites holds several sites.
const ASKING_WINDOW: usize = 256;

/// How often a check looks whether it is interrupted while it waits.
const PATIENCE: Duration = Duration::from_millis(100);

/// Checks `inputs` and hands each answer to `sink`, in the order of the inputs, until that has enough.
///
/// What cannot be read is counted, and the check goes on. An input that is not there is an error before anything is
/// checked.
pub fn check(
    inputs: &[CheckInput],
    options: &CheckOptions,
    interrupt: &AtomicBool,
    progress: &dyn Fn(CheckProgress),
    sink: &mut dyn FnMut(Checked) -> ControlFlow<()>,
) -> Result<CheckSummary, Error> {
    let sources = sources(inputs, &options.columns)?;
    let window = match options.ask {
        Some(_) => options.askers.get().saturating_mul(ASKING_WINDOW),
        None => options.threads.get().saturating_mul(WINDOW),
    };
    let (return_ticket, tickets) = bounded(window);
    (0..window).for_each(|_| {
        let _ = return_ticket.try_send(());
    });
    let (found_by, found) = bounded(window);
    let (done_by, done) = bounded(window);
    let questions = options.ask.as_ref().map(|ask| start_askers(ask, options)).transpose()?;
    let (stop, all) = (AtomicBool::new(false), AtomicU64::new(UNKNOWN));
    std::thread::scope(|scope| {
        let (stop, all, asked) = (&stop, &all, questions.clone());
        scope.spawn(move || find(sources, &options.columns, &tickets, &found_by, stop, all));
        for _ in 0..options.threads.get() {
            let reader =
                Reader { found: found.clone(), done: done_by.clone(), questions: questions.clone(), options, stop };
            scope.spawn(move || reader.read());
        }
        // The channels end when those who send into them have ended.
        drop((found, done_by, questions));
        let collector = Collector { done, return_ticket, all, interrupt, progress };
        let result = collector.collect(sink);
        stop.store(true, Ordering::Relaxed);
        if let Some(questions) = asked {
            questions.abandon();
        }
        result
    })
}

/// The number of units before all are found.
const UNKNOWN: u64 = u64::MAX;

/// Finds units and numbers them; for each one there must be a ticket.
fn find(
    sources: Vec<Source>,
    columns: &TableColumns,
    tickets: &Receiver<()>,
    found: &Sender<(u64, Unit)>,
    stop: &AtomicBool,
    all: &AtomicU64,
) {
    let mut number = 0;
    let mut emit = |unit| {
        if stop.load(Ordering::Relaxed) || tickets.recv().is_err() || found.send((number, unit)).is_err() {
            return ControlFlow::Break(());
        }
        number += 1;
        ControlFlow::Continue(())
    };
    let _ = sources.into_iter().try_for_each(|source| read(source, columns, &mut emit));
    all.store(number, Ordering::Relaxed);
}

/// What became of a unit.
enum Done {
    Checked(Box<Checked>),
    Fault(Fault),
    Other,
    /// Whoever had it stopped.
    Lost,
}

/// The duty to say what became of a unit. It is fulfilled even by a thread that panics: nobody waits for ever.
struct Duty {
    number: u64,
    done: Sender<(u64, Done)>,
    is_fulfilled: bool,
}

impl Duty {
    fn fulfil(mut self, done: Done) {
        self.is_fulfilled = true;
        // There is room for every unit that has a ticket; without a receiver nobody wants to know.
        let _ = self.done.send((self.number, done));
    }
}

impl Drop for Duty {
    fn drop(&mut self) {
        if !self.is_fulfilled {
            let _ = self.done.send((self.number, Done::Lost));
        }
    }
}

struct Question {
    duty: Duty,
    draft: Box<Draft>,
    url: String,
}

struct Reader<'a> {
    found: Receiver<(u64, Unit)>,
    done: Sender<(u64, Done)>,
    questions: Option<Arc<HostQueue<Question>>>,
    options: &'a CheckOptions,
    stop: &'a AtomicBool,
}

impl Reader<'_> {
    fn grounds(&self) -> Grounds<'_> {
        Grounds { policy: &self.options.policy, registry: self.options.registry.as_deref(), kept: None }
    }

    fn read(self) {
        let mut buffer = Vec::new();
        for (number, unit) in &self.found {
            if self.stop.load(Ordering::Relaxed) {
                // What is on the way still has to be taken out of it.
                continue;
            }
            let duty = Duty { number, done: self.done.clone(), is_fulfilled: false };
            match draft(unit, self.options.file_bytes, self.options.registry.is_some(), &mut buffer) {
                Drafted::Fault(fault) => duty.fulfil(Done::Fault(fault)),
                Drafted::Other => duty.fulfil(Done::Other),
                Drafted::Subject(mut draft) => match (&self.questions, draft.host.take(), draft.url.clone()) {
                    (Some(questions), Some(host), Some(url)) => {
                        questions.push(host, Question { duty, draft, url });
                    }
                    _ => duty.fulfil(Done::Checked(Box::new(self.grounds().check(*draft, None)))),
                },
            }
        }
    }
}

/// Starts those who ask. They are not waited for: whoever interrupts a check need not wait for the slowest of all sites.
fn start_askers(ask: &Arc<dyn AskSite + Send>, options: &CheckOptions) -> Result<Arc<HostQueue<Question>>, Error> {
    let queue = Arc::new(HostQueue::new());
    for number in 0..options.askers.get() {
        let (ask, queue) = (Arc::clone(ask), Arc::clone(&queue));
        let (policy, registry) = (options.policy.clone(), options.registry.clone());
        let asker = std::thread::Builder::new().name("asker".to_owned());
        let started = asker.spawn(move || {
            let grounds = Grounds { policy: &policy, registry: registry.as_deref(), kept: None };
            answer(ask.as_ref(), &queue, &grounds);
        });
        // A system that allows fewer threads than were asked for is served by those.
        if started.is_err() && number == 0 {
            return Err(Error::Stopped("check"));
        }
    }
    Ok(queue)
}

fn answer(ask: &dyn AskSite, queue: &HostQueue<Question>, grounds: &Grounds<'_>) {
    while let Some((host, Question { duty, draft, url })) = queue.next() {
        let asked = ask.ask(&url);
        queue.done(host);
        duty.fulfil(Done::Checked(Box::new(grounds.check(*draft, Some(asked)))));
    }
}

struct Collector<'a> {
    done: Receiver<(u64, Done)>,
    return_ticket: Sender<()>,
    all: &'a AtomicU64,
    interrupt: &'a AtomicBool,
    progress: &'a dyn Fn(CheckProgress),
}

impl Collector<'_> {
    fn collect(self, sink: &mut dyn FnMut(Checked) -> ControlFlow<()>) -> Result<CheckSummary, Error> {
        let mut summary = CheckSummary::default();
        // What is done out of order waits here; the first place is that of unit `next`.
        let (mut next, mut waiting): (u64, VecDeque<Option<Done>>) = (0, VecDeque::new());
        loop {
            if self.interrupt.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            let (number, done) = match self.done.recv_timeout(PATIENCE) {
                Ok(done) => done,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let place = usize::try_from(number - next).unwrap_or(usize::MAX);
            if waiting.len() <= place {
                waiting.resize_with(place + 1, || None);
            }
            if let Some(slot) = waiting.get_mut(place) {
                *slot = Some(done);
            }
            while let Some(done) = waiting.front_mut().and_then(Option::take) {
                waiting.pop_front();
                next += 1;
                let _ = self.return_ticket.try_send(());
                match done {
                    Done::Checked(checked) => {
                        summary.add(&checked);
                        if sink(*checked).is_break() {
                            return Ok(summary);
                        }
                    }
                    Done::Fault(fault) => summary.fault(&fault),
                    Done::Other => summary.others += 1,
                    Done::Lost => return Err(Error::Stopped("check")),
                }
                let all = Some(self.all.load(Ordering::Relaxed)).filter(|all| *all != UNKNOWN);
                (self.progress)(CheckProgress { done: next, all, refused: summary.refused });
            }
        }
        if !waiting.is_empty() {
            return Err(Error::Stopped("check"));
        }
        if summary.checked == 0 && summary.faults.is_empty() {
            summary.fault(&Fault::new(FaultKind::Empty, "", "there is nothing to check"));
        }
        Ok(summary)
    }
}
