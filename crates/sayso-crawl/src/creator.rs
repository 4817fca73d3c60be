/// Whether addresses at `host` may name accounts. Rules out nearly every host of a crawl.
#[must_use]
pub(crate) fn is_portfolio_host(host: &str) -> bool {
    let Some((before, _)) = host.rsplit_once('.') else { return false };
    let name = before.rsplit_once('.').map_or(before, |(_, name)| name);
    NAMES.contains(&name)
}

/// The account that the address of a picture or page at a portfolio host names, as `host/account`.
///
/// Most hosts name it in the addresses of pages only; a few in those of the pictures' own files, too. Where somebody
/// collects what others made (Pinterest, Wikimedia Commons), an account is no creator, and none is named.
#[must_use]
pub fn account_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let (authority, path) = rest.split_once(['/', '?', '#']).unwrap_or((rest, ""));
    let host = authority.strip_prefix("www.").unwrap_or(authority);
    if !is_portfolio_host(host) {
        return None;
    }
    PATTERNS.iter().find_map(|(site, pattern)| {
        let mut shown = *site;
        let account = match pattern {
            Pattern::Subdomain => {
                host.strip_suffix(site)?.strip_suffix('.').filter(|account| !account.contains('.'))?
            }
            Pattern::Path(prefix) if host == *site => path.strip_prefix(prefix)?.split(['/', '?', '#']).next()?,
            Pattern::Path(_) => return None,
            Pattern::Files(prefix, owner) => {
                is_of(host, site).then_some(())?;
                shown = owner;
                path.strip_prefix(prefix)?.split(['/', '?', '#']).next()?.trim_start_matches('~')
            }
            Pattern::FileName(owner) => {
                is_of(host, site).then_some(())?;
                shown = owner;
                account_in_file_name(path)?
            }
        };
        let plausible = !account.is_empty()
            && account.len() <= 64
            && account.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@'))
            && !NOT_ACCOUNTS.contains(&account.to_ascii_lowercase().as_str());
        plausible.then(|| format!("{shown}/{}", account.trim_start_matches('@')))
    })
}

/// The account whose own page is at an address, as `host/account`: the page that the host keeps for it, and none below it or
/// beside it, where others may write, too.
///
/// The address is to be one that a parser has written: what stands in it is compared as it is.
#[must_use]
pub fn account_of_profile(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.strip_prefix("www.").unwrap_or(host);
    let path = path.strip_suffix('/').unwrap_or(path);
    let is_profile = PATTERNS.iter().any(|(site, pattern)| match pattern {
        Pattern::Subdomain => path.is_empty() && host.strip_suffix(site).is_some_and(|rest| rest.ends_with('.')),
        Pattern::Path(prefix) => {
            host == *site
                && path.strip_prefix(prefix).is_some_and(|account| !account.contains(['/', '?', '#', '%', '\\']))
        }
        Pattern::Files(..) | Pattern::FileName(..) => false,
    });
    if is_profile { account_of(url) } else { None }
}

