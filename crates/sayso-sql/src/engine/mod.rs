//! The engine: DataFusion, whose types do not leave this folder.

mod cells;
mod fault;
mod masked;
mod plain;
mod present;
mod question;
mod session;
mod size;
mod table;
mod taken;

use std::sync::mpsc::SyncSender;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::error::ArrowError;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::LogicalPlan;
use futures_util::StreamExt;
use tokio::runtime::Builder;

use self::fault::Fault;
pub(crate) use self::size::check_size;
pub use self::taken::Answer;
use crate::{Mask, SqlColumn, SqlDataset, SqlError, SqlLimits};

/// Reads a question for an engine elsewhere: that it is one, within its limits; and whether it asks for rows, and not for columns or
/// a plan.
///
/// # Errors
///
/// If it is no question, or too long.
pub fn check_rows(question: &str, limits: &SqlLimits) -> Result<bool, SqlError> {
    check_size(question, limits)?;
    Ok(question::asks_for_rows(&question::read(question)?))
}

/// A piece of an answer.
pub(crate) enum Answered {
    Columns(Vec<SqlColumn>),
    Batch(RecordBatch),
}

/// Threads that work on one question.
const THREADS: usize = 2;

/// Room for expressions that are as deep as a question's parts allow.
const STACK_BYTES: usize = 16 << 20;

/// Answers a question, until nobody takes the answer any more.
pub(crate) fn run(
    datasets: &[SqlDataset],
    question: &str,
    limits: &SqlLimits,
    mask: Option<Mask>,
    to: &SyncSender<Answered>,
) -> Result<(), SqlError> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(THREADS)
        .max_blocking_threads(2 * THREADS)
        .thread_stack_size(STACK_BYTES)
        .enable_time()
        .build()?;
    let done = runtime.block_on(answer(datasets, question, limits, mask, to));
    // Not awaited: what still runs ends when it next looks up.
    runtime.shutdown_background();
    done
}

async fn answer(
    datasets: &[SqlDataset],
    question: &str,
    limits: &SqlLimits,
    mask: Option<Mask>,
    to: &SyncSender<Answered>,
) -> Result<(), SqlError> {
    let fault = Fault { datasets, limits };
    let told = |error: DataFusionError| fault.told(&error);
    let statement = question::read(question)?;
    let context = session::open(datasets, limits, mask).map_err(told)?;
    let plan = question::plan(&context, statement).await.map_err(told)?;
    let one = |batch: Result<RecordBatch, ArrowError>| {
        let batch = batch.map_err(|error| SqlError::Engine { message: error.to_string() })?;
        let _ = to.send(Answered::Columns(SqlColumn::all_of(&batch.schema())));
        let _ = to.send(Answered::Batch(batch));
        Ok(())
    };
    match plan {
        LogicalPlan::DescribeTable(table) => one(plain::described(&table.schema)),
        LogicalPlan::Analyze(_) if is_any_removed(datasets) => Err(SqlError::Question {
            message: "`explain analyze` counts the rows of files, and from these some were taken out".to_owned(),
            hint: "`explain` alone shows the plan".to_owned(),
        }),
        LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => {
            let plans = DataFrame::new(context.state(), plan).collect().await.map_err(told)?;
            plans.first().map_or(Ok(()), |plans| one(plain::by_line(plans)))
        }
        plan => stream(DataFrame::new(context.state(), plan), limits, to).await.map_err(told),
    }
}

/// Whether files hold rows that are not there. What a condition finds among them is nobody's to count.
fn is_any_removed(datasets: &[SqlDataset]) -> bool {
    datasets.iter().flat_map(|dataset| &dataset.tables).any(|table| !table.removed.is_empty())
}

/// Sends the rows of a question, as they come.
async fn stream(frame: DataFrame, limits: &SqlLimits, to: &SyncSender<Answered>) -> datafusion::error::Result<()> {
    // One more than is shown, to know whether there are more. The planner sorts no more than that.
    let most = usize::try_from(limits.rows).unwrap_or(usize::MAX).saturating_add(1);
    let mut batches = frame.limit(0, Some(most))?.execute_stream().await?;
    let mut is_wanted = to.send(Answered::Columns(SqlColumn::all_of(&batches.schema()))).is_ok();
    while is_wanted && let Some(batch) = batches.next().await {
        is_wanted = to.send(Answered::Batch(batch?)).is_ok();
    }
    Ok(())
}
