//! The files of an archive.

use std::io::Read as _;

/// A site's robots.txt, and what it is asked about.
pub struct RobotsFile {
    pub site: String,
    pub bytes: Vec<u8>,
    pub addresses: Vec<String>,
}

/// The regular files of a gzipped tar (POSIX ustar, without long names), in its order.
pub fn files_of(archive: &str) -> Vec<RobotsFile> {
    let mut tar = Vec::new();
    let file = std::fs::File::open(archive).expect("the archive can be opened");
    flate2::read::GzDecoder::new(file).read_to_end(&mut tar).expect("the archive is gzipped");
    let text = |field: &[u8]| String::from_utf8_lossy(field).trim_end_matches(['\0', ' ']).to_owned();
    let mut files = Vec::new();
    let mut at = 0;
    while let Some(header) = tar.get(at..at + 512).filter(|header| header[0] != 0) {
        let size = usize::from_str_radix(&text(&header[124..135]), 8).expect("a size in octal digits");
        let start = at + 512;
        if matches!(header[156], b'0' | 0) {
            let site = text(&header[..100]);
            files.push(RobotsFile { site, bytes: tar[start..start + size].to_vec(), addresses: Vec::new() });
        }
        at = start + size.next_multiple_of(512);
    }
    files
}
