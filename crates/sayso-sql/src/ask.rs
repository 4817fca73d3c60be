use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Instant;

use crate::engine::{self, Answer, Answered};
use crate::{Mask, Rows, SqlDataset, SqlError, SqlLimits, Told};

/// Room for what the parser and the planner nest: as deep as a question of so many parts can.
const STACK_BYTES: usize = 128 << 20;

/// Answers one question over the tables of these datasets; names without a dot are of the first.
///
/// With a `mask`, text is masked before the question sees it, so that no condition can find out what no row may show: all
/// columns of text but those that a table names as fit to be shown.
///
/// The time limit holds whatever the engine does: it works on a thread of its own, which is left to itself when its time is
/// over. What runs on there ends at the next batch of rows, or with the process.
///
/// # Errors
///
/// If the question is none, asks for what is not there, needs more than its limits, or the datasets cannot be read.
pub fn ask(
    datasets: &[SqlDataset],
    question: &str,
    limits: &SqlLimits,
    mask: Option<Mask>,
    rows: &mut dyn Rows,
) -> Result<Told, SqlError> {
    let start = Instant::now();
    engine::check_size(question, limits)?;
    // A little ahead, so that rows are made while others are written.
    let (to, from) = sync_channel(2);
    let (datasets, question, limits) = (datasets.to_vec(), question.to_owned(), *limits);
    let work = move || engine::run(&datasets, &question, &limits, mask, &to);
    let worker = thread::Builder::new().name("sql".to_owned()).stack_size(STACK_BYTES).spawn(work)?;
    let mut taken = Answer::new(limits, rows);
    loop {
        let answered = match from.recv_timeout(limits.time.saturating_sub(start.elapsed())) {
            Ok(answered) => answered,
            Err(RecvTimeoutError::Timeout) => return Err(SqlError::Time { most: limits.time }),
            Err(RecvTimeoutError::Disconnected) => {
                let stopped = |_| SqlError::Engine { message: "its thread stopped".to_owned() };
                return worker.join().map_err(stopped)?.map(|()| taken.told());
            }
        };
        match answered {
            Answered::Columns(columns) => taken.named(&columns)?,
            Answered::Batch(batch) => {
                if !taken.rows_of(&batch)? {
                    return Ok(taken.told());
                }
            }
        }
    }
}
