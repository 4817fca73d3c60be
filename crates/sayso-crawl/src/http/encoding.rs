use std::io::Read;

/// What became of a content encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded {
    /// There was none to undo: `identity`, or the crawler undid it and left the header.
    AsIs,
    /// The payload.
    Whole(Vec<u8>),
    /// As much as the limit allows.
    TooLarge(Vec<u8>),
    /// As much as could be read.
    Broken(Vec<u8>),
    /// An encoding that is not known.
    Unknown,
}

/// Undoes the content encodings named in a `Content-Encoding` header (RFC 9110, section 8.4), last one first.
#[must_use]
pub fn decode_content(body: &[u8], encodings: &str, limit_bytes: usize) -> Decoded {
    let mut decoded = Decoded::AsIs;
    // Stacked encodings are rare and each multiplies; three are more than any honest server sends.
    for encoding in encodings.split(',').rev().map(str::trim).take(3) {
        let input = match &decoded {
            Decoded::AsIs => body,
            Decoded::Whole(bytes) => bytes,
            Decoded::TooLarge(_) | Decoded::Broken(_) | Decoded::Unknown => break,
        };
        let next = decode_one(input, &encoding.to_ascii_lowercase(), limit_bytes);
        if next != Decoded::AsIs {
            decoded = next;
        }
    }
    decoded
}

fn decode_one(body: &[u8], encoding: &str, limit: usize) -> Decoded {
    match encoding {
        "" | "identity" | "none" | "utf-8" => Decoded::AsIs,
        // The header often outlives the encoding, so the magic number decides.
        "gzip" | "x-gzip" if !body.starts_with(&crate::inflate::GZIP_MAGIC) => Decoded::AsIs,
        "gzip" | "x-gzip" => bounded(flate2::read::MultiGzDecoder::new(body), limit),
        // RFC 9110 means zlib by "deflate"; many servers send raw deflate.
        "deflate" if body.first().is_some_and(|first| first & 0x0f == 8) => {
            bounded(flate2::read::ZlibDecoder::new(body), limit)
        }
        "deflate" => match bounded(flate2::read::DeflateDecoder::new(body), limit) {
            Decoded::Broken(bytes) if bytes.is_empty() => Decoded::AsIs,
            decoded => decoded,
        },
        "br" => match bounded(brotli_decompressor::Decompressor::new(body, 4096), limit) {
            // Brotli has no magic number; text is never valid brotli for long.
            Decoded::Broken(_) if body.trim_ascii_start().starts_with(b"<") => Decoded::AsIs,
            decoded => decoded,
        },
        "zstd" if !body.starts_with(&crate::inflate::ZSTD_MAGIC) => Decoded::AsIs,
        "zstd" => match zstd::stream::read::Decoder::new(body) {
            Ok(decoder) => bounded(decoder, limit),
            Err(_) => Decoded::Broken(Vec::new()),
        },
        _ => Decoded::Unknown,
    }
}

fn bounded(reader: impl Read, limit: usize) -> Decoded {
    let mut payload = Vec::new();
    let result = reader.take(limit as u64 + 1).read_to_end(&mut payload);
    if payload.len() > limit {
        payload.truncate(limit);
        return Decoded::TooLarge(payload);
    }
    match result {
        Ok(_) => Decoded::Whole(payload),
        Err(_) => Decoded::Broken(payload),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::Write;

    use super::{Decoded, decode_content};

    const TEXT: &[u8] = b"some text that is encoded, some text that is encoded";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn encodings_are_undone_and_stale_headers_seen_through() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(TEXT).unwrap();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        raw.write_all(TEXT).unwrap();
        for (encoding, body) in [
            ("gzip", gzip(TEXT)),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", raw.finish().unwrap()),
            ("zstd", zstd::encode_all(TEXT, 1).unwrap()),
            ("identity, gzip", gzip(TEXT)),
            ("gzip, gzip", gzip(&gzip(TEXT))),
        ] {
            assert_eq!(decode_content(&body, encoding, 1000), Decoded::Whole(TEXT.to_vec()), "{encoding}");
        }
        assert_eq!(decode_content(b"<p>", "gzip", 10), Decoded::AsIs);
        assert_eq!(decode_content(b"<p>", "br", 10), Decoded::AsIs);
        assert_eq!(decode_content(b"<p>", "secret", 10), Decoded::Unknown);
    }

    #[test]
    fn a_bomb_is_cut_and_damage_said() {
        let bomb = gzip(&vec![0; 1 << 20]);
        assert!(matches!(decode_content(&bomb, "gzip", 1000), Decoded::TooLarge(bytes) if bytes.len() == 1000));
        let body = gzip(TEXT);
        assert!(matches!(decode_content(&body[..body.len() - 12], "gzip", 1000), Decoded::Broken(_)));
    }
}
