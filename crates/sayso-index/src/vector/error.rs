use std::path::PathBuf;

/// Why an index of vectors could not be written, opened or searched.
#[derive(Debug, thiserror::Error)]
pub enum VectorError {
    /// A newer Sayso wrote the index.
    #[error(
        "the vector index `{}` has version {version} and this program reads up to {supported}\n\
         hint: rebuild the index with this program, or use the newer one that wrote it", file.display()
    )]
    Future {
        /// The index.
        file: PathBuf,
        /// The version it has.
        version: u32,
        /// The newest version this program reads.
        supported: u32,
    },
    /// The file is no index of vectors, or cannot be right.
    #[error("the vector index `{}` is damaged: {reason}\nhint: rebuild it with `sayso index`; everything in it comes from the dataset", file.display())]
    Damaged {
        /// The index.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A vector has another number of components than those that are indexed.
    #[error(
        "the vector has {given} components and those of `{embedder}` have {wanted}\nhint: use the embedder that made the vectors"
    )]
    Dimension {
        /// The embedder of the index.
        embedder: String,
        /// How many components were given.
        given: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// A vector points nowhere, so nothing is near it.
    #[error("the vector has no direction: it is zero or not finite\nhint: use a vector that an embedder made")]
    NoDirection,
    /// More was to be indexed than one index holds.
    #[error("one vector index holds {most} vectors of {components} components at most\nhint: split the dataset")]
    TooMany {
        /// The most vectors.
        most: u64,
        /// The most components of one.
        components: usize,
    },
    /// A file or folder could not be read or written.
    #[error("{source}\nhint: check the path and its permissions; the vector index can be rebuilt at any time")]
    File {
        /// The error, which names the path.
        #[from]
        source: std::io::Error,
    },
}
