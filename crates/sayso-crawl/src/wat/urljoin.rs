use unicode_normalization::UnicodeNormalization;

/// A base URL, taken apart once for all links of a page.
///
/// Resolves as Python's `urllib.parse.urljoin` does, not as a browser: cc2dataset resolves a WAT's links with it, and
/// a pair that both find must get the same identity. The two agree on ordinary links; they differ on
/// white space, empty queries, backslashes and percent-encoding, none of which Python touches.
#[derive(Debug, Clone)]
pub struct Base {
    whole: String,
    parts: Parts,
    /// `path` up to its last slash, for links relative to it.
    folder: usize,
    /// Whether links may simply be put behind the folder.
    folder_is_plain: bool,
}

/// A URL in the six parts that `urlparse` gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts {
    scheme: String,
    netloc: String,
    path: String,
    params: String,
    query: String,
    fragment: String,
}

/// The error of a URL for which Python raises `ValueError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAUrl;

impl Base {
    /// Takes `url` apart.
    pub fn parse(url: &str) -> Result<Self, NotAUrl> {
        let parts = Parts::parse(url, "")?;
        let folder = parts.path.rfind('/').map_or(0, |at| at + 1);
        let path = parts.path.get(..folder).unwrap_or("");
        let has_dots = path.contains("//") || path.contains("/.") || path.starts_with('.');
        let folder_is_plain = !parts.netloc.is_empty() && !has_dots;
        Ok(Self { whole: url.to_owned(), parts, folder, folder_is_plain })
    }

    /// Resolves `url` against this base into `out`. Whether the result is an http or https URL.
    #[inline]
    pub fn join(&self, url: &str, out: &mut String) -> bool {
        out.clear();
        if url.starts_with("http://") || url.starts_with("https://") {
            out.push_str(url);
            return true;
        }
        if self.join_plain(url, out) {
            return true;
        }
        out.clear();
        match self.join_parts(url) {
            Ok(joined) => out.push_str(&joined),
            // cc2dataset keeps the link as it stands then, and drops it because it is not http.
            Err(NotAUrl) => return false,
        }
        out.starts_with("http://") || out.starts_with("https://")
    }

    /// The common case without taking anything apart: a path of plain characters on an http base.
    fn join_plain(&self, url: &str, out: &mut String) -> bool {
        let is_web = matches!(self.parts.scheme.as_str(), "http" | "https");
        let bytes = url.as_bytes();
        // Dots may be path segments and empty segments are dropped in places: both are for the long way.
        let mut before = b' ';
        let plain = bytes.iter().all(|byte| {
            let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'%');
            let is_good = is_plain || (*byte == b'/' && before != b'/' && before != b'.');
            before = *byte;
            is_good
        });
        if !is_web || !self.folder_is_plain || bytes.is_empty() || !plain || before == b'.' {
            return false;
        }
        let folder = if bytes.first() == Some(&b'/') { "" } else { self.parts.path.get(..self.folder).unwrap_or("") };
        out.push_str(&self.parts.scheme);
        out.push_str("://");
        out.push_str(&self.parts.netloc);
        if folder.is_empty() && bytes.first() != Some(&b'/') {
            out.push('/');
        }
        out.push_str(folder);
        out.push_str(url);
        true
    }

    fn join_parts(&self, url: &str) -> Result<String, NotAUrl> {
        if url.is_empty() {
            return Ok(self.whole.clone());
        }
        if self.whole.is_empty() {
            return Ok(url.to_owned());
        }
        let base = &self.parts;
        let mut parts = Parts::parse(url, &base.scheme)?;
        if parts.scheme != base.scheme || !matches!(parts.scheme.as_str(), "http" | "https") {
            // Other schemes resolve to something that is not http and is dropped, so their rules do not matter.
            return Ok(url.to_owned());
        }
        if !parts.netloc.is_empty() {
            return Ok(parts.join());
        }
        parts.netloc.clone_from(&base.netloc);
        if parts.path.is_empty() && parts.params.is_empty() {
            parts.path.clone_from(&base.path);
            parts.params.clone_from(&base.params);
            if parts.query.is_empty() {
                parts.query.clone_from(&base.query);
            }
            return Ok(parts.join());
        }
        parts.path = resolve(&base.path, &parts.path);
        Ok(parts.join())
    }
}

