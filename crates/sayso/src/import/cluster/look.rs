use sayso_cluster::Failure;
use sayso_core::fail_on;
use serde::{Deserialize, Serialize};

use super::columns::Columns;
use super::read::of_input_alone;
use super::settings::ReadSettings;
use crate::Error;
use crate::build::cluster::{Job, OfInput, attempt, failure, parsed, written};
use crate::import::input::ImportInput;
use crate::import::lay_out::{Looked, look_at};

/// An input that is to be looked at, or read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ToRead {
    /// Which of the inputs, in the order of the import.
    pub(super) number: usize,
    pub(super) input: ImportInput,
}

/// What was seen of its columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Seen {
    number: usize,
    columns: Option<Columns>,
    dataset: Option<String>,
    /// Why it cannot be read.
    error: Option<String>,
}

impl OfInput for Seen {
    fn number(&self) -> usize {
        self.number
    }

    fn take_error(&mut self) -> Option<String> {
        self.error.take()
    }
}

impl Seen {
    /// Which of the inputs it is.
    pub(super) fn place(&self) -> usize {
        self.number
    }

    /// What the table says of itself.
    pub(super) fn looked(&self) -> Result<Looked, Error> {
        let columns = self.columns.as_ref().ok_or(Error::Stopped("look at an input"))?;
        Ok(Looked { schema: columns.schema()?, dataset: self.dataset.clone() })
    }
}

/// Where the results of this step lie.
pub(super) const SEEN: &str = "seen";

/// The input's name.
pub(super) fn label(what: &str) -> String {
    parsed::<ToRead>(what).map(|what| what.input.name).unwrap_or_default()
}

pub(super) fn call(what: &str, folder: &str) -> Result<String, Failure> {
    run(what, folder).map_err(|error| failure(&error))
}

fn run(what: &str, folder: &str) -> Result<String, Error> {
    let (ToRead { number, input }, job) = (parsed::<ToRead>(what)?, Job::open(folder)?);
    let storage = job.storage.as_ref();
    let name = format!("{SEEN}/{number:06}.json");
    if let Some(done) = storage.read(&name)? {
        return Ok(String::from_utf8_lossy(&done).into_owned());
    }
    let settings = ReadSettings::read(storage)?;
    let seen = attempt(storage, &format!("{number:06}"), |scratch| {
        fail_on(&format!("look at {}", input.name));
        of_input_alone(look_at(&input, settings.header, scratch), scratch)
    })?;
    match seen {
        Ok(Looked { schema, dataset }) => {
            let json = written(&Seen { number, columns: Some(Columns::of(&schema)?), dataset, error: None })?;
            storage.write(&name, json.as_bytes())?;
            Ok(json)
        }
        Err(error) => written(&Seen { number, columns: None, dataset: None, error: Some(error) }),
    }
}
