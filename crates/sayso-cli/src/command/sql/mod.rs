mod guard;
mod json;
mod table;
mod tables;
mod worker;

use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use sayso::sql::{Rows, SqlColumn, SqlLimits, ask, open_datasets, write_csv_header, write_csv_row};
use serde_json::Value;

use self::json::JsonDocument;
use self::table::Table;
pub(crate) use self::worker::run as run_worker;
use crate::arguments::Sql;
use crate::command::cluster;
use crate::exit::Outcome;
use crate::output::counted;

/// Bytes of a question. Long lists of values fit.
const QUESTION_BYTES: usize = 1 << 20;

/// Bytes of a table, which is kept until the widths of its columns are known.
const TABLE_BYTES: u64 = 64 << 20;

/// Asks in a process of its own where that can be bounded: a question that runs out of memory ends with a word on it.
pub(crate) fn run(arguments: &Sql) -> anyhow::Result<Outcome> {
    // A cluster answers in processes of its own.
    let is_here = arguments.elsewhere.cluster.is_none();
    if is_here && guard::IS_BOUNDED && !arguments.unguarded { guard::run_again(arguments) } else { run_here(arguments) }
}

fn run_here(arguments: &Sql) -> anyhow::Result<Outcome> {
    let (dirs, question) = divided(&arguments.paths)?;
    let datasets = open_datasets(dirs)?;
    let Some(question) = question else {
        tables::print(&datasets, arguments.json)?;
        return Ok(Outcome::Done);
    };
    let is_kept = !arguments.json && !arguments.csv;
    let memory_bytes = usize::try_from(arguments.memory)?.saturating_mul(1 << 20);
    let limits = SqlLimits {
        question_bytes: QUESTION_BYTES,
        rows: arguments.limit,
        answer_bytes: if is_kept { TABLE_BYTES } else { u64::MAX },
        memory_bytes,
        time: Duration::from_secs(arguments.timeout),
    };
    let elsewhere = cluster::answers(&arguments.elsewhere)?;
    let ask = |rows: &mut dyn Rows| match &elsewhere {
        Some(elsewhere) => elsewhere.ask(&datasets, &question, &limits, rows),
        None => Ok(ask(&datasets, &question, &limits, None, rows)?),
    };
    if elsewhere.is_none() {
        guard::limit_memory(memory_bytes);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let told = if arguments.json {
        let mut document = JsonDocument::new(&mut out);
        let told = ask(&mut document)?;
        document.end(told.is_cut)?;
        told
    } else if arguments.csv {
        ask(&mut Csv(&mut out))?
    } else {
        let mut table = Table::new(io::stdout().is_terminal());
        let told = ask(&mut table)?;
        table.print(&mut out)?;
        told
    };
    out.flush()?;
    if told.is_cut {
        let shown = counted(told.rows, "row");
        writeln!(io::stderr(), "note: {shown} shown, and more were left out\nhint: --limit NUMBER shows more")?;
    }
    Ok(if told.rows > 0 { Outcome::Done } else { Outcome::No })
}

/// The datasets and the question. What is a folder is a dataset: no question is one.
fn divided(paths: &[PathBuf]) -> anyhow::Result<(&[PathBuf], Option<String>)> {
    match paths.split_last() {
        Some((last, [])) if last == Path::new("-") => {
            anyhow::bail!("no dataset is named\nhint: its folder goes before the -")
        }
        Some((last, dirs)) if last == Path::new("-") => Ok((dirs, Some(read_question()?))),
        Some((last, dirs)) if !dirs.is_empty() && !last.is_dir() => {
            let question = last.to_str().context("the question is not UTF-8\nhint: give it as - on standard input")?;
            Ok((dirs, Some(question.to_owned())))
        }
        _ => Ok((paths, None)),
    }
}

fn read_question() -> anyhow::Result<String> {
    let mut question = String::new();
    // One byte more than is read by the engine, which says what is wrong then.
    io::stdin()
        .lock()
        .take(QUESTION_BYTES as u64 + 1)
        .read_to_string(&mut question)
        .context("cannot read the question")?;
    Ok(question)
}

/// Rows between commas.
struct Csv<'a>(&'a mut dyn Write);

impl Rows for Csv<'_> {
    fn columns(&mut self, columns: &[SqlColumn]) -> io::Result<()> {
        write_csv_header(self.0, columns)
    }

    fn row(&mut self, row: &[Value]) -> io::Result<()> {
        write_csv_row(self.0, row)
    }
}
