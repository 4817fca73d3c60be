use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::fault::MatchFault;
use super::input::{MatchInput, Unit, Units, pictures};
use super::own::OwnPicture;
use super::search::{Copies, MatchOptions, Thumbnails};
use crate::Error;
use crate::check::{Thumbnail, thumbnail_of};
use crate::library::Library;

/// One's own picture, and what was found of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// What it is called: the file's path, `-`, or the hash.
    pub name: String,
    /// The picture.
    pub own: OwnPicture,
    /// What was found; nothing of a picture that cannot be matched.
    pub copies: Copies,
    /// The picture made small, if that was asked for.
    pub small: Option<Thumbnail>,
}

/// How far it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MatchProgress {
    /// Pictures that were looked for.
    pub done: u64,
    /// Pictures of which something was found.
    pub found: u64,
}

/// Files that are on the way at the same time, for each thread.
const AT_A_TIME: usize = 8;

/// Looks for every picture of the inputs, and hands what it finds to `sink` in the order of the inputs, until that has
/// enough. What cannot be read is handed over, too, and the search goes on.
pub fn find_copies(
    library: &Library,
    inputs: Vec<MatchInput>,
    options: &MatchOptions,
    threads: NonZeroUsize,
    interrupt: &AtomicBool,
    progress: &dyn Fn(MatchProgress),
    sink: &mut dyn FnMut(Result<Matched, MatchFault>) -> ControlFlow<()>,
) -> Result<(), Error> {
    let mut units = Units::of(inputs)?;
    let mut so_far = MatchProgress::default();
    loop {
        let some: Vec<Unit> = units.by_ref().take(threads.get().saturating_mul(AT_A_TIME)).collect();
        if some.is_empty() {
            return Ok(());
        }
        for found in at_once(library, some, options, threads, interrupt)? {
            if interrupt.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            if let Ok(matched) = &found {
                so_far.done += 1;
                so_far.found += u64::from(!matched.copies.copies.is_empty());
                progress(so_far);
            }
            if sink(found).is_break() {
                return Ok(());
            }
        }
    }
}

/// What one unit gave.
type Found = Result<Vec<Result<Matched, MatchFault>>, Error>;

/// Looks at some units on several threads; what they gave in their order.
fn at_once(
    library: &Library,
    units: Vec<Unit>,
    options: &MatchOptions,
    threads: NonZeroUsize,
    interrupt: &AtomicBool,
) -> Found {
    let found: Vec<Mutex<Option<Found>>> = units.iter().map(|_| Mutex::new(None)).collect();
    let units: Vec<Mutex<Option<Unit>>> = units.into_iter().map(|unit| Mutex::new(Some(unit))).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.get().min(units.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((unit, place)) = units.get(at).zip(found.get(at)) else { return };
                    let unit = unit.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let one = unit.filter(|_| !interrupt.load(Ordering::Relaxed));
                    let one = one.map(|unit| look_for(library, unit, options));
                    *place.lock().unwrap_or_else(PoisonError::into_inner) = one;
                }
            });
        }
    });
    if interrupt.load(Ordering::Relaxed) {
        return Err(Error::Cancelled);
    }
    let mut all = Vec::new();
    for place in found {
        match place.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(one) => all.extend(one?),
            None => return Err(Error::Stopped("search for a picture")),
        }
    }
    Ok(all)
}

fn look_for(library: &Library, unit: Unit, options: &MatchOptions) -> Found {
    let (pictures, bytes) = pictures(unit);
    let matched = |(name, own): (String, OwnPicture)| {
        let copies = library.copies(&own, options)?;
        let is_wanted = match options.thumbnails {
            Thumbnails::None => false,
            Thumbnails::OfFound => !copies.copies.is_empty(),
            Thumbnails::OfAll => true,
        };
        let is_shown = is_wanted && own.size.is_some();
        let small = if is_shown { thumbnail_of(&bytes) } else { None };
        Ok(Matched { name, own, copies, small })
    };
    pictures
        .into_iter()
        .map(|picture| match picture {
            Ok(picture) => matched(picture).map(Ok),
            Err(fault) => Ok(Err(fault)),
        })
        .collect()
}
