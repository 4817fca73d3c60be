use std::io::Write;

use sayso::sql::{SqlColumn, SqlDataset};
use serde_json::{Value, json};

use crate::output::{counted, harmless};

/// Lists the tables with their columns.
pub(super) fn print(datasets: &[SqlDataset], is_json: bool) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if is_json {
        let datasets: Vec<Value> = datasets.iter().map(json_of).collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "datasets": datasets }))?;
        writeln!(out)?;
        return Ok(());
    }
    for (number, dataset) in datasets.iter().enumerate() {
        for table in &dataset.tables {
            let rows = counted(table.rows, "row");
            // The first dataset's tables need no name before them.
            match number {
                0 => writeln!(out, "{}, {rows}", table.name)?,
                _ => writeln!(out, "\"{}\".{}, {rows}", harmless(&dataset.name), table.name)?,
            }
            let columns = SqlColumn::all_of(&table.schema);
            let width = columns.iter().map(|column| column.name.chars().count()).max().unwrap_or_default();
            for column in columns {
                writeln!(out, "  {:<width$}  {}", harmless(&column.name), harmless(&column.kind))?;
            }
        }
    }
    Ok(())
}

fn json_of(dataset: &SqlDataset) -> Value {
    let tables = dataset
        .tables
        .iter()
        .map(|table| json!({ "name": table.name, "rows": table.rows, "columns": SqlColumn::all_of(&table.schema) }));
    json!({ "name": dataset.name, "tables": tables.collect::<Vec<_>>() })
}
