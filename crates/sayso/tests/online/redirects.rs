//! Where sites lead.

use sayso::check::AskSite;
use sayso::signals::{SourceAt, SourceKind};

use crate::sites::{Site, html, leads_to, nothing, reply, text};
use crate::{OUT_OF_REACH, PAGE, codes, gaps, online, read, sites, sources};

#[test]
fn redirects_are_followed_five_times_and_checked_each_time() {
    let numbered = |asked: &sites::Asked| asked.path.strip_prefix("/hop").and_then(|number| number.parse::<u32>().ok());
    let site = Site::start(move |asked| match (asked.path.as_str(), numbered(asked)) {
        (_, Some(0)) => html(PAGE),
        (_, Some(number)) => leads_to(&format!("/hop{}", number - 1)),
        ("/circle", _) => leads_to("circle"),
        ("/file", _) => leads_to("file:///etc/passwd"),
        ("/ftp", _) => leads_to("ftp://127.0.0.1/"),
        ("/password", _) => leads_to("http://user:password@127.0.0.1/"),
        ("/nowhere", _) => reply(302, "", ""),
        ("/forbidden", _) => leads_to("/private/x"),
        ("/robots.txt", _) => text("User-agent: sayso\nDisallow: /private\n"),
        _ => nothing(),
    });
    let online = online();
    assert_eq!(sources(&read(&online, &site.url("/hop5"))).last(), Some(&(SourceKind::HttpAnswer, 2)));
    for (path, says) in [
        ("/hop6", "it leads on more than 5 times"),
        ("/circle", "it leads on more than 5 times"),
        ("/file", "not asked: only http and https are asked, not `file`"),
        ("/ftp", "not asked: only http and https are asked, not `ftp`"),
        ("/password", "a name or a password"),
        ("/nowhere", "the server says 302"),
        ("/forbidden", "keeps `sayso` out"),
    ] {
        let reading = read(&online, &site.url(path));
        assert!(gaps(&reading).last().unwrap().contains(says), "{path}: {:?}", gaps(&reading));
    }
    assert!(!site.paths().iter().any(|path| path.starts_with("/private")));
}

#[test]
fn robots_txt_is_followed_over_hosts_and_counts_for_the_host_that_was_asked() {
    let other = Site::of(vec![("/robots.txt", text("User-agent: *\nDisallow: /no\n"))]);
    let address = other.address;
    let site = Site::start(move |asked| match asked.path.as_str() {
        "/robots.txt" => leads_to(&format!("http://{address}/robots.txt")),
        _ => html(PAGE),
    });
    let online = online();
    let reading = read(&online, &site.url("/no"));
    assert_eq!(reading.sources[0].at, SourceAt::Url(other.url("/robots.txt")));
    assert!(gaps(&reading)[0].contains("keeps `sayso` out (line 2: Disallow: /no)"), "{:?}", gaps(&reading));
    assert!(gaps(&read(&online, &site.url("/yes"))).is_empty());
    assert!(!site.paths().contains(&"/no".to_owned()));
    // Too many are as good as no answer.
    let circle = Site::start(|asked| if asked.path == "/robots.txt" { leads_to("/robots.txt") } else { html(PAGE) });
    assert_eq!(codes(&online.ask(&circle.url("/")).statements), OUT_OF_REACH);
}
