use std::io::Write;
use std::num::NonZeroUsize;

use sayso::library::{index_anew, merge_index};

use crate::arguments::Index;
use crate::exit::Outcome;

pub(crate) fn run(arguments: &Index) -> anyhow::Result<Outcome> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    for dir in &arguments.dirs {
        if let Some(most) = arguments.merge {
            let merged = merge_index(dir, most.get())?;
            let (dir, before, after) = (dir.display(), merged.before, merged.after);
            writeln!(std::io::stderr(), "{dir}: {before} parts of its text index became {after}")?;
            continue;
        }
        index_anew(dir, arguments.memory.saturating_mul(1 << 20), threads)?;
        writeln!(std::io::stderr(), "indexed {}", dir.display())?;
    }
    Ok(Outcome::Done)
}
