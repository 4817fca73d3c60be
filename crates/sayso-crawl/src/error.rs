use std::io;

/// What ends the reading of one input. Damage inside the input does not: it is counted, see [`crate::DamageCounts`].
#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    /// The bytes could not be read.
    #[error(
        "cannot read `{file}`: {source}\nhint: when it can be read, run the same command again; it goes on where it was"
    )]
    Read {
        /// The input.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The input is of no kind that can be read.
    #[error(
        "`{file}` is neither WARC, WAT, WACZ nor ARC\nhint: it starts with {start}; inputs may be plain, gzip or zstd"
    )]
    UnknownFormat {
        /// The input.
        file: String,
        /// Its first bytes, printable.
        start: String,
    },
    /// A WACZ cannot be opened.
    #[error(
        "cannot open `{file}` as WACZ: {message}\nhint: a WACZ is a ZIP file with WARC files in its folder `archive`"
    )]
    Wacz {
        /// The input.
        file: String,
        /// What is wrong with it.
        message: String,
    },
    /// A record batch could not be made.
    #[error("cannot make a record batch of `{file}`: {source}")]
    Arrow {
        /// The input.
        file: String,
        /// What Arrow said.
        source: arrow_schema::ArrowError,
    },
}
