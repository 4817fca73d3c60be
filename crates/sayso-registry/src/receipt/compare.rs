use super::statement::SnapshotStatement;

/// Two statements that one builder signed of one snapshot. Both notes together are the proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the builder forks: two signed statements of snapshot {snapshot} of `{dataset}` say different things\nhint: keep both, they prove it"
)]
pub struct BuilderFork {
    /// The dataset.
    pub dataset: String,
    /// The snapshot.
    pub snapshot: u64,
}

/// Whether two statements, both signed by one builder, can be true at once.
pub fn compare(a: &SnapshotStatement, b: &SnapshotStatement) -> Result<(), BuilderFork> {
    if a.dataset == b.dataset && a.snapshot == b.snapshot && a != b {
        return Err(BuilderFork { dataset: a.dataset.clone(), snapshot: a.snapshot });
    }
    Ok(())
}
