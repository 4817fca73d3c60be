use std::borrow::Cow;

use memchr::memmem;
use sayso_core::Stance;

use crate::robots::pattern::Pattern;

/// What a rule is about.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// The whole site: `/`, `*` or `/*`.
    Site,
    /// A kind of file, by its extension in lower case with the dot before it.
    Extension(Box<[u8]>),
    /// A path, matched as in robots.txt.
    Path(Pattern),
}

/// An address that is asked about, prepared once for all rules.
pub(super) struct Address<'a> {
    path: &'a [u8],
    lower: Cow<'a, [u8]>,
}

impl<'a> Address<'a> {
    /// `path` is a path with its query, normalised as in robots.txt.
    pub(super) fn new(path: &'a [u8]) -> Self {
        let has_upper = path.iter().any(u8::is_ascii_uppercase);
        let lower = if has_upper { Cow::Owned(path.to_ascii_lowercase()) } else { Cow::Borrowed(path) };
        Self { path, lower }
    }
}

impl Target {
    /// Reads the value of a rule. `written` starts with a slash, a star or a dot.
    pub(super) fn new(written: &[u8], patterns: &mut Vec<u8>) -> Self {
        let unanchored = written.strip_suffix(b"$").unwrap_or(written);
        let inner = unanchored.strip_prefix(b"/").unwrap_or(unanchored);
        // `/$` is the start page alone.
        if inner.iter().all(|&byte| byte == b'*') && (written == unanchored || !inner.is_empty()) {
            return Self::Site;
        }
        let stars = inner.iter().take_while(|&&byte| byte == b'*').count();
        let extension = &inner[stars..];
        let is_name = |name: &[u8]| {
            !name.is_empty() && name.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
        };
        // `/.well-known` is a path: only a star, or nothing at all, stands before the dot of a kind of file.
        let is_kind = stars > 0 || written.starts_with(b".");
        match extension.strip_prefix(b".") {
            Some(name) if is_kind && is_name(name) => {
                Self::Extension(extension.to_ascii_lowercase().into_boxed_slice())
            }
            _ => Self::Path(Pattern::add(written, patterns)),
        }
    }

    /// How specific it is among rules of its sort.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Site => 0,
            Self::Extension(extension) => extension.len(),
            Self::Path(pattern) => pattern.length,
        }
    }

    /// Whether a rule of this stance is about an address.
    ///
    /// A grant for a kind of file is about addresses whose path ends with the extension. A reservation is also about
    /// those that hold it elsewhere, such as `/show?file=a.jpg`: what they serve may well be of that kind.
    pub(super) fn matches(&self, stance: Stance, address: &Address<'_>, patterns: &[u8]) -> bool {
        match self {
            Self::Site => true,
            Self::Path(pattern) => pattern.matches(patterns, address.path),
            Self::Extension(extension) if stance == Stance::Allowed => {
                let end = memchr::memchr(b'?', &address.lower).unwrap_or(address.lower.len());
                address.lower.get(..end).is_some_and(|path| path.ends_with(extension))
            }
            Self::Extension(extension) => memmem::find_iter(&address.lower, extension).any(|at| {
                let after = address.lower.get(at + extension.len());
                after.is_none_or(|byte| !byte.is_ascii_alphanumeric())
            }),
        }
    }
}
