use std::io;
use std::time::Duration;

/// Why a question in SQL got no answer.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// The question is too long, or has too many parts.
    #[error("the question has more than {most} {what}\nhint: ask for less at once")]
    TooLong {
        /// How many there may be.
        most: usize,
        /// Of what.
        what: &'static str,
    },
    /// It is no SQL.
    #[error(
        "the question cannot be read: {message}\nhint: such as `select domain, count(*) from samples group by domain order by 2 desc limit 10`"
    )]
    Syntax {
        /// What was found where.
        message: String,
    },
    /// It is SQL that asks for something else than rows of these tables.
    #[error(
        "{what} is not answered here: datasets are only read\nhint: ask with `select`, `with`, `describe` or `explain`, one question at a time"
    )]
    Refused {
        /// What it is.
        what: String,
    },
    /// It asks for a table, a column or a function that is not there, or for what cannot be computed of them.
    #[error("{message}\nhint: {hint}")]
    Question {
        /// What is wrong.
        message: String,
        /// What is there.
        hint: String,
    },
    /// It met a value that it cannot work with.
    #[error(
        "the question failed: {message}\nhint: `try_cast` gives null where a value does not fit, `nullif` avoids a zero"
    )]
    Value {
        /// What was met.
        message: String,
    },
    /// It needs more memory than it may have.
    #[error(
        "the question needs more than {most_mib} MiB of memory\nhint: group by less, ask for fewer columns, or add a `limit` to what is sorted"
    )]
    Memory {
        /// How much it may have.
        most_mib: usize,
    },
    /// It takes longer than it may.
    #[error("the question takes longer than {} seconds\nhint: narrow it with `where domain = …`, which is found without reading the rest", most.as_secs())]
    Time {
        /// How long it may take.
        most: Duration,
    },
    /// The first row alone is longer than an answer may be.
    #[error("a row is longer than {most_bytes} bytes\nhint: ask for `left(…, 100)` of long text")]
    LongRow {
        /// How long an answer may be.
        most_bytes: u64,
    },
    /// A file of the dataset cannot be read.
    #[error("the dataset cannot be read: {message}\nhint: restore it, or build the dataset again")]
    Read {
        /// What went wrong.
        message: String,
    },
    /// The rows cannot be handed on.
    #[error("cannot write the answer: {0}")]
    Write(#[from] io::Error),
    /// The engine itself failed.
    #[error("the engine failed: {message}\nhint: this is a defect; please report it with the question")]
    Engine {
        /// What it said.
        message: String,
    },
    /// The program was built without the engine.
    #[error("this program was built without SQL\nhint: build it with `--features sql`")]
    LeftOut,
}

impl SqlError {
    /// The stable code of an error: the one place that decides it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "sql-too-long",
            Self::Syntax { .. } | Self::Question { .. } => "bad-sql",
            Self::Refused { .. } => "sql-refused",
            Self::Value { .. } => "sql-failed",
            Self::Memory { .. } => "sql-memory",
            Self::Time { .. } => "too-slow",
            Self::LongRow { .. } => "sql-long-row",
            Self::LeftOut => "no-sql",
            Self::Read { .. } | Self::Write(_) | Self::Engine { .. } => "internal",
        }
    }
}
