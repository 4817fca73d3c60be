use std::borrow::Cow;

use super::urlparts::{NotAUrl, Parts, cleaned, resolve};

/// A base URL, taken apart once for all links of a page.
///
/// Resolves as Python's `urllib.parse.urljoin` does, not as a browser: cc2dataset resolves a WAT's links with it, and
/// a pair that both find must get the same identity. The two agree on ordinary links; they differ on
/// white space, empty queries, backslashes and percent-encoding, none of which Python touches.
#[derive(Debug, Clone)]
pub struct Base<'a> {
    whole: &'a str,
    parts: Parts<'a>,
    /// The URL up to the last slash of its path, and the length of what comes before the path: links relative to it are
    /// put behind it. `None` where that is not so simple.
    plain_folder: Option<(&'a str, usize)>,
}

impl<'a> Base<'a> {
    /// Takes `url` apart. `room` is written to where the URL cannot be taken apart as it is.
    pub fn parse(url: &'a str, room: &'a mut String) -> Result<Self, NotAUrl> {
        let text = match cleaned(url) {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => {
                *room = text;
                room
            }
        };
        let parts = Parts::parse(text, "")?;
        let plain_folder = Self::plain_folder(text, &parts);
        Ok(Self { whole: url, parts, plain_folder })
    }

    fn plain_folder(text: &'a str, parts: &Parts<'a>) -> Option<(&'a str, usize)> {
        if !matches!(parts.scheme, Cow::Borrowed("http" | "https")) || parts.netloc.is_empty() {
            return None;
        }
        let root = parts.scheme.len() + 3 + parts.netloc.len();
        let end = memchr::memrchr(b'/', parts.path.as_bytes()).map_or(0, |slash| slash + 1);
        let mut before = b'/';
        let is_plain = parts.path.bytes().take(end).skip(1).all(|byte| {
            let is_plain = before != b'/' || !matches!(byte, b'/' | b'.');
            before = byte;
            is_plain
        });
        text.get(..root + end).filter(|_| is_plain).map(|folder| (folder, root))
    }

    /// Resolves `url` against this base into `out`. Whether the result is an http or https URL.
    #[inline]
    pub fn join(&self, url: &str, out: &mut String) -> bool {
        out.clear();
        if url.starts_with("http://") || url.starts_with("https://") {
            out.push_str(url);
            return true;
        }
        if self.join_plain(url, out).is_some() {
            return true;
        }
        out.clear();
        // Where Python raises, cc2dataset keeps the link as it stands, and drops it because it is not http.
        self.join_parts(url, out).is_ok() && (out.starts_with("http://") || out.starts_with("https://"))
    }

    /// The common case without taking anything apart: a path, and perhaps a query, on an http base. `None` where the
    /// long way must be taken.
    fn join_plain(&self, url: &str, out: &mut String) -> Option<()> {
        let (mut folder, root) = self.plain_folder?;
        let mut link = url;
        let is_rooted = link.starts_with('/');
        if is_rooted {
            folder = folder.get(..root)?;
        } else {
            link = link.strip_prefix("./").unwrap_or(link);
            while let Some(rest) = link.strip_prefix("../") {
                // Above the root there is only the root.
                let path = folder.get(root..folder.len().saturating_sub(1)).unwrap_or("");
                folder = folder.get(..root + path.rfind('/').map_or(0, |slash| slash + 1))?;
                link = rest;
            }
        }
        let is_folded = is_plain_link(link.as_bytes())?;
        // A root keeps its empty segments, and one at the end of a path is there to stay.
        if !is_rooted && link.starts_with('/') || is_folded && (is_rooted || link.contains('?') || link.ends_with('/'))
        {
            return None;
        }
        out.push_str(folder);
        if folder.len() == root && !is_rooted {
            out.push('/');
        }
        if is_folded {
            let mut segments = link.split('/').filter(|segment| !segment.is_empty());
            out.push_str(segments.next()?);
            for segment in segments {
                out.push('/');
                out.push_str(segment);
            }
        } else {
            out.push_str(link);
        }
        Some(())
    }

