//! What can be claimed, in which form, and what cannot, for which reason.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use sayso_registry::claim::{ClaimSubject, address_key};

const HASH: &str = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";

#[test]
fn subjects_have_one_form() {
    for (given, form) in [
        ("domain:example.org", "domain:example.org"),
        (" domain: Example.ORG. ", "domain:example.org"),
        ("domain:bücher.example.org", "domain:xn--bcher-kva.example.org"),
        ("domain:someone.github.io", "domain:someone.github.io"),
        ("domain:example.co.uk", "domain:example.co.uk"),
        ("domain:someone.artstation.com", "domain:someone.artstation.com"),
        ("url:HTTP://Example.org:80/a/./b/../c.jpg?x=1#top", "url:https://example.org/a/c.jpg?x=1"),
        ("url:http://example.org:8080/a", "url:https://example.org:8080/a"),
        ("url:https://example.org", "url:https://example.org/"),
        ("url:https://live.staticflickr.com/1/2_3.jpg", "url:https://live.staticflickr.com/1/2_3.jpg"),
        ("prefix:https://example.org/~ana", "prefix:https://example.org/~ana/"),
        ("prefix:http://www.flickr.com/photos/ana/", "prefix:https://www.flickr.com/photos/ana/"),
        ("account:www.DeviantArt.com/@Some-One", "account:deviantart.com/some-one"),
        (&format!("sha256:{}", HASH.to_uppercase()), &format!("sha256:{HASH}")),
        (&format!("pdq:{HASH}"), &format!("pdq:{HASH}/31")),
        (&format!("pdq:{HASH}/16@98"), &format!("pdq:{HASH}/16")),
        (&format!("pdq:{HASH}/0"), &format!("pdq:{HASH}/0")),
    ] {
        let subject: ClaimSubject = given.parse().unwrap_or_else(|error| panic!("{given}: {error}"));
        assert_eq!(subject.to_string(), form, "{given}");
        // What is shown is read as the same.
        assert_eq!(form.parse::<ClaimSubject>().unwrap(), subject);
    }
}

#[test]
fn what_is_not_somebodys_own_is_refused_with_its_reason() {
    let long = format!("url:https://example.org/{}", "a".repeat(3000));
    let deep = format!("prefix:https://example.org/{}", "a/".repeat(40));
    let (flat, wide) = ("0".repeat(64), format!("pdq:{HASH}/32"));
    for (given, code) in [
        ("domain:com", "public-suffix"),
        ("domain:co.uk", "public-suffix"),
        ("domain:github.io", "public-suffix"),
        ("domain:wordpress.com", "shared-host"),
        ("domain:org.", "public-suffix"),
        ("*", "wildcard"),
        ("domain:*", "wildcard"),
        ("domain:*.example.org", "wildcard"),
        ("prefix:https://example.org/*", "wildcard"),
        ("account:deviantart.com/*", "wildcard"),
        ("domain:127.0.0.1", "ip-address"),
        ("domain:2130706433", "ip-address"),
        ("domain:0x7f.1", "ip-address"),
        ("domain:[::1]", "ip-address"),
        ("domain:::1", "ip-address"),
        ("url:http://192.0.2.1/a.jpg", "ip-address"),
        ("url:http://[2001:db8::1]/a.jpg", "ip-address"),
        ("domain:localhost", "local-name"),
        ("domain:printer.local", "local-name"),
        ("domain:a.internal", "local-name"),
        ("url:http://localhost/a.jpg", "local-name"),
        ("url:http://intranet/a.jpg", "local-name"),
        ("url:http://server/a.jpg", "local-name"),
        ("domain:flickr.com", "shared-host"),
        ("domain:live.staticflickr.com", "shared-host"),
        ("prefix:https://www.flickr.com/photos/", "shared-host"),
        ("prefix:https://example.org/", "prefix-whole-host"),
        ("prefix:https://example.org", "prefix-whole-host"),
        ("prefix:https://example.org//", "prefix-whole-host"),
        ("prefix:https://example.org/a?b", "prefix-query"),
        (deep.as_str(), "prefix-too-deep"),
        (long.as_str(), "too-long"),
        ("url:ftp://example.org/a.jpg", "not-web"),
        ("url:file:///etc/passwd", "not-web"),
        ("url:https://ana:secret@example.org/a.jpg", "with-password"),
        ("url:nonsense", "malformed"),
        ("url:", "malformed"),
        ("domain:", "malformed"),
        ("domain:exa mple.org", "malformed"),
        ("domain:example..org", "malformed"),
        ("domain:example.org/a", "malformed"),
        ("account:deviantart.com", "malformed"),
        ("account:deviantart.com/a b", "malformed"),
        ("sha256:f8f8", "malformed"),
        (wide.as_str(), "pdq-too-wide"),
        (&format!("pdq:{HASH}/256"), "pdq-too-wide"),
        (&format!("pdq:{HASH}/-1"), "malformed"),
        (&format!("pdq:{HASH}@49"), "pdq-low-quality"),
        (&format!("pdq:{flat}"), "pdq-low-quality"),
        (&format!("pdq:{}", "f".repeat(64)), "pdq-low-quality"),
        ("example.org", "unknown-kind"),
        ("face:me", "unknown-kind"),
        ("", "unknown-kind"),
    ] {
        let refusal = given.parse::<ClaimSubject>().expect_err(given);
        assert_eq!(refusal.code.as_str(), code, "{given}");
        let said = refusal.to_string();
        assert!(said.contains(&format!("({code})")) && said.contains("\nhint: "), "{said}");
    }
}

#[test]
fn what_lies_in_what_is_known() {
    let subject = |text: &str| text.parse::<ClaimSubject>().unwrap();
    for (a, b) in [
        ("domain:example.org", "domain:www.example.org"),
        ("domain:example.org", "url:https://example.org/a"),
        ("domain:example.org", "url:http://a.b.example.org:81/a"),
        ("domain:example.org", "prefix:https://example.org/a/"),
        ("prefix:https://example.org/a/", "url:https://example.org/a/b"),
        ("url:https://example.org/a", "url:http://example.org/a"),
    ] {
        assert!(subject(a).covers(&subject(b)), "{a} {b}");
        assert!(a.starts_with("url") || !subject(b).covers(&subject(a)), "{a} {b}");
    }
    for (a, b) in [
        ("domain:example.org", "domain:notexample.org"),
        ("prefix:https://example.org/~ana/", "url:https://example.org/~anabel"),
        ("domain:example.org", "account:example.org/ana"),
    ] {
        assert!(!subject(a).covers(&subject(b)), "{a} {b}");
    }
}

#[test]
fn addresses_are_looked_up_in_the_form_in_which_they_are_claimed() {
    for url in ["http://example.org/a", "https://example.org:443/a#x", "HTTPS://u:p@EXAMPLE.org/b/../a"] {
        assert_eq!(address_key(url).as_deref(), Some("https://example.org/a"), "{url}");
    }
    // Port 443 is no default of http, and what stands there is not what stands at https.
    assert_eq!(address_key("http://example.org:81/").as_deref(), Some("https://example.org:81/"));
    for url in ["", "x", "data:text/html,x", "mailto:a@b.example"] {
        assert_eq!(address_key(url), None);
    }
}
