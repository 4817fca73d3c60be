use std::path::Path;

use memchr::memmem;

/// What a file is, as far as it can say something of its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceKind {
    /// `robots.txt`.
    RobotsTxt,
    /// `tdmrep.json`.
    Tdmrep,
    /// `ai.txt`.
    AiTxt,
    /// An RSL document.
    Rsl,
    /// A page.
    Html,
    /// A saved answer: status line, headers, and perhaps the page.
    HttpAnswer,
    /// A picture.
    Picture,
}

impl SourceKind {
    /// The kind's stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RobotsTxt => "robots-txt",
            Self::Tdmrep => "tdmrep",
            Self::AiTxt => "ai-txt",
            Self::Rsl => "rsl",
            Self::Html => "html",
            Self::HttpAnswer => "http-answer",
            Self::Picture => "picture",
        }
    }
}

/// Bytes at a file's start on which its kind is decided.
pub(super) const PROBE_BYTES: usize = 8192;

impl SourceKind {
    /// The kind of a file, by its name where that is a fixed one, else by its first bytes. `None` for any other file.
    #[must_use]
    pub fn of(path: &Path, start: &[u8]) -> Option<Self> {
        let name = path.file_name()?.to_str().unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "robots.txt" => return Some(Self::RobotsTxt),
            "ai.txt" => return Some(Self::AiTxt),
            "tdmrep.json" => return Some(Self::Tdmrep),
            _ => {}
        }
        let start = start.get(..PROBE_BYTES.min(start.len())).unwrap_or_default();
        let extension = Path::new(&name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if start.starts_with(b"HTTP/") {
            return Some(Self::HttpAnswer);
        }
        if imagesize::image_type(start).is_ok() || holds(start, b"<svg") && matches!(extension, "svg" | "xml" | "") {
            return Some(Self::Picture);
        }
        if holds(start, b"https://rslstandard.org/rsl") {
            // A page may carry a licence of RSL inside it.
            return Some(if matches!(extension, "html" | "htm" | "xhtml") { Self::Html } else { Self::Rsl });
        }
        let is_html = matches!(extension, "html" | "htm" | "xhtml") || holds(start, b"<html") || holds(start, b"<HTML");
        is_html.then_some(Self::Html)
    }
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    memmem::find(bytes, text).is_some()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::SourceKind;

    #[test]
    fn files_are_known_by_name_or_content() {
        for (name, start, kind) in [
            ("a/ROBOTS.TXT", &b""[..], Some(SourceKind::RobotsTxt)),
            ("x/.well-known/tdmrep.json", b"[]", Some(SourceKind::Tdmrep)),
            ("page", b"HTTP/1.1 200 OK\r\n", Some(SourceKind::HttpAnswer)),
            ("a.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0", Some(SourceKind::Picture)),
            ("a.svg", b"<?xml?><svg xmlns=x>", Some(SourceKind::Picture)),
            ("licence.xml", b"<rsl xmlns=\"https://rslstandard.org/rsl\">", Some(SourceKind::Rsl)),
            ("a.html", b"", Some(SourceKind::Html)),
            ("a.txt", b"a caption", None),
            ("a.json", b"{}", None),
        ] {
            assert_eq!(SourceKind::of(Path::new(name), start), kind, "{name}");
        }
    }
}