/// Whether `host` is `site` or one under it.
fn is_of(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The account in `title_by_account-d1abc.jpg` and `title_by_account_d1abc-pre.jpg`, as DeviantArt names its files.
fn account_in_file_name(path: &str) -> Option<&str> {
    let path = path.split(['?', '#']).next()?;
    let (_, rest) = path.rsplit('/').next()?.rsplit_once("_by_")?;
    let at = rest.match_indices(['-', '_']).map(|(at, _)| at).find(|at| {
        let id = rest.get(at + 1..).unwrap_or_default();
        let id = id.split(['-', '.']).next().unwrap_or_default();
        id.len() >= 6 && id.starts_with('d') && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })?;
    rest.get(..at)
}

/// The names of the hosts below, without what follows them.
const NAMES: [&str; 33] = [
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
    "wixmp",
    "facdn",
    "inprnt",
    "weasyl",
    "wikiart",
    "vsco",
    "bsky",
    "twitter",
    "x",
    "mastodon",
    "pixelfed",
];

enum Pattern {
    /// `account.site`.
    Subdomain,
    /// `site/prefixaccount`.
    Path(&'static str),
    /// `site/prefixaccount` for the site's files, or any host under it; the second is the site whose account it is.
    Files(&'static str, &'static str),
    /// In the name of a file at the site or any host under it: `title_by_account-d1abc.jpg`.
    FileName(&'static str),
}

/// The large portfolio hosts and how their addresses name an account, as they stood in November 2026.
const PATTERNS: [(&str, Pattern); 42] = [
    ("deviantart.net", Pattern::FileName("deviantart.com")),
    ("wixmp.com", Pattern::FileName("deviantart.com")),
    ("d.furaffinity.net", Pattern::Files("art/", "furaffinity.net")),
    ("facdn.net", Pattern::Files("art/", "furaffinity.net")),
    ("cdn.weasyl.com", Pattern::Files("", "weasyl.com")),
    ("wikiart.org", Pattern::Files("images/", "wikiart.org")),
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
    ("inprnt.com", Pattern::Path("gallery/")),
    ("weasyl.com", Pattern::Path("~")),
    ("wikiart.org", Pattern::Path("en/")),
    ("vsco.co", Pattern::Path("")),
    ("bsky.app", Pattern::Path("profile/")),
    ("twitter.com", Pattern::Path("")),
    ("x.com", Pattern::Path("")),
    ("mastodon.social", Pattern::Path("@")),
    ("mastodon.art", Pattern::Path("@")),
    ("pixelfed.social", Pattern::Path("@")),
];

/// First path parts and subdomains of these hosts that are the host's own.
const NOT_ACCOUNTS: [&str; 65] = [
    "about",
    "account",
    "art",
    "artists-by-art-movement",
    "artists-by-nation",
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
    "feed",
    "galleries",
    "gallery",
    "hashtag",
    "help",
    "home",
    "i",
    "images",
    "intent",
    "jobs",
    "join",
    "learning",
    "legal",
    "login",
    "m",
    "magazine",
    "marketplace",
    "media",
    "messages",
    "notifications",
    "p",
    "pages",
    "paintings",
    "popular",
    "privacy",
    "product",
    "product-category",
    "reel",
    "reels",
    "search",
    "settings",
    "share",
    "shop",
    "shots",
    "static",
    "stories",
    "submission",
    "submissions",
    "submit",
    "support",
    "tag",
    "tags",
    "terms",
    "topic",
    "uploads",
    "www",
];

#[cfg(test)]
mod tests {
    use super::{PATTERNS, account_of, is_portfolio_host};

    #[test]
    fn every_host_has_its_name_in_the_list() {
        assert!(PATTERNS.iter().all(|(site, _)| is_portfolio_host(site)));
    }

    #[test]
    fn accounts_are_read_from_addresses() {
        for (url, account) in [
            ("https://www.deviantart.com/some-one/art/A-1", Some("deviantart.com/some-one")),
            ("https://some-one.artstation.com/projects/x", Some("artstation.com/some-one")),
            ("https://www.flickr.com/photos/12345@N01/1", Some("flickr.com/12345@N01")),
            ("https://unsplash.com/@ana", Some("unsplash.com/ana")),
            (
                "http://t03.deviantart.net/a/th/pre/f/2008/tavern_brawl_by_velinov-d1abcde.jpg",
                Some("deviantart.com/velinov"),
            ),
            (
                "https://images-wixmp-ed30.wixmp.com/f/1/d2abcde.jpg/v1/fill/w_9/by_the_sea_by_some_one_d2abcde-pre.jpg",
                Some("deviantart.com/some_one"),
            ),
            ("https://t03.deviantart.net/3pw5/pre/f/2008/243/5/4/548c06b0.jpg", None),
            ("https://d.furaffinity.net/art/someone/123/123.someone_x.png", Some("furaffinity.net/someone")),
            ("https://cdn.weasyl.com/~someone/submissions/1/x.png", Some("weasyl.com/someone")),
            (
                "https://uploads3.wikiart.org/images/vincent-van-gogh/irises-1889.jpg",
                Some("wikiart.org/vincent-van-gogh"),
            ),
            ("https://www.wikiart.org/en/vincent-van-gogh/irises", Some("wikiart.org/vincent-van-gogh")),
            ("https://bsky.app/profile/ana.example.org/post/1", Some("bsky.app/ana.example.org")),
            ("https://x.com/some_one/status/1", Some("x.com/some_one")),
            ("https://x.com/i/web", None),
            ("https://mastodon.art/@ana/1", Some("mastodon.art/ana")),
            ("https://evilwikiart.org/images/a/b.jpg", None),
            ("https://www.artstation.com/marketplace/x", None),
            ("https://cdna.artstation.com/p/assets/x.jpg", None),
            ("https://notdeviantart.com/some-one", None),
            ("https://example.org/@ana", None),
        ] {
            assert_eq!(account_of(url).as_deref(), account, "{url}");
        }
    }
}
