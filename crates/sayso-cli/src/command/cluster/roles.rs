use std::io::{Read, Write};
use std::time::Duration;

use sayso::build::cluster_functions;
use sayso_cluster::{Scheduler, SchedulerOptions, Worker, WorkerOptions};

use super::pass;
use crate::arguments::{ClusterScheduler, Worker as Arguments};
use crate::exit::Outcome;

pub(super) fn run_scheduler(arguments: &ClusterScheduler) -> anyhow::Result<Outcome> {
    if arguments.with_parent {
        end_with_parent()?;
    }
    let scheduler = Scheduler::open(SchedulerOptions {
        listen: arguments.listen,
        pass: pass()?,
        functions: cluster_functions(),
        patience: Duration::from_secs(arguments.patience),
        metrics: arguments.metrics,
    })?;
    say(&scheduler.address().to_string())?;
    scheduler.run()?;
    Ok(Outcome::Done)
}

pub(crate) fn run_worker(arguments: &Arguments) -> anyhow::Result<Outcome> {
    if arguments.with_parent {
        end_with_parent()?;
    }
    let worker = Worker::open(WorkerOptions {
        scheduler: arguments.scheduler.parse()?,
        listen: arguments.listen,
        host: arguments.host.clone(),
        slots: crate::command::threads(arguments.slots),
        pass: pass()?,
        functions: cluster_functions(),
        patience: Duration::from_secs(arguments.patience),
        metrics: arguments.metrics,
    })?;
    say(&format!("works for {}", arguments.scheduler))?;
    worker.run()?;
    Ok(Outcome::Done)
}

/// Says on standard output that it is ready.
fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", crate::output::harmless(line))?;
    out.flush()
}

/// Ends the program when standard input does: whoever started it is gone, however that came.
fn end_with_parent() -> std::io::Result<()> {
    let wait = || {
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        std::process::exit(0);
    };
    std::thread::Builder::new().name("parent".to_owned()).spawn(wait)?;
    Ok(())
}
