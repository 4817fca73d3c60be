//! Whether a picture's file ends before the picture does, by the frame of its format alone: nothing is decoded.

use memchr::memmem;

/// Whether the bytes are those of a picture that was cut off. Formats whose frame tells nothing are never cut.
#[must_use]
pub fn is_cut(bytes: &[u8]) -> bool {
    let whole = if bytes.starts_with(b"\xff\xd8") {
        jpeg(bytes)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes)
    } else if bytes.starts_with(b"GIF8") {
        gif(bytes)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        number(bytes, 4, u32::from_le_bytes).map(|size| size.saturating_add(8) <= bytes.len())
    } else if bytes.get(4..8) == Some(b"ftyp") {
        boxes(bytes)
    } else {
        Some(true)
    };
    // Where a length points behind the end, the rest is missing.
    whole != Some(true)
}

fn number(bytes: &[u8], at: usize, read: fn([u8; 4]) -> u32) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
    usize::try_from(read(four)).ok()
}

/// Segments up to the first scan; behind its start the end marker is never part of the data, because encoders put a
/// zero behind every `ff` there. What stands behind the end marker is no part of the picture.
fn jpeg(bytes: &[u8]) -> Option<bool> {
    let mut at = 2;
    loop {
        let marker = *bytes.get(at + 1)?;
        if *bytes.get(at)? != 0xff {
            // Decoders skip what stands between two segments.
            at += 1;
            continue;
        }
        match marker {
            0xda => return Some(memmem::rfind(bytes.get(at..)?, b"\xff\xd9").is_some()),
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            0xd9 => return Some(true),
            _ => {
                let length = bytes.get(at + 2..at + 4)?.try_into().ok().map(u16::from_be_bytes)?;
                at = at.checked_add(2 + usize::from(length).max(2))?;
            }
        }
    }
}

fn png(bytes: &[u8]) -> Option<bool> {
    let mut at = 8_usize;
    loop {
        let length = number(bytes, at, u32::from_be_bytes)?;
        let is_last = bytes.get(at + 4..at + 8)? == b"IEND";
        // Length, type and checksum.
        at = at.checked_add(length)?.checked_add(12)?;
        if is_last {
            return Some(at <= bytes.len());
        }
    }
}

fn gif(bytes: &[u8]) -> Option<bool> {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3_usize << ((flags & 7) + 1) };
    let mut at = 13 + table(*bytes.get(10)?);
    loop {
        at += match *bytes.get(at)? {
            0x3b => return Some(true),
            0x2c => 11 + table(*bytes.get(at + 9)?),
            0x21 => 2,
            // Decoders pass over what is no block.
            _ => {
                at += 1;
                continue;
            }
        };
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
}

/// The boxes of HEIF and AVIF at the top; what lies inside them is theirs.
fn boxes(bytes: &[u8]) -> Option<bool> {
    let mut at = 0_usize;
    while at < bytes.len() {
        let size = match number(bytes, at, u32::from_be_bytes)? {
            // Up to the end of the file, however long that is.
            0 => return Some(true),
            1 => usize::try_from(u64::from_be_bytes(bytes.get(at + 8..at + 16)?.try_into().ok()?)).ok()?,
            size => size,
        };
        // A box is no smaller than its own head; a smaller one leads nowhere.
        at = at.checked_add(size.max(8))?;
    }
    Some(at == bytes.len())
}

#[cfg(test)]
mod tests {
    use super::is_cut;

    fn whole() -> [(&'static str, Vec<u8>); 5] {
        let jpeg = b"\xff\xd8\xff\xe1\0\x06\xff\xd9ab\xff\xda\0\x02abc\xff\0def\xff\xd9";
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x03IHDRabccrc0\0\0\0\0IENDcrc1";
        let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xf9\x01;\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";
        let webp = b"RIFF\x0a\0\0\0WEBPVP8 xx";
        let avif = b"\0\0\0\x0cftypavif\0\0\0\x0amdatxx";
        [
            ("jpeg", jpeg.to_vec()),
            ("png", png.to_vec()),
            ("gif", gif.to_vec()),
            ("webp", webp.to_vec()),
            ("avif", avif.to_vec()),
        ]
    }

    #[test]
    fn every_cut_is_seen() {
        for (name, bytes) in whole() {
            assert!(!is_cut(&bytes), "{name}");
            // A file of fewer bytes is not known for a picture at all.
            for end in 12..bytes.len() {
                // Between two boxes a file may end.
                if !(name == "avif" && end == 12) {
                    assert!(is_cut(&bytes[..end]), "{name} at {end}");
                }
            }
        }
    }

    #[test]
    fn what_stands_behind_a_picture_is_no_matter() {
        for (name, mut bytes) in whole().into_iter().filter(|(name, _)| *name != "avif") {
            bytes.extend_from_slice(b"behind it");
            assert!(!is_cut(&bytes), "{name}");
        }
    }
}
