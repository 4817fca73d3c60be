/// The limits under which foreign bytes are read. All are explicit: there is no `Default`.
///
/// The command line gives each of them a flag of the same name; the values it starts from are in
/// `docs/reference/limits.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Bytes of one record's block that are kept in memory, after inflation.
    pub record_bytes: u64,
    /// Bytes of one record's header lines, WARC or HTTP.
    pub header_bytes: u64,
    /// Bytes that one payload may have after its content encoding is undone.
    pub payload_bytes: u64,
    /// How many times larger than its compressed form a payload or gzip member may become.
    pub inflation_ratio: u64,
    /// Links that are taken from one page.
    pub page_links: u64,
    /// Bytes of a caption.
    pub caption_bytes: u64,
    /// Bytes of a URL.
    pub url_bytes: u64,
    /// Bytes of one attribute or of one embedded script, as written.
    pub attribute_bytes: u64,
    /// Bytes of one signal that are kept as evidence.
    pub signal_bytes: u64,
    /// Bytes of a robots.txt that are read (RFC 9309 asks for at least 500 KiB).
    pub robots_bytes: u64,
}

/// The error of input that is larger than a limit allows; its hint names the flag that raises it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is larger than {limit} bytes\nhint: raise the limit with --limit {name}=BYTES")]
pub struct LimitExceeded {
    /// What was too large.
    pub what: String,
    /// The limit in force.
    pub limit: u64,
    /// The limit's name, as in [`Limits`] with dashes.
    pub name: &'static str,
}
