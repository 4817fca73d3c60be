use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sayso_picture::PictureFault;

use super::batch::in_order;
use super::bytes::{Opened, open, too_large};
use super::{BadPicture, Looked, PictureInput, PictureOptions, PicturePlace, PictureSummary};
use crate::Error;
use crate::check::source::{Emit, Unit, members, unless_empty, walk};
use crate::check::{Fault, FaultKind};

/// Makes something of a picture's bytes.
pub type Work<'a, T> = dyn Fn(&[u8]) -> Result<T, PictureFault> + Sync + 'a;

/// Takes what was made of pictures, and what was wrong with bad ones, until it has enough.
pub type Sink<'a, T> = dyn FnMut(Result<Looked<T>, &BadPicture>) -> ControlFlow<()> + 'a;

/// Units that are looked at together, for each thread: enough that the last ones do not leave the others waiting.
const BATCH: usize = 64;

/// Hands the bytes of every picture of `inputs` to `work`, on many threads, and what that makes of them to `sink`, in the
/// order of the inputs, until that has enough. Bad pictures go to `sink` in their place, too, and are counted.
///
/// # Errors
///
/// When an input is not there, before anything is looked at, and when `interrupt` is set.
pub fn each_picture<T: Send>(
    inputs: &[PictureInput],
    options: &PictureOptions,
    interrupt: &AtomicBool,
    work: &Work<'_, T>,
    sink: &mut Sink<'_, T>,
) -> Result<PictureSummary, Error> {
    for input in inputs {
        if let PictureInput::Path(path) = input {
            is_there(path)?;
        }
    }
    let mut run = Run { options, interrupt, work, sink, summary: PictureSummary::default(), waiting: Vec::new() };
    for input in inputs {
        let flow = match input {
            PictureInput::Path(path) => find(path, &mut |unit| run.take(unit)),
            PictureInput::Bytes { name, bytes } => match run.flush() {
                ControlFlow::Continue(()) => run.given(name, bytes),
                ControlFlow::Break(()) => ControlFlow::Break(()),
            },
        };
        if flow.is_break() {
            break;
        }
    }
    let _ = run.flush();
    let mut summary = run.summary;
    if interrupt.load(Ordering::Relaxed) {
        return Err(Error::Cancelled);
    }
    if summary.pictures == 0 && summary.bad.is_empty() {
        summary.add(Fault::new(FaultKind::Empty, "", "there is no picture").into());
    }
    Ok(summary)
}

fn is_there(path: &Path) -> Result<(), Error> {
    let there = fs_err::metadata(path).map_err(Error::file(path))?;
    if there.is_dir() || there.is_file() {
        return Ok(());
    }
    let message = "it is neither a file nor a folder\nhint: give its bytes to standard input, and - for a path";
    Err(Error::Input { input: path.display().to_string(), message: message.to_owned() })
}

fn find(path: &Path, emit: &mut Emit<'_>) -> ControlFlow<()> {
    if path.is_dir() {
        unless_empty(path, "the folder holds no picture or tar", emit, |emit| walk(path, None, emit))
    } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tar")) {
        unless_empty(path, "the tar holds no picture", emit, |emit| members(path, emit))
    } else {
        emit(Unit::File { path: path.to_owned(), sidecars: Vec::new(), is_named: true })
    }
}

struct Run<'a, 'b, T> {
    options: &'a PictureOptions,
    interrupt: &'a AtomicBool,
    work: &'a Work<'b, T>,
    sink: &'a mut Sink<'b, T>,
    summary: PictureSummary,
    waiting: Vec<Unit>,
}

/// What became of a unit.
enum Done<T> {
    Looked(Looked<T>),
    Bad(BadPicture),
    Other,
}

impl<T: Send> Run<'_, '_, T> {
    fn take(&mut self, unit: Unit) -> ControlFlow<()> {
        self.waiting.push(unit);
        if self.waiting.len() < self.options.threads.get().saturating_mul(BATCH) {
            return ControlFlow::Continue(());
        }
        self.flush()
    }

    fn flush(&mut self) -> ControlFlow<()> {
        let (options, interrupt, work) = (self.options, self.interrupt, self.work);
        let done = in_order(std::mem::take(&mut self.waiting), options.threads, &|unit, buffer| {
            if interrupt.load(Ordering::Relaxed) {
                return Done::Other;
            }
            match open(unit, options.limits.file_bytes, buffer) {
                Opened::Picture(place) => look(place, buffer, work),
                Opened::Bad(bad) => Done::Bad(bad),
                Opened::Other => Done::Other,
            }
        });
        if interrupt.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        done.into_iter().flatten().try_for_each(|done| self.tell(done))
    }

    fn given(&mut self, name: &str, bytes: &[u8]) -> ControlFlow<()> {
        let place = PicturePlace::Given(name.to_owned());
        let is_too_large = bytes.len() as u64 > self.options.limits.file_bytes;
        let bad = is_too_large.then(|| too_large(&place, self.options.limits.file_bytes));
        self.tell(bad.map_or_else(|| look(place, bytes, self.work), Done::Bad))
    }

    fn tell(&mut self, done: Done<T>) -> ControlFlow<()> {
        match done {
            Done::Looked(looked) => {
                self.summary.pictures += 1;
                (self.sink)(Ok(looked))
            }
            Done::Bad(bad) => {
                let flow = (self.sink)(Err(&bad));
                self.summary.add(bad);
                flow
            }
            Done::Other => {
                self.summary.others += 1;
                ControlFlow::Continue(())
            }
        }
    }
}

fn look<T>(place: PicturePlace, bytes: &[u8], work: &Work<'_, T>) -> Done<T> {
    match work(bytes) {
        Ok(made) => Done::Looked(Looked { place, made }),
        Err(fault) => Done::Bad(BadPicture::of(&place, fault)),
    }
}
