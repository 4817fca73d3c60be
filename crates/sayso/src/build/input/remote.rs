use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use sayso_storage::{Address, StorageError, is_address};

use super::http::HttpInput;
use super::object;
use super::place::InputPlace;
use crate::Error;

/// Servers that are asked at once how large their files are: a crawl has ninety thousand of them.
const AT_ONCE: usize = 16;

/// Whether an input lies on another machine.
pub(super) fn is_remote(argument: &str) -> bool {
    argument.starts_with("http://") || argument.starts_with("https://") || is_address(argument)
}

/// A file on another machine, and how large it is.
pub(super) type Found = (InputPlace, Option<u64>);

/// Asks whether a file is there, and how large it is; `None` where nothing is behind an address of an object store.
pub(super) fn ask(argument: &str) -> Result<Option<Found>, Error> {
    if !is_address(argument) {
        let input = HttpInput::open(argument).map_err(|error| unreachable(argument, &error))?;
        return Ok(Some((InputPlace::Address(argument.to_owned(), input.bytes), input.bytes)));
    }
    let address: Address = argument.parse().map_err(|error| refused(argument, &error))?;
    if argument.ends_with('/') {
        return Ok(None);
    }
    let bytes = object::size(&address).map_err(|error| refused(argument, &error))?;
    Ok(bytes.map(|bytes| (InputPlace::Object(address.bucket, address.path, bytes), Some(bytes))))
}

/// Asks for many, some at once, and gives them in their order.
pub(super) fn ask_all(arguments: &[String]) -> Result<Vec<Found>, Error> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut answers = Vec::new();
        while !failed.load(Ordering::Relaxed)
            && let number = next.fetch_add(1, Ordering::Relaxed)
            && let Some(argument) = arguments.get(number)
        {
            let answer = ask(argument).and_then(|found| found.ok_or_else(|| missing(argument)));
            failed.fetch_or(answer.is_err(), Ordering::Relaxed);
            answers.push((number, answer));
        }
        answers
    };
    let mut answers = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..AT_ONCE.min(arguments.len())).map(|_| scope.spawn(work)).collect();
        asking.into_iter().flat_map(|answers| answers.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    answers.sort_by_key(|(number, _)| *number);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

pub(super) fn unreachable(argument: &str, error: &io::Error) -> Error {
    let message = format!("{error}\nhint: check the address and the network");
    Error::Input { input: argument.to_owned(), message }
}

pub(super) fn missing(argument: &str) -> Error {
    let address = argument.to_owned();
    refused(argument, &StorageError::NotFound { address })
}

pub(super) fn refused(argument: &str, error: &StorageError) -> Error {
    Error::Input { input: argument.to_owned(), message: error.to_string() }
}
