/// Whether addresses at `host` may name accounts. Rules out nearly every host of a crawl.
#[must_use]
pub(crate) fn is_portfolio_host(host: &str) -> bool {
    let Some((before, _)) = host.rsplit_once('.') else { return false };
    let name = before.rsplit_once('.').map_or(before, |(_, name)| name);
    NAMES.contains(&name)
}

/// The account that the address of a picture or page at a portfolio host names, as `host/account`.
#[must_use]
pub(crate) fn account_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let (authority, path) = rest.split_once(['/', '?', '#']).unwrap_or((rest, ""));
    let host = authority.strip_prefix("www.").unwrap_or(authority);
    if !is_portfolio_host(host) {
        return None;
    }
    PATTERNS.iter().find_map(|(site, pattern)| {
        let account = match pattern {
            Pattern::Subdomain => {
                host.strip_suffix(site)?.strip_suffix('.').filter(|account| !account.contains('.'))?
            }
            Pattern::Path(prefix) if host == *site => path.strip_prefix(prefix)?.split(['/', '?', '#']).next()?,
            Pattern::Path(_) => return None,
        };
        let plausible = !account.is_empty()
            && account.len() <= 64
            && account.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@'))
            && !NOT_ACCOUNTS.contains(&account.to_ascii_lowercase().as_str());
        plausible.then(|| format!("{site}/{}", account.trim_start_matches('@')))
    })
}

/// The names of the hosts below, without what follows them.
const NAMES: [&str; 22] = [
    "deviantart",
    "artstation",
    "flickr",
    "tumblr",
    "behance",
    "500px",
    "instagram",
    "redbubble",
    "etsy",
    "fineartamerica",
    "pixels",
    "society6",
    "saatchiart",
    "dribbble",
    "unsplash",
    "pixabay",
    "pexels",
    "pixiv",
    "furaffinity",
    "newgrounds",
    "smugmug",
    "cara",
];

enum Pattern {
    /// `account.site`.
    Subdomain,
    /// `site/prefixaccount`.
    Path(&'static str),
}

/// The large portfolio hosts and how their addresses name an account, as they stood in November 2026.
const PATTERNS: [(&str, Pattern); 26] = [
    ("deviantart.com", Pattern::Subdomain),
    ("deviantart.com", Pattern::Path("")),
    ("artstation.com", Pattern::Subdomain),
    ("artstation.com", Pattern::Path("")),
    ("flickr.com", Pattern::Path("photos/")),
    ("flickr.com", Pattern::Path("people/")),
    ("tumblr.com", Pattern::Subdomain),
    ("behance.net", Pattern::Path("")),
    ("500px.com", Pattern::Path("p/")),
    ("instagram.com", Pattern::Path("")),
    ("redbubble.com", Pattern::Path("people/")),
    ("etsy.com", Pattern::Path("shop/")),
    ("fineartamerica.com", Pattern::Path("profiles/")),
    ("pixels.com", Pattern::Path("profiles/")),
    ("society6.com", Pattern::Path("")),
    ("saatchiart.com", Pattern::Path("")),
    ("dribbble.com", Pattern::Path("")),
    ("unsplash.com", Pattern::Path("@")),
    ("pixabay.com", Pattern::Path("users/")),
    ("pexels.com", Pattern::Path("@")),
    ("pixiv.net", Pattern::Path("users/")),
    ("pixiv.net", Pattern::Path("en/users/")),
    ("furaffinity.net", Pattern::Path("user/")),
    ("newgrounds.com", Pattern::Subdomain),
    ("smugmug.com", Pattern::Subdomain),
    ("cara.app", Pattern::Path("")),
];

/// First path parts and subdomains of these hosts that are the host's own.
const NOT_ACCOUNTS: [&str; 44] = [
    "about",
    "account",
    "art",
    "artwork",
    "artworks",
    "assets",
    "blog",
    "cart",
    "cdn",
    "cdna",
    "cdnb",
    "channels",
    "collections",
    "contact",
    "discover",
    "download",
    "explore",
    "gallery",
    "galleries",
    "help",
    "home",
    "images",
    "jobs",
    "join",
    "learning",
    "legal",
    "login",
    "m",
    "magazine",
    "marketplace",
    "media",
    "p",
    "popular",
    "privacy",
    "search",
    "shop",
    "shots",
    "static",
    "submit",
    "support",
    "tag",
    "terms",
    "topic",
    "www",
];

#[cfg(test)]
mod tests {
    use super::{NAMES, PATTERNS, account_of};

    #[test]
    fn every_host_has_its_name_in_the_list() {
        assert!(PATTERNS.iter().all(|(site, _)| site.split('.').next().is_some_and(|name| NAMES.contains(&name))));
    }

    #[test]
    fn accounts_are_read_from_addresses() {
        for (url, account) in [
            ("https://www.deviantart.com/some-one/art/A-1", Some("deviantart.com/some-one")),
            ("https://some-one.artstation.com/projects/x", Some("artstation.com/some-one")),
            ("https://www.flickr.com/photos/12345@N01/1", Some("flickr.com/12345@N01")),
            ("https://unsplash.com/@ana", Some("unsplash.com/ana")),
            ("https://www.artstation.com/marketplace/x", None),
            ("https://cdna.artstation.com/p/assets/x.jpg", None),
            ("https://notdeviantart.com/some-one", None),
            ("https://example.org/@ana", None),
        ] {
            assert_eq!(account_of(url).as_deref(), account, "{url}");
        }
    }
}
