use std::io::Write;
use std::num::NonZeroUsize;

use sayso::library::index_anew;

use crate::arguments::Index;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Index) -> anyhow::Result<Outcome> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    for dir in &arguments.dirs {
        index_anew(dir, arguments.memory.saturating_mul(1 << 20), threads)?;
        writeln!(std::io::stderr(), "indexed {}", dir.display())?;
    }
    Ok(Outcome::Done)
}
