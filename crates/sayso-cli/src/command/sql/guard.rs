use std::io::{self, Read, Write};
use std::process::{Command, Stdio};

use anyhow::Context;
use sayso::sql::SqlError;

use crate::arguments::Sql;
use crate::exit::Outcome;

/// Whether what a process allocates can be bounded here.
pub(super) const IS_BOUNDED: bool = cfg!(target_os = "linux");

/// What a process needs beside what a question may hold: stacks, the engine itself, buffers of files.
#[cfg(target_os = "linux")]
const BESIDE_BYTES: u64 = 768 << 20;

/// Bounds what this process can allocate. The engine counts what it holds for long; a function that makes one value of a
/// gigabyte is not counted, nor is a plan that grows with every line of a question, and both end here.
pub(super) fn limit_memory(question_bytes: usize) {
    #[cfg(target_os = "linux")]
    {
        let most = BESIDE_BYTES.saturating_add(question_bytes as u64);
        // Where the system has a lower limit already, that one holds.
        let _ = rlimit::Resource::DATA.get().and_then(|(_, hard)| rlimit::Resource::DATA.set(most.min(hard), hard));
    }
    #[cfg(not(target_os = "linux"))]
    let _ = question_bytes;
}

/// Runs the same command in a process of its own, and says in our words how it ended.
pub(super) fn run_again(arguments: &Sql) -> anyhow::Result<Outcome> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(program);
    let mut given = std::env::args_os().skip(1);
    // Behind the command's own name: after a `--` nothing is an option any more.
    command.args(given.next()).arg("--unguarded").args(given);
    // Fewer arenas of the allocator: what they keep aside counts, too.
    command.env("MALLOC_ARENA_MAX", "2").env("RUST_BACKTRACE", "0").stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot start the question's own process")?;
    let mut said = String::new();
    if let Some(stderr) = child.stderr.as_mut() {
        stderr.read_to_string(&mut said)?;
    }
    let status = child.wait()?;
    match status.code() {
        Some(0 | 1) => {
            io::stderr().write_all(said.as_bytes())?;
            Ok(if status.success() { Outcome::Done } else { Outcome::No })
        }
        Some(_) => Err(anyhow::anyhow!("{}", said.strip_prefix("error: ").unwrap_or(&said).trim_end().to_owned())),
        // Ended by the system: what it said is about allocations, if anything.
        None => Err(sayso::Error::from(SqlError::Memory { most_mib: usize::try_from(arguments.memory)? }).into()),
    }
}
