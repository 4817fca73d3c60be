//! Every licence that a page states counts, each for what it speaks of.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod crawl;
mod support;

use crawl::{gzip, response};
use sayso_core::{PolicyName, Stance};

const BY: &str = "https://creativecommons.org/licenses/by/4.0/";
const NC: &str = "https://creativecommons.org/licenses/by-nc/4.0/";

/// Verdict under opt-in, first reason and licence shown, of every picture of a page with this body.
fn told(body: &str) -> Vec<(String, Stance, String, Option<String>)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.warc.gz");
    std::fs::write(&path, gzip(&response("https://a.example/", "Content-Type: text/html\r\n", body.as_bytes())))
        .unwrap();
    // Nothing is to be refused here: a policy that names the licences of opt-in, and admits the rest.
    let mut options = support::options(&[&path], &dir.path().join("out"), PolicyName::Record);
    let policy = "name = 'looks'\nbase = 'record'\ngrant-licences = ['cc-by', 'cc0']";
    options.policy = sayso::policy::read_policy(policy, options.policy.purpose).unwrap();
    support::run(&options).unwrap();
    let samples = support::samples(&dir.path().join("out"));
    let tell = |sample: &sayso_core::Sample| {
        let verdict = sample.verdict();
        let picture = sample.pair.url.rsplit('/').next().unwrap().to_owned();
        (picture, verdict.stance, verdict.reasons[0].code.to_string(), sample.pair.licence.clone())
    };
    samples.iter().map(tell).collect()
}

fn expect(body: &str, expected: &[(&str, Stance, &str, Option<&str>)]) {
    let found = told(body);
    let found: Vec<_> = found.iter().map(|(p, s, c, l)| (p.as_str(), *s, c.as_str(), l.as_deref())).collect();
    assert_eq!(found, expected, "{body}");
}

const PICTURE: &str = "<img src=1.jpg alt='a cat'>";

#[test]
fn what_a_page_states_of_itself_grants_and_a_contradiction_does_not() {
    let granted = [("1.jpg", Stance::Allowed, "licence-granted", Some("cc-by-4.0"))];
    expect(&format!("<link rel=license href='{BY}'>{PICTURE}"), &granted);
    expect(&format!("{PICTURE}<a rel='nofollow license' href='{BY}'>CC</a>"), &granted);
    expect(&format!("<meta name=dcterms.license content='{BY}'>{PICTURE}"), &granted);
    // A badge beside it says the same once more.
    expect(&format!("<link rel=license href='{BY}'>{PICTURE}<a href='{BY}'><img src=b.png></a>"), &granted);
    // Two licences: the stronger statement is shown, and neither grants.
    let doubtful = [("1.jpg", Stance::Unknown, "no-statement", Some("cc-by-4.0"))];
    expect(&format!("<link rel=license href='{BY}'>{PICTURE}<a rel=license href='{NC}'>"), &doubtful);
    expect(&format!("<link rel=license href='{BY}'>{PICTURE}<a href='{NC}'>"), &doubtful);
    expect(&format!("<a rel=license href='{NC}'></a>{PICTURE}<meta name=dc.rights content='{BY}'>"), &doubtful);
}

#[test]
fn a_link_that_does_not_say_whose_licence_it_is_grants_nothing() {
    expect(&format!("{PICTURE}<a href='{BY}'>licence</a>"), &[("1.jpg", Stance::Unknown, "no-statement", None)]);
    // Nor is what Creative Commons publish besides a licence.
    let page = format!("{PICTURE}<link rel=license href='{BY}'><a href='https://creativecommons.org/about/'>they</a>");
    expect(&page, &[("1.jpg", Stance::Allowed, "licence-granted", Some("cc-by-4.0"))]);
}

#[test]
fn json_ld_speaks_of_its_picture_alone() {
    let jsonld = |licences: &str| {
        format!(
            "<script type=application/ld+json>{{\"@type\":\"ImageObject\",\"contentUrl\":\"1.jpg\",\"license\":{licences}}}\
             </script>{PICTURE}<img src=2.jpg alt='a dog'>"
        )
    };
    expect(
        &jsonld(&format!("\"{BY}\"")),
        &[
            ("1.jpg", Stance::Allowed, "licence-granted", Some("cc-by-4.0")),
            ("2.jpg", Stance::Unknown, "no-statement", None),
        ],
    );
    // The page is free, the picture is not.
    expect(
        &format!("<link rel=license href='{BY}'>{}", jsonld(&format!("\"{NC}\""))),
        &[
            ("1.jpg", Stance::Unknown, "no-statement", Some("cc-by-nc-4.0")),
            ("2.jpg", Stance::Allowed, "licence-granted", Some("cc-by-4.0")),
        ],
    );
    // Of several, none is passed over.
    expect(
        &jsonld(&format!("[\"{BY}\", {{\"@id\":\"{NC}\"}}]")),
        &[
            ("1.jpg", Stance::Unknown, "no-statement", Some("cc-by-4.0")),
            ("2.jpg", Stance::Unknown, "no-statement", None),
        ],
    );
}

#[test]
fn more_licences_than_are_kept_grant_nothing() {
    let many: String = (0..50).map(|n| format!("<a rel=license href='{BY}?{n}'>x</a>")).collect();
    assert_eq!(told(&format!("{many}{PICTURE}"))[0].1, Stance::Unknown);
    let few: String = (0..8).map(|n| format!("<a rel=license href='{BY}?{n}'>x</a>")).collect();
    assert_eq!(told(&format!("{few}{PICTURE}"))[0].1, Stance::Allowed);
}

#[test]
fn json_ld_that_cannot_be_read_may_have_said_that_a_picture_is_not_free() {
    let page = |script: &str| {
        format!("<link rel=license href='{BY}'>{PICTURE}<script type=application/ld+json>{script}</script>")
    };
    let stance = |body: &str| told(body)[0].1;
    assert_eq!(stance(&page(&format!("{{\"@type\":\"ImageObject\",\"license\":\"{NC}\",}}"))), Stance::Unknown);
    assert_eq!(stance(&page("{\"@type\":\"Organization\",}")), Stance::Allowed);
    assert_eq!(stance(&page(&" ".repeat(2 << 20))), Stance::Unknown);
}