/// The path `path` relative to `base`, without dot segments.
fn resolve(base: &str, path: &str) -> String {
    let segments: Vec<&str> = if path.starts_with('/') {
        path.split('/').collect()
    } else {
        let mut segments: Vec<&str> = base.split('/').collect();
        if segments.last() != Some(&"") {
            segments.pop();
        }
        segments.extend(path.split('/'));
        let last = segments.len().saturating_sub(1);
        let mut position = 0;
        segments.retain(|segment| {
            let inner = position > 0 && position < last;
            position += 1;
            !(inner && segment.is_empty())
        });
        segments
    };
    let mut resolved: Vec<&str> = Vec::with_capacity(segments.len());
    for segment in &segments {
        match *segment {
            ".." => {
                resolved.pop();
            }
            "." => {}
            segment => resolved.push(segment),
        }
    }
    if matches!(segments.last(), Some(&"." | &"..")) {
        resolved.push("");
    }
    let joined = resolved.join("/");
    if joined.is_empty() { "/".to_owned() } else { joined }
}

impl Parts {
    fn parse(url: &str, default_scheme: &str) -> Result<Self, NotAUrl> {
        let url: String =
            url.trim_start_matches(|c: char| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
        let mut parts = Self { scheme: default_scheme.to_owned(), ..Self::default() };
        let mut rest = url.as_str();
        if let Some((scheme, after)) = rest.split_once(':')
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        {
            parts.scheme = scheme.to_ascii_lowercase();
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("//") {
            let end = after.find(['/', '?', '#']).unwrap_or(after.len());
            let (netloc, after) = after.split_at(end);
            check_netloc(netloc)?;
            parts.netloc = netloc.to_owned();
            rest = after;
        }
        if let Some((before, fragment)) = rest.split_once('#') {
            parts.fragment = fragment.to_owned();
            rest = before;
        }
        if let Some((before, query)) = rest.split_once('?') {
            parts.query = query.to_owned();
            rest = before;
        }
        // Parameters belong to the last segment; only schemes that know them are split, and only those matter here.
        let last = rest.rfind('/').map_or(0, |slash| slash);
        match rest.get(last..).and_then(|segment| segment.find(';')).map(|at| last + at) {
            Some(at) if matches!(parts.scheme.as_str(), "" | "http" | "https" | "ftp") => {
                parts.path = rest.get(..at).unwrap_or_default().to_owned();
                parts.params = rest.get(at + 1..).unwrap_or_default().to_owned();
            }
            _ => parts.path = rest.to_owned(),
        }
        Ok(parts)
    }

    fn join(&self) -> String {
        let mut path = self.path.clone();
        if !self.params.is_empty() {
            path = format!("{path};{}", self.params);
        }
        let mut url = String::with_capacity(self.scheme.len() + self.netloc.len() + path.len() + self.query.len() + 8);
        url.push_str(&self.scheme);
        url.push(':');
        if !self.netloc.is_empty() || !path.starts_with("//") {
            if !path.is_empty() && !path.starts_with('/') {
                path.insert(0, '/');
            }
            url.push_str("//");
            url.push_str(&self.netloc);
        }
        url.push_str(&path);
        for (mark, part) in [('?', &self.query), ('#', &self.fragment)] {
            if !part.is_empty() {
                url.push(mark);
                url.push_str(part);
            }
        }
        url
    }
}

/// The checks for which `urlsplit` raises: brackets that do not pair or hold no IPv6 address, and characters that
/// become delimiters under NFKC.
fn check_netloc(netloc: &str) -> Result<(), NotAUrl> {
    match (netloc.contains('['), netloc.contains(']')) {
        (false, false) => {}
        (true, true) => {
            let inside = netloc.split_once('[').map_or("", |(_, after)| after);
            let host = inside.split_once(']').map_or(inside, |(host, _)| host);
            let future = host.strip_prefix('v').is_some_and(|rest| {
                rest.split_once('.').is_some_and(|(version, address)| {
                    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit()) && !address.is_empty()
                })
            });
            // Python allows a zone behind "%", Rust's parser does not.
            let address = host.split_once('%').map_or(host, |(address, _)| address);
            if !future && address.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(NotAUrl);
            }
        }
        _ => return Err(NotAUrl),
    }
    if netloc.is_ascii() {
        return Ok(());
    }
    let plain: String = netloc.chars().filter(|c| !matches!(c, '@' | ':' | '#' | '?')).collect();
    let normal: String = plain.nfkc().collect();
    if normal != plain && normal.contains(['/', '?', '#', '@', ':']) { Err(NotAUrl) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::Base;

    fn join(base: &str, url: &str) -> Option<String> {
        let mut out = String::new();
        Base::parse(base).ok()?.join(url, &mut out).then_some(out)
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

    #[test]
    fn what_is_no_web_address_is_dropped() {
        for url in ["data:image/png;base64,AAAA", "javascript:void(0)", "HTTPS://x/", "//[x", "mailto:a@b"] {
            assert_eq!(join("http://a/b", url), None, "{url}");
        }
    }
}
