use std::io;
use std::time::Instant;

use arrow_array::RecordBatch;
use sayso_cluster::{Cluster, ClusterError, Question, Table};
use sayso_sql::{Answer, Rows, SqlColumn, SqlDataset, SqlError, SqlLimits, SqlTable, Told, ask, check_rows};
use serde_json::Value;

use crate::Error;

/// Parts into which tables are read and shuffled.
const PARTS: usize = 16;

/// Answers a question by a cluster, whose machines have the datasets at the same paths. What it says of tables and plans is
/// answered here.
pub fn ask_on(
    cluster: &Cluster,
    datasets: &[SqlDataset],
    question: &str,
    limits: &SqlLimits,
    rows: &mut dyn Rows,
) -> Result<Told, Error> {
    let start = Instant::now();
    if !check_rows(question, limits)? {
        return Ok(ask(datasets, question, limits, None, rows)?);
    }
    // Planned here first: what is no question is told as it is without a cluster, and no worker is asked.
    ask(datasets, &format!("explain {question}"), limits, None, &mut Unsaid)?;
    let mut tables = Vec::new();
    for (number, dataset) in datasets.iter().enumerate() {
        let dir = std::path::absolute(&dataset.dir).map_err(Error::file(&dataset.dir))?;
        // Those with removed rows need the tombstones, which therefore come first.
        for table in dataset.tables.iter().rev().filter(|table| !table.files.is_empty()) {
            tables.push(of(Some(dataset.name.clone()), &dir, table));
            if number == 0 {
                tables.push(of(None, &dir, table));
            }
        }
    }
    let most = usize::try_from(limits.rows).unwrap_or(usize::MAX).saturating_add(1);
    let asking = Question { sql: question, tables: &tables, parts: PARTS, most: Some(most), has_statistics: true };
    let mut answer = Answer::new(*limits, &mut *rows);
    let (mut failed, mut is_late, mut has_columns) = (None, false, false);
    let take = |batch: RecordBatch| {
        let taken = if has_columns { Ok(()) } else { answer.columns(&batch.schema()) };
        has_columns = true;
        match taken.and_then(|()| answer.rows_of(&batch)) {
            Ok(is_more_wanted) => is_more_wanted,
            Err(error) => {
                failed = Some(error);
                false
            }
        }
    };
    let tick = || {
        is_late = start.elapsed() > limits.time;
        !is_late
    };
    let asked = cluster.ask(&asking, tick, take);
    if let Some(error) = failed {
        return Err(error.into());
    }
    match asked {
        Err(ClusterError::Interrupted) if is_late => Err(SqlError::Time { most: limits.time }.into()),
        // It was told as much as it may be.
        Err(ClusterError::Interrupted) | Ok(()) => Ok(answer.told()),
        // A table without a single file is none for the engine. It is planned here, so that it is answered here.
        Err(ClusterError::Engine { message }) if message.contains("not found") && lacks_files(datasets) => {
            Ok(ask(datasets, question, limits, None, rows)?)
        }
        Err(error) => Err(error.into()),
    }
}

fn lacks_files(datasets: &[SqlDataset]) -> bool {
    datasets.iter().flat_map(|dataset| &dataset.tables).any(|table| table.files.is_empty())
}

/// Takes an answer that nobody wants to see.
struct Unsaid;

impl Rows for Unsaid {
    fn columns(&mut self, _: &[SqlColumn]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &[Value]) -> io::Result<()> {
        Ok(())
    }
}

/// A table as the cluster knows it.
fn of(group: Option<String>, dir: &std::path::Path, table: &SqlTable) -> Table {
    let files = table.files.iter().map(|file| dir.join(file).to_string_lossy().into_owned()).collect();
    let quoted = |name: &str| match &group {
        Some(group) => format!("\"{}\".{name}", group.replace('"', "\"\"")),
        None => name.to_owned(),
    };
    let shows = (!table.removed.is_empty()).then(|| {
        let (all, stones) = (quoted(&format!("all_{}", table.name)), quoted("tombstones"));
        format!("select a.* from {all} a left anti join {stones} t on a.uid = t.uid")
    });
    let columns = Some(std::sync::Arc::clone(&table.schema));
    Table { name: table.name.to_owned(), files, columns, shows, group }
}
