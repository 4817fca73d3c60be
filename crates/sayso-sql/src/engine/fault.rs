use datafusion::arrow::error::ArrowError;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;

use super::session::CATALOG;
use crate::{SqlDataset, SqlError, SqlLimits};

/// Characters of what the engine says that are told.
const MOST_CHARACTERS: usize = 400;

/// What an error is told with.
pub(super) struct Fault<'a> {
    pub(super) datasets: &'a [SqlDataset],
    pub(super) limits: &'a SqlLimits,
}

impl Fault<'_> {
    /// The engine's error in our words. What it says of files stays with those who may read them: it may hold paths.
    pub(super) fn told(&self, error: &DataFusionError) -> SqlError {
        match error.find_root() {
            root @ DataFusionError::SQL(..) => syntax(root),
            DataFusionError::SchemaError(error, _) => self.unknown(error),
            DataFusionError::Plan(message) | DataFusionError::NotImplemented(message) => self.question(message),
            DataFusionError::ResourcesExhausted(_) => SqlError::Memory { most_mib: self.limits.memory_bytes >> 20 },
            DataFusionError::Execution(message) | DataFusionError::Configuration(message) => {
                SqlError::Value { message: tidy(message) }
            }
            DataFusionError::ArrowError(error, _) => of_arrow(error),
            error @ (DataFusionError::ObjectStore(_)
            | DataFusionError::IoError(_)
            | DataFusionError::ParquetError(_)) => SqlError::Read { message: tidy(&error.message()) },
            error @ (DataFusionError::Internal(_) | DataFusionError::External(_)) => of_pattern(&error.message()),
            error => SqlError::Engine { message: tidy(&error.strip_backtrace()) },
        }
    }

    fn question(&self, message: &str) -> SqlError {
        if ["DDL not supported", "DML not supported", "Statement not supported"]
            .iter()
            .any(|what| message.starts_with(what))
        {
            return SqlError::Refused { what: "what writes or sets".to_owned() };
        }
        let (first, more) = message.split_once('\n').unwrap_or((message, ""));
        let first = self
            .datasets
            .first()
            .map_or_else(|| first.to_owned(), |own| first.replace(&format!("{CATALOG}.{}.", own.name), ""));
        let message = tidy(&first);
        let hint = if message.starts_with("table '") {
            self.tables()
        } else if message.starts_with("table function") {
            "rows come from the tables alone".to_owned()
        } else if more.starts_with("Did you mean") {
            tidy(more)
        } else {
            "see the tables' columns with `describe samples`".to_owned()
        };
        SqlError::Question { message, hint }
    }

    fn unknown(&self, error: &SchemaError) -> SqlError {
        if let SchemaError::FieldNotFound { field, valid_fields } = error {
            let known: Vec<&str> = valid_fields.iter().map(|field| field.name.as_str()).collect();
            let message = format!("there is no column `{}`", field.name);
            let alike = known.iter().find(|name| name.eq_ignore_ascii_case(&field.name));
            let hint = match alike {
                Some(name) => format!("write \"{name}\", in quotes: capital letters count"),
                None if known.is_empty() => "see the columns with `describe samples`".to_owned(),
                None => format!("the columns are {}", known.join(", ")),
            };
            return SqlError::Question { message: tidy(&message), hint: tidy(&hint) };
        }
        let hint = "write the table's name and a dot before the column".to_owned();
        SqlError::Question { message: tidy(&error.to_string()), hint }
    }

    /// The names of all tables, as they are written.
    fn tables(&self) -> String {
        let mut names = Vec::new();
        for (number, dataset) in self.datasets.iter().enumerate() {
            for table in &dataset.tables {
                let name = table.name;
                names.push(if number == 0 { name.to_owned() } else { format!("\"{}\".{name}", dataset.name) });
            }
        }
        tidy(&format!("the tables are {}", names.join(", ")))
    }
}

/// What the parser says of a question that it cannot read.
pub(super) fn syntax(error: &DataFusionError) -> SqlError {
    let message = match error.find_root() {
        DataFusionError::SQL(error, _) => error.to_string(),
        error => error.strip_backtrace(),
    };
    let message = message.strip_prefix("sql parser error: ").unwrap_or(&message);
    if message.contains("recursion limit exceeded") {
        return SqlError::Syntax { message: "it nests too deep".to_owned() };
    }
    SqlError::Syntax { message: tidy(message) }
}

/// What becomes of patterns has no kind of its own: neither that one cannot be read, nor that it is too large compiled, which
/// is bounded.
fn of_pattern(message: &str) -> SqlError {
    let lower = message.to_ascii_lowercase();
    if lower.contains("regex parse error") {
        return SqlError::Value { message: "a pattern is no regular expression".to_owned() };
    }
    if lower.contains("compiledtoobig") || lower.contains("compiled regex exceeds size limit") {
        return SqlError::Value { message: "a pattern is too large once it is compiled".to_owned() };
    }
    SqlError::Engine { message: tidy(message) }
}

fn of_arrow(error: &ArrowError) -> SqlError {
    match error {
        ArrowError::ParquetError(_) | ArrowError::IoError(..) => SqlError::Read { message: tidy(&error.to_string()) },
        ArrowError::ExternalError(inner) => match inner.downcast_ref::<DataFusionError>() {
            Some(DataFusionError::Execution(message)) => SqlError::Value { message: tidy(message) },
            _ => SqlError::Value { message: tidy(&error.to_string()) },
        },
        _ => SqlError::Value { message: tidy(&error.to_string()) },
    }
}

/// A message as one of ours: its first line, beginning in lower case, cut where it goes on for long.
fn tidy(message: &str) -> String {
    let line = message.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let line = line.replace(&format!("{CATALOG}."), "");
    let line = line.trim_end_matches('.');
    let mut characters = line.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    // A name such as `SUM` keeps its capitals.
    let is_word = characters.clone().next().is_some_and(|second| second.is_lowercase() || second == ' ');
    let begun: String = if is_word { first.into_iter().chain(characters).collect() } else { line.to_owned() };
    if begun.chars().count() <= MOST_CHARACTERS {
        return begun;
    }
    begun.chars().take(MOST_CHARACTERS).chain(['…']).collect()
}
