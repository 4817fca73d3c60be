use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use sayso_cluster::{Cluster, ClusterError, Question, Table, write_table};

use super::storage::{SharedFolder, Storage};
use crate::Error;

/// Tasks of one question at most. More rows than this share tasks.
const TASKS: usize = 4096;

/// Parts that a group-by is shuffled into.
pub(super) const SHUFFLED: usize = 16;

/// Calls a function for each of these texts, on the machines of a cluster, and hands over what it made of them in their order.
pub(super) fn each_task(
    cluster: &Cluster,
    storage: &SharedFolder,
    function: &str,
    texts: &[String],
    tick: impl FnMut() -> bool,
    mut take: impl FnMut(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    if texts.is_empty() {
        return Ok(());
    }
    // A file of the table is a task: a table in one file would be one.
    let scratch = storage.scratch()?;
    let tasks = texts.len().min(TASKS);
    for task in 0..tasks {
        let (first, end) = (texts.len() * task / tasks, texts.len() * (task + 1) / tasks);
        let numbers = (first..end).map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let of_task = texts.get(first..end).unwrap_or_default();
        let columns: [(&str, ArrayRef); 2] = [
            ("number", Arc::new(Int64Array::from_iter_values(numbers))),
            ("task", Arc::new(StringArray::from_iter_values(of_task))),
        ];
        let batch = RecordBatch::try_from_iter(columns)?;
        write_table(&scratch.path().join(format!("{task:06}.parquet")), &batch)?;
    }
    let folder = literal(&storage.local(""));
    let sql =
        format!("select made from (select number, {function}(task, {folder}) as made from tasks) order by number");
    let tables = [Table::of("tasks", scratch.path().to_owned())];
    answered(cluster, &Question { sql: &sql, tables: &tables, parts: tasks, most: None }, tick, |batch| {
        batch.column(0).as_string::<i32>().iter().try_for_each(|made| take(made.unwrap_or_default()))
    })
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

/// A path as a text in SQL.
fn literal(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', "''"))
}
