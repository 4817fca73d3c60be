use std::borrow::Cow;

use memchr::{memchr, memchr3, memrchr};
use unicode_normalization::UnicodeNormalization;

/// A URL in the six parts that Python's `urlparse` gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    pub(super) scheme: Cow<'a, str>,
    pub(super) netloc: &'a str,
    pub(super) path: Cow<'a, str>,
    pub(super) params: &'a str,
    pub(super) query: &'a str,
    pub(super) fragment: &'a str,
}

/// The error of a URL for which Python raises `ValueError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAUrl;

/// `url` without what `urlsplit` leaves out: what leads it in, and tabs and line breaks anywhere.
pub(super) fn cleaned(url: &str) -> Cow<'_, str> {
    let url =
        if url.bytes().next().is_some_and(|byte| byte <= b' ') { url.trim_start_matches(|c| c <= ' ') } else { url };
    if memchr3(b'\t', b'\r', b'\n', url.as_bytes()).is_some() {
        url.replace(['\t', '\r', '\n'], "").into()
    } else {
        url.into()
    }
}

impl<'a> Parts<'a> {
    /// Takes a cleaned `url` apart.
    pub(super) fn parse(url: &'a str, default_scheme: &'a str) -> Result<Self, NotAUrl> {
        let mut parts = Self { scheme: default_scheme.into(), ..Self::default() };
        let mut rest = url;
        if let Some((scheme, after)) = rest.split_once(':')
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        {
            let has_capitals = scheme.bytes().any(|byte| byte.is_ascii_uppercase());
            parts.scheme = if has_capitals { scheme.to_ascii_lowercase().into() } else { scheme.into() };
            rest = after;
        }
        if let Some(after) = rest.strip_prefix("//") {
            let end = after.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(after.len());
            let (netloc, after) = after.split_at(end);
            check_netloc(netloc)?;
            parts.netloc = netloc;
            rest = after;
        }
        (rest, parts.fragment) = split_at_byte(rest, memchr(b'#', rest.as_bytes()));
        (rest, parts.query) = split_at_byte(rest, memchr(b'?', rest.as_bytes()));
        // Parameters belong to the last segment; only schemes that know them are split, and only those matter here.
        let last = memrchr(b'/', rest.as_bytes()).unwrap_or(0);
        let knows_params = matches!(&*parts.scheme, "" | "http" | "https" | "ftp");
        let params = memrchr(b';', rest.as_bytes()).is_some_and(|at| at >= last) && knows_params;
        let params = params.then(|| memchr(b';', rest.as_bytes().get(last..)?)).flatten();
        let (path, params) = split_at_byte(rest, params.map(|at| last + at));
        (parts.path, parts.params) = (path.into(), params);
        Ok(parts)
    }

    /// Puts the parts together again.
    pub(super) fn write(&self, out: &mut String) {
        out.push_str(&self.scheme);
        out.push(':');
        // Parameters without a path stand where a path would.
        let starts = |with: &str| self.path.starts_with(with) || (self.path.is_empty() && self.params.is_empty());
        if !self.netloc.is_empty() || !self.path.starts_with("//") {
            out.push_str("//");
            out.push_str(self.netloc);
            if !starts("/") {
                out.push('/');
            }
        }
        out.push_str(&self.path);
        for (mark, part) in [(';', self.params), ('?', self.query), ('#', self.fragment)] {
            if !part.is_empty() {
                out.push(mark);
                out.push_str(part);
            }
        }
    }
}

/// What comes before and behind the ASCII character at `at`; all of it and nothing where there is none.
fn split_at_byte(text: &str, at: Option<usize>) -> (&str, &str) {
    at.and_then(|at| Some((text.get(..at)?, text.get(at + 1..)?))).unwrap_or((text, ""))
}

/// The path `path` relative to `base`, without dot segments.
pub(super) fn resolve(base: &str, path: &str) -> String {
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

/// The checks for which `urlsplit` raises: brackets that do not pair or hold no IPv6 address, and characters that
/// become delimiters under NFKC.
fn check_netloc(netloc: &str) -> Result<(), NotAUrl> {
    if netloc.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':')) {
        return Ok(());
    }
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