    fn join_parts(&self, url: &str, out: &mut String) -> Result<(), NotAUrl> {
        if url.is_empty() {
            out.push_str(self.whole);
            return Ok(());
        }
        if self.whole.is_empty() {
            out.push_str(url);
            return Ok(());
        }
        let base = &self.parts;
        let text = cleaned(url);
        let mut parts = Parts::parse(&text, &base.scheme)?;
        if parts.scheme != base.scheme || !matches!(&*parts.scheme, "http" | "https") {
            // Other schemes resolve to something that is not http and is dropped, so their rules do not matter.
            out.push_str(url);
            return Ok(());
        }
        if parts.netloc.is_empty() {
            parts.netloc = base.netloc;
            if parts.path.is_empty() && parts.params.is_empty() {
                (parts.path, parts.params) = (Cow::Borrowed(&*base.path), base.params);
                parts.query = if parts.query.is_empty() { base.query } else { parts.query };
            } else {
                parts.path = resolve(&base.path, &parts.path).into();
            }
        }
        parts.write(out);
        Ok(())
    }
}

/// Whether `link` is a path without dot segments, and a query that is not empty if there is one: `None` where it is
/// not, otherwise whether the path has empty segments.
fn is_plain_link(link: &[u8]) -> Option<bool> {
    let path = match memchr::memchr(b'?', link) {
        None => link,
        Some(mark) => {
            let query = link.get(mark + 1..).filter(|query| !query.is_empty())?;
            if !query.iter().all(|byte| is_plain(*byte) || matches!(byte, b'/' | b':' | b';' | b'?')) {
                return None;
            }
            link.get(..mark)?
        }
    };
    let (mut before, mut is_folded) = (b' ', false);
    for byte in path {
        // A colon may end a scheme and a semicolon starts parameters, so neither is plain in a path.
        if !is_plain(*byte) && (*byte != b'/' || before == b'.') {
            return None;
        }
        is_folded |= *byte == b'/' && before == b'/';
        before = *byte;
    }
    (!path.is_empty() && before != b'.').then_some(is_folded)
}

/// Whether a byte has no meaning of its own in a path.
fn is_plain(byte: u8) -> bool {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = b'!';
        while byte < 0x7f {
            plain[byte as usize] = !matches!(byte, b'#' | b'/' | b':' | b';' | b'?' | b'\\');
            byte += 1;
        }
        plain
    };
    PLAIN[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::Base;

    fn join(base: &str, url: &str) -> Option<String> {
        let (mut room, mut out) = (String::new(), String::new());
        Base::parse(base, &mut room).ok()?.join(url, &mut out).then_some(out)
    }

    /// Expected values printed by CPython 3.11's `urllib.parse.urljoin`.
    #[test]
    fn links_resolve_as_python_resolves_them() {
        const BASE: &str = "http://a/b/c/d;p?q";
        for (url, expected) in [
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            ("#s", "http://a/b/c/d;p?q#s"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            ("..", "http://a/b/"),
            ("../../../g", "http://a/g"),
            ("g/../h", "http://a/b/c/h"),
            ("a//b", "http://a/b/c/a/b"),
            ("/a//b", "http://a/a//b"),
            (" g", "http://a/b/c/g"),
            ("g ", "http://a/b/c/g "),
            ("g\n.jpg", "http://a/b/c/g.jpg"),
            ("http:g", "http://a/b/c/g"),
            ("HTTP://x/y?", "http://x/y"),
            ("g?", "http://a/b/c/g"),
            ("i.php;v=1", "http://a/b/c/i.php;v=1"),
        ] {
            assert_eq!(join(BASE, url).as_deref(), Some(expected), "{url:?}");
        }
        assert_eq!(join("http://a", "b.jpg").as_deref(), Some("http://a/b.jpg"));
        assert_eq!(join("http://a?q", "b.jpg").as_deref(), Some("http://a/b.jpg"));
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_leads_where_the_long_way_does(
            base in "https?://[a/.;?]{1,12}",
            url in r"(\.\./|\./|/|[ab/.?#;:=~\\é \t]){0,12}",
        ) {
            let (mut room, mut short, mut long) = (String::new(), String::new(), String::new());
            if let Ok(base) = Base::parse(&base, &mut room)
                && base.join_plain(&url, &mut short).is_some()
            {
                proptest::prop_assert_eq!(base.join_parts(&url, &mut long), Ok(()));
                proptest::prop_assert_eq!(short, long);
            }
        }
    }

    #[test]
    fn what_is_no_web_address_is_dropped() {
        for url in ["data:image/png;base64,AAAA", "javascript:void(0)", "HTTPS://x/", "//[x", "mailto:a@b"] {
            assert_eq!(join("http://a/b", url), None, "{url}");
        }
    }
}
