use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context;

use crate::arguments::ClusterLocal;
use crate::command::interrupt::on_ctrl_c;
use crate::exit::Outcome;

/// Between two looks whether all are alive.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a worker of this machine may say nothing, in seconds: nothing lies between it and the scheduler.
const PATIENCE: &str = "12";

/// Starts a scheduler and workers, and keeps them running until it is interrupted.
pub(super) fn run(arguments: &ClusterLocal) -> anyhow::Result<Outcome> {
    static ENDS: AtomicBool = AtomicBool::new(false);
    on_ctrl_c(|_| ENDS.store(true, Ordering::Relaxed))?;
    let listen = format!("127.0.0.1:{}", arguments.port);
    let (mut scheduler, address) = start(&["cluster", "scheduler", "--listen", &listen, "--patience", PATIENCE])?;
    let slots = arguments.slots.to_string();
    let work = ["worker", "--scheduler", &address, "--slots", &slots];
    let mut workers = Vec::new();
    for _ in 0..arguments.workers.get() {
        workers.push(start(&work)?.0);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{address}")?;
    out.flush()?;
    while !ENDS.load(Ordering::Relaxed) {
        if let Some(status) = scheduler.0.try_wait()? {
            anyhow::bail!(
                "the scheduler ended: {status}\nhint: start `sayso cluster local` again; builds go on from what is finished"
            );
        }
        for worker in &mut workers {
            if let Some(status) = worker.0.try_wait()? {
                writeln!(std::io::stderr(), "note: a worker ended ({status}), and another is started")?;
                *worker = start(&work)?.0;
            }
        }
        std::thread::sleep(PAUSE);
    }
    Ok(Outcome::Done)
}

/// A process that ends with this one.
struct Role(Child);

impl Drop for Role {
    fn drop(&mut self) {
        // It may have ended by itself: Ctrl-C goes to all programs of a terminal.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts this same program in another role, and waits for its first line, which says that it is ready.
fn start(arguments: &[&str]) -> anyhow::Result<(Role, String)> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(program);
    command.args(arguments).arg("--with-parent").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut role = Role(command.spawn().context("cannot start this program once more")?);
    let mut line = String::new();
    if let Some(out) = role.0.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    // What is wrong stands on standard error already, which is shared.
    anyhow::ensure!(
        !line.is_empty(),
        "`sayso {}` did not start\nhint: --port chooses another port",
        arguments.join(" ")
    );
    Ok((role, line.trim_end().to_owned()))
}
