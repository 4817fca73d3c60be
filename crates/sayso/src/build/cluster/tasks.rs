use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use sayso_cluster::{Cluster, ClusterError, Question, Table, write_table};

use super::storage::Storage;
use crate::Error;

/// Tasks of one question at most. More rows than this share tasks: the plan names the files of all tasks, and each task is sent
/// the plan, so that twice as many are four times as much to send.
const TASKS: usize = 1024;

/// Parts that a group-by is shuffled into.
pub(super) const SHUFFLED: usize = 16;

/// Calls a function for each of these texts, on the machines of a cluster, and hands over what it made of them in their order.
pub(super) fn each_task(
    cluster: &Cluster,
    storage: &dyn Storage,
    function: &str,
    calls: &[String],
    tick: impl FnMut() -> bool,
    mut take: impl FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    if calls.is_empty() {
        return Ok(());
    }
    // A file of the table is a task: a table in one file would be one.
    let scratch = storage.scratch()?;
    let tasks = calls.len().min(TASKS);
    for task in 0..tasks {
        let (first, end) = (calls.len() * task / tasks, calls.len() * (task + 1) / tasks);
        let numbers = (first..end).map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let of_task = calls.get(first..end).unwrap_or_default();
        let columns: [(&str, ArrayRef); 2] = [
            ("number", Arc::new(Int64Array::from_iter_values(numbers))),
            ("task", Arc::new(StringArray::from_iter_values(of_task))),
        ];
        let batch = RecordBatch::try_from_iter(columns)?;
        write_table(&scratch.path().join(format!("{task:06}.parquet")), &batch)?;
    }
    let folder = literal(&storage.address(""));
    let sql =
        format!("select made from (select number, {function}(task, {folder}) as made from tasks) order by number");
    let table = storage.lay_table(scratch)?;
    let tables = [Table::of("tasks", table.address.clone())];
    answered(
        cluster,
        &Question { sql: &sql, tables: &tables, parts: tasks, most: None, has_statistics: false },
        tick,
        |batch| texts(&batch, 0)?.iter().try_for_each(|made| take(made.unwrap_or_default())),
    )
}

/// Asks, and hands over the batches of the answer.
pub(super) fn answered(
    cluster: &Cluster,
    question: &Question<'_>,
    tick: impl FnMut() -> bool,
    mut take: impl FnMut(RecordBatch) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut failed = None;
    let asked = cluster.ask(question, tick, |batch| {
        failed = take(batch).err();
        failed.is_none()
    });
    match (failed, asked) {
        (Some(error), _) => Err(error),
        (None, Err(ClusterError::Interrupted)) => Err(Error::Interrupted),
        (None, asked) => Ok(asked?),
    }
}

/// A column of text in an answer.
pub(super) fn texts(batch: &RecordBatch, column: usize) -> Result<&StringArray, Error> {
    let texts = batch.columns().get(column).and_then(|column| column.as_string_opt::<i32>());
    Ok(texts.ok_or_else(|| ArrowError::SchemaError(format!("column {column} of an answer is no text")))?)
}

/// A column of numbers in an answer.
pub(super) fn numbers(batch: &RecordBatch, column: usize) -> Result<&Int64Array, Error> {
    let numbers = batch.columns().get(column).and_then(|column| column.as_primitive_opt::<Int64Type>());
    Ok(numbers.ok_or_else(|| ArrowError::SchemaError(format!("column {column} of an answer is no number")))?)
}

/// A text in SQL.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
