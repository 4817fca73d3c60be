use std::io;
use std::path::PathBuf;

/// What can go wrong in a pipeline or an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A crawl cannot be read.
    #[error(transparent)]
    Crawl(#[from] sayso_crawl::CrawlError),
    /// A dataset cannot be read or written.
    #[error(transparent)]
    Dataset(#[from] sayso_dataset::DatasetError),
    /// A text index cannot be built or searched.
    #[error(transparent)]
    Index(#[from] sayso_index::IndexError),
    /// A model cannot be found, opened or used.
    #[error(transparent)]
    Model(#[from] sayso_model::ModelError),
    /// A model cannot be opened, tuned, or asked for a picture.
    #[cfg(feature = "diffusion")]
    #[error(transparent)]
    Diffusion(#[from] sayso_diffusion::DiffusionError),
    /// A cluster does not do what it is asked.
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(#[from] sayso_cluster::ClusterError),
    /// An object store does not give or take what it should.
    #[error(transparent)]
    Storage(#[from] sayso_storage::StorageError),
    /// A registry cannot be opened, read or written.
    #[error(transparent)]
    Registry(#[from] sayso_registry::RegistryError),
    /// A receipt of removal cannot be made.
    #[error("the receipt does not hold: {0}")]
    Receipt(#[from] sayso_registry::receipt::ReceiptFault),
    /// There is no tree over a dataset's uids.
    #[error(transparent)]
    Uids(#[from] sayso_registry::receipt::UidTreeError),
    /// An index of vectors cannot be built, opened or asked.
    #[error(transparent)]
    Vectors(#[from] sayso_index::vector::VectorError),
    /// A lineage cannot be read, or does not fit together.
    #[error(transparent)]
    Lineage(#[from] sayso_lineage::LineageError),
    /// A query cannot be read.
    #[error(transparent)]
    Query(#[from] sayso_index::QueryError),
    /// A list cannot go on from a cursor.
    #[error(transparent)]
    Cursor(#[from] crate::library::CursorError),
    /// A question in SQL gets no answer.
    #[error(transparent)]
    Sql(#[from] sayso_sql::SqlError),
    /// An input is not there or of no known kind.
    #[error("cannot use the input `{input}`: {message}")]
    Input {
        /// The input as it was given.
        input: String,
        /// What is wrong, with its hint.
        message: String,
    },
    /// A file of the pipeline's own cannot be read or written.
    #[error("cannot use `{}`: {source}{}", file.display(), hint_of(source))]
    File {
        /// The file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was judged is not what is there.
    #[error(
        "`{picture}` has changed since it was judged, and is not used\nhint: run it again: it is judged anew as it is now"
    )]
    Changed {
        /// Where the picture stands.
        picture: String,
    },
    /// The folder is in use or holds something else.
    #[error("cannot build into `{}`: {message}", dir.display())]
    Output {
        /// The folder.
        dir: PathBuf,
        /// What is in the way, with its hint.
        message: String,
    },
    /// A record batch cannot be made.
    #[error("cannot make a record batch: {0}\nhint: this is a defect of Sayso; please report it with the input")]
    Arrow(#[from] arrow_schema::ArrowError),
    /// Something inside stopped that should not have.
    #[error("the {0} stopped\nhint: this is a defect of Sayso; please report it with the input")]
    Stopped(&'static str),
    /// The person at the keyboard stopped it.
    #[error("interrupted\nhint: run the same command again; it goes on where it was")]
    Interrupted,
    /// The person at the keyboard stopped what keeps nothing.
    #[error("interrupted\nhint: nothing was changed or kept; it begins anew when it is run again")]
    Cancelled,
}

/// What to try after an error of the system.
fn hint_of(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "\nhint: the disk is full; make room and run the same command again, it goes on where it was"
        }
        io::ErrorKind::PermissionDenied => "\nhint: check who may read and write there",
        io::ErrorKind::NotFound => "\nhint: check the path",
        _ => "",
    }
}

impl Error {
    pub(crate) fn file(file: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::File { file, source }
    }
}
