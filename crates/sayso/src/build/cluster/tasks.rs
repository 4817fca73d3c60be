use std::sync::{Arc, LazyLock};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use sayso_cluster::{Cluster, ClusterError, Question, Table, write_table};

use super::storage::Storage;
use crate::Error;

/// Tasks of one question at most. More rows than this share tasks: the plan names the files of all tasks, and each task is sent
/// the plan, so that twice as many are four times as much to send.
const TASKS: usize = 1024;

/// Parts that a group-by is shuffled into.
pub(super) const SHUFFLED: usize = 16;

/// The columns of a table of tasks.
static COLUMNS: LazyLock<SchemaRef> = LazyLock::new(|| {
    let column = |name, kind| Field::new(name, kind, false);
    Arc::new(Schema::new(vec![column("number", DataType::Int64), column("task", DataType::Utf8)]))
});

/// Calls a function for each of these texts, on the machines of a cluster, and hands over what it made of them in their order.
/// The texts are asked for once: those of a whole crawl are not held all at a time.
pub(super) fn each_task(
    cluster: &Cluster,
    storage: &dyn Storage,
    function: &str,
    mut calls: impl ExactSizeIterator<Item = Result<String, Error>>,
    tick: impl FnMut() -> bool,
    mut take: impl FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    let all = calls.len();
    if all == 0 {
        return Ok(());
    }
    // A file of the table is a task: a table in one file would be one.
    let scratch = storage.scratch()?;
    let tasks = all.min(TASKS);
    for task in 0..tasks {
        let (first, end) = (all * task / tasks, all * (task + 1) / tasks);
        let numbers = (first..end).map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let of_task = calls.by_ref().take(end - first).collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<ArrayRef> =
            vec![Arc::new(Int64Array::from_iter_values(numbers)), Arc::new(StringArray::from_iter_values(of_task))];
        let batch = RecordBatch::try_new(Arc::clone(&COLUMNS), columns)?;
        write_table(&scratch.path().join(format!("{task:06}.parquet")), &batch)?;
    }
    let folder = literal(&storage.address(""));
    let sql =
        format!("select made from (select number, {function}(task, {folder}) as made from tasks) order by number");
    let table = storage.lay_table(scratch)?;
    let tables = [Table::of("tasks", table.address.clone(), Arc::clone(&COLUMNS))];
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
