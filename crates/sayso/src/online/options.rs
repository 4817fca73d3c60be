use std::path::PathBuf;
use std::time::Duration;

use sayso_core::Limits;

use super::contact::Contact;
use super::private::AllowPrivate;

/// How sites are asked.
#[derive(Debug, Clone)]
pub struct OnlineOptions {
    /// The agent whose groups in robots.txt count beside `*`. They and those of `sayso` are obeyed.
    pub agent: String,
    /// Limits on what is read.
    pub limits: Limits,
    /// Who is behind the requests, so that whoever is asked can say something about it.
    pub contact: Option<Contact>,
    /// Whose addresses in private networks and on this machine may be asked.
    pub allow_private: AllowPrivate,
    /// The pause between two requests to one host; a site may ask for a longer one.
    pub pause: Duration,
    /// The time that one request may take, from looking up the name to the end of the body.
    pub timeout: Duration,
    /// The folder of the cache; `None` to keep nothing.
    pub cache: Option<PathBuf>,
}

/// The pause between two requests to one host that the command starts from.
pub const PAUSE: Duration = Duration::from_secs(1);

/// The time for one request that the command starts from.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Where the cache lies unless somebody says otherwise: `sayso` in the folder for caches of the XDG Base Directory
/// Specification; `None` where nobody's home is known.
#[must_use]
pub fn default_cache() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    caches.map(|caches| caches.join("sayso"))
}
