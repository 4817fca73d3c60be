use std::borrow::Cow;

use crate::robots::pattern::{Pattern, normalised};

/// Which addresses a `content` is about, by its `url` (section 3.3).
#[derive(Debug, Clone)]
pub(super) enum Scope {
    /// An empty one: whatever the document was found for.
    Everything,
    /// A path on the site, matched as in robots.txt.
    Path(Pattern),
    /// An absolute URL: the authority in lower case, and what follows.
    Absolute {
        authority: Box<str>,
        path: Pattern,
        /// Whether the URL ends where a part of a path ends, so that what starts with it lies under it.
        is_folder: bool,
    },
    /// Neither, or no `url` at all, which is required: it may be about any address.
    Unclear,
}

/// How a scope meets an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    No,
    /// It is about it, and the longer its pattern, the more specific it is.
    Yes(usize),
    /// It may be about it.
    Perhaps,
}

/// An address that is asked about, prepared once for all scopes.
pub(super) struct Address<'a> {
    /// `None` where the address is none of the web.
    authority: Option<String>,
    path: Cow<'a, [u8]>,
}

impl<'a> Address<'a> {
    pub(super) fn new(url: &'a str) -> Self {
        match split_url(url) {
            Some((authority, rest)) => Self { authority: Some(authority), path: normalised(rest) },
            None => Self { authority: None, path: normalised(url) },
        }
    }
}

impl Scope {
    pub(super) fn new(url: &str, patterns: &mut Vec<u8>) -> Self {
        let url = url.trim_ascii();
        if url.is_empty() {
            return Self::Everything;
        }
        if url.starts_with(['/', '*']) && !url.starts_with("//") {
            return Self::Path(Pattern::add(url.as_bytes(), patterns));
        }
        match split_url(url) {
            Some((authority, rest)) if !authority.contains('*') => {
                let rest = if rest.starts_with('/') { Cow::Borrowed(rest) } else { Cow::Owned(format!("/{rest}")) };
                let rest = rest.split('#').next().unwrap_or_default();
                let path = Pattern::add(rest.as_bytes(), patterns);
                Self::Absolute {
                    authority: authority.into(),
                    path,
                    is_folder: rest.contains('*') || rest.ends_with(['/', '$']),
                }
            }
            _ => Self::Unclear,
        }
    }

    /// `http` and `https` are one site here. What a full URL is about, the standard does not say: that address, or
    /// all that start with it. What lies under it as a folder is taken for meant; `/ab` under `/a` may be.
    pub(super) fn meets(&self, address: &Address<'_>, patterns: &[u8]) -> Meets {
        match self {
            Self::Everything => Meets::Yes(0),
            Self::Unclear => Meets::Perhaps,
            Self::Path(pattern) if pattern.matches(patterns, &address.path) => Meets::Yes(pattern.length),
            Self::Absolute { authority, path, is_folder } if path.matches(patterns, &address.path) => {
                match &address.authority {
                    None => Meets::Perhaps,
                    Some(site) if **site != **authority => Meets::No,
                    Some(_) => {
                        let after = address.path.get(path.length);
                        let is_under = *is_folder || matches!(after, None | Some(b'/' | b'?'));
                        if is_under { Meets::Yes(path.length) } else { Meets::Perhaps }
                    }
                }
            }
            Self::Path(_) | Self::Absolute { .. } => Meets::No,
        }
    }
}

/// The authority of a URL of the web, in lower case and without user and default port, and what follows it.
fn split_url(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let default_port = match scheme {
        _ if scheme.eq_ignore_ascii_case("https") => ":443",
        _ if scheme.eq_ignore_ascii_case("http") => ":80",
        _ => return None,
    };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.strip_suffix(default_port).unwrap_or(host);
    (!host.is_empty()).then(|| (host.to_ascii_lowercase(), rest))
}
