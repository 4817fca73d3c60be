/// The place of a sample whose picture's hash is near another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashHit {
    /// In how many bits the hashes differ.
    pub distance: u32,
    /// The shard, counted as the snapshot lists its shards.
    pub shard: u32,
    /// The row in that shard.
    pub row: u32,
}

/// What a look-up found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HashAnswer {
    /// How many hashes are within the distance, whether or not they are among the hits.
    pub total: u64,
    /// The nearest, in the order of distance, shard and row.
    pub hits: Vec<HashHit>,
}
