//! Hosts that serve the works of many, as they stood in November 2026. A claim on one of them as a whole would speak for
//! people who never heard of it; whoever keeps such a host has robots.txt.

/// Domains of which every host is everybody's.
const EVERY_HOST: [&str; 22] = [
    "staticflickr.com",
    "pinimg.com",
    "twimg.com",
    "fbcdn.net",
    "cdninstagram.com",
    "wixmp.com",
    "wixstatic.com",
    "squarespace-cdn.com",
    "googleusercontent.com",
    "ggpht.com",
    "ytimg.com",
    "imgur.com",
    "redd.it",
    "redditmedia.com",
    "wikimedia.org",
    "wp.com",
    "shutterstock.com",
    "media-amazon.com",
    "ssl-images-amazon.com",
    "etsystatic.com",
    "ebayimg.com",
    "facdn.net",
];

/// Domains whose own hosts are everybody's, and whose other subdomains are each somebody's.
const OWN_HOSTS: [&str; 42] = [
    "deviantart.com",
    "deviantart.net",
    "artstation.com",
    "flickr.com",
    "tumblr.com",
    "behance.net",
    "500px.com",
    "instagram.com",
    "redbubble.com",
    "etsy.com",
    "fineartamerica.com",
    "pixels.com",
    "society6.com",
    "saatchiart.com",
    "dribbble.com",
    "unsplash.com",
    "pixabay.com",
    "pexels.com",
    "pixiv.net",
    "pximg.net",
    "furaffinity.net",
    "newgrounds.com",
    "smugmug.com",
    "cara.app",
    "inprnt.com",
    "weasyl.com",
    "wikiart.org",
    "vsco.co",
    "bsky.app",
    "twitter.com",
    "x.com",
    "facebook.com",
    "pinterest.com",
    "youtube.com",
    "reddit.com",
    "wikipedia.org",
    "wordpress.com",
    "blogspot.com",
    "livejournal.com",
    "weebly.com",
    "wixsite.com",
    "carrd.co",
];

/// Subdomains that belong to the site itself.
const SITES_OWN: [&str; 14] =
    ["www", "m", "cdn", "cdna", "cdnb", "img", "i", "images", "static", "media", "assets", "live", "pre00", "orig00"];

/// Whether a claim on the host would be one on the works of many.
pub(super) fn is_shared(host: &str) -> bool {
    let under = |shared: &str| host.strip_suffix(shared).and_then(|rest| rest.strip_suffix('.'));
    EVERY_HOST.iter().any(|shared| host == *shared || under(shared).is_some())
        || OWN_HOSTS.iter().any(|shared| host == *shared || under(shared).is_some_and(|name| SITES_OWN.contains(&name)))
}

#[cfg(test)]
mod tests {
    use super::is_shared;

    #[test]
    fn what_is_everybodys_is_told_from_what_is_somebodys() {
        for host in ["flickr.com", "www.flickr.com", "live.staticflickr.com", "i.pinimg.com", "cdna.artstation.com"] {
            assert!(is_shared(host), "{host}");
        }
        for host in ["someone.artstation.com", "example.org", "notflickr.com", "someone.tumblr.com", "www.example.org"]
        {
            assert!(!is_shared(host), "{host}");
        }
    }
}
