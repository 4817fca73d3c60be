use std::io::Write;

use sayso::transfer::{Transferred, pull, push};

use super::build::interrupt_on_signal;
use super::threads;
use crate::arguments::{Pull, Push};
use crate::exit::Outcome;
use crate::output::{counted, harmless};
use crate::progress::Bar;

pub(crate) fn run_pull(arguments: &Pull) -> anyhow::Result<Outcome> {
    let Pull { from, to, memory, .. } = arguments;
    let (interrupt, bar) = (interrupt_on_signal()?, Bar::new());
    let show = |progress: sayso::transfer::TransferProgress| bar.bytes("pulling", progress.done, progress.total);
    let pulled = pull(from, to, memory.saturating_mul(1 << 20), threads(arguments.threads), interrupt, &show);
    bar.done();
    say(&pulled?, &to.display().to_string(), arguments.json)
}

pub(crate) fn run_push(arguments: &Push) -> anyhow::Result<Outcome> {
    let (interrupt, bar) = (interrupt_on_signal()?, Bar::new());
    let show = |progress: sayso::transfer::TransferProgress| bar.bytes("pushing", progress.done, progress.total);
    let pushed = push(&arguments.from, &arguments.to, interrupt, &show);
    bar.done();
    say(&pushed?, &arguments.to, arguments.json)
}

fn say(done: &Transferred, to: &str, json: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, done)?;
        writeln!(out)?;
        return Ok(Outcome::Done);
    }
    let Transferred { snapshot, files, sent, bytes } = done;
    let (sent, files) = (counted(*sent, "file"), counted(*files, "file"));
    writeln!(out, "{}: snapshot {snapshot}, {sent} of {files} sent, {}", harmless(to), counted(*bytes, "byte"))?;
    Ok(Outcome::Done)
}
