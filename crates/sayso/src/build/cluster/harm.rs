use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::storage::Storage;
use crate::Error;

/// A file for each try that has not ended. A worker that dies leaves it.
pub(super) const TRIES: &str = "tries";

/// Workers that may die over one input until it is set aside.
const DEATHS: usize = 3;

/// What became of an input: what was made of it, or why it is to be set aside.
pub(crate) type Attempt<T> = Result<T, String>;

/// Works on an input that may harm, in a folder of its own; `name` stands for it in notes of who works on it. What is the
/// input's own fault is a reason to set it aside; so is a panic, and so are workers that died over it. Errors are somebody
/// else's fault, and another try may be without them.
pub(crate) fn attempt<T>(
    storage: &dyn Storage,
    name: &str,
    work: impl FnOnce(&Path) -> Result<Attempt<T>, Error>,
) -> Result<Attempt<T>, Error> {
    let prefix = format!("{name}-");
    let tries = storage.list(TRIES)?.iter().filter(|name| name.starts_with(&prefix)).count();
    if tries >= DEATHS {
        return Ok(Err(format!("it ended the worker that read it {tries} times")));
    }
    let scratch = storage.scratch()?;
    let unique = scratch.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mark = format!("{TRIES}/{prefix}{unique}");
    storage.write(&mark, b"")?;
    let tried = catch_unwind(AssertUnwindSafe(|| work(scratch.path())));
    storage.remove(&mark)?;
    match tried {
        Ok(worked) => worked,
        Err(panic) => Ok(Err(format!("it made the program panic: {}", said(panic.as_ref())))),
    }
}

/// Does a step of a build likewise. What harms there is none of the inputs alone: then nothing comes of the whole.
pub(super) fn attempt_step<T>(
    storage: &dyn Storage,
    step: &str,
    work: impl FnOnce(&Path) -> Result<T, Error>,
) -> Result<T, Error> {
    attempt_or_end(storage, step, "what is finished counts when the command is given again", work)
}

/// Works on a shard of a dataset likewise.
pub(crate) fn attempt_shard<T>(
    storage: &dyn Storage,
    file: &str,
    work: impl FnOnce(&Path) -> Result<T, Error>,
) -> Result<T, Error> {
    let hint = "the dataset stays as it is; what is done of its other files counts when the command is given again";
    attempt_or_end(storage, file, hint, work)
}

/// Works on what cannot be set aside.
fn attempt_or_end<T>(
    storage: &dyn Storage,
    what: &str,
    hint: &str,
    work: impl FnOnce(&Path) -> Result<T, Error>,
) -> Result<T, Error> {
    // No input is called so: they are told by their numbers.
    let name = format!("step-{}", what.replace(['/', ' '], "-"));
    let tried = attempt(storage, &name, |scratch| work(scratch).map(Ok))?;
    tried.map_err(|why| Error::Input { input: what.to_owned(), message: format!("{why}\nhint: {hint}") })
}

/// The words of a panic.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}
