use std::io;

use sayso::sql::work;

use super::guard;
use crate::arguments::SqlWorker;
use crate::exit::Outcome;

/// Answers one question of a server and ends. A process of its own can be ended at any moment, whatever it is at.
pub(crate) fn run(arguments: &SqlWorker) -> anyhow::Result<Outcome> {
    guard::limit_memory(arguments.memory_bytes);
    work(&mut io::stdin().lock(), &mut io::stdout().lock())?;
    Ok(Outcome::Done)
}
