use std::io::Read;

/// Bytes that a list of paths may have, inflated. Common Crawl's have about 15 MB.
pub(super) const LIST_BYTES: u64 = 256 << 20;

/// Whether a name is that of a list of paths, such as Common Crawl's `wat.paths.gz`.
pub(super) fn is_list_name(name: &str) -> bool {
    let name = name.strip_suffix(".gz").unwrap_or(name);
    name.ends_with(".paths") || name.ends_with(".txt") || name.ends_with(".lst")
}

/// The lines of a list, plain or gzip; empty lines and comments left out.
pub(super) fn lines(bytes: &[u8]) -> std::io::Result<Vec<String>> {
    let mut text = String::new();
    if bytes.starts_with(&sayso_crawl::inflate::GZIP_MAGIC) {
        flate2::read::MultiGzDecoder::new(bytes).take(LIST_BYTES).read_to_string(&mut text)?;
    } else {
        bytes.take(LIST_BYTES).read_to_string(&mut text)?;
    }
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}
