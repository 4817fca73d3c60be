use std::collections::HashMap;

use sayso_registry::receipt::{BuilderFork, SnapshotStatement, compare};

/// Statements that were seen, all signed by one builder: whether any two of them cannot be true at once.
#[derive(Debug, Default)]
pub struct Seen {
    statements: HashMap<(String, u64), (SnapshotStatement, String)>,
}

/// Two statements that cannot be true at once, and where each was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What they contradict each other in.
    pub fork: BuilderFork,
    /// Where the earlier one was seen.
    pub one: String,
    /// Where the other was.
    pub other: String,
}

/// Statements that are kept: a file of receipts is of two snapshots, or a few.
const MOST: usize = 10_000;

impl Seen {
    /// Takes a statement that was seen in a place, and says if it contradicts an earlier one.
    pub fn take(&mut self, statement: &SnapshotStatement, place: &str) -> Result<(), Box<Conflict>> {
        let key = (statement.dataset.clone(), statement.snapshot);
        match self.statements.get(&key) {
            Some((known, one)) => compare(known, statement)
                .map_err(|fork| Box::new(Conflict { fork, one: one.clone(), other: place.to_owned() })),
            None => {
                if self.statements.len() < MOST {
                    self.statements.insert(key, (statement.clone(), place.to_owned()));
                }
                Ok(())
            }
        }
    }
}
