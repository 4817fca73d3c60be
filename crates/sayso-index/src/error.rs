use std::path::PathBuf;

/// Why an index could not be written, opened or searched.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// There is no index in the folder.
    #[error("`{}` holds no index\nhint: build it; everything in it comes from the samples", dir.display())]
    Absent {
        /// The folder that was asked for.
        dir: PathBuf,
    },
    /// A newer Sayso wrote the index.
    #[error(
        "the index in `{}` has version {version} and this program reads up to {supported}\n\
         hint: rebuild the index with this program, or use the newer one that wrote it", dir.display()
    )]
    Future {
        /// The index's folder.
        dir: PathBuf,
        /// The version it has.
        version: u64,
        /// The newest version this program reads.
        supported: u64,
    },
    /// The folder holds an index that cannot be right.
    #[error("the index in `{}` is damaged: {reason}\nhint: rebuild it; everything in it comes from the samples", dir.display())]
    Damaged {
        /// The index's folder.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Samples were added in another order than that of their rows.
    #[error(
        "sample {row} of shard {shard} was added to the index after a later one\nhint: add samples shard by shard, row by row"
    )]
    Order {
        /// The shard of the sample that came too late.
        shard: u32,
        /// Its row.
        row: u32,
    },
    /// More hits were asked for than one search may pass over and return.
    #[error("a search reaches {most} hits deep and {offset} + {limit} were asked for\nhint: narrow the query")]
    Window {
        /// How many hits to pass over.
        offset: usize,
        /// How many hits to return.
        limit: usize,
        /// The most that both together may be.
        most: usize,
    },
    /// A file or folder could not be read or written.
    #[error("{source}\nhint: {}", hint_of(source))]
    File {
        /// The error, which names the path.
        #[from]
        source: std::io::Error,
    },
    /// The search engine below failed.
    #[error("could not {doing} the index in `{}`: `{reason}`\nhint: make room if the disk is full, and run the same command again", dir.display())]
    Engine {
        /// What was being done, as a verb.
        doing: &'static str,
        /// The index's folder.
        dir: PathBuf,
        /// The engine's own words.
        reason: String,
    },
}

/// What to try after an error of the system.
fn hint_of(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            "the disk is full; make room and run the same command again"
        }
        _ => "check the path and its permissions; the index can be rebuilt at any time",
    }
}
