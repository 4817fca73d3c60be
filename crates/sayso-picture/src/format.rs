use std::fmt;

/// A format of pictures, told by content: names and media types lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PictureFormat {
    /// JPEG, baseline or progressive.
    Jpeg,
    /// PNG and APNG.
    Png,
    /// WebP, with or without loss.
    WebP,
    /// GIF.
    Gif,
    /// TIFF and BigTIFF.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// AVIF: known, and not decoded. Its decoders are C, or C that was translated.
    Avif,
    /// HEIF and HEIC: known, and not decoded.
    Heif,
    /// JPEG XL: known, and not decoded.
    Jxl,
    /// JPEG 2000: known, and not decoded.
    Jp2,
    /// Photoshop: known, and not decoded.
    Psd,
    /// Windows icon: known, and not decoded.
    Ico,
    /// SVG: a drawing, never rasterised.
    Svg,
}

/// Bytes at the start of a file in which the first element of an SVG must stand.
const SVG_BYTES: usize = 8 << 10;

impl PictureFormat {
    /// The format that the first bytes are of; none if they are of no picture that is known here.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let at = |from: usize, what: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(what));
        if at(0, b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if at(0, b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if at(0, b"RIFF") && at(8, b"WEBP") {
            Some(Self::WebP)
        } else if at(0, b"GIF87a") || at(0, b"GIF89a") {
            Some(Self::Gif)
        } else if [&b"II*\0"[..], b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|start| at(0, start)) {
            Some(Self::Tiff)
        } else if at(4, b"ftyp") {
            brand(bytes)
        } else if at(0, b"\xff\x0a") || at(0, b"\0\0\0\x0cJXL \r\n\x87\n") {
            Some(Self::Jxl)
        } else if at(0, b"\0\0\0\x0cjP  \r\n\x87\n") || at(0, b"\xff\x4f\xff\x51") {
            Some(Self::Jp2)
        } else if at(0, b"8BPS") {
            Some(Self::Psd)
        } else if at(0, b"\0\0\x01\0") && bytes.get(9) == Some(&0) {
            Some(Self::Ico)
        } else if at(0, b"BM") && is_bitmap(bytes) {
            Some(Self::Bmp)
        } else {
            is_svg(bytes).then_some(Self::Svg)
        }
    }

    /// The format's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Tiff => "tiff",
            Self::Bmp => "bmp",
            Self::Avif => "avif",
            Self::Heif => "heif",
            Self::Jxl => "jxl",
            Self::Jp2 => "jp2",
            Self::Psd => "psd",
            Self::Ico => "ico",
            Self::Svg => "svg",
        }
    }
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The formats in boxes of ISO BMFF, by their major brand. Films have the same boxes and other brands.
fn brand(bytes: &[u8]) -> Option<PictureFormat> {
    match bytes.get(8..12)? {
        b"avif" | b"avis" => Some(PictureFormat::Avif),
        b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => Some(PictureFormat::Heif),
        _ => None,
    }
}

/// Two letters are too little to go by: the length of the header that follows is one of a few.
fn is_bitmap(bytes: &[u8]) -> bool {
    matches!(bytes.get(14..18), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// Whether the first element is `svg`, behind a declaration, comments and a document type.
fn is_svg(bytes: &[u8]) -> bool {
    let bytes = bytes.get(..SVG_BYTES.min(bytes.len())).unwrap_or_default();
    let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = if rest.starts_with(b"<?") {
            b"?>"
        } else if rest.starts_with(b"<!--") {
            b"-->"
        } else if rest.starts_with(b"<!DOCTYPE") && has_declarations(rest) {
            // A document type may declare entities, as some drawing programs do.
            b"]>"
        } else if rest.starts_with(b"<!") {
            b">"
        } else {
            let name = rest.strip_prefix(b"<svg:").or_else(|| rest.strip_prefix(b"<"));
            return name.and_then(|name| name.strip_prefix(b"svg")).is_some_and(|behind| {
                behind.first().is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b':'))
            });
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return false };
        rest = rest.get(at + end.len()..).unwrap_or_default();
    }
}

/// Whether a document type opens a bracket before it ends.
fn has_declarations(document_type: &[u8]) -> bool {
    memchr::memchr2(b'[', b'>', document_type).and_then(|at| document_type.get(at)) == Some(&b'[')
}

#[cfg(test)]
mod tests {
    use super::PictureFormat;

    #[test]
    fn formats_are_told_by_their_content() {
        let of = PictureFormat::of;
        assert_eq!(of(b"\xff\xd8\xff\xe0"), Some(PictureFormat::Jpeg));
        assert_eq!(of(b"RIFF\0\0\0\0WEBPVP8 "), Some(PictureFormat::WebP));
        assert_eq!(of(b"\0\0\0\x20ftypavif"), Some(PictureFormat::Avif));
        assert_eq!(of(b"\0\0\0\x20ftypmp42"), None);
        assert_eq!(of(b"BM and so on, a letter to somebody"), None);
        assert_eq!(of(b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0"), Some(PictureFormat::Bmp));
        assert_eq!(of(b"<!DOCTYPE html><html><svg></svg>"), None);
        for svg in [
            "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "\u{feff} <?xml version='1.0'?>\n<!-- <html> --><!DOCTYPE svg [<!ENTITY a 'b'>]><svg:svg >",
            "<!DOCTYPE svg PUBLIC 'x'><svg>",
            "<!DOCTYPE svg PUBLIC 'x'><svg><![CDATA[[]]>",
        ] {
            assert_eq!(of(svg.as_bytes()), Some(PictureFormat::Svg), "{svg}");
        }
        for end in 0..9 {
            assert_eq!(of(b"<?xml?><svg".get(..end).unwrap_or_default()), None);
        }
    }
}
