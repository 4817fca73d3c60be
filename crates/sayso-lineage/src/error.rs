use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Something wrong with a lineage file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file's name.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 where it is the whole file.
    pub line: usize,
    /// What is wrong with it, in a sentence, with a hint on a line of its own if there is one.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Why there is no lineage, or no answer.
#[derive(Debug, thiserror::Error)]
pub enum LineageError {
    /// Files that cannot be taken. Nothing of them was loaded, nor of the others.
    #[error("{}", all(faults))]
    Faults {
        /// What is wrong with them, in the order of files and lines.
        faults: Vec<Fault>,
    },
    /// A folder or file cannot be read.
    #[error("cannot read `{path}`: {source}", path = path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no such node.
    #[error("there is no `{id}` in the lineage{}", meant(near))]
    NoNode {
        /// What was asked for.
        id: String,
        /// Ids that may have been meant.
        near: Vec<String>,
    },
    /// Something of another format that cannot be taken.
    #[error("{what} cannot be read: {why}")]
    Format {
        /// Which document.
        what: &'static str,
        /// Why.
        why: String,
    },
}

/// How many faults are told one by one.
const TOLD: usize = 20;

fn all(faults: &[Fault]) -> String {
    let told: Vec<String> = faults.iter().take(TOLD).map(ToString::to_string).collect();
    let rest = faults.len().saturating_sub(TOLD);
    let more = if rest > 0 { format!("\nand {rest} more") } else { String::new() };
    format!("{}{more}\nhint: nothing was loaded; correct the files and try again", told.join("\n"))
}

fn meant(near: &[String]) -> String {
    if near.is_empty() {
        return "\nhint: `sayso lineage show` without a name lists all there is".to_owned();
    }
    let quoted: Vec<String> = near.iter().map(|id| format!("`{id}`")).collect();
    format!("\nhint: did you mean {}?", quoted.join(" or "))
}
